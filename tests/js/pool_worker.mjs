/** A helper of the verifier in a thread of Node. */
import { parentPort } from "node:worker_threads";

import { answerBatch } from "../../voting/static/belenios/pool.js";

parentPort.on("message", ({ batch }) => parentPort.postMessage(answerBatch(batch)));
