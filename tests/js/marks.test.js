import assert from "node:assert/strict";
import test from "node:test";

import { findFaults, fromOrder, listOrder, move, toNumbers } from "../../voting/static/booth/marks.js";

const RANK = { kind: "rank", top: 3, equal: false };

test("gaps and repeats are named, never closed up", () => {
  assert.deepEqual(findFaults(RANK, 3, ["1", "1", "3"]), [
    { code: "repeat", places: [0, 1], number: 1 },
    { code: "gap", places: [2], number: 2 },
  ]);
  assert.deepEqual(findFaults({ ...RANK, equal: true }, 3, ["1", "1", "2"]), []);
});

test("a blank vote is said, and is all 0", () => {
  assert.deepEqual(findFaults(RANK, 3, ["blank"]), []);
  assert.deepEqual(toNumbers(3, ["blank"]), [0, 0, 0]);
  assert.equal(findFaults(RANK, 3, ["", "", ""])[0].code, "none");
  assert.equal(findFaults(RANK, 3, ["1", "", "", "blank"])[0].code, "both");
});

test("a button moves one option by one place", () => {
  const marks = fromOrder(4, [2, 1, 0]);
  assert.deepEqual(listOrder(move(marks, 1, "up")), [[1], [2], [0]]);
  assert.deepEqual(listOrder(move(marks, 1, "remove")), [[2], [0]]);
  assert.deepEqual(move(marks, 2, "up"), marks);
});
