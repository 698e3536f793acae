/**
 * A scrutineer's work off the page's own thread. Receives {act, ...}; posts {progress} after some
 * steps, and at last the outcome or {error}. Nothing is kept and nothing is sent from here.
 */
import { makeAnswer, makeKeyFile, parseKeyFile, parseTask } from "./exchange.js";
import { decrypt, readCount, shuffle } from "./opening.js";
import { ProtocolError } from "./errors.js";

const slug = (text) =>
  text.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40);

const acts = {
  create({ task: text }) {
    const task = parseTask(text);
    const key = makeKeyFile(task);
    const name = `scrutineer-key-${slug(task.poll)}-${task.index}.json`;
    return { key, name, answer: makeAnswer(parseKeyFile(key), task) };
  },
  answer: ({ key, task }) => ({ answer: makeAnswer(parseKeyFile(key), parseTask(task)) }),
  async check({ archive }) {
    const { report } = await readCount(new Uint8Array(archive), tell);
    return { checks: report.checks };
  },
  async shuffle({ key, task, archive }) {
    const count = await readCount(new Uint8Array(archive), tell);
    return { answer: shuffle(parseKeyFile(key), parseTask(task), count, tell) };
  },
  async decrypt({ key, task, archive, reason }) {
    const count = await readCount(new Uint8Array(archive), tell);
    return { answer: decrypt(parseKeyFile(key), parseTask(task), count, reason) };
  },
};

let told = 0;

function tell(what, done, total) {
  const now = Date.now();
  if (done < total && now - told < 200) return;
  told = now;
  postMessage({ progress: { what, done, total } });
}

onmessage = async ({ data }) => {
  try {
    postMessage(await acts[data.act](data));
  } catch (error) {
    const known = error instanceof ProtocolError;
    postMessage({ error: known ? error.message : "your browser could not do this work" });
  }
};
