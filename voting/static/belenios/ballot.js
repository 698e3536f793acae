/** Ballots: specification, "Ballots". The answers are the matter of the two kinds of question. */
import { privateKey } from "./credential.js";
import {
  checkFields,
  checkLength,
  fromBase64,
  hashBase64,
  hashHex,
  parseJson,
  systemRandom,
  toInteger,
} from "./encoding.js";
import { InvalidBallot, Malformed } from "./errors.js";
import * as homomorphic from "./homomorphic.js";
import * as nonhomomorphic from "./nonhomomorphic.js";
import { checkSignature, parseProof, proofToJson, sign } from "./proofs.js";

const FIELDS = ["election_uuid", "election_hash", "credential", "answers", "signature"];

/** The module that knows the answers to this kind of question. */
const kindOf = (question) => (question.kind === "nonhomomorphic" ? nonhomomorphic : homomorphic);

/** Raise unless the answer is well-formed and all its proofs hold; its ciphertexts. */
export const checkAnswer = (election, question, json, s0, what = "answer") =>
  kindOf(question).checkAnswer(election, question, json, s0, what);

/**
 * Seal a vote: the ballot's text.
 *
 * `credential` is a code in canonical form; `choices` a list of 0/1 per question, one entry per
 * answer, preceded by the blank bit when the question has one; in a non-homomorphic question a list
 * of numbers 0..255, one per answer. `progress(done, total)` is told of each step. Malformed if the choices do not fit the questions.
 */
export function makeBallot(
  election,
  credential,
  choices,
  random = systemRandom,
  progress = () => {},
) {
  const { group, questions, uuid } = election;
  checkLength(choices, questions.length, "choices");
  questions.forEach((question, i) =>
    kindOf(question).checkChoice(question, choices[i], `question ${i + 1}`),
  );
  const steps = questions.reduce((sum, question) => sum + kindOf(question).countSteps(question), 0);
  let done = 0;
  const step = () => progress(++done, steps);
  group.precompute(election.publicKey);
  const secret = privateKey(group, uuid, credential);
  const owner = group.text(group.power(group.generator, secret));
  const s0 = `${election.fingerprint}|${owner}`;
  const answer = (question, i) =>
    kindOf(question).makeAnswer(election, question, choices[i], s0, random, step);
  const ballot = {
    election_uuid: uuid,
    election_hash: election.fingerprint,
    credential: owner,
    answers: questions.map(answer),
  };
  const hash = hashBase64(JSON.stringify(ballot));
  ballot.signature = { hash, proof: proofToJson(sign(group, secret, hash, random)) };
  return JSON.stringify(ballot);
}

/**
 * Raise unless the ballot's text is canonical and belongs to the election, its signature and every
 * proof hold. That its credential is on the list, and the ballot new, is for the caller to check.
 */
export function checkBallot(raw, election) {
  const { group, questions } = election;
  const json = checkFields(parseJson(raw, "ballot"), FIELDS, "ballot");
  if (JSON.stringify(json) !== raw) throw new Malformed("ballot: not in canonical form");
  const { signature, ...signed } = json;
  if (json.election_uuid !== election.uuid || json.election_hash !== election.fingerprint) {
    throw new InvalidBallot("ballot: made for another election");
  }
  const credential = group.parseElement(json.credential);
  const { hash, proof } = checkFields(signature, ["hash", "proof"], "ballot: signature");
  if (hash !== hashBase64(JSON.stringify(signed))) throw new Malformed("ballot: wrong hash");
  checkSignature(group, credential, hash, parseProof(group, proof, "ballot: signature"));
  group.precompute(election.publicKey);
  const s0 = `${election.fingerprint}|${json.credential}`;
  checkLength(json.answers, questions.length, "ballot: answers");
  const answers = questions.map((question, i) =>
    checkAnswer(election, question, json.answers[i], s0, `answer ${i + 1}`),
  );
  return { credential: json.credential, hash: hashHex(raw), tracker: tracker(raw), answers };
}

/** The ballot's public name: Base64 of its SHA-256, 43 characters. */
export const tracker = (raw) => hashBase64(raw);

/** 25 decimal digits of the same hash, easier to read aloud; from a ballot or its tracker. */
export function trackerDigits(text) {
  const isTracker = /^[A-Za-z0-9+/]{43}$/.test(text);
  const digest = toInteger(fromBase64(isTracker ? text : tracker(text)));
  return String(digest % 10n ** 25n).padStart(25, "0");
}

/** "48213 70952 11640 83377 20519" */
export const displayTracker = (digits) => digits.match(/.{5}/g).join(" ");
