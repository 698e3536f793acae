/** The bulletin board: a hash chain of events, each with its data records, read from an archive. */
import { decodeText, readArchive } from "./archive.js";
import { checkFields, isHash, parseCanonical } from "./encoding.js";
import { InvalidArchive, Malformed, ProtocolError } from "./errors.js";
import { parseWeight } from "./tally.js";

/** How many data records stand before an event of each type; the last one is its payload. */
const DATA_RECORDS = {
  Setup: 4,
  Ballot: 1,
  EndBallots: 0,
  EncryptedTally: 2,
  Shuffle: 2,
  EndShuffles: 0,
  PartialDecryption: 2,
  Result: 1,
};
const MOST_RECORDS = 4;
const FOLLOWERS = {
  "": ["Setup"],
  Setup: ["Ballot", "EndBallots"],
  Ballot: ["Ballot", "EndBallots"],
  EndBallots: ["EncryptedTally"],
  EncryptedTally: ["PartialDecryption", "Shuffle"],
  Shuffle: ["Shuffle", "EndShuffles"],
  EndShuffles: ["PartialDecryption"],
  PartialDecryption: ["PartialDecryption", "Result"],
  Result: [],
};
const EVENT_FIELDS = ["parent", "height", "type", "payload"];
const LARGEST_SIZE = 10n ** 700n;

/** The text of a record; Malformed when it is not UTF-8. */
export function textOf(record) {
  try {
    return decodeText(record.content);
  } catch {
    throw new Malformed("the text is not UTF-8");
  }
}

/** Read an event record in canonical form: {parent, height, type, payload}. */
export function parseEvent(raw) {
  const value = parseCanonical(raw, "event");
  const names = value && typeof value === "object" ? Object.keys(value) : [];
  const expected = EVENT_FIELDS.filter((name) => names.includes(name));
  if (names.join() !== expected.join()) throw new Malformed("an event has fields that are not known");
  if (!Object.hasOwn(DATA_RECORDS, value.type) || !Number.isInteger(value.height)) {
    throw new Malformed("the type or the height of an event is not known");
  }
  for (const name of ["parent", "payload"]) {
    if (names.includes(name) && !isHash(value[name])) {
      throw new Malformed(`the ${name} of an event is not a hash`);
    }
  }
  if (names.includes("payload") !== DATA_RECORDS[value.type] > 0) {
    throw new Malformed(`a payload is missing or out of place in an event of type ${value.type}`);
  }
  return value;
}

const getInteger = (value, what) => {
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Malformed(`${what}: expected an integer of at least 0`);
};

/** Sizes beside an encrypted tally: {number, weight (BigInt), hash}, both below `limit`. */
export function parseSizes(raw, limit = LARGEST_SIZE) {
  const names = ["num_tallied", "total_weight", "encrypted_tally"];
  const value = checkFields(parseCanonical(raw, "sizes"), names, "sizes");
  if (!isHash(value.encrypted_tally)) throw new Malformed("encrypted_tally is not a hash");
  const number = getInteger(value.num_tallied, "num_tallied");
  return { number, weight: parseWeight(value.total_weight, limit), hash: value.encrypted_tally };
}

/** The payload of a shuffle or a partial decryption: its owner and the hash. */
export function parseOwned(raw) {
  const { owner, payload } = checkFields(parseCanonical(raw, "owned"), ["owner", "payload"], "owned");
  if (!isHash(payload)) throw new Malformed("payload is not a hash");
  return { owner: getInteger(owner, "owner"), hash: payload };
}

/**
 * The events of an archive, each with its data records: {event, records, end}. InvalidArchive, with
 * record number and height, unless chain, records and order are those of an election.
 */
export async function* readEntries(source) {
  let [parent, height, before, pending] = [undefined, 0, "", []];
  for await (const record of readArchive(source)) {
    if (!record.isEvent) {
      pending.push(record);
      if (pending.length > MOST_RECORDS) {
        throw new InvalidArchive(`record ${record.number}: no event refers to the data before it`);
      }
      continue;
    }
    const event = parseLink(record, parent, height);
    checkOrder(event, before);
    checkRecords(event, pending);
    yield { event, records: pending, end: record.end };
    [parent, height, before, pending] = [record.hash, height + 1, event.type, []];
  }
  if (pending.length) {
    const { number } = pending.at(-1);
    throw new InvalidArchive(`record ${number}: no event refers to the last data records`);
  }
  if (!before) throw new InvalidArchive("the archive has no Setup event");
}

/** Turn a Malformed of `step` into an InvalidArchive that says where. */
function placed(where, step) {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new InvalidArchive(`${where}: ${error.message}`);
  }
}

function parseLink(record, parent, height) {
  const where = `record ${record.number}: event ${height}`;
  const event = placed(where, () => parseEvent(textOf(record)));
  if (event.height !== height) {
    throw new InvalidArchive(`record ${record.number}: expected event ${height}, found ${event.height}`);
  }
  if (event.parent !== parent) {
    throw new InvalidArchive(`${where}: the parent is not the event before it`);
  }
  return event;
}

function checkOrder({ height, type }, before) {
  if (FOLLOWERS[before].includes(type)) return;
  const place = before ? `after ${before}` : "at the beginning";
  throw new InvalidArchive(`event ${height}: ${type} is not allowed ${place}`);
}

function checkRecords({ height, type, payload }, records) {
  const where = `event ${height} (${type})`;
  const expected = DATA_RECORDS[type];
  if (records.length !== expected) {
    throw new InvalidArchive(
      `${where}: expected ${expected} data records, found ${records.length}`,
    );
  }
  if (!records.length) return;
  const last = records.at(-1);
  if (last.hash !== payload) {
    throw new InvalidArchive(
      `${where}: the payload is not the record ${last.number} before the event`,
    );
  }
  if (records.length === 1) return;
  const place = `record ${last.number}: ${where}`;
  const named = placed(place, () => readNames(type, textOf(last)));
  if (named.join() !== records.slice(0, -1).map(({ hash }) => hash).join()) {
    throw new InvalidArchive(`${place}: a hash is not that of the record before it`);
  }
}

/** The hashes of the other data records that the payload of an event names. */
function readNames(type, raw) {
  if (type === "Setup") {
    const names = ["election", "trustees", "credentials"];
    return Object.values(checkFields(parseCanonical(raw, "setup_data"), names, "setup_data"));
  }
  return [type === "EncryptedTally" ? parseSizes(raw).hash : parseOwned(raw).hash];
}
