/**
 * Verifies one archive off the page's own thread. Receives a File; posts {check, done, total} on the
 * way, {found: {name, ok, detail}} after each check, and at last {report} or {failure}.
 */
import { verifyArchive } from "./belenios/verify.js";

const NOTE_EVERY = 200;

addEventListener("message", async ({ data }) => {
  let noted = 0;
  const progress = (check, done, total) => {
    if (Date.now() - noted < NOTE_EVERY) return;
    noted = Date.now();
    postMessage({ check, done, total });
  };
  try {
    const report = await verifyArchive(data, progress, (found) => postMessage({ found }));
    postMessage({ report });
  } catch (error) {
    postMessage({ failure: String(error) });
  }
});
