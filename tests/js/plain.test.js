/** The hint how plain a text is, held to the cases that the server is held to. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { tellPlainly } from "../../voting/static/plain.js";

const cases = JSON.parse(readFileSync(new URL("../vectors/plain_language.json", import.meta.url)));

for (const [index, { text, told }] of cases.entries()) {
  test(`case ${index}`, () => assert.deepEqual(tellPlainly(text), told));
}
