/**
 * The ceremony in which trustees make a shared key that no one ever holds alone. Functions over JSON
 * texts, as trustees send and get them. Each checks all that it is given, and names whose message is
 * at fault. Positions count from 1.
 *
 * 1. every trustee: makeCertificate; the server: checkCertificate
 * 2. every trustee, given all certificates: makeContribution; the server: checkContribution
 * 3. the server, for every trustee: makeInput; the trustee: makeOutput; the server: checkOutput
 * 4. the server: makeParameters, which go into the trustees record
 * To decrypt, a trustee opens its private key with openPrivateKey.
 */
import { checkFields, checkLength, parseCanonical, systemRandom } from "./encoding.js";
import { InvalidProof, Malformed, located } from "./errors.js";
import {
  decryptionKey,
  makeSignature,
  receive,
  send,
  signMessage,
  signingKey,
} from "./pki.js";
import { parseProof, proofToJson } from "./proofs.js";
import {
  addCommitments,
  checkContributionSignature,
  checkVerificationKey,
  evaluateCommitments,
  makeStatement,
  parsePedersen,
  readCertificate,
  readCertificates,
  readCommitments,
} from "./threshold.js";
import { parseTrusteeKey, proveTrusteeKey } from "./trustee_key.js";

const CONTRIBUTION = ["polynomial", "secrets", "coefexps", "signature"];
const INPUT = ["polynomial", "secrets", "coefexps", "signatures"];
const OUTPUT = ["private_key", "public_key"];

const publicHalf = (group, secret) => group.power(group.generator, secret);

/** The texts of a seed's two public keys. */
const derive = (group, seed) =>
  group.texts([signingKey(group, seed), decryptionKey(group, seed)].map((key) => publicHalf(group, key)));

/** The signed public keys of the trustee at position `index` of `size`. */
export function makeCertificate(group, seed, size, threshold, index, random = systemRandom) {
  const [verification, encryption] = derive(group, seed);
  const context = { group: group.name, size, threshold, index };
  const message = JSON.stringify({ context, verification, encryption });
  return JSON.stringify(signMessage(group, signingKey(group, seed), message, random));
}

/** The keys in a certificate made for exactly this ceremony and position. */
export function checkCertificate(group, raw, size, threshold, index) {
  if (!(1 <= threshold && threshold <= size && 1 <= index && index <= size)) {
    throw new Malformed(`position ${index} of ${size} with a threshold of ${threshold} is impossible`);
  }
  return readCertificate(group, parseCanonical(raw, "certificate"), size, threshold, index);
}

/** The certificates of all trustees, checked: the ground on which everything else stands. */
class Ceremony {
  constructor(group, threshold, certs, certificates) {
    Object.assign(this, { group, threshold, certs, certificates, size: certs.length });
  }

  /** The position of the owner of a seed; Malformed when it has none. */
  findIndex(seed) {
    const mine = derive(this.group, seed).join();
    const index = this.certificates.findIndex(({ texts }) => texts.join() === mine) + 1;
    if (!index) throw new Malformed("this private key belongs to none of the certificates");
    return index;
  }
}

/** Check the certificates (texts) of all trustees, in order. */
export function openCeremony(group, certs, threshold) {
  const values = certs.map((raw) => parseCanonical(raw, "certificate"));
  const certificates = readCertificates(group, values, threshold);
  if (new Set(certificates.map(({ texts }) => texts.join())).size !== certificates.length) {
    throw new Malformed("two certificates have the same keys");
  }
  return new Ceremony(group, threshold, values, certificates);
}

// Contributions: one polynomial of every trustee

const evaluate = (group, coefficients, index) =>
  coefficients.reduceRight((sum, one) => (sum * BigInt(index) + one) % group.order, 0n);

/** A trustee's polynomial, its shares sealed for each trustee, and its commitments. */
export function makeContribution(ceremony, seed, random = systemRandom) {
  const { group, certs, certificates, threshold } = ceremony;
  const key = signingKey(group, seed);
  const mine = certificates[ceremony.findIndex(seed) - 1];
  const coefficients = Array.from({ length: threshold }, () => group.randomScalar(random));
  const commitments = coefficients.map((one) => publicHalf(group, one));
  const polynomial = JSON.stringify({ polynomial: coefficients.map(String) });
  const share = (index) => JSON.stringify({ secret: String(evaluate(group, coefficients, index)) });
  const coefexps = JSON.stringify({ coefexps: group.texts(commitments) });
  const statement = makeStatement(group, certs, commitments);
  return JSON.stringify({
    polynomial: send(group, key, mine.encryption, polynomial, random),
    secrets: certificates.map(({ encryption }, i) =>
      send(group, key, encryption, share(i + 1), random),
    ),
    coefexps: signMessage(group, key, coefexps, random),
    signature: proofToJson(makeSignature(group, key, statement, random)),
  });
}

/** The commitments of the trustee at `index`. What is sealed only its recipient can check. */
export function checkContribution(ceremony, index, raw) {
  return located(`contribution of trustee ${index}`, () => {
    const value = checkFields(parseCanonical(raw, "contribution"), CONTRIBUTION, "contribution");
    const shares = checkLength(value.secrets, ceremony.size, "secrets");
    if ([value.polynomial, ...shares].some((text) => typeof text !== "string")) {
      throw new Malformed("what is sealed is not a text");
    }
    return checkCommitments(ceremony, index, value.coefexps, value.signature);
  });
}

