/**
 * What a voter marks on a ranked, graded or scored paper; the twin of domain/marks.py, function for
 * function. A method is { kind, top, equal }: the kind, the largest mark, whether ranks may repeat.
 */
export const BLANK = "blank";

/** A mark as a whole number, 0 for none; null when it is no number of at most three digits. */
export function readMark(text) {
  const trimmed = text.trim();
  if (trimmed === "") return 0;
  return /^[0-9]{1,3}$/.test(trimmed) ? Number(trimmed) : null;
}

const isMarked = (mark) => mark.trim() !== "";

/** Everything that keeps the marks from being counted: [{ code, places, number }]. */
export function findFaults(method, size, marks) {
  const given = marks.filter((mark) => mark !== BLANK);
  if (marks.includes(BLANK)) return given.some(isMarked) ? [makeFault("both")] : [];
  if (given.length !== size || !given.some(isMarked)) return [makeFault("none")];
  const lowest = method.kind === "score" ? 0 : 1;
  const numbers = given.map(readMark);
  const wrong = [...numbers.keys()].filter(
    (at) =>
      isMarked(given[at]) &&
      (numbers[at] === null || numbers[at] < lowest || numbers[at] > method.top),
  );
  if (wrong.length) return wrong.map((at) => makeFault("number", [at], method.top));
  return findMore(method, numbers);
}

function makeFault(code, places = [], number = 0) {
  return { code, places, number };
}

function findMore(method, numbers) {
  if (method.kind === "grade") {
    const without = [...numbers.keys()].filter((at) => numbers[at] === 0);
    return without.map((at) => makeFault("ungraded", [at]));
  }
  if (method.kind === "score") return numbers.some(Boolean) ? [] : [makeFault("zero")];
  return [...(method.equal ? [] : findRepeats(numbers)), ...findGaps(numbers)];
}

const places = (numbers, rank) => [...numbers.keys()].filter((at) => numbers[at] === rank);

function listRanks(numbers) {
  return [...new Set(numbers)].filter(Boolean).sort((one, other) => one - other);
}

function findRepeats(numbers) {
  return listRanks(numbers)
    .filter((rank) => places(numbers, rank).length > 1)
    .map((rank) => makeFault("repeat", places(numbers, rank), rank));
}

function findGaps(numbers) {
  const used = listRanks(numbers);
  const faults = [];
  for (let rank = 1; rank < used.at(-1); rank += 1) {
    const above = used.find((one) => one > rank);
    if (!used.includes(rank)) faults.push(makeFault("gap", [numbers.indexOf(above)], rank));
  }
  return faults;
}

/** The numbers to seal: one an option; all 0 is a blank vote. */
export function toNumbers(size, marks) {
  if (marks.includes(BLANK)) return Array(size).fill(0);
  return marks.map((mark) => readMark(mark) ?? 0);
}

/** The ranked options, best first; those with equal ranks together. */
export function listOrder(marks) {
  const numbers = marks.filter((mark) => mark !== BLANK).map((mark) => readMark(mark) ?? 0);
  return listRanks(numbers).map((rank) => places(numbers, rank));
}

/** The marks of options ranked one after the other. */
export function fromOrder(size, order) {
  const marks = Array(size).fill("");
  order.forEach((place, at) => (marks[place] = String(at + 1)));
  return marks;
}

/** The marks after a button moved the option at *place* "up" or "down" one rank, or "remove". */
export function move(marks, place, act) {
  const order = listOrder(marks).map(([first]) => first);
  const at = order.indexOf(place);
  if (at < 0) return [...marks];
  if (act === "remove") order.splice(at, 1);
  else {
    const other = act === "up" ? at - 1 : at + 1;
    if (other >= 0 && other < order.length) {
      [order[at], order[other]] = [order[other], order[at]];
    }
  }
  return fromOrder(marks.length, order);
}
