/**
 * A scrutineer's work off the page's own thread. Receives {act, ...}; posts {progress} after some
 * steps, and at last the outcome or {error}. Nothing is sent from here, and nothing kept but the
 * ballot box that passed its checks, so that it is checked once and then worked on. Others of its
 * kind help with the batches of a large one.
 */
import { makeAnswer, makeKeyFile, parseKeyFile, parseTask } from "./exchange.js";
import { decrypt, readCount, shuffle } from "./opening.js";
import { InvalidArchive, ProtocolError } from "./errors.js";
import { answerBatch, makeOwnPool } from "./pool.js";

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
    box = null;
    box = await readCount(archive, tell, makeOwnPool);
    return { checks: box.report.checks };
  },
  shuffle: ({ key, task }) => ({
    answer: shuffle(parseKeyFile(key), parseTask(task), checkedBox(), tell),
  }),
  decrypt: ({ key, task, reason, minimum }) => ({
    answer: decrypt(parseKeyFile(key), parseTask(task), checkedBox(), reason, tell, undefined, minimum),
  }),
};

let box = null;

function checkedBox() {
  if (!box) throw new InvalidArchive("the ballot box must be checked first");
  return box;
}

let told = 0;

function tell(what, done, total) {
  const now = Date.now();
  if (done < total && now - told < 200) return;
  told = now;
  postMessage({ progress: { what, done, total } });
}

onmessage = async ({ data }) => {
  if (data.batch) {
    postMessage(answerBatch(data.batch));
    return;
  }
  try {
    postMessage(await acts[data.act](data));
  } catch (error) {
    const known = error instanceof ProtocolError;
    postMessage({ error: known ? error.message : "your browser could not do this work" });
  }
};
