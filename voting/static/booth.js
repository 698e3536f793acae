/**
 * The booth, where scripts run: remembers the choices in this tab, seals the vote here, sends only
 * the sealed ballot. Every page works without this file; what it needs stands in the page's
 * data-attributes. A browser too old for the imports never runs it and keeps the plain path.
 */
import { parseCredential, publicCredential } from "./belenios/credential.js";
import { hashHex } from "./belenios/encoding.js";
import { getGroup } from "./belenios/groups.js";

const SLOW = 10_000;
const GIVE_UP = 60_000;
const NOTE_EVERY = 500;

const main = document.querySelector("main[data-booth]");
const texts = main?.dataset ?? {};
const byId = (id) => document.getElementById(id);

/* What this tab remembers of the poll; it ends with the tab. */
const key = (name) => `${name}:${texts.poll}`;
const recall = (name) => sessionStorage.getItem(key(name));
const keep = (name, value) => sessionStorage.setItem(key(name), value);
const forget = (...names) => names.forEach((name) => sessionStorage.removeItem(key(name)));

function canRemember() {
  try {
    keep("try", "1");
    forget("try");
    return true;
  } catch {
    return false;
  }
}

function keepCode(code) {
  const earlier = recall("code");
  if (earlier && earlier !== code) forget("choices", "ballot", "done");
  keep("code", code);
}

/** Whether a well-formed code is this voter's own; true where the page does not say whose it is. */
function isOwnCode(code) {
  const { credential, group, uuid } = texts;
  return !credential || publicCredential(getGroup(group), uuid, code) === credential;
}

function recallChoices() {
  try {
    const choices = JSON.parse(recall("choices"));
    return Array.isArray(choices) ? choices : [];
  } catch {
    return [];
  }
}

function make(name, className, text = "") {
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

function showError(message, control, group) {
  document.querySelector("[data-script-error]")?.remove();
  const summary = makeSummary();
  summary.dataset.scriptError = "";
  summary.setAttribute("role", "alert");
  summary.tabIndex = -1;
  const link = summary.querySelector("a");
  link.textContent = message;
  link.href = `#${control.id}`;
  link.addEventListener("click", (event) => focusControl(event, control));
  main.prepend(summary);
  showInlineError(message, group);
  const prefix = texts.errorPrefix ?? "Error: ";
  if (!document.title.startsWith(prefix)) document.title = prefix + document.title;
  summary.focus();
}

function showInlineError(message, group) {
  const inline = byId("script-error") ?? make("p", "v-error-message");
  inline.id = "script-error";
  inline.textContent = message;
  const described = new Set((group.getAttribute("aria-describedby") ?? "").split(" "));
  group.setAttribute("aria-describedby", [...described.add(inline.id)].join(" ").trim());
  (group.closest(".v-form-group") ?? group.parentElement).classList.add("v-form-group--error");
  if (group.matches("fieldset")) (group.querySelector("legend") ?? group).after(inline);
  else group.before(inline);
}

/* The pages, in the order a voter meets them. */

/** The code arrives behind the # of the link: keep it, and take it out of the address. */
function landing() {
  let fragment = location.hash.slice(1);
  if (!fragment || byId(fragment)) fragment = "";
  const link = hashHex(location.pathname);
  if (recall("link") !== link) forget("code", "choices", "ballot", "done");
  keep("link", link);
  try {
    keepCode(parseCredential(fragment));
  } catch {
    // No code, or a damaged one: a later page asks for it.
  }
  if (fragment) history.replaceState(history.state, "", location.pathname + location.search);
}

/** The plain path begins with an interruption page; with scripts, go on to the questions. */
function start() {
  byId("start-plain")?.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(recall("code") ? texts.first : texts.code);
  });
}

/** What to say of a code as typed; nothing when it is this voter's. */
function faultOfCode(typed) {
  try {
    return isOwnCode(parseCredential(typed)) ? null : texts.errorOther ?? texts.errorCode;
  } catch {
    return (typed.trim() === "" && texts.errorNone) || texts.errorCode;
  }
}

