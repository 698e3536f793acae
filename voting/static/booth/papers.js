/** The pages of ranked, graded and scored papers, and what they show on the page to check. */
import { BLANK, findFaults, fromOrder, listOrder, move } from "./marks.js";
import {
  byId,
  isChanging,
  keepAnswer,
  main,
  make,
  recallChoices,
  showError,
  showErrors,
  texts,
} from "./page.js";

const readOrder = (marks) => listOrder(marks ?? []).map(([first]) => first);

function onSubmit(handler) {
  const submit = (event) => {
    event.preventDefault();
    handler();
  };
  byId("go").addEventListener("submit", submit);
  byId("choices")?.addEventListener("submit", submit);
}

/** One preference: what is ranked before is not offered; the ones before it come first. */
export function rank() {
  const [number, place, size] = [texts.question, texts.place, texts.options].map(Number);
  const marks = recallChoices()[number] ?? [];
  const order = readOrder(marks);
  if (place > order.length + 1) return location.replace(texts.page);
  const taken = order.slice(0, place - 1).map(String);
  for (const input of document.querySelectorAll('input[name="choice"]')) {
    if (taken.includes(input.value)) input.closest(".v-radios__item").remove();
    else if (marks.length) input.checked = isKept(input.value, marks, order, place);
  }
  const inputs = Array.from(document.querySelectorAll('input[name="choice"]'));
  onSubmit(() => {
    const selected = inputs.find((input) => input.checked)?.value;
    if (selected === undefined) {
      showError(texts.errorNone, inputs[0], inputs[0].closest("fieldset"));
      return;
    }
    const [answer, goesOn] = takePreference(size, order, place, selected);
    keepAnswer(number, answer);
    if (goesOn && texts.following) location.assign(texts.following);
    else location.assign(isChanging() ? texts.check : texts.next);
  });
}

function isKept(value, marks, order, place) {
  if (marks.includes(BLANK)) return value === BLANK;
  return place <= order.length && value === String(order[place - 1]);
}

/** A preference that stays as it was keeps those after it; another one asks for them again. */
function takePreference(size, order, place, selected) {
  if (selected === BLANK) return [[BLANK], false];
  const before = order.slice(0, place - 1);
  if (selected === "end") return [fromOrder(size, before), false];
  const chosen = Number(selected);
  const after = order[place - 1] === chosen ? order : [...before, chosen];
  return [fromOrder(size, after), true];
}

/** A control for each option: its rank, its grade or its points. */
export function marks() {
  const method = JSON.parse(texts.method);
  const patterns = JSON.parse(texts.faults);
  const number = Number(texts.question);
  const groups = Array.from(main.querySelectorAll("[data-mark]"));
  const earlier = recallChoices()[number] ?? [];
  const blank = byId("blank");
  if (earlier.length) blank.checked = earlier.includes(BLANK);
  if (earlier.length && !blank.checked) groups.forEach((group, at) => fillMark(group, earlier[at]));
  onSubmit(() => {
    const typed = groups.map(readControl);
    const some = typed.some(Boolean);
    const answer = blank.checked ? [...(some ? typed : []), BLANK] : typed;
    const faults = findFaults(method, groups.length, answer);
    if (faults.length) {
      showErrors(faults.map((fault) => placeFault(fault, groups, patterns)));
      return;
    }
    keepAnswer(number, answer);
    location.assign(isChanging() ? texts.check : texts.next);
  });
}

function fillMark(group, mark) {
  for (const input of group.querySelectorAll("input")) {
    if (input.type === "radio") input.checked = input.value === mark;
    else input.value = mark;
  }
}

function readControl(group) {
  const input = group.querySelector("input:checked") ?? group.querySelector('input[type="text"]');
  return input?.value.trim() ?? "";
}

function placeFault({ code, places, number }, groups, patterns) {
  const names = places.map((at) => nameOf(groups[at]));
  const message = patterns[code]
    .replaceAll("{number}", number)
    .replaceAll("{options}", names.map((name) => `“${name}”`).join(", "))
    .replaceAll("{option}", names[0] ?? "");
  const group = groups[Math.min(...places)];
  const control = (group ?? groups[0]).querySelector("input");
  if (!group) return { message, control, group: byId("marks") };
  return { message, control, group: group.querySelector("fieldset") ?? control };
}

const nameOf = (group) => group.querySelector("legend, label").textContent.trim();

/** Whether what was answered can be counted. */
export const isComplete = (question, answer) =>
  findFaults(question, question.answers.length, answer).length === 0;

/** The grade or points of each option. */
export function showMarks(question, answer, words) {
  const list = make("ul", "v-list");
  question.answers.forEach((name, at) => {
    const told =
      question.kind === "grade"
        ? words.grade.replace("{grade}", question.grades[Number(answer[at]) - 1])
        : words.points.replace("{number}", answer[at] || "0");
    list.append(make("li", "", told.replace("{name}", name)));
  });
  return [list];
}

/** The ranking with a button for each move; nothing moves but what a button says. */
export function showOrder(question, number, words) {
  const cell = make("div", "");
  drawOrder(cell, question, number, words);
  return [cell];
}

function drawOrder(cell, question, number, words) {
  const order = listOrder(recallChoices()[number]);
  const list = make("ol", "v-list v-order");
  order.forEach((group, at) => {
    const item = make("li", "v-order__item");
    for (const [index, place] of group.entries()) {
      item.append(...(index ? [make("br", "")] : []), question.answers[place]);
    }
    const acts = [at > 0 && "up", at < order.length - 1 && "down", "remove"].filter(Boolean);
    if (!question.equal) {
      const press = (act) => rearrange(cell, question, number, words, group[0], act);
      item.append(makeButtons(acts, words, question.answers[group[0]], group[0], press));
    }
    list.append(item);
  });
  const left = question.answers.filter((_, place) => !order.flat().includes(place));
  const rest = make("p", "v-body", words.unranked.replace("{names}", left.join(", ")));
  cell.replaceChildren(list, ...(left.length ? [rest] : []));
}

function makeButtons(acts, words, name, place, press) {
  const row = make("div", "v-order__buttons");
  for (const act of acts) {
    const button = make("button", "v-button v-button--secondary v-order__button");
    const [before, after] = words[act].split("{name}");
    button.type = "button";
    button.dataset.act = `${act}-${place}`;
    button.append(before, make("span", "v-visually-hidden", name), after);
    button.addEventListener("click", () => press(act));
    row.append(button);
  }
  return row;
}

/** Do what the button says, draw the list again, say what moved, and stay on the button. */
function rearrange(cell, question, number, words, place, act) {
  const answer = move(recallChoices()[number], place, act);
  keepAnswer(number, answer);
  const order = readOrder(answer);
  if (order.length === 0) return location.assign(texts[`change-${number}`]);
  drawOrder(cell, question, number, words);
  const at = order.indexOf(place);
  const told = at < 0 ? words.removed : words.moved;
  byId("moved").textContent = told
    .replace("{place}", words.ordinals[at] ?? "")
    .replace("{total}", order.length)
    .replace("{name}", question.answers[place]);
  const other = act === "up" ? "down" : "up";
  const next = at < 0 ? cell.querySelector("button") : findButton(cell, place, act, other);
  next?.focus();
}

function findButton(cell, place, ...acts) {
  const found = acts.map((act) => cell.querySelector(`[data-act="${act}-${place}"]`));
  return found.find(Boolean);
}
