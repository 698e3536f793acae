// Tagging by keyboard: the passage is what is selected; n, p and t move about.
const answer = document.querySelector("[data-text]");
const form = document.querySelector("[data-tag-form]");

function readSelection() {
  const selection = document.getSelection();
  if (!form || !selection || selection.isCollapsed || !answer.contains(selection.anchorNode)) return;
  const range = selection.getRangeAt(0);
  if (!answer.contains(range.endContainer)) return;
  const before = document.createRange();
  before.setStart(answer, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const words = range.toString();
  const start = [...before.toString()].length + (words.length - words.trimStart().length);
  form.elements.passage.value = words.trim();
  form.elements.start.value = String(start);
}

function follow(selector) {
  const link = document.querySelector(selector);
  if (link) location.assign(link.href);
}

function pressKey(event) {
  const isTyping = event.target.closest?.("input, textarea, select, button");
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "n") follow("a[rel=next]");
  else if (event.key === "p") follow("a[rel=prev]");
  else if (event.key === "t" && form) {
    form.elements.theme.focus();
    event.preventDefault();
  }
}

document.addEventListener("selectionchange", readSelection);
document.addEventListener("keydown", pressKey);
form?.elements.passage.addEventListener("input", () => { form.elements.start.value = ""; });