function code() {
  const input = byId("code");
  if (recall("refused")) showError(texts.errorOther ?? texts.errorCode, input, input);
  forget("refused");
  byId("code-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = input.value.split("#").pop();
    const fault = faultOfCode(typed);
    if (fault) {
      showError(fault, input, input);
      return;
    }
    keepCode(parseCredential(typed));
    location.assign(texts.first ?? texts.next);
  });
}

/** The message for a selection that cannot be counted, or nothing. */
function faultOf(selected, min, max) {
  const blank = selected.includes("blank");
  if (blank) return selected.length > 1 ? "errorBlank" : null;
  if (selected.length === 0 || selected.length < min) return "errorNone";
  return selected.length > max ? "errorMany" : null;
}

function question() {
  const number = Number(texts.question);
  const choices = recallChoices();
  const inputs = Array.from(document.querySelectorAll('input[name="choice"]'));
  const earlier = choices[number] ?? [];
  for (const input of inputs) input.checked = earlier.includes(input.value);
  const submit = (event) => {
    event.preventDefault();
    const selected = inputs.filter((input) => input.checked).map((input) => input.value);
    const fault = faultOf(selected, Number(texts.min), Number(texts.max));
    if (fault) {
      showError(texts[fault], inputs[0], inputs[0].closest("fieldset"));
      return;
    }
    if (JSON.stringify(choices[number]) !== JSON.stringify(selected)) forget("ballot");
    choices[number] = selected;
    keep("choices", JSON.stringify(choices));
    const changing = new URLSearchParams(location.search).get("change") === "1";
    location.assign(changing ? texts.check : texts.next);
  };
  byId("go").addEventListener("submit", submit);
  byId("choices")?.addEventListener("submit", submit);
}

const readJson = (id) => JSON.parse(byId(id).textContent);

function summaryRow({ text, answers }, selected, number) {
  const row = make("div", "v-summary-list__row");
  const value = make("dd", "v-summary-list__value");
  for (const choice of selected) {
    const answer = choice === "blank" ? texts.textBlank ?? "Blank vote" : answers[Number(choice)];
    value.append(make("p", "v-body", answer));
  }
  const link = make("a", "v-link", texts.textChange ?? "Change");
  link.href = texts[`change-${number}`];
  link.append(make("span", "v-visually-hidden", ` ${text}`));
  const actions = make("dd", "v-summary-list__actions");
  actions.append(link);
  row.append(make("dt", "v-summary-list__key", text), value, actions);
  return row;
}

/** One 0 or 1 per answer, after the blank bit where there is one. */
function toVector({ answers, blank }, selected) {
  const places = [...(blank ? ["blank"] : []), ...answers.keys()];
  return places.map((place) => (selected.includes(String(place)) ? 1 : 0));
}

function check() {
  const questions = readJson("questions");
  const choices = recallChoices();
  const missing = questions.findIndex(
    ({ min, max }, i) => !Array.isArray(choices[i]) || faultOf(choices[i], min, max),
  );
  if (choices.length === 0 && recall("done")) return location.replace(recall("done"));
  if (missing >= 0) return location.replace(texts[`change-${missing}`]);
  if (recall("code") && !isOwnCode(recall("code"))) {
    forget("code", "ballot");
    keep("refused", "1");
  }
  if (!recall("code")) return location.replace(texts.code ?? texts.plain);
  byId("summary").replaceChildren(...questions.map((item, i) => summaryRow(item, choices[i], i)));
  const job = {
    election: readJson("election"),
    credential: recall("code"),
    choices: questions.map((item, i) => toVector(item, choices[i])),
  };
  prepareCast(job);
}

/* Casting. */

/** What went wrong, in words for the voter; `retry`: the same ballot may be sent again. */
class Trouble extends Error {
  constructor(message, { retry = true, plain = false } = {}) {
    super(message);
    this.retry = retry;
    this.plain = plain;
  }
}

