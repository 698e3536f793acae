/**
 * The verifier: everything that the specification promises, checked from an archive alone.
 *
 * It reads the archive twice: once for the chain of events, and once to check and count the ballots.
 * Of the ballots only hashes are kept, so memory does not grow with their size.
 */
import { makeSource, readArchive } from "./archive.js";
import { parseOwned, parseSizes, readEntries, textOf } from "./board.js";
import { BALLOTS_PER_BATCH, CREDENTIALS_PER_BATCH, mapBatches } from "./checking.js";
import { needsShuffle, parseElection, refuseLaterVersion } from "./election.js";
import { parseCanonical, parseFreeJson } from "./encoding.js";
import {
  InvalidArchive,
  InvalidBallot,
  InvalidTally,
  Malformed,
  NotSupported,
  ProtocolError,
  UnknownParameter,
  located,
} from "./errors.js";
import { checkShuffle, shuffledTally } from "./mixnet.js";
import { TallyAccumulator, checkDecryptions, checkResult, encodeWeight } from "./tally.js";
import { parseTrustees } from "./trustees.js";

const CREDENTIAL =
  /^\{"election_uuid":"[^"]*","election_hash":"[^"]*","credential":"([^"]*)"/;

/** Fewer ballots are checked before helpers have started. */
const MANY = 20;
const MAX_ELECTION_BYTES = 16 * 2 ** 20;

/** The credential of a ballot without reading the rest; empty if none is there. */
const readCredential = (raw) => CREDENTIAL.exec(raw)?.[1] ?? "";

/**
 * Check everything in an archive (bytes or a Blob) and report. Never throws for what is wrong in the
 * archive: that is in the report. `progress(check, done, total)` is told how far it is, and
 * `found(check)` of each check that ends.
 *
 * The report is {valid, supported, error, uuid, stage, group, voters, ballots, counted, result,
 * checks}; checks are {name, ok, detail}. `opened` has what a trustee works on: {election, trustees,
 * tally (after the last shuffle, recomputed), totalWeight}; it is not part of the JSON.
 *
 * `makePool` gives workers that help with an archive of `many` ballots or more, or null.
 */
export async function verifyArchive(
  data,
  progress = () => {},
  found = () => {},
  makePool = () => null,
  many = MANY,
) {
  const verifier = new Verifier(makeSource(data), progress, found, makePool, many);
  try {
    return await verifier.run();
  } finally {
    verifier.pool?.close();
  }
}


class Verifier {
  constructor(source, progress, found, makePool, many) {
    Object.assign(this, { source, progress, found, makePool, many, pool: null });
    this.report = {
      valid: false,
      supported: true,
      error: null,
      uuid: null,
      stage: null,
      group: null,
      voters: null,
      ballots: null,
      counted: null,
      result: null,
      checks: [],
    };
  }

  async run() {
    const { report } = this;
    try {
      await this.runChecks();
      report.valid = true;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const isUnsupported = error instanceof NotSupported && !(error instanceof UnknownParameter);
      report.error = isUnsupported ? `not supported: ${error.message}` : error.message;
      report.supported = !isUnsupported;
    }
    return report;
  }

  async runChecks() {
    const { report } = this;
    const outline = await this.check("archive", () => this.readOutline());
    const election = await this.check("election", () => this.readElection(outline));
    const trustees = await this.check("trustees", () => checkTrustees(election, outline));
    if (outline.ballots >= this.many) this.pool = this.makePool();
    const weights = await this.check("credentials", () => this.checkCredentials(election, outline));
    report.voters = weights.size;
    const tally = await this.check("ballots", () => this.checkBallots(election, outline, weights));
    report.stage = stageOf(outline, trustees.length);
    if (isClosed(outline)) report.counted = tally.numTallied;
    if (!outline.tally) return;
    await this.check("encrypted tally", () => checkTally(election, outline, tally));
    const { totalWeight } = tally;
    let current = outline.tally[0];
    if (outline.shuffles.length) {
      current = await this.check("shuffles", () => this.checkShuffles(election, trustees, outline));
    }
    const opened = { election, trustees, tally: current, totalWeight };
    Object.defineProperty(report, "opened", { value: opened, enumerable: false });
    if (!outline.decryptions.length) return;
    const factors = await this.check("partial decryptions", () =>
      this.checkDecryptions(election, trustees, current, outline.decryptions),
    );
    if (outline.result === null) return;
    report.result = await this.check("result", () => {
      const raw = outline.result;
      const result = checkResult(election, trustees, current, factors, raw, totalWeight);
      return [writeResult(result), "every count is what the tally opens to"];
    });
  }

