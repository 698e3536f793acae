/** Ballots: specification, "Homomorphic answers" and "Ballots". */
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
import { Malformed, ProtocolError } from "./errors.js";
import {
  checkDisjunction,
  checkSignature,
  parseProof,
  proofToJson,
  proveDisjunction,
  sign,
} from "./proofs.js";

const FIELDS = ["election_uuid", "election_hash", "credential", "answers", "signature"];

/** Number of entries in a question's vector: the blank bit, when there is one, comes first. */
const size = (question) => question.answers.length + (question.blank ? 1 : 0);

/** Text of the choices as hashed after S0. */
const choicesText = (choices) => choices.map(({ alpha, beta }) => `${alpha},${beta}`).join(",");

function checkChoices(question, bits, what) {
  checkLength(bits, size(question), what);
  if (bits.some((bit) => bit !== 0 && bit !== 1)) throw new Malformed(`${what}: only 0 and 1`);
  const chosen = bits.slice(question.blank ? 1 : 0).reduce((sum, bit) => sum + bit, 0);
  const isBlank = question.blank && bits[0] === 1;
  if (isBlank ? chosen : chosen < question.minimum || chosen > question.maximum) {
    throw new Malformed(`${what}: this number of choices is not allowed`);
  }
}

/** Encrypt one bit: what is written, and what only the prover knows. */
function encrypt(group, key, bit, random) {
  const r = group.randomScalar(random);
  const mask = group.power(key, r);
  const beta = bit ? group.multiply(mask, group.generator) : mask;
  const [a, b] = group.texts([group.power(group.generator, r), beta]);
  return { bit, r, json: { alpha: a, beta: b } };
}

const total = (parts) =>
  parts.reduce((sum, { r, bit }) => ({ r: sum.r + r, bit: sum.bit + bit }), { r: 0n, bit: 0 });

const branch = ({ r, bit }, value) => ({ r, rest: bit - value });

const interval = ({ minimum, maximum }) =>
  Array.from({ length: maximum - minimum + 1 }, (_, i) => minimum + i);

function makeAnswer(election, question, bits, s0, random, step) {
  const { group, publicKey: key } = election;
  const prove = (label, branches, truth) =>
    proveDisjunction(group, key, label, branches, truth, random).map(proofToJson);
  const parts = [];
  const individual = bits.map((bit) => {
    const part = encrypt(group, key, bit, random);
    parts.push(part);
    const label = `prove|${s0}|${choicesText([part.json])}`;
    const proof = prove(label, [branch(part, 0), branch(part, 1)], bit);
    step();
    return proof;
  });
  const choices = parts.map((part) => part.json);
  const s = `${s0}|${choicesText(choices)}`;
  const answer = { choices, individual_proofs: individual };
  const sum = total(question.blank ? parts.slice(1) : parts);
  const counts = interval(question).map((value) => branch(sum, value));
  const place = sum.bit - question.minimum;
  if (question.blank) {
    const [blank] = parts;
    const truth = blank.bit ? 0 : 1 + place;
    answer.overall_proof = prove(`bproof1|${s}`, [branch(blank, 1), ...counts], truth);
    answer.blank_proof = prove(`bproof0|${s}`, [branch(blank, 0), branch(sum, 0)], blank.bit);
  } else {
    const alpha = group.power(group.generator, sum.r);
    const count = group.power(group.generator, BigInt(sum.bit));
    const beta = group.multiply(group.power(key, sum.r), count);
    answer.overall_proof = prove(`prove|${s}|${group.texts([alpha, beta])}`, counts, place);
  }
  step();
  return answer;
}

/**
 * Seal a vote: the ballot's text.
 *
 * `credential` is a code in canonical form; `choices` a list of 0/1 per question, one entry per
 * answer, preceded by the blank bit when the question has one. `progress(done, total)` is told of
 * each step. Malformed if the choices do not fit the questions.
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
  questions.forEach((question, i) => checkChoices(question, choices[i], `question ${i + 1}`));
  const steps = questions.reduce((sum, question) => sum + size(question) + 1, 0);
  let done = 0;
  const step = () => progress(++done, steps);
  group.precompute(election.publicKey);
  const secret = privateKey(group, uuid, credential);
  const owner = group.text(group.power(group.generator, secret));
  const s0 = `${election.fingerprint}|${owner}`;
  const answer = (question, i) => makeAnswer(election, question, choices[i], s0, random, step);
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

function parseCiphertext(group, value, what) {
  const { alpha, beta } = checkFields(value, ["alpha", "beta"], what);
  return { alpha: group.parseElement(alpha), beta: group.parseElement(beta) };
}

const parseProofs = (group, values, length, what) =>
  checkLength(values, length, what).map((value) => parseProof(group, value, what));

/** What is left of an encryption when `value` is taken out of it. */
const without = (group, { alpha, beta }, value) => ({
  alpha,
  beta: group.divide(beta, group.power(group.generator, BigInt(value))),
});

/** Raise unless the answer is well-formed and all its proofs hold; its ciphertexts. */
export function checkAnswer(election, question, json, s0, what = "answer") {
  const { group, publicKey: key } = election;
  const fields = ["choices", "individual_proofs", "overall_proof"];
  checkFields(json, question.blank ? [...fields, "blank_proof"] : fields, what);
  checkLength(json.choices, size(question), what);
  const parts = json.choices.map((choice) => parseCiphertext(group, choice, what));
  const check = (label, encryptions, values, name) => {
    const where = `${what}: ${name} proof`;
    const proofs = parseProofs(group, values, encryptions.length, where);
    checkDisjunction(group, key, label, encryptions, proofs, where);
  };
  checkLength(json.individual_proofs, parts.length, what).forEach((proofs, i) => {
    const label = `prove|${s0}|${choicesText([json.choices[i]])}`;
    check(label, [parts[i], without(group, parts[i], 1)], proofs, "individual");
  });
  const s = `${s0}|${choicesText(json.choices)}`;
  const product = (name) =>
    parts
      .slice(question.blank ? 1 : 0)
      .reduce((result, part) => group.multiply(result, part[name]), group.neutral);
  const sum = { alpha: product("alpha"), beta: product("beta") };
  const counts = interval(question).map((value) => without(group, sum, value));
  if (question.blank) {
    check(`bproof0|${s}`, [parts[0], sum], json.blank_proof, "blank");
    check(`bproof1|${s}`, [without(group, parts[0], 1), ...counts], json.overall_proof, "overall");
  } else {
    check(`prove|${s}|${group.texts([sum.alpha, sum.beta])}`, counts, json.overall_proof, "overall");
  }
  return parts;
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
    throw new ProtocolError("ballot: made for another election");
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