function say(text, className = "") {
  const status = byId("status");
  status.className = className;
  status.textContent = text;
}

function offerPlainPath() {
  const link = make("a", "v-link", texts.textPlain ?? "Vote without sealing on this device");
  link.href = texts.plain;
  byId("status").append(" ", link);
}

function prepareCast(job) {
  const button = byId("cast");
  let busy = false;
  const setBusy = (value) => {
    busy = value;
    button.setAttribute("aria-disabled", String(value));
  };
  byId("cast-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      await cast(job);
    } catch (error) {
      const trouble = error instanceof Trouble ? error : new Trouble(texts.textFailed);
      say(trouble.message, "v-error-message");
      if (trouble.plain) offerPlainPath();
      if (!trouble.retry) forget("ballot");
      setBusy(!trouble.retry);
    }
  });
}

/** Seal once, send until the server has it: the kept ballot makes a retry the same ballot. */
async function cast(job) {
  const slow = setTimeout(() => say(texts.textSlow), SLOW);
  try {
    const ballot = recall("ballot") ?? (await seal(job));
    keep("ballot", ballot);
    say(texts.textSending);
    const next = await send(ballot);
    forget("choices", "ballot");
    keep("done", next);
    location.assign(next);
  } finally {
    clearTimeout(slow);
  }
}

function showProgress({ done, total }) {
  say(texts.textSealing.replace("{done}", done).replace("{total}", total));
}

/** The ballot's text, made by the worker. */
function seal(job) {
  const source = new URL("belenios/worker.js", import.meta.url);
  const worker = new Worker(source, { type: "module" });
  let noted = 0;
  const sealed = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Trouble(texts.textFailed)), GIVE_UP);
    worker.onmessage = ({ data }) => {
      if (data.ballot || data.error) clearTimeout(late);
      if (data.ballot) resolve(data.ballot);
      else if (data.error) reject(new Trouble(data.error, { plain: true }));
      else if (performance.now() - noted > NOTE_EVERY) {
        noted = performance.now();
        showProgress(data);
      }
    };
    worker.onerror = async (event) => {
      event.preventDefault();
      clearTimeout(late);
      const reached = await fetch(source).then((response) => response.ok, () => false);
      const words = reached ? texts.textNojs : texts.textFailed;
      reject(new Trouble(words, { plain: reached }));
    };
  });
  worker.postMessage(job);
  return sealed.finally(() => worker.terminate());
}

/** Hand the ballot in; the address of the next page. */
async function send(ballot) {
  const { csrf_token: token } = byId("cast-form").elements;
  const abort = new AbortController();
  const late = setTimeout(() => abort.abort(), GIVE_UP);
  try {
    const response = await fetch(texts.cast, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ csrf_token: token.value, ballot }),
      signal: abort.signal,
    });
    const answer = await response.json();
    if (answer.location && (response.ok || response.status === 409)) return answer.location;
    throw new Trouble(answer.error ?? texts.textFailed, { retry: answer.retry ?? true });
  } finally {
    clearTimeout(late);
  }
}

/* On every page. */

function prepareCopy(button) {
  button.hidden = !navigator.clipboard;
  const told = make("span", "v-visually-hidden");
  told.setAttribute("role", "status");
  button.after(told);
  button.addEventListener("click", async () => {
    const source = byId(button.dataset.copy);
    await navigator.clipboard.writeText((source?.textContent ?? button.dataset.copy).trim());
    button.textContent = told.textContent = button.dataset.copied ?? "Copied";
  });
}

document.querySelectorAll("[data-copy]").forEach(prepareCopy);
document.querySelector(".v-error-summary")?.focus();

const pages = { landing, start, code, question, check };
if (main && canRemember()) {
  pages[texts.booth]?.();
  if (texts.booth === "landing") addEventListener("hashchange", landing);
  // A page the browser kept aside may show what is no longer so.
  if (texts.booth === "check") {
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  }
}
