/**
 * A group of trustees, some of whom are enough to decrypt: what is published, how it is checked.
 * The ceremony that leads to it is ceremony.js.
 */
import { checkFields, checkLength, parseCanonical } from "./encoding.js";
import { InvalidProof, Malformed, NotSupported, located } from "./errors.js";
import { productOfPowers } from "./groups/many.js";
import { checkMessage, checkSignature } from "./pki.js";
import { parseProof } from "./proofs.js";
import { checkTrusteeKey, parseTrusteeKey } from "./trustee_key.js";

const FIELDS = ["threshold", "certs", "coefexps", "signatures", "verification_keys"];
const OLD_FIELDS = FIELDS.filter((name) => name !== "signatures");

// Certificates

/** Check all certificates (JSON objects), in order of position; their keys. */
export function readCertificates(group, certs, threshold) {
  const size = certs.length;
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > size) {
    throw new Malformed(`a threshold of ${threshold} is not possible with ${size} trustees`);
  }
  return certs.map((cert, i) => readCertificate(group, cert, size, threshold, i + 1));
}

/** The keys {verification, encryption} of a certificate for exactly this ceremony and position. */
export function readCertificate(group, cert, size, threshold, index) {
  return located(`certificate ${index}`, () => {
    const { message } = checkFields(cert, ["message", "signature"], "signed message");
    if (typeof message !== "string") throw new Malformed("the message is not a text");
    const value = parseCanonical(message, "message");
    if (value && Object.keys(value).join() === "verification,encryption") {
      throw new NotSupported("threshold trustees in the form of version 2.0");
    }
    checkFields(value, ["context", "verification", "encryption"], "message");
    checkContext(group, value.context, size, threshold, index);
    const verification = group.parseElement(value.verification);
    const encryption = group.parseElement(value.encryption);
    checkMessage(group, verification, cert);
    return { verification, encryption, texts: [value.verification, value.encryption] };
  });
}

function checkContext(group, context, size, threshold, index) {
  const found = checkFields(context, ["group", "size", "threshold", "index"], "context");
  const expected = { group: group.name, size, threshold, index };
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Malformed(
      `it is for position ${found.index} of ${found.size} with a threshold of ${found.threshold} ` +
        `in ${String(found.group).slice(0, 40)}, not for ${index} of ${size} with ${threshold} ` +
        `in ${group.name}`,
    );
  }
}

// Commitments to polynomials

/** The checked commitments (coefexps) of a trustee. */
export function readCommitments(group, certificate, value, threshold) {
  const message = checkMessage(group, certificate.verification, value);
  const { coefexps } = checkFields(parseCanonical(message, "coefexps"), ["coefexps"], "coefexps");
  return checkLength(coefexps, threshold, "coefexps").map((text) => group.parseElement(text));
}

/** What a trustee signs about all certificates and its own commitments. */
export const makeStatement = (group, certs, commitments) =>
  `certs_sig|${JSON.stringify({ certs, coefexps: group.texts(commitments) })}`;

/** g^f(index) for the polynomial f behind the commitments. */
export function evaluateCommitments(group, commitments, index) {
  let power = 1n;
  const exponents = commitments.map(() => {
    const now = power;
    power = (power * BigInt(index)) % group.order;
    return now;
  });
  return productOfPowers(group, commitments, exponents);
}

/** The commitments to the sum of all polynomials. */
export const addCommitments = (group, all) =>
  all[0].map((_, i) => all.reduce((sum, one) => group.multiply(sum, one[i]), group.neutral));

/** Raise unless the (read) key is that of the trustee at this position. */
export function checkVerificationKey(group, certificate, total, index, key) {
  checkTrusteeKey(group, key);
  if (!group.equal(key.publicKey, evaluateCommitments(group, total, index))) {
    throw new InvalidProof("the key does not fit the commitments");
  }
  if (key.signature !== null) {
    checkSignature(group, certificate.verification, key.text, key.signature);
  }
}

/** Raise InvalidSignature unless a trustee signed all certificates with its commitments. */
export function checkContributionSignature(group, certificate, certs, commitments, signature) {
  const statement = makeStatement(group, certs, commitments);
  checkSignature(group, certificate.verification, statement, signature);
}

// The published parameters

/** Read and check the value of a Pedersen item: {threshold, keys, publicKey}. */
export function parsePedersen(group, value) {
  refuseOldForm(value);
  const { threshold, certs, coefexps, signatures, verification_keys } = checkFields(
    value,
    FIELDS,
    "threshold trustees",
  );
  if (!Array.isArray(certs)) throw new Malformed("certs: expected a list");
  const certificates = readCertificates(group, certs, threshold);
  const commitments = checkLength(coefexps, certs.length, "coefexps").map((item, i) =>
    located(`commitments ${i + 1}`, () => readCommitments(group, certificates[i], item, threshold)),
  );
  checkLength(signatures, certs.length, "signatures").forEach((item, i) =>
    located(`signature ${i + 1}`, () =>
      checkContributionSignature(
        group,
        certificates[i],
        certs,
        commitments[i],
        parseProof(group, item, "proof"),
      ),
    ),
  );
  const total = addCommitments(group, commitments);
  const keys = checkLength(verification_keys, certs.length, "verification_keys").map((item, i) =>
    located(`verification key ${i + 1}`, () => {
      const key = parseTrusteeKey(group, item);
      checkVerificationKey(group, certificates[i], total, i + 1, key);
      return key;
    }),
  );
  return { threshold, keys, publicKey: total[0] };
}

/** NotSupported for the form of version 2.0, whose certificates have no context. */
function refuseOldForm(value) {
  if (!value || Object.keys(value).join() !== OLD_FIELDS.join()) return;
  if (!JSON.stringify(value.certs).includes("context")) {
    throw new NotSupported("threshold trustees in the form of version 2.0");
  }
}
