/**
 * The booth, where scripts run: keeps the choices in this tab and sends only the sealed ballot.
 * Every page works without this file; what it needs stands in the page's data-attributes.
 */
import { parseCredential, publicCredential } from "./belenios/credential.js";
import { hashHex } from "./belenios/encoding.js";
import { getGroup } from "./belenios/groups.js";
import { prepareCast } from "./booth/casting.js";
import { toNumbers } from "./booth/marks.js";
import {
  byId,
  canRemember,
  forget,
  isChanging,
  keep,
  keepAnswer,
  keepCode,
  main,
  make,
  readJson,
  recall,
  recallChoices,
  showError,
  texts,
} from "./booth/page.js";
import { isComplete, marks, rank, showMarks, showOrder } from "./booth/papers.js";
import { findWaiting, forgetWaiting } from "./booth/waiting.js";

/** Whether a well-formed code is this voter's own; true where the page does not say whose it is. */
function isOwnCode(code) {
  const { credential, group, uuid } = texts;
  return !credential || publicCredential(getGroup(group), uuid, code) === credential;
}

/* The pages, in order. */

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
    takeWaiting(); // No code, or a damaged one: an issuer's may wait, or a later page asks for it.
  }
  if (fragment) history.replaceState(history.state, "", location.pathname + location.search);
}

/** A code from the link of an issuer, opened before in this browser; it is then kept here alone. */
function takeWaiting() {
  const waiting = findWaiting(texts.poll);
  if (!waiting) return;
  keepCode(waiting);
  forgetWaiting(texts.poll);
}

/** Where the sealed way begins. */
const begin = () => (recall("code") ? texts.first : texts.code);

/** The plain path begins with an interruption page; with scripts, go on to the questions. */
function start() {
  byId("start-plain")?.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(begin());
  });
}

/** For who came here before the scripts did. */
function plain() {
  byId("seal-here").href = begin();
  byId("can-seal").hidden = false;
}

/** What to say of a code as typed; nothing when it is this voter's. */
function faultOfCode(typed) {
  try {
    return isOwnCode(parseCredential(typed)) ? null : texts.errorOther ?? texts.errorCode;
  } catch {
    return (typed.trim() === "" && texts.errorNone) || texts.errorCode;
  }
}

/** The code of an issuer's link that was opened in another tab, when it is this voter's. */
function fillWaiting(input) {
  const waiting = findWaiting(texts.poll);
  if (!waiting || input.value || !isOwnCode(waiting)) return;
  input.value = waiting;
  forgetWaiting(texts.poll);
}

function code() {
  const input = byId("code");
  if (recall("refused")) showError(texts.errorOther ?? texts.errorCode, input, input);
  forget("refused");
  fillWaiting(input);
  addEventListener("storage", () => fillWaiting(input));
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
  const inputs = Array.from(document.querySelectorAll('input[name="choice"]'));
  const earlier = recallChoices()[number] ?? [];
  // Nothing kept: what was selected while the script was on its way stays selected.
  if (earlier.length) for (const input of inputs) input.checked = earlier.includes(input.value);
  const submit = (event) => {
    event.preventDefault();
    const selected = inputs.filter((input) => input.checked).map((input) => input.value);
    const fault = faultOf(selected, Number(texts.min), Number(texts.max));
    if (fault) {
      showError(texts[fault], inputs[0], inputs[0].closest("fieldset"));
      return;
    }
    keepAnswer(number, selected);
    location.assign(isChanging() ? texts.check : texts.next);
  };
  byId("go").addEventListener("submit", submit);
  byId("choices")?.addEventListener("submit", submit);
}

/** Whether options are chosen; others have marks. */
const isChoice = ({ kind = "choose" }) => kind === "choose";

/** What was answered, as the page to check shows it. */
function showAnswer(question, selected, number, words) {
  if (selected.includes("blank")) return [make("p", "v-body", texts.textBlank ?? "Blank vote")];
  if (question.kind === "rank") return showOrder(question, number, words);
  if (!isChoice(question)) return showMarks(question, selected, words);
  return selected.map((choice) => make("p", "v-body", question.answers[Number(choice)]));
}

function summaryRow(question, selected, number, words) {
  const { text } = question;
  const row = make("div", "v-summary-list__row");
  const value = make("dd", "v-summary-list__value");
  value.append(...showAnswer(question, selected, number, words));
  const link = make("a", "v-link", texts.textChange ?? "Change");
  link.href = texts[`change-${number}`];
  link.append(make("span", "v-visually-hidden", ` ${text}`));
  const actions = make("dd", "v-summary-list__actions");
  actions.append(link);
  row.append(make("dt", "v-summary-list__key", text), value, actions);
  return row;
}

/** Whether an answer can be counted. */
function isAnswered(question, selected) {
  if (!Array.isArray(selected)) return false;
  if (!isChoice(question)) return isComplete(question, selected);
  return !faultOf(selected, question.min, question.max);
}

/** One 0 or 1 per answer, after the blank bit where there is one; else ranks, grades or points. */
function toVector(question, selected) {
  const { answers, blank } = question;
  if (!isChoice(question)) return toNumbers(answers.length, selected);
  const places = [...(blank ? ["blank"] : []), ...answers.keys()];
  return places.map((place) => (selected.includes(String(place)) ? 1 : 0));
}

function check() {
  const questions = readJson("questions");
  const choices = recallChoices();
  const missing = questions.findIndex((item, i) => !isAnswered(item, choices[i]));
  if (choices.length === 0 && recall("done")) return location.replace(recall("done"));
  if (missing >= 0) return location.replace(texts[`change-${missing}`]);
  if (recall("code") && !isOwnCode(recall("code"))) {
    forget("code", "ballot");
    keep("refused", "1");
  }
  if (!recall("code")) return location.replace(texts.code ?? texts.plain);
  const words = byId("order-texts") ? readJson("order-texts") : {};
  byId("summary").replaceChildren(
    ...questions.map((item, i) => summaryRow(item, choices[i], i, words)),
  );
  prepareCast(() => ({
    election: readJson("election"),
    credential: recall("code"),
    choices: recallChoices().map((selected, i) => toVector(questions[i], selected)),
  }));
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

const pages = { landing, start, plain, code, question, rank, marks, check };
if (main && canRemember()) {
  pages[texts.booth]?.();
  if (texts.booth === "landing") addEventListener("hashchange", landing);
  // A page the browser kept aside may be out of date.
  if (texts.booth === "check") {
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  }
}
