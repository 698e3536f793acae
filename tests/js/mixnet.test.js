/** Shuffles: their examples, what is shuffled stays whole, and what is changed is found. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { checkBallot, makeBallot } from "../../voting/static/belenios/ballot.js";
import { hashHex, systemRandom } from "../../voting/static/belenios/encoding.js";
import { ProtocolError } from "../../voting/static/belenios/errors.js";
import { parseElection } from "../../voting/static/belenios/election.js";
import { getGroup } from "../../voting/static/belenios/groups.js";
import { checkShuffle, makeShuffle, shuffledTally } from "../../voting/static/belenios/mixnet.js";
import {
  TallyAccumulator,
  checkPartialDecryption,
  makePartialDecryption,
  makeResult,
} from "../../voting/static/belenios/tally.js";
import { makeTrusteeKey, makeTrustees, parseTrustees } from "../../voting/static/belenios/trustees.js";
import { example, freshCode, makeElection } from "./shared.mjs";

const PAPERS = [[1, 2, 3], [3, 0, 255], [0, 0, 0], [1, 2, 3]];

function makeGround(count) {
  const group = getGroup("Ed25519");
  const { secret, key } = makeTrusteeKey(group);
  const json = JSON.parse(makeElection("Ed25519", [[2, 1, 1, false], [3]]).raw);
  const election = parseElection(JSON.stringify({ ...json, public_key: key.public_key }));
  const tally = new TallyAccumulator(election);
  for (const paper of PAPERS.slice(0, count)) {
    tally.add(checkBallot(makeBallot(election, freshCode(), [[1, 0], paper]), election));
  }
  const trustees = parseTrustees(group, makeTrustees([key]));
  return { election, tally: tally.encryptedTally(), secret: BigInt(secret), trustees };
}

test("the challenges of the examples follow from their texts", () => {
  for (const prefix of ["ed", "rfc"]) {
    const group = getGroup({ ed: "Ed25519", rfc: "RFC-3526-2048" }[prefix]);
    const { preimage, H, u0, u1 } = example(`${prefix}/shuffle-challenges`);
    assert.equal(hashHex(preimage), H);
    assert.equal(String(group.hashToScalar(H + hashHex("0"))), u0);
    assert.equal(String(group.hashToScalar(H + hashHex("1"))), u1);
  }
});

for (const count of [0, 1, 4]) {
  test(`${count} papers are the same papers after two shuffles`, () => {
    const { election, tally, secret, trustees } = makeGround(count);
    let current = tally;
    const told = [];
    for (let i = 0; i < 2; i++) {
      const raw = makeShuffle(election, current, systemRandom, (...step) => told.push(step));
      checkShuffle(election, current, raw);
      current = shuffledTally(election, current, raw);
    }
    assert.deepEqual(told.at(-1), [4, 4]);
    if (count > 1) assert.notEqual(current, tally);
    const decryption = makePartialDecryption(election, current, secret);
    checkPartialDecryption(election, trustees.publicKeyOf(1), current, decryption);
    const result = JSON.parse(makeResult(election, trustees, current, new Map([[1, decryption]])));
    assert.deepEqual(result.result[0], [count, 0]);
    const papers = (list) => list.map(String).sort();
    assert.deepEqual(papers(result.result[1]), papers(PAPERS.slice(0, count)));
  });
}

test("every part of a shuffle that is changed, left out or doubled is found", () => {
  const { election, tally } = makeGround(3);
  const { group } = election;
  const raw = makeShuffle(election, tally);
  const refuse = (edit) => {
    const json = JSON.parse(raw);
    edit(json, json.proofs[0], json.ciphertexts[0]);
    assert.throws(() => checkShuffle(election, tally, JSON.stringify(json)), ProtocolError, String(edit));
  };
  const shift = (text) => group.text(group.multiply(group.parseElement(text), group.generator));
  const next = (text) => String((BigInt(text) + 1n) % group.order);
  for (const i of [0, 1, 2]) refuse((_, [t]) => (t[i] = shift(t[i])));
  for (const i of [0, 1]) refuse((_, [t]) => (t[3][i] = shift(t[3][i])));
  for (const i of [0, 2]) refuse((_, [t]) => (t[4][i] = shift(t[4][i])));
  for (const i of [0, 1, 2, 3]) refuse((_, [, s]) => (s[i] = next(s[i])));
  for (const i of [4, 5]) refuse((_, [, s]) => (s[i][1] = next(s[i][1])));
  for (const i of [2, 3]) refuse((_, proof) => (proof[i][1] = shift(proof[i][1])));
  refuse((_, proof, output) => (output[0].beta = shift(output[0].beta)));
  refuse((_, proof, output) => output.reverse());
  refuse((_, proof, output) => (output[0] = output[1]));
  refuse((_, proof, output) => output.pop());
  refuse((_, proof) => proof[2].pop());
  refuse((json) => json.proofs.push(json.proofs[0]));
  refuse((json) => json.ciphertexts.pop());
  refuse((json) => (json.extra = 1));
  assert.throws(() => checkShuffle(election, tally, `${raw} `), ProtocolError);
});

test("a decryption by another key is refused", () => {
  const { election, tally, secret, trustees } = makeGround(1);
  const wrong = makePartialDecryption(election, tally, secret + 1n);
  const key = trustees.publicKeyOf(1);
  assert.throws(() => checkPartialDecryption(election, key, tally, wrong), /does not hold/);
  assert.throws(() => makeResult(election, trustees, tally, new Map([[1, wrong]])), /trustee 1/);
  assert.throws(() => makeResult(election, trustees, tally, new Map()), /every trustee/);
});
