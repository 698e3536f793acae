/**
 * Zero-knowledge proofs: specification, "Proofs of interval membership", "Proofs of possibly-blank
 * votes" and "Signatures". A proof is {challenge, response}, both integers.
 */
import { checkFields } from "./encoding.js";
import { InvalidProof, InvalidSignature } from "./errors.js";
import { productOfPowers } from "./groups/many.js";

export const proofToJson = ({ challenge, response }) => ({
  challenge: String(challenge),
  response: String(response),
});

export function parseProof(group, value, what) {
  const { challenge, response } = checkFields(value, ["challenge", "response"], what);
  return { challenge: group.parseScalar(challenge), response: group.parseScalar(response) };
}

/** `first,second,...` as every hash wants its commitments. */
const join = (group, elements) => group.texts(elements).join(",");

const challengeFor = (group, label, commitments) =>
  group.hashToScalar(`${label}|${join(group, commitments)}`);

/**
 * Prove that one of several encryptions holds zero, without telling which.
 *
 * Each branch is {r, rest}: the encryption (g^r, y^r * g^rest); `rest` is 0 in branch `truth`.
 * As r and rest are known here, every commitment is a product of powers of g and y: the false
 * branches cost no more than the true one. A random challenge c and exponent w give the commitment
 * (g^w, y^w * g^(rest*c)) and the response w - r*c; in the true branch c comes from the hash.
 */
export function proveDisjunction(group, key, label, branches, truth, random) {
  const drafts = branches.map(({ r, rest }) => {
    const [w, c] = [group.randomScalar(random), group.randomScalar(random)];
    const first = group.power(group.generator, w);
    const shift = rest ? group.power(group.generator, BigInt(rest) * c) : group.neutral;
    return { r, w, challenge: c, commitment: [first, group.multiply(group.power(key, w), shift)] };
  });
  const total = challengeFor(group, label, drafts.flatMap((draft) => draft.commitment));
  const others = drafts.reduce((sum, draft, i) => (i === truth ? sum : sum + draft.challenge), 0n);
  drafts[truth].challenge = total - others;
  return drafts.map(({ r, w, challenge }) => ({
    challenge: mod(challenge, group.order),
    response: mod(w - r * challenge, group.order),
  }));
}

const mod = (x, m) => ((x % m) + m) % m;

/**
 * Raise InvalidProof unless one of the claims is true: {alpha, beta, value}, the encryption (both
 * with their `powers`) of `value`.
 */
export function checkDisjunction(group, key, label, claims, proofs, what) {
  const commitments = claims.flatMap(({ alpha, beta, value }, i) => {
    const { challenge, response } = proofs[i];
    const first = group.multiply(group.power(group.generator, response), alpha.powers(challenge));
    const second = group.multiply(group.power(key, response), beta.powers(challenge));
    if (!value) return [first, second];
    const shift = group.power(group.generator, -BigInt(value) * challenge);
    return [first, group.multiply(second, shift)];
  });
  const sum = proofs.reduce((total, proof) => total + proof.challenge, 0n) % group.order;
  if (challengeFor(group, label, commitments) !== sum) throw new InvalidProof(what);
}

/**
 * Prove knowledge of the exponent behind g^secret; `prefix` is hashed before the commitment. The
 * same proof is the Schnorr signature of the specification.
 */
export function makeKnowledge(group, prefix, secret, random) {
  const w = group.randomScalar(random);
  const challenge = group.hashToScalar(prefix + group.text(group.power(group.generator, w)));
  return { challenge, response: mod(w - secret * challenge, group.order) };
}

/** Whether the prover knew the logarithm of the element with these `powers` (a function). */
export function checkKnowledge(group, prefix, powers, { challenge, response }) {
  const commitment = group.multiply(group.power(group.generator, response), powers(challenge));
  return group.hashToScalar(prefix + group.text(commitment)) === challenge;
}

/** Prove that g^secret and base^secret have the same logarithm. */
export function makeEquality(group, prefix, base, secret, random) {
  const w = group.randomScalar(random);
  const commitments = [group.power(group.generator, w), group.power(base, w)];
  const challenge = group.hashToScalar(prefix + join(group, commitments));
  return { challenge, response: mod(w - secret * challenge, group.order) };
}

/** Raise InvalidProof unless key = g^x and power = base^x for the same x. */
export function checkEquality(group, prefix, key, base, power, { challenge, response }) {
  const first = group.multiply(group.power(group.generator, response), group.power(key, challenge));
  const second = productOfPowers(group, [base, power], [response, challenge]);
  if (group.hashToScalar(prefix + join(group, [first, second])) !== challenge) {
    throw new InvalidProof("the proof that a decryption factor is right does not hold");
  }
}

/** Sign a ballot hash with the key behind a credential. */
export function sign(group, secret, hash, random) {
  const w = group.randomScalar(random);
  const challenge = challengeFor(group, `sig|${hash}`, [group.power(group.generator, w)]);
  return { challenge, response: mod(w - secret * challenge, group.order) };
}

/** Raise InvalidSignature unless the owner of `credential` (an element) signed the hash. */
export function checkSignature(group, credential, hash, { challenge, response }) {
  const commitment = group.multiply(
    group.power(group.generator, response),
    group.power(credential, challenge),
  );
  if (challengeFor(group, `sig|${hash}`, [commitment]) !== challenge) {
    throw new InvalidSignature("ballot: signature");
  }
}
