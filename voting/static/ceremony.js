/**
 * The scrutineer's pages: make a key, prove the copy, go through the making of the keys, check the
 * ballot box, mix and count. The work is done in a worker; the key file is read on this machine and
 * sent nowhere. What is sent goes through the form of the page, which works without this script.
 */

const main = document.querySelector("main[data-desk]");
const byId = (id) => document.getElementById(id);

/** A worker that does one job at a time and remembers the ballot box that it checked. */
function hire() {
  const worker = new Worker(new URL("./belenios/scrutineer.js", import.meta.url), {
    type: "module",
  });
  const ask = (job, told = () => {}) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if (data.progress) told(data.progress);
        else if (data.error) reject(new Error(data.error));
        else resolve(data);
      };
      worker.onerror = () => reject(new Error("your browser cannot do this work"));
      worker.postMessage(job);
    });
  return { ask, dismiss: () => worker.terminate() };
}

/** One job for a worker that is not needed again. */
function ask(job) {
  const worker = hire();
  return worker.ask(job).finally(worker.dismiss);
}

async function fetchText(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error("the page has expired; open the link in your letter again");
  return response.text();
}

/** Download a ballot box: a Blob, which the browser keeps where it likes. */
async function fetchBox(address, told) {
  const response = await fetch(address);
  if (!response.ok || !response.body) throw new Error("the ballot box cannot be downloaded; try again");
  const total = Number(response.headers.get("Content-Length"));
  let done = 0;
  const count = new TransformStream({
    transform(chunk, controller) {
      done += chunk.length;
      told(done, total);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(count)).blob();
}

const say = (words) => { byId("working").textContent = words; };

function complain(error) {
  say("");
  const words = error.message;
  byId("trouble-words").textContent = `${words[0].toUpperCase()}${words.slice(1)}.`.replace("..", ".");
  byId("trouble").hidden = false;
  byId("trouble").focus();
}

/** Run what a button stands for; the button rests meanwhile, and trouble is told. */
function onPress(id, act) {
  const button = byId(id);
  button?.addEventListener("click", async () => {
    byId("trouble").hidden = true;
    button.disabled = true;
    try {
      await act();
    } catch (error) {
      complain(error);
    } finally {
      button.disabled = false;
    }
  });
}

async function readKeyFile() {
  const [file] = byId("key-file").files;
  if (!file) throw new Error("choose your key file first");
  if (file.size > 100_000) throw new Error("this is not a key file: it is too large");
  return file.text();
}

/** What is told while the service has the answer and checks it. */
function saySending() {
  const { wait } = main.dataset;
  say(wait ? `Sending. The service checks it, which takes up to ${wait}. Leave this page open.` : "Sending.");
}

const TRIES = 30;
const pause = (seconds) => new Promise((resume) => { setTimeout(resume, seconds * 1000); });

/** Send until the service has its hands free: it checks one long list after the other. */
async function post(body) {
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(location.href, {
      method: "POST", body, headers: { Accept: "application/json" },
    });
    const again = Number(response.headers.get("Retry-After"));
    if (response.status !== 503 || !again || tries >= TRIES) return response;
    say("The file of another scrutineer is being checked. Yours is sent again after it. Leave this page open.");
    await pause(again);
    saySending();
  }
}

/** Send an answer as the form would, and go where the server says. */
async function send(answer) {
  saySending();
  const form = byId("answer-form");
  const body = new FormData();
  body.append("csrf_token", form.elements.csrf_token.value);
  body.append("answer", new Blob([answer], { type: "application/json" }), "answer.json");
  const response = await post(body);
  const told = await response.json().catch(() => ({}));
  if (!response.ok || !told.location) {
    throw new Error(told.error ?? "the service did not answer; nothing was kept, try again");
  }
  location.assign(told.location);
}

const KEY_FILE = /"format"\s*:\s*"voting-scrutineer-key"/;

/** The form takes answers that another computer made; a key file is kept from being sent by it. */
function guardForm() {
  const form = byId("answer-form");
  let isLookedAt = false;
  form.addEventListener("submit", async (event) => {
    const [file] = form.elements.answer.files;
    if (!file || isLookedAt) return;
    event.preventDefault();
    if (KEY_FILE.test(await file.slice(0, 1000).text())) {
      form.elements.answer.value = "";
      complain(new Error("this is your private key file, which must never be sent: it was not sent"));
      return;
    }
    isLookedAt = true;
    saySending();
    form.requestSubmit();
  });
}

/* The pages. */

function create() {
  let made = null;
  onPress("create", async () => {
    say("Making your key.");
    const task = await fetchText(main.dataset.task);
    made = await ask({ act: "create", task });
    say("");
    const save = byId("save");
    save.href = URL.createObjectURL(new Blob([made.key], { type: "application/json" }));
    save.download = byId("file-name").textContent = made.name;
    byId("create").hidden = true;
    byId("created").hidden = false;
    save.focus();
  });
  byId("save").addEventListener("click", () => { byId("send").disabled = false; });
  onPress("send", () => send(made.answer));
}

function answer() {
  onPress("use", async () => {
    const key = await readKeyFile();
    say("Your browser is working.");
    const task = await fetchText(main.dataset.task);
    const { answer: text } = await ask({ act: "answer", key, task });
    await send(text);
  });
}

const DOING = {
  archive: "Checking the chain of events",
  credentials: "Checking the list of voting codes",
  ballots: "Checking the sealed votes",
  shuffles: "Checking how the votes were mixed",
  "partial decryptions": "Checking the parts of other scrutineers",
  mixing: "Mixing the votes",
  opening: "Opening your part",
};

const percent = (done, total) => (total ? `${Math.floor((100 * done) / total)}%` : "");
const progress = ({ what, done, total }) => say(`${DOING[what] ?? what}: ${percent(done, total)}`);

/** The box is downloaded and checked once; the worker then mixes or opens what it checked. */
function count(act) {
  let worker = null;
  const checked = (isChecked) => {
    byId("check").hidden = isChecked;
    byId("checked").hidden = !isChecked;
  };
  onPress("check", async () => {
    worker?.dismiss();
    worker = hire();
    say("Downloading the ballot box.");
    const told = (done, total) => say(`Downloading the ballot box: ${percent(done, total)}`);
    const archive = await fetchBox(main.dataset.archive, told);
    const { checks } = await worker.ask({ act: "check", archive }, progress);
    byId("report").replaceChildren(...checks.map(line));
    say("The ballot box passed every check on your machine.");
    checked(true);
    byId("key-file").focus();
  });
  onPress("use", async () => {
    const key = await readKeyFile();
    const reason = byId("why")?.value ?? "";
    const task = await fetchText(main.dataset.task);
    const minimum = Number(main.dataset.minimum);
    const made = await worker.ask({ act, key, task, reason, minimum }, progress);
    try {
      await send(made.answer);
    } catch (error) {
      checked(false); // the box may have grown meanwhile: it is fetched and checked again
      throw error;
    }
  });
}

function line({ name, detail }) {
  const item = document.createElement("li");
  item.textContent = `✓ ${name}${detail ? `: ${detail}` : ""}`;
  return item;
}

const pages = {
  create,
  answer,
  shuffle: () => count("shuffle"),
  decrypt: () => count("decrypt"),
};

if (main && globalThis.Worker) {
  byId("script").hidden = false;
  byId("offline").open = Boolean(document.querySelector(".v-error-summary:not([hidden])"));
  guardForm();
  pages[main.dataset.desk]();
}
