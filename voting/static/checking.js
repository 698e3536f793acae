/**
 * Verifies one archive off the page's own thread. Receives a File; posts {check, done, total} on the
 * way, {found: {name, ok, detail}} after each check, and at last {report} or {failure}. Others of its
 * kind help with the batches of a large one.
 */
import { answerBatch, makeOwnPool } from "./belenios/pool.js";
import { verifyArchive } from "./belenios/verify.js";

const NOTE_EVERY = 200;

addEventListener("message", async ({ data }) => {
  if (data.batch) {
    postMessage(answerBatch(data.batch));
    return;
  }
  let noted = 0;
  const progress = (check, done, total) => {
    if (Date.now() - noted < NOTE_EVERY) return;
    noted = Date.now();
    postMessage({ check, done, total });
  };
  try {
    const found = (check) => postMessage({ found: check });
    const report = await verifyArchive(data, progress, found, makeOwnPool);
    postMessage({ report });
  } catch (error) {
    postMessage({ failure: String(error) });
  }
});
