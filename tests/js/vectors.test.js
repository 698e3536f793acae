/**
 * Archives and their verdicts: what `voting verify` says, the browser says, of every archive with 30
 * ballots or fewer; ALL_VECTORS=1 tries the large ones as well.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { verifyArchive } from "../../voting/static/belenios/verify.js";

const FOLDER = new URL("../vectors/", import.meta.url);
/** Threshold trustees in the form of version 2.0. */
const NOT_SUPPORTED = "o09-b2048-threshold-tool20";

/** Folders that hold an archive and its case, at any depth. */
function* listCases(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const inside = new URL(`${entry.name}/`, folder);
    if (existsSync(new URL("case.json", inside))) yield inside;
    else yield* listCases(inside);
  }
}

const cases = [...listCases(FOLDER)].map((folder) => ({
  about: JSON.parse(readFileSync(new URL("case.json", folder), "utf8")),
  bytes: readFileSync(new URL(readdirSync(folder).find((name) => name.endsWith(".bel")), folder)),
}));

const MOST_BALLOTS = 30;
const isChosen = ({ about }) => process.env.ALL_VECTORS || about.n_ballots <= MOST_BALLOTS;

/** Papers come out in the order of the last shuffle: compare them sorted. */
const sorted = (result) =>
  result.map((row) => (Array.isArray(row[0]) ? row.map(String).sort() : row.map(Number)));

test("the archives are there", () => {
  assert.ok(cases.length > 100);
  assert.ok(cases.filter(isChosen).length > 100);
});

for (const { about, bytes } of cases.filter(isChosen)) {
  test(about.name, async () => {
    const told = [];
    const report = await verifyArchive(bytes, (...step) => told.push(step), (check) => told.push(check));
    if (about.name === NOT_SUPPORTED) {
      assert.deepEqual([report.valid, report.supported], [false, false]);
      return;
    }
    assert.deepEqual([report.valid, report.supported], [about.valid, true], report.error);
    assert.equal(report.error === null, about.valid);
    assert.deepEqual(told.filter((item) => !Array.isArray(item)), report.checks);
    assert.equal(report.checks.every(({ ok }) => ok), about.valid);
    if (!about.valid) return;
    assert.equal(report.stage, about.stage);
    if (about.expected_result) assert.deepEqual(sorted(report.result), sorted(about.expected_result));
  });
}

test("a result of papers is compared, too", () => {
  const papers = cases.filter(({ about }) => about.valid && about.stage === "result");
  assert.ok(papers.some(({ about }) => Array.isArray(about.expected_result?.[0]?.[0])));
});

test("any byte that is changed, and any cut, is noticed", async () => {
  const { bytes } = cases.find(({ about }) => about.name === "o01-ed-h-1q-closed");
  for (let at = 7; at < bytes.length; at += 2999) {
    const changed = Uint8Array.from(bytes);
    changed[at] ^= 1;
    assert.equal((await verifyArchive(changed)).valid, false, `byte ${at}`);
    if (at % 512) assert.equal((await verifyArchive(bytes.subarray(0, at))).valid, false);
  }
  for (const odd of [new Uint8Array(0), new Uint8Array(512), new Uint8Array(3)]) {
    assert.match((await verifyArchive(odd)).error, /^record 1: /);
  }
});
