/**
 * A trustee at the count: check the whole archive, compute the tally anew, and open nothing else.
 * The mirror of belenios/opening.py, which says why.
 */
import { systemRandom } from "./encoding.js";
import { needsShuffle } from "./election.js";
import { InvalidArchive, InvalidTally, NotSupported, ProtocolError } from "./errors.js";
import { openPrivateKey } from "./exchange.js";
import { makeShuffle } from "./mixnet.js";
import { makePartialDecryption } from "./tally.js";
import { verifyArchive } from "./verify.js";

/** Fewer ballots in one count could show how someone voted. */
export const MINIMUM = 10;

/** The stages of an archive in which papers have been mixed to the end. */
const MIXED = ["shuffled", "partially_decrypted", "decrypted"];

/** So few ballots are counted that opening them needs a reason, which is published. */
export class TooFew extends ProtocolError {}

/**
 * Verify an archive (bytes or a Blob) whose ballots are added up: {election, trustees, tally,
 * counted, report}. InvalidArchive with the verifier's words, InvalidTally before the tally or after
 * the result.
 */
export async function readCount(data, progress = () => {}, makePool = () => null) {
  const report = await verifyArchive(data, progress, () => {}, makePool);
  if (!report.supported) {
    throw new NotSupported(`the archive was not checked, and nothing is opened: ${report.error}`);
  }
  if (!report.valid) {
    throw new InvalidArchive(`the archive does not pass its checks: ${report.error}`);
  }
  if (!report.opened) throw new InvalidTally("the ballots of this archive are not added up yet");
  if (report.result) throw new InvalidTally("this archive has its result already");
  return { ...report.opened, counted: report.counted, report };
}

function findOwner(task, { election }) {
  const found = task.elections.find(({ uuid }) => uuid === election.uuid);
  if (!found) throw new InvalidTally("this archive is of another election, not of this vote");
  if (found.fingerprint !== election.fingerprint) {
    throw new InvalidTally("the archive's definition is not the one that was frozen");
  }
  return found.owner;
}

/** The decryption file of a scrutineer for a checked archive; fewer than minimum need a reason. */
export function decrypt(
  key,
  task,
  count,
  reason = "",
  progress = () => {},
  random = systemRandom,
  minimum = MINIMUM,
) {
  const owner = findOwner(task, count);
  const secret = openPrivateKey(key, task);
  const { election, trustees, tally, counted } = count;
  const { group } = election;
  if (!group.equal(group.power(group.generator, secret), trustees.publicKeyOf(owner))) {
    throw new InvalidTally("the archive names another key for this scrutineer");
  }
  if (needsShuffle(election) && !MIXED.includes(count.report.stage)) {
    throw new InvalidTally(
      "the votes of this archive are not mixed to the end yet: opening them would show who cast which",
    );
  }
  if (counted < minimum && !reason.trim()) {
    throw new TooFew(
      `only ${counted} ballots are counted here, and fewer than ${minimum} could show how someone voted`,
    );
  }
  const told = (done, total) => progress("opening", done, total);
  const decryption = makePartialDecryption(election, tally, secret, random, told);
  return file("voting-decryption", election, owner, { reason: reason.trim() }, { decryption });
}

/** The shuffle file of a scrutineer for a checked archive with questions to shuffle. */
export function shuffle(key, task, count, progress = () => {}, random = systemRandom) {
  const owner = findOwner(task, count);
  openPrivateKey(key, task);
  const told = (done, total) => progress("mixing", done, total);
  const made = makeShuffle(count.election, count.tally, random, told);
  return file("voting-shuffle", count.election, owner, {}, { shuffle: made });
}

function file(format, { uuid }, owner, more, made) {
  const [[name, text]] = Object.entries(made);
  const head = JSON.stringify({ format, version: 1, election: uuid, owner, ...more });
  return `${head.slice(0, -1)},${JSON.stringify(name)}:${text}}`;
}
