/**
 * Answers to non-homomorphic questions: all numbers in one ciphertext, and a proof who sealed it.
 * What the numbers are is proved nowhere: what is opened after the shuffle counts as it is.
 */
import { checkFields, checkLength } from "./encoding.js";
import { InvalidProof, Malformed } from "./errors.js";
import { checkKnowledge, makeKnowledge, parseProof, proofToJson } from "./proofs.js";

/** Malformed unless there is one number of 0..255 for each answer. */
export function checkChoice(question, numbers, what) {
  checkLength(numbers, question.answers.length, what);
  if (numbers.some((number) => !Number.isInteger(number) || number < 0 || number > 255)) {
    throw new Malformed(`${what}: only numbers from 0 to 255`);
  }
}

/** Steps that sealing an answer takes. */
export const countSteps = () => 1;

const prefix = ({ group, publicKey }, { alpha, beta }, s0) =>
  `raweg|${s0}|${group.text(publicKey)},${alpha},${beta}|`;

/** Seal `numbers`, which checkChoice must have allowed. */
export function makeAnswer(election, question, numbers, s0, random, step) {
  const { group, publicKey } = election;
  const r = group.randomScalar(random);
  const mask = group.power(publicKey, r);
  const beta = group.multiply(mask, group.encodeIntegers(numbers));
  const [a, b] = group.texts([group.power(group.generator, r), beta]);
  const choices = { alpha: a, beta: b };
  const proof = makeKnowledge(group, prefix(election, choices, s0), r, random);
  step();
  return { choices, proof: proofToJson(proof) };
}

/** Raise unless whoever made this ballot sealed the answer; its ciphertext, in a list. */
export function checkAnswer(election, question, json, s0, what) {
  const { group } = election;
  checkFields(json, ["choices", "proof"], what);
  checkFields(json.choices, ["alpha", "beta"], what);
  const { element: alpha, powers } = group.parseBase(json.choices.alpha);
  const beta = group.parseElement(json.choices.beta);
  const proof = parseProof(group, json.proof, what);
  if (!checkKnowledge(group, prefix(election, json.choices, s0), powers, proof)) {
    throw new InvalidProof(`${what}: proof`);
  }
  return [{ alpha, beta }];
}
