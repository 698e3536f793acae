/**
 * Trustees at work, as the browser does it. Reads a list of jobs [name, ...texts and numbers] from
 * standard input; prints the list of answers, {"error": kind, "message"} where one is refused.
 */
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";

import * as ceremony from "../../voting/static/belenios/ceremony.js";
import { parseElection } from "../../voting/static/belenios/election.js";
import { ProtocolError } from "../../voting/static/belenios/errors.js";
import { getGroup } from "../../voting/static/belenios/groups.js";
import { checkShuffle, makeShuffle, shuffledTally } from "../../voting/static/belenios/mixnet.js";
import { makePartialDecryption, makeResult } from "../../voting/static/belenios/tally.js";
import { makeTrusteeKey, parseTrustees } from "../../voting/static/belenios/trustees.js";
import { verifyArchive } from "../../voting/static/belenios/verify.js";

globalThis.crypto ??= webcrypto;

const open = (name, certs, threshold) => ceremony.openCeremony(getGroup(name), certs, threshold);

const jobs = {
  makeKey: (name) => makeTrusteeKey(getGroup(name)),
  makeCertificate: (name, ...rest) => ceremony.makeCertificate(getGroup(name), ...rest),
  checkCertificate: (name, ...rest) => void ceremony.checkCertificate(getGroup(name), ...rest),
  makeContribution: (name, certs, threshold, seed) =>
    ceremony.makeContribution(open(name, certs, threshold), seed),
  checkContribution: (name, certs, threshold, index, raw) =>
    void ceremony.checkContribution(open(name, certs, threshold), index, raw),
  makeInput: (contributions, index) => ceremony.makeInput(contributions, index),
  makeOutput: (name, certs, threshold, seed, input) =>
    ceremony.makeOutput(open(name, certs, threshold), seed, input),
  checkOutput: (name, certs, threshold, contributions, index, raw) =>
    void ceremony.checkOutput(open(name, certs, threshold), contributions, index, raw),
  makeParameters: (name, certs, threshold, contributions, outputs) =>
    ceremony.makeParameters(open(name, certs, threshold), contributions, outputs),
  openPrivateKey: (name, seed, sealed) =>
    String(ceremony.openPrivateKey(getGroup(name), seed, sealed)),
  electionKey: (name, trustees) => {
    const group = getGroup(name);
    return group.text(parseTrustees(group, trustees).electionKey());
  },
  shuffle: (election, tally) => makeShuffle(parseElection(election), tally),
  checkShuffle: (election, tally, raw) => void checkShuffle(parseElection(election), tally, raw),
  shuffledTally: (election, tally, raw) => shuffledTally(parseElection(election), tally, raw),
  decrypt: (election, tally, key) =>
    makePartialDecryption(parseElection(election), tally, BigInt(key)),
  makeResult: (text, trustees, tally, decryptions) => {
    const election = parseElection(text);
    const known = parseTrustees(election.group, trustees);
    return makeResult(election, known, tally, new Map(decryptions));
  },
  verify: async (base64) => verifyArchive(Buffer.from(base64, "base64")),
};

async function answer([name, ...rest]) {
  try {
    return (await jobs[name](...rest)) ?? null;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { error: error.name, message: error.message };
  }
}

const answers = [];
for (const job of JSON.parse(readFileSync(0, "utf8"))) answers.push(await answer(job));
process.stdout.write(JSON.stringify(answers));
