/** Workers for batches: a verifier in a worker has others like itself help it. */
import { checkBatch } from "./checking.js";
import { ProtocolError, revive } from "./errors.js";

const MOST = 8;

/** What a helper posts for a batch that it received. */
export function answerBatch(batch) {
  try {
    return { made: checkBatch(batch) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { error: { name: error.name, message: error.message } };
  }
}

/** So many workers, each made by `makeWorker`; one that breaks is done without. */
export class Pool {
  constructor(size, makeWorker) {
    this.window = 2 * size;
    this.queue = [];
    this.idle = [];
    this.workers = new Set();
    for (let i = 0; i < size; i++) this.#add(makeWorker());
  }

  #add(worker) {
    const member = { worker, job: null };
    worker.onmessage = ({ data }) => this.#settle(member, data);
    worker.onerror = (event) => {
      event.preventDefault?.();
      this.#lose(member);
    };
    this.workers.add(member);
    this.idle.push(member);
  }

  /** A promise of what comes of the batch. */
  run(batch) {
    return new Promise((resolve, reject) => {
      this.queue.push({ batch, resolve, reject });
      this.#goOn();
    });
  }

  #goOn() {
    while (this.queue.length && this.idle.length) {
      const member = this.idle.pop();
      member.job = this.queue.shift();
      member.worker.postMessage({ batch: member.job.batch });
    }
    while (this.queue.length && !this.workers.size) doHere(this.queue.shift());
  }

  #settle(member, { made, error }) {
    const { job } = member;
    member.job = null;
    this.idle.push(member);
    if (error) job.reject(revive(error));
    else job.resolve(made);
    this.#goOn();
  }

  /** A browser that cannot start it, or ends it: its batch is done here. */
  #lose(member) {
    member.worker.terminate();
    this.workers.delete(member);
    this.idle = this.idle.filter((other) => other !== member);
    if (member.job) doHere(member.job);
    this.#goOn();
  }

  close() {
    for (const { worker } of this.workers) worker.terminate();
    this.workers.clear();
  }
}

function doHere({ batch, resolve, reject }) {
  try {
    resolve(checkBatch(batch));
  } catch (error) {
    reject(error);
  }
}

/**
 * A worker for every processor, each with the script of this one; null where there is one only, and
 * in a page that was saved as a file, whose workers may not start others.
 */
export function makeOwnPool() {
  const size = Math.min(MOST, navigator.hardwareConcurrency ?? 1);
  if (size < 2 || typeof Worker === "undefined" || location.protocol === "blob:") return null;
  return new Pool(size, () => new Worker(location.href, { type: "module" }));
}
