/** Every worked example about voting: hashes, answers, signatures, whole ballots. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { checkAnswer, checkBallot, tracker } from "../../voting/static/belenios/ballot.js";
import { fingerprint, parseElection } from "../../voting/static/belenios/election.js";
import { hashBase64, hashHex } from "../../voting/static/belenios/encoding.js";
import { NotSupported } from "../../voting/static/belenios/errors.js";
import { getGroup } from "../../voting/static/belenios/groups.js";
import { checkSignature, parseProof } from "../../voting/static/belenios/proofs.js";
import { example, examples } from "./shared.mjs";

const NAMES = { ed: "Ed25519", "b2048-2.0": "BELENIOS-2048", rfc: "RFC-3526-2048" };
const withChallenge = examples.filter((e) => e.preimage && e.mod_q);

test("every hash of the examples: text, digest, challenge", () => {
  assert.ok(withChallenge.length >= 20);
  for (const { name, preimage, sha256, mod_q } of withChallenge) {
    const group = getGroup(NAMES[name.split("/")[0]]);
    assert.equal(hashHex(preimage), sha256, name);
    assert.equal(String(group.hashToScalar(preimage)), mod_q, name);
  }
});

test("every election text has its fingerprint", () => {
  for (const prefix of ["ed", "b2048-2.0", "rfc"]) {
    const { body, fingerprint: expected, sha256 } = example(`${prefix}/election`);
    assert.equal(fingerprint(body), expected);
    assert.equal(hashHex(body), sha256);
  }
});

test("an election of lists is not supported, rather than half read", () => {
  const raw = example("ed/election").body.replace("NonHomomorphic", "Lists");
  assert.throws(() => parseElection(raw), NotSupported);
});

test("answers of the Ed25519 ballot hold: choose one, and choose up to two with blank", () => {
  const { body, fingerprint: hash } = example("ed/election");
  const json = JSON.parse(body);
  const group = getGroup(json.group);
  const election = { group, publicKey: group.parseElement(json.public_key), fingerprint: hash };
  const s0 = example("ed/S0").value;
  [0, 1].forEach((number) => {
    const { answers, min, max, blank = false } = json.questions[number];
    const question = { answers, minimum: min, maximum: max, blank };
    const answer = JSON.parse(example(`ed/q${number}/answer`).json);
    assert.equal(checkAnswer(election, question, answer, s0).length, answer.choices.length);
    assert.throws(() => checkAnswer(election, question, answer, `${s0}x`), /individual proof/);
    const narrow = { ...question, minimum: 0 };
    assert.throws(() => checkAnswer(election, narrow, answer, s0), /overall proof/);
  });
});

function wholeBallot(prefix) {
  const { signed_json, hash, tracker: expected } = example(`${prefix}/ballot-hash`);
  const { challenge, response } = example(`${prefix}/sig`);
  const signature = JSON.stringify({ hash, proof: { challenge, response } });
  return { raw: `${signed_json.slice(0, -1)},"signature":${signature}}`, hash, expected };
}

for (const prefix of Object.keys(NAMES)) {
  test(`${prefix}: ballot hash, tracker and signature`, () => {
    const { raw, hash, expected } = wholeBallot(prefix);
    const group = getGroup(NAMES[prefix]);
    const { credential, signature } = JSON.parse(raw);
    assert.equal(hashBase64(example(`${prefix}/ballot-hash`).signed_json), hash);
    assert.equal(tracker(raw), expected);
    const proof = parseProof(group, signature.proof, "signature");
    checkSignature(group, group.parseElement(credential), hash, proof);
  });
}

for (const prefix of Object.keys(NAMES)) {
  test(`${prefix}: the whole ballot of the tool is accepted`, () => {
    const election = parseElection(example(`${prefix}/election`).body);
    const { raw, expected } = wholeBallot(prefix);
    assert.equal(checkBallot(raw, election).tracker, expected);
  });
}
