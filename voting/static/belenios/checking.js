/**
 * What the verifier's workers do: batches of credentials and of ballots, checked beside one another.
 * What goes in and what comes out is plain data, so that it can go from worker to worker.
 */
import { checkBallot } from "./ballot.js";
import { parseElection } from "./election.js";
import { InvalidBallot, Malformed, located } from "./errors.js";
import { getGroup } from "./groups.js";
import { TallyAccumulator } from "./tally.js";

export const BALLOTS_PER_BATCH = 16;
export const CREDENTIALS_PER_BATCH = 100;

let known = { raw: null, election: null };

function getElection(raw) {
  if (known.raw !== raw) known = { raw, election: parseElection(raw) };
  return known.election;
}

/** Check {height, raw, isListed, weight} (null where a later ballot counts): how many, and the sum. */
function checkBallots({ election: raw, items }) {
  const election = getElection(raw);
  const tally = new TallyAccumulator(election);
  for (const item of items) {
    const ballot = located(`ballot at event ${item.height}`, () => {
      if (!item.isListed) throw new InvalidBallot("the credential is not on the list");
      return checkBallot(item.raw, election);
    });
    if (item.weight !== null) tally.add(ballot, BigInt(item.weight));
  }
  return { number: items.length, tally: tally.toJson() };
}

/** Read a batch of the list of credentials: [text, weight] of each. */
function checkCredentials({ group: name, first, entries }) {
  const group = getGroup(name);
  return entries.map((entry, i) =>
    located(`credentials: credential ${first + i}`, () => parseEntry(group, entry)),
  );
}

/** One entry of the credential list: an element of the group, and a weight after a comma. */
function parseEntry(group, entry) {
  if (typeof entry !== "string") throw new Malformed("expected a text");
  const [text, ...rest] = entry.split(",");
  group.parseElement(text);
  return [text, rest.length ? String(group.parseScalar(rest.join(","))) : "1"];
}

const KINDS = { ballots: checkBallots, credentials: checkCredentials };

/** Do one batch; a ProtocolError is the verdict on it. */
export const checkBatch = ({ kind, ...batch }) => KINDS[kind](batch);

/** What comes of each batch, in order; here, or in the workers of a pool, few at a time. */
export async function* mapBatches(pool, batches) {
  const underWay = [];
  for await (const batch of batches) {
    if (!pool) {
      yield checkBatch(batch);
      continue;
    }
    const made = pool.run(batch);
    made.catch(() => {}); // it is told when its turn comes
    underWay.push(made);
    if (underWay.length >= pool.window) yield await underWay.shift();
  }
  while (underWay.length) yield await underWay.shift();
}