  /** Run a step that gives [value, detail], note how it went, and give its value. */
  async check(name, step) {
    const note = (ok, detail) => {
      const check = { name, ok, detail };
      this.report.checks.push(check);
      this.found(check);
    };
    try {
      const [value, detail] = await step();
      note(true, detail);
      return value;
    } catch (error) {
      if (error instanceof ProtocolError) note(false, error.message);
      throw error;
    }
  }

  async readOutline() {
    const outline = {
      events: 0,
      setup: [],
      ballots: 0,
      last: new Map(),
      tally: null,
      shuffles: [],
      decryptions: [],
      result: null,
      head: "",
    };
    const seen = new Set();
    try {
      for await (const { event, records, end } of readEntries(this.source)) {
        noteEntry(outline, seen, event, records);
        outline.head = event.type;
        outline.events += 1;
        this.progress("archive", end, this.source.size);
      }
    } catch (error) {
      await this.refuseLaterVersion();
      throw error;
    }
    this.report.ballots = outline.ballots;
    return [outline, `${outline.events} events in an unbroken chain`];
  }

  /** Say that an archive is of a later version, rather than that its events are unknown. */
  async refuseLaterVersion() {
    let json = null;
    try {
      for await (const record of readArchive(this.source)) {
        if (record.content.length <= MAX_ELECTION_BYTES) json = parseFreeJson(textOf(record), "election");
        break;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
    refuseLaterVersion(json);
  }

  readElection(outline) {
    const raw = located("election", () => textOf(outline.setup[0]));
    const election = located("election", () => parseElection(raw));
    this.report.uuid = election.uuid;
    this.report.group = election.group.name;
    if (outline.shuffles.length && !needsShuffle(election)) {
      throw new InvalidArchive("there is a shuffle although no question needs one");
    }
    if (outline.decryptions.length && needsShuffle(election) && !outline.shuffles.length) {
      throw new InvalidArchive("there is a partial decryption before the ballots were shuffled");
    }
    return [election, `fingerprint ${election.fingerprint}`];
  }

  async checkCredentials({ group }, outline) {
    const raw = located("credentials", () => textOf(outline.setup[2]));
    const entries = located("credentials", () => parseCanonical(raw, "list"));
    if (!Array.isArray(entries)) throw new Malformed("credentials: expected a list");
    const weights = new Map();
    let total = 0n;
    const batches = listCredentials(group.name, entries);
    for await (const listed of mapBatches(this.pool, batches)) {
      for (const [text, weight] of listed) {
        if (weights.has(text)) {
          const place = `credentials: credential ${weights.size + 1}`;
          throw new Malformed(`${place}: the credential is in the list twice`);
        }
        weights.set(text, BigInt(weight));
        total += BigInt(weight);
      }
      this.progress("credentials", weights.size, entries.length);
    }
    if (total >= group.order) {
      throw new Malformed("credentials: the sum of all weights is too large for this group");
    }
    return [weights, `${weights.size} credentials, total weight ${total}`];
  }

  async checkBallots(election, outline, weights) {
    const tally = new TallyAccumulator(election);
    let done = 0;
    for await (const made of mapBatches(this.pool, this.listBallots(outline, weights))) {
      tally.merge(made.tally);
      done += made.number;
      this.progress("ballots", done, outline.ballots);
    }
    if (done !== outline.ballots || tally.numTallied !== outline.last.size) {
      throw new InvalidArchive("the archive changed while it was read");
    }
    return [tally, `${done} ballots, ${tally.numTallied} of them a voter's last`];
  }

  /** The ballots of the archive in batches, read again. */
  async *listBallots(outline, weights) {
    const election = textOf(outline.setup[0]);
    let items = [];
    for await (const { event, records } of readEntries(this.source)) {
      if (event.type !== "Ballot") continue;
      const raw = textOf(records[0]);
      const credential = readCredential(raw);
      const isListed = weights.has(credential);
      const isLast = outline.last.get(credential) === event.height;
      const weight = isListed && isLast ? String(weights.get(credential)) : null;
      items.push({ height: event.height, raw, isListed, weight });
      if (items.length < BALLOTS_PER_BATCH) continue;
      yield { kind: "ballots", election, items };
      items = [];
    }
    if (items.length) yield { kind: "ballots", election, items };
  }

  checkShuffles(election, trustees, outline) {
    let current = outline.tally[0];
    outline.shuffles.forEach(({ owner, raw }, i) =>
      located(`shuffle ${i + 1}`, () => {
        if (!(1 <= owner && owner <= trustees.length)) {
          throw new InvalidArchive(`there is no trustee ${owner}`);
        }
        const tell = (done, total) =>
          this.progress("shuffles", i * total + done, outline.shuffles.length * total);
        checkShuffle(election, current, raw, tell);
        current = shuffledTally(election, current, raw);
      }),
    );
    return [current, `${outline.shuffles.length} shuffles, every one proved`];
  }

  checkDecryptions(election, trustees, tally, decryptions) {
    const byOwner = new Map();
    for (const { owner, raw } of decryptions) {
      if (byOwner.has(owner)) {
        throw new InvalidTally(`trustee ${owner} has two partial decryptions`);
      }
      byOwner.set(owner, raw);
    }
    const total = byOwner.size * parseCanonical(tally, "tally").flat().length;
    let done = 0;
    const tell = () => this.progress("partial decryptions", ++done, total);
    const factors = checkDecryptions(election, trustees, tally, byOwner, tell);
    return [factors, `${factors.size} of ${trustees.length}, every one proved`];
  }
}

function noteEntry(outline, seen, event, records) {
  const text = (i) => located(`event ${event.height}`, () => textOf(records[i]));
  const owned = () => ({ owner: parseOwned(text(1)).owner, raw: text(0) });
  const notes = {
    Setup: () => (outline.setup = records),
    Ballot: () => noteBallot(outline, seen, event, records[0], text(0)),
    EncryptedTally: () => (outline.tally = [text(0), text(1)]),
    Shuffle: () => outline.shuffles.push(owned()),
    PartialDecryption: () => outline.decryptions.push(owned()),
    Result: () => (outline.result = text(0)),
  };
  notes[event.type]?.();
}

function noteBallot(outline, seen, event, record, raw) {
  if (seen.has(record.hash)) {
    const where = `record ${record.number}: ballot at event ${event.height}`;
    throw new InvalidBallot(`${where}: the same ballot was cast before`);
  }
  seen.add(record.hash);
  outline.ballots += 1;
  outline.last.set(readCredential(raw), event.height);
}

const isClosed = ({ head }) => !["Setup", "Ballot"].includes(head);

/** How far the election has come, in one word. */
function stageOf({ head, decryptions }, trustees) {
  if (head === "PartialDecryption") {
    return decryptions.length === trustees ? "decrypted" : "partially_decrypted";
  }
  const words = {
    Setup: "setup",
    Ballot: "open",
    Shuffle: "partially_shuffled",
    EndShuffles: "shuffled",
    Result: "result",
  };
  return words[head] ?? "closed";
}

function* listCredentials(group, entries) {
  for (let start = 0; start < entries.length; start += CREDENTIALS_PER_BATCH) {
    const batch = entries.slice(start, start + CREDENTIALS_PER_BATCH);
    yield { kind: "credentials", group, first: start + 1, entries: batch };
  }
}

function checkTrustees(election, outline) {
  const { group, publicKey } = election;
  const raw = located("trustees", () => textOf(outline.setup[1]));
  const trustees = located("trustees", () => parseTrustees(group, raw));
  if (!group.equal(trustees.electionKey(), publicKey)) {
    throw new InvalidArchive(
      "trustees: the election key is not the product of the trustees' keys",
    );
  }
  const kinds = trustees.items.map((item) =>
    item.keys ? `${item.threshold} of ${item.keys.length}` : "1 single",
  );
  return [trustees, `${kinds.join(", ")}: every key proved, together the election key`];
}

function checkTally({ group }, outline, tally) {
  if (outline.tally[0] !== tally.encryptedTally()) {
    throw new InvalidTally("the encrypted tally is not that of the ballots");
  }
  const { number, weight } = parseSizes(outline.tally[1], group.order);
  if (number !== tally.numTallied) {
    throw new InvalidTally(`num_tallied is ${number}, expected ${tally.numTallied}`);
  }
  if (weight !== tally.totalWeight) {
    throw new InvalidTally(`total_weight is ${weight}, expected ${tally.totalWeight}`);
  }
  return [null, `${number} ballots with a total weight of ${weight}, recomputed`];
}

/** Counts in JSON form; papers as they are. */
const writeResult = (result) =>
  result.map((row) => row.map((item) => (typeof item === "bigint" ? encodeWeight(item) : item)));
