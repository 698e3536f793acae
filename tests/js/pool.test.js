/** Helpers of the verifier: the same report with them as without, whatever becomes of them. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

import * as checking from "../../voting/static/belenios/checking.js";
import { Pool } from "../../voting/static/belenios/pool.js";
import { verifyArchive } from "../../voting/static/belenios/verify.js";

const FOLDER = new URL("../vectors/belenios/vectors/", import.meta.url);

function readCase(name) {
  const inside = new URL(`${name}/`, FOLDER);
  return readFileSync(new URL(readdirSync(inside).find((file) => file.endsWith(".bel")), inside));
}

/** A thread of Node with the manners of a worker in a browser. */
function makeThread(script = "./pool_worker.mjs") {
  const thread = new Worker(new URL(script, import.meta.url));
  const worker = {
    postMessage: (data) => thread.postMessage(data),
    terminate: () => thread.terminate(),
  };
  thread.on("message", (data) => worker.onmessage({ data }));
  thread.on("error", (error) => worker.onerror({ message: error.message }));
  return worker;
}

/** The ballots of an archive, as the verifier hands them on, so many times over. */
async function listBatches(bytes, times) {
  const batches = [];
  const run = async (batch) => {
    batches.push(batch);
    return checking.checkBatch(batch);
  };
  const spy = { run, window: 1, close() {} };
  await verifyArchive(bytes, undefined, undefined, () => spy, 0);
  return Array.from({ length: times }, () => batches).flat();
}

const TRIED = [
  "o02-ed-h-blank-weights",
  "o03-ed-nh",
  "x-bad-signature--o03-ed-nh",
  "x-duplicate-credential--o01-ed-h-1q",
];

for (const name of TRIED) {
  test(`${name} with helpers`, async () => {
    const bytes = readCase(name);
    const alone = await verifyArchive(bytes);
    let made = 0;
    const makePool = () => (made++, new Pool(2, () => makeThread()));
    const helped = await verifyArchive(bytes, undefined, undefined, makePool, 0);
    assert.equal(made, 1);
    assert.deepEqual(helped, alone);
  });
}

test("helpers that cannot start, or die, are done without", async () => {
  const bytes = readCase("o01-ed-h-1q");
  const alone = await verifyArchive(bytes);
  const broken = () => new Pool(2, () => makeThread("./no_such_worker.mjs"));
  assert.deepEqual(await verifyArchive(bytes, undefined, undefined, broken, 0), alone);
  const pool = new Pool(2, () => makeThread());
  const batches = await listBatches(bytes, 3);
  const answers = [];
  let done = 0;
  for await (const made of checking.mapBatches(pool, batches)) {
    answers.push(made);
    if (++done === 1) for (const { worker } of [...pool.workers].slice(1)) worker.onerror({});
  }
  pool.close();
  assert.deepEqual(answers, batches.map(checking.checkBatch));
});
