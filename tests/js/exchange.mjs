/** Reads jobs {act: "create" | "answer" | "open", key?, task} as JSON; answers each, or {error}. */
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";

import {
  makeAnswer,
  makeKeyFile,
  openPrivateKey,
  parseKeyFile,
  parseTask,
} from "../../voting/static/belenios/exchange.js";

globalThis.crypto ??= webcrypto;

const acts = {
  create: ({ task }) => makeKeyFile(parseTask(task)),
  answer: ({ key, task }) => makeAnswer(parseKeyFile(key), parseTask(task)),
  open: ({ key, task }) => String(openPrivateKey(parseKeyFile(key), parseTask(task))),
};

const answers = JSON.parse(readFileSync(0, "utf8")).map((job) => {
  try {
    return { made: acts[job.act](job) };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
});
console.log(JSON.stringify(answers));
