/** The last button: seal the vote in the worker, send it, and go on to the receipt. */
import { byId, forget, keep, make, recall, texts } from "./page.js";

const SLOW = 10_000;
const GIVE_UP = 60_000;
const NOTE_EVERY = 500;

/** What went wrong, in words for the voter; `retry`: the same ballot may be sent again. */
class Trouble extends Error {
  constructor(message, { retry = true, plain = false } = {}) {
    super(message);
    this.retry = retry;
    this.plain = plain;
  }
}

function say(text, className = "") {
  const status = byId("status");
  status.className = className;
  status.textContent = text;
}

function offerPlainPath() {
  const link = make("a", "v-link", texts.textPlain ?? "Vote without sealing on this device");
  link.href = texts.plain;
  byId("status").append(" ", link);
}

/** *makeJob* gives what is to be sealed, as it stands when the button is pressed. */
export function prepareCast(makeJob) {
  const button = byId("cast");
  let busy = false;
  const setBusy = (value) => {
    busy = value;
    button.setAttribute("aria-disabled", String(value));
  };
  byId("cast-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      await cast(makeJob());
    } catch (error) {
      const trouble = error instanceof Trouble ? error : new Trouble(texts.textFailed);
      say(trouble.message, "v-error-message");
      if (trouble.plain) offerPlainPath();
      if (!trouble.retry) forget("ballot");
      setBusy(!trouble.retry);
    }
  });
}

/** Seal once, send until the server has it: the kept ballot makes a retry the same ballot. */
async function cast(job) {
  const slow = setTimeout(() => say(texts.textSlow), SLOW);
  try {
    const ballot = recall("ballot") ?? (await seal(job));
    keep("ballot", ballot);
    say(texts.textSending);
    const next = await send(ballot);
    forget("choices", "ballot");
    keep("done", next);
    location.assign(next);
  } finally {
    clearTimeout(slow);
  }
}

function showProgress({ done, total }) {
  say(texts.textSealing.replace("{done}", done).replace("{total}", total));
}

/** The ballot's text, made by the worker. */
function seal(job) {
  const source = new URL("../belenios/worker.js", import.meta.url);
  const worker = new Worker(source, { type: "module" });
  let noted = 0;
  const sealed = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Trouble(texts.textFailed)), GIVE_UP);
    worker.onmessage = ({ data }) => {
      if (data.ballot || data.error) clearTimeout(late);
      if (data.ballot) resolve(data.ballot);
      else if (data.error) reject(new Trouble(data.error, { plain: true }));
      else if (performance.now() - noted > NOTE_EVERY) {
        noted = performance.now();
        showProgress(data);
      }
    };
    worker.onerror = async (event) => {
      event.preventDefault();
      clearTimeout(late);
      const reached = await fetch(source).then((response) => response.ok, () => false);
      const words = reached ? texts.textNojs : texts.textFailed;
      reject(new Trouble(words, { plain: reached }));
    };
  });
  worker.postMessage(job);
  return sealed.finally(() => worker.terminate());
}

/** Hand the ballot in; the address of the next page. */
async function send(ballot) {
  const { csrf_token: token } = byId("cast-form").elements;
  const abort = new AbortController();
  const late = setTimeout(() => abort.abort(), GIVE_UP);
  try {
    const response = await fetch(texts.cast, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ csrf_token: token.value, ballot }),
      signal: abort.signal,
    });
    const answer = await response.json();
    if (answer.location && (response.ok || response.status === 409)) return answer.location;
    throw new Trouble(answer.error ?? texts.textFailed, { retry: answer.retry ?? true });
  } finally {
    clearTimeout(late);
  }
}
