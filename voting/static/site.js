/**
 * What every page has on top of plain HTML: the error summary is focused, its links land on the
 * control, a number is copied, a form is not sent twice. Every page works without this file.
 */

const TWICE = 1500; // milliseconds within which a second press is the same press

function focusErrorSummary() {
  const summary = document.querySelector(".v-error-summary");
  if (!summary) return;
  summary.focus();
  summary.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const control = link && document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    const heading = control.closest("fieldset")?.querySelector("legend");
    (heading ?? document.querySelector(`label[for="${CSS.escape(control.id)}"]`) ?? control)
      .scrollIntoView();
    control.focus({ preventScroll: true });
  });
}

function offerCopying() {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    if (!source || !navigator.clipboard) continue;
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent.trim());
      } catch {
        return; // the number is still there to be read
      }
      button.textContent = button.dataset.copied ?? label;
      say(button.textContent);
      setTimeout(() => { button.textContent = label; }, 4000);
    });
  }
}

/** Tell a screen reader, politely. */
function say(words) {
  let region = document.getElementById("said");
  if (!region) {
    region = document.createElement("p");
    region.id = "said";
    region.className = "v-visually-hidden";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  region.textContent = words;
}

function guardAgainstDoubleClicks() {
  const sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    const before = sent.get(form) ?? -TWICE;
    if (event.timeStamp - before < TWICE) event.preventDefault();
    else sent.set(form, event.timeStamp);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form").forEach((form) => sent.delete(form));
  });
}

/** Of checkboxes with data-exclusive, one clears the others and is cleared by them. */
function clearExclusive() {
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches?.("input[type=checkbox]") || !box.checked || !box.form) return;
    const family = [...box.form.querySelectorAll("input[type=checkbox]")].filter(
      (other) => other !== box && other.name === box.name,
    );
    for (const other of family) {
      if ("exclusive" in box.dataset || "exclusive" in other.dataset) other.checked = false;
    }
  });
}

focusErrorSummary();
offerCopying();
guardAgainstDoubleClicks();
clearExclusive();
