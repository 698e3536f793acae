/** Check an archive: hand the chosen file to a worker, and tell what it finds. Nothing is sent. */

const byId = (id) => document.getElementById(id);
const tool = byId("check-tool");
const words = tool.dataset;
const names = new Map(
  Array.from(byId("check-names").content.children, (item) => [item.dataset.check, item.textContent]),
);
let worker = null;

/** A saved copy has the worker's script inside; the page itself loads the module. */
function makeWorker() {
  const inside = byId("check-worker");
  if (!inside) {
    return new Worker(new URL(words.worker, document.baseURI), { type: "module" });
  }
  const script = new Blob([inside.textContent], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(script));
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** What the checker says is in English, whatever the page is in. */
function makeDetail(text) {
  const detail = make("span", "v-check__detail", text);
  detail.lang = "en";
  return detail;
}

const MINUTE = 60_000;
const LONG = 10 * MINUTE;
const SETTLED = 5_000; // milliseconds of a check after which its pace can be told
let pace = { check: null, began: 0 };

function showProgress({ check, done, total }) {
  const part = total ? Math.min(1, done / total) : 0;
  byId("check-bar").value = part;
  const now = `${names.get(check) ?? check}: ${Math.floor(100 * part)}%`;
  const left = tellLeft(check, part);
  byId("check-now").textContent = left ? `${now}. ${left}` : now;
}

/** How long a check will go on at its pace so far; a very long one is better done by a program. */
function tellLeft(check, part) {
  if (pace.check !== check) pace = { check, began: Date.now() };
  const spent = Date.now() - pace.began;
  if (spent < SETTLED || !part || part === 1) return "";
  const left = (spent * (1 - part)) / part;
  if (left > LONG) byId("check-long").hidden = false;
  return words.left.replace("{minutes}", Math.ceil(left / MINUTE));
}

function showCheck({ name, ok, detail }) {
  const item = make("li", ok ? "v-check v-check--ok" : "v-check v-check--bad", "");
  const verdict = make("strong", "v-tag", ok ? words.passed : words.failed);
  verdict.classList.add(ok ? "v-tag-carried" : "v-tag-red");
  item.append(verdict, ` ${names.get(name) ?? name}`, makeDetail(detail));
  byId("check-list").append(item);
}

function sentenceFor(report) {
  if (report.valid) return words.valid;
  return report.supported ? words.refused : words.unsupported;
}

function addFact(list, term, value) {
  if (value === null) return;
  const row = make("div", "v-summary-list__row", "");
  row.append(make("dt", "v-summary-list__key", term), make("dd", "v-summary-list__value", value));
  list.append(row);
}

const LONGEST = 600;

/** The counts or papers of each question, as the archive has them. */
function writeResult(result) {
  const text = JSON.stringify(result);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}

function showReport(report, file) {
  finish();
  const verdict = byId("check-verdict");
  verdict.className = report.valid ? "v-panel-counted v-inset" : "v-panel-not-found v-inset";
  verdict.replaceChildren(make("h2", "v-heading-m", sentenceFor(report)));
  if (report.error) verdict.append(makeDetail(report.error));
  const facts = make("dl", "v-summary-list", "");
  addFact(facts, words.file, file.name);
  addFact(facts, words.uuid, report.uuid);
  addFact(facts, words.voters, report.voters);
  addFact(facts, words.ballots, report.ballots);
  addFact(facts, words.counted, report.counted);
  if (report.valid && report.result) addFact(facts, words.result, writeResult(report.result));
  verdict.append(facts);
  verdict.focus();
}

function showFailure(text) {
  finish();
  const verdict = byId("check-verdict");
  verdict.className = "v-panel-not-found v-inset";
  verdict.replaceChildren(make("h2", "v-heading-m", words.failure), makeDetail(text));
  verdict.focus();
}

function finish() {
  worker?.terminate();
  worker = null;
  byId("check-progress").hidden = true;
  byId("check-long").hidden = true;
  pace = { check: null, began: 0 };
}

function begin(file) {
  finish();
  byId("check-list").replaceChildren();
  byId("check-verdict").replaceChildren();
  byId("check-verdict").className = "";
  byId("check-progress").hidden = false;
  showProgress({ check: "archive", done: 0, total: 1 });
  worker = makeWorker();
  worker.onerror = (event) => showFailure(event.message ?? "");
  worker.onmessage = ({ data }) => {
    if (data.found) showCheck(data.found);
    else if (data.report) showReport(data.report, file);
    else if (data.failure) showFailure(data.failure);
    else showProgress(data);
  };
  worker.postMessage(file);
}

const input = byId("check-file");
input.addEventListener("change", () => input.files.length && begin(input.files[0]));
for (const kind of ["dragover", "dragleave", "drop"]) {
  tool.addEventListener(kind, (event) => {
    event.preventDefault();
    tool.classList.toggle("v-drop--over", kind === "dragover");
    const [file] = kind === "drop" ? event.dataTransfer.files : [];
    if (file) begin(file);
  });
}
byId("check-off").hidden = true;
tool.hidden = false;
