/** The ballots of every archive we can read: none of a valid one refused, each bad one found. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { checkBallot } from "../../voting/static/belenios/ballot.js";
import { parseElection } from "../../voting/static/belenios/election.js";
import { NotSupported, ProtocolError } from "../../voting/static/belenios/errors.js";
import { GROUPS } from "./shared.mjs";

const FOLDER = new URL("../vectors/", import.meta.url);
/** What was done to one ballot, and which ballots are to be refused: one, or all of them. */
const BALLOT_TAMPERS = new Map([
  ["bad-signature", 1],
  ["blank-proof-of-other-ballot", 1],
  ["blank-question-without-blank", 1],
  ["changed-question", Infinity],
  ["changed-question-raw", Infinity],
  ["element-out-of-field", 1],
  ["element-uppercase-hex", 1],
  ["extra-choice", 1],
  ["flip-ciphertext", 1],
  ["flip-ciphertext-resigned", 1],
  ["missing-answer", 1],
  ["no-signature", 1],
  ["other-election-hash", 1],
  ["payload-hash-mismatch", 1],
  ["proof-of-other-ballot", 1],
  ["raweg-other-ballot", 1],
  ["replay-other-credential", 1],
  ["scalar-ge-q-response", 1],
  ["scalar-leading-zero", 1],
  ["small-order-component", 1],
  ["unknown-field-in-ballot", 1],
  ["whitespace-in-ballot", 1],
]);

/** Folders that hold an archive and its case, at any depth. */
function* cases(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const inside = new URL(`${entry.name}/`, folder);
    if (existsSync(new URL("case.json", inside))) yield inside;
    else yield* cases(inside);
  }
}

/** Contents of an archive's data records, in order. */
function* records(folder) {
  const file = readdirSync(folder).find((name) => name.endsWith(".bel"));
  const bytes = readFileSync(new URL(file, folder));
  for (let at = 0; at + 512 <= bytes.length; ) {
    const field = (start, end) => bytes.toString("latin1", at + start, at + end).split("\0")[0];
    const size = parseInt(field(124, 136), 8);
    const content = bytes.toString("utf8", at + 512, at + 512 + size);
    if (field(0, 100).endsWith(".data.json")) yield content;
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

/** Verdicts so far: the archives are variants of few, and share most ballots. */
const verdicts = new Map();

function isRefused(raw, election) {
  const key = election.fingerprint + raw;
  if (!verdicts.has(key)) {
    let refused = false;
    try {
      checkBallot(raw, election);
    } catch (error) {
      assert.ok(error instanceof ProtocolError, String(error.stack));
      refused = true;
    }
    verdicts.set(key, refused);
  }
  return verdicts.get(key);
}

function refusedBallots(folder) {
  const [definition, ...rest] = records(folder);
  const election = parseElection(definition);
  const ballots = rest.filter((text) => text.trimStart().startsWith('{"election_uuid"'));
  const refused = ballots.filter((raw) => isRefused(raw, election));
  return { refused: refused.length, all: ballots.length };
}

const canRead = ({ group, tamper }) => GROUPS.includes(group) && tamper !== "group-unknown";

test("the archives are there", () => {
  assert.ok([...cases(FOLDER)].length > 50);
});

for (const folder of cases(FOLDER)) {
  const about = JSON.parse(readFileSync(new URL("case.json", folder), "utf8"));
  test(about.name, () => {
    if (!canRead(about)) {
      assert.throws(() => refusedBallots(folder), NotSupported);
      return;
    }
    const { refused, all } = refusedBallots(folder);
    assert.equal(refused, Math.min(BALLOT_TAMPERS.get(about.tamper) ?? 0, all));
  });
}
