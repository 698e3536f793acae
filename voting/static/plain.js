/**
 * Counts again, while one types, how plain a text is: the same as voting/domain/plain_language.py
 * says when the form is saved. Without this file the hints are those of the last save.
 */

export const LONG_SENTENCE = 25; // words
export const LONG_WORD = 14; // letters
const MOST_SHOWN = 5;
const WAIT = 600; // milliseconds without a key before the hints change
const WORD = /\p{L}+(?:['’-]\p{L}+)*/gu;
const END = /[.!?…]+(?=\s|$)|\n+|;\s/u;

/** What there is to say about *text*, in sentences. */
export function tellPlainly(text) {
  const counts = text.split(END).map((part) => (part.match(WORD) ?? []).length);
  const longest = Math.max(0, ...counts);
  const long = [...new Set((text.match(WORD) ?? []).filter((word) => [...word].length >= LONG_WORD))];
  const told = [];
  if (longest > LONG_SENTENCE) {
    told.push(
      `The longest sentence has ${longest} words. ` +
        `Sentences of up to ${LONG_SENTENCE} are easier to read.`,
    );
  }
  if (long.length) {
    const more = long.length > MOST_SHOWN ? " and others" : "";
    told.push(`Long words: ${long.slice(0, MOST_SHOWN).join(", ")}${more}. Is there a shorter one?`);
  }
  return told;
}

function watch(hint) {
  const control = document.getElementById(hint.dataset.plainFor);
  if (!control) return;
  let timer = 0;
  const show = () => {
    const told = tellPlainly(control.value);
    hint.hidden = !told.length;
    hint.querySelector("ul").replaceChildren(
      ...told.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })),
    );
  };
  control.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, WAIT);
  });
}

if (typeof document !== "undefined") document.querySelectorAll("[data-plain-for]").forEach(watch);
