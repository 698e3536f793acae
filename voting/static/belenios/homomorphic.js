/** Answers to homomorphic questions: one sealed bit per answer, and proofs that they are allowed. */
import { checkFields, checkLength } from "./encoding.js";
import { Malformed } from "./errors.js";
import { checkDisjunction, parseProof, proofToJson, proveDisjunction } from "./proofs.js";

/** Number of entries in a question's vector: the blank bit, when there is one, comes first. */
const size = (question) => question.answers.length + (question.blank ? 1 : 0);

/** Text of the choices as hashed after S0. */
const choicesText = (choices) => choices.map(({ alpha, beta }) => `${alpha},${beta}`).join(",");

/** Malformed unless the bits are an allowed vote. */
export function checkChoice(question, bits, what) {
  checkLength(bits, size(question), what);
  if (bits.some((bit) => bit !== 0 && bit !== 1)) throw new Malformed(`${what}: only 0 and 1`);
  const chosen = bits.slice(question.blank ? 1 : 0).reduce((sum, bit) => sum + bit, 0);
  const isBlank = question.blank && bits[0] === 1;
  if (isBlank ? chosen : chosen < question.minimum || chosen > question.maximum) {
    throw new Malformed(`${what}: this number of choices is not allowed`);
  }
}

/** Steps that sealing an answer takes. */
export const countSteps = (question) => size(question) + 1;

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

/** Seal `bits`, which checkChoice must have allowed. */
export function makeAnswer(election, question, bits, s0, random, step) {
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

function parseCiphertext(group, value, what) {
  const { alpha, beta } = checkFields(value, ["alpha", "beta"], what);
  return { alpha: group.parseBase(alpha), beta: group.parseBase(beta) };
}

const parseProofs = (group, values, length, what) =>
  checkLength(values, length, what).map((value) => parseProof(group, value, what));

/** The product of ciphertexts, ready to be raised to several powers. */
function multiplyParts(group, parts) {
  const product = (name) => {
    const element = parts.reduce((all, part) => group.multiply(all, part[name].element), group.neutral);
    return { element, powers: group.makePowers(element) };
  };
  return { alpha: product("alpha"), beta: product("beta") };
}

/** Raise unless the answer is well-formed and all its proofs hold; its ciphertexts. */
export function checkAnswer(election, question, json, s0, what = "answer") {
  const { group, publicKey: key } = election;
  const fields = ["choices", "individual_proofs", "overall_proof"];
  checkFields(json, question.blank ? [...fields, "blank_proof"] : fields, what);
  checkLength(json.choices, size(question), what);
  const parts = json.choices.map((choice) => parseCiphertext(group, choice, what));
  const check = (label, claims, values, name) => {
    const where = `${what}: ${name} proof`;
    const proofs = parseProofs(group, values, claims.length, where);
    checkDisjunction(group, key, label, claims, proofs, where);
  };
  const claim = (ciphertext, value) => ({ ...ciphertext, value });
  checkLength(json.individual_proofs, parts.length, what).forEach((proofs, i) => {
    const label = `prove|${s0}|${choicesText([json.choices[i]])}`;
    check(label, [claim(parts[i], 0), claim(parts[i], 1)], proofs, "individual");
  });
  const s = `${s0}|${choicesText(json.choices)}`;
  const sum = multiplyParts(group, question.blank ? parts.slice(1) : parts);
  const counts = interval(question).map((value) => claim(sum, value));
  if (question.blank) {
    check(`bproof0|${s}`, [claim(parts[0], 0), claim(sum, 0)], json.blank_proof, "blank");
    check(`bproof1|${s}`, [claim(parts[0], 1), ...counts], json.overall_proof, "overall");
  } else {
    const texts = group.texts([sum.alpha.element, sum.beta.element]);
    check(`prove|${s}|${texts}`, counts, json.overall_proof, "overall");
  }
  return parts.map(({ alpha, beta }) => ({ alpha: alpha.element, beta: beta.element }));
}
