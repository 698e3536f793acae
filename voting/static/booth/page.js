/** What every page of the booth stands on: what this tab remembers, and how errors are shown. */

export const main = document.querySelector("main[data-booth]");
export const texts = main?.dataset ?? {};
export const byId = (id) => document.getElementById(id);

/* What this tab remembers of the poll; it ends with the tab. */
const key = (name) => `${name}:${texts.poll}`;
export const recall = (name) => sessionStorage.getItem(key(name));
export const keep = (name, value) => sessionStorage.setItem(key(name), value);
export const forget = (...names) => names.forEach((name) => sessionStorage.removeItem(key(name)));

export function canRemember() {
  try {
    keep("try", "1");
    forget("try");
    return true;
  } catch {
    return false;
  }
}

export function keepCode(code) {
  const earlier = recall("code");
  if (earlier && earlier !== code) forget("choices", "ballot", "done");
  keep("code", code);
}

export const readJson = (id) => JSON.parse(byId(id).textContent);

export function recallChoices() {
  try {
    const choices = JSON.parse(recall("choices"));
    return Array.isArray(choices) ? choices : [];
  } catch {
    return [];
  }
}

/** Remember the answer to one question; a ballot sealed from another answer is forgotten. */
export function keepAnswer(number, answer) {
  const choices = recallChoices();
  if (JSON.stringify(choices[number]) !== JSON.stringify(answer)) forget("ballot");
  choices[number] = answer;
  keep("choices", JSON.stringify(choices));
}

/** Whether the voter came from the page to check, and goes back there. */
export const isChanging = () => new URLSearchParams(location.search).get("change") === "1";

export function make(name, className, text = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

/* Errors: a summary on top, the same words beside the control, "Error: " in the title. */

function focusControl(event, control) {
  event.preventDefault();
  control.focus();
  control.scrollIntoView({ block: "center" });
}

function makeSummary() {
  const template = byId("error-template");
  if (template) return template.content.firstElementChild.cloneNode(true);
  const summary = make("div", "v-error-summary");
  summary.append(make("h2", "v-error-summary__title", "There is a problem"), make("a", ""));
  return summary;
}

export function showError(message, control, group) {
  showErrors([{ message, control, group }]);
}

/** All that is wrong: each fault is said on top, linked to its control, and beside its group. */
export function showErrors(faults) {
  document.querySelector("[data-script-error]")?.remove();
  clearInlineErrors();
  const summary = makeSummary();
  summary.dataset.scriptError = "";
  summary.setAttribute("role", "alert");
  summary.tabIndex = -1;
  const first = summary.querySelector("a");
  const list = (first.closest("li") ?? first).parentElement;
  const row = first.closest("li") ?? first;
  const rows = faults.map((fault) => fillRow(row.cloneNode(true), fault));
  row.remove();
  list.append(...rows);
  main.prepend(summary);
  faults.forEach(showInlineError);
  const prefix = texts.errorPrefix ?? "Error: ";
  if (!document.title.startsWith(prefix)) document.title = prefix + document.title;
  summary.focus();
}

function fillRow(row, { message, control }) {
  const link = row.matches("a") ? row : row.querySelector("a");
  link.textContent = message;
  link.href = `#${control.id}`;
  link.addEventListener("click", (event) => focusControl(event, control));
  return row;
}

function clearInlineErrors() {
  for (const inline of document.querySelectorAll("[data-inline-error]")) {
    const group = document.querySelector(`[aria-describedby~="${inline.id}"]`);
    const others = group?.getAttribute("aria-describedby").split(" ").filter((id) => id !== inline.id);
    group?.setAttribute("aria-describedby", others.join(" "));
    (group?.closest(".v-form-group") ?? group?.parentElement)?.classList.remove(
      "v-form-group--error",
    );
    inline.remove();
  }
}

function showInlineError({ message, group }, index) {
  const inline = make("p", "v-error-message", message);
  inline.id = index ? `script-error-${index}` : "script-error";
  inline.dataset.inlineError = "";
  const described = (group.getAttribute("aria-describedby") ?? "").split(" ");
  group.setAttribute("aria-describedby", [...described, inline.id].join(" ").trim());
  (group.closest(".v-form-group") ?? group.parentElement).classList.add("v-form-group--error");
  if (group.matches("fieldset")) (group.querySelector("legend") ?? group).after(inline);
  else group.before(inline);
}