function checkCommitments({ group, certs, certificates, threshold }, index, signed, signature) {
  const certificate = certificates[index - 1];
  const commitments = readCommitments(group, certificate, signed, threshold);
  const proof = parseProof(group, signature, "signature");
  checkContributionSignature(group, certificate, certs, commitments, proof);
  return commitments;
}

// Inputs and outputs: every trustee adds up its shares

const readContribution = (raw) =>
  checkFields(parseCanonical(raw, "contribution"), CONTRIBUTION, "contribution");

/** What the trustee at `index` needs of all (checked) contributions. */
export function makeInput(contributions, index) {
  const values = contributions.map(readContribution);
  return JSON.stringify({
    polynomial: values[index - 1].polynomial,
    secrets: values.map(({ secrets }) => secrets[index - 1]),
    coefexps: values.map(({ coefexps }) => coefexps),
    signatures: values.map(({ signature }) => signature),
  });
}

/** Add up a trustee's shares: its private key, sealed for itself, and its public key. */
export function makeOutput(ceremony, seed, raw, random = systemRandom) {
  const { group, size, certificates } = ceremony;
  const index = ceremony.findIndex(seed);
  const input = checkFields(parseCanonical(raw, "input"), INPUT, "input");
  for (const name of INPUT.slice(1)) checkLength(input[name], size, name);
  const [key, opening] = [signingKey(group, seed), decryptionKey(group, seed)];
  let total = 0n;
  const all = certificates.map((_, i) =>
    located(`trustee ${i + 1}`, () => {
      const commitments = checkCommitments(ceremony, i + 1, input.coefexps[i], input.signatures[i]);
      total += openShare(ceremony, opening, i + 1, index, input.secrets[i], commitments);
      return commitments;
    }),
  );
  located("own polynomial", () =>
    checkPolynomial(ceremony, opening, index, input.polynomial, all[index - 1]),
  );
  const secret = total % group.order;
  const made = proveTrusteeKey(group, secret, random);
  const signature = proofToJson(makeSignature(group, key, made.public_key, random));
  const text = JSON.stringify({ decryption_key: String(secret) });
  return JSON.stringify({
    private_key: send(group, key, certificates[index - 1].encryption, text, random),
    public_key: { ...made, signature },
  });
}

function openShare({ group, certificates }, opening, sender, index, text, commitments) {
  const message = receive(group, opening, certificates[sender - 1].verification, text);
  const { secret } = checkFields(parseCanonical(message, "share"), ["secret"], "share");
  const share = group.parseScalar(secret);
  const expected = evaluateCommitments(group, commitments, index);
  if (!group.equal(publicHalf(group, share), expected)) {
    throw new InvalidProof("the share does not fit the commitments");
  }
  return share;
}

function checkPolynomial({ group, certificates, threshold }, opening, index, text, commitments) {
  const message = receive(group, opening, certificates[index - 1].verification, text);
  const value = checkFields(parseCanonical(message, "polynomial"), ["polynomial"], "polynomial");
  const coefficients = checkLength(value.polynomial, threshold, "polynomial");
  const right = coefficients.every((one, i) =>
    group.equal(publicHalf(group, group.parseScalar(one)), commitments[i]),
  );
  if (!right) throw new InvalidProof("the commitments are not those of the polynomial");
}

/** The public key of the trustee at `index`; it must follow from all contributions. */
export function checkOutput(ceremony, contributions, index, raw) {
  const { group, certificates, size } = ceremony;
  checkLength(contributions, size, "contributions");
  const total = addCommitments(
    group,
    contributions.map((one, i) => checkContribution(ceremony, i + 1, one)),
  );
  return located(`output of trustee ${index}`, () => {
    const value = checkFields(parseCanonical(raw, "output"), OUTPUT, "output");
    if (typeof value.private_key !== "string") throw new Malformed("private_key: not a text");
    const key = parseTrusteeKey(group, value.public_key);
    checkVerificationKey(group, certificates[index - 1], total, index, key);
    return key;
  });
}

/** The public parameters, for trustees.makeTrustees; all is checked. */
export function makeParameters({ group, threshold, certs, size }, contributions, outputs) {
  checkLength(outputs, size, "outputs");
  const values = contributions.map(readContribution);
  const keys = outputs.map(
    (raw) => checkFields(parseCanonical(raw, "output"), OUTPUT, "output").public_key,
  );
  const parameters = {
    threshold,
    certs,
    coefexps: values.map(({ coefexps }) => coefexps),
    signatures: values.map(({ signature }) => signature),
    verification_keys: keys,
  };
  parsePedersen(group, parameters);
  return JSON.stringify(parameters);
}

/**
 * The key (BigInt) with which a trustee decrypts, from the private_key text of its output. Malformed
 * when it was not sealed for this seed, or is not that of `publicKey` (an element, if given).
 */
export function openPrivateKey(group, seed, sealed, publicKey = null) {
  const verification = publicHalf(group, signingKey(group, seed));
  const message = receive(group, decryptionKey(group, seed), verification, sealed);
  const fields = checkFields(parseCanonical(message, "key"), ["decryption_key"], "key");
  const text = fields.decryption_key;
  if (typeof text !== "string" || !/^[0-9]{1,700}$/.test(text)) {
    throw new Malformed("a private key is not a decimal number");
  }
  const secret = BigInt(text) % group.order;
  if (publicKey !== null && !group.equal(publicHalf(group, secret), publicKey)) {
    throw new Malformed("the private key is not that of this trustee");
  }
  return secret;
}
