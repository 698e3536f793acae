/** Keys of trustees for the ceremony: signed messages, and sealed ones that only one can open. */
import { openCcm, sealCcm } from "./aes.js";
import { makeBase58 } from "./credential.js";
import {
  BASE58,
  checkFields,
  fromHex,
  hashInteger,
  parseCanonical,
  systemRandom,
  toHex,
  utf8,
} from "./encoding.js";
import { InvalidSignature, Malformed, ProtocolError } from "./errors.js";
import { checkKnowledge, makeKnowledge, parseProof, proofToJson } from "./proofs.js";
import { sha256 } from "./sha256.js";

const LENGTH = 22;
const MAX_MESSAGE = 2 ** 24;
const TAG_LENGTH = 8;

/** A fresh seed: 22 base58 characters, from which both private keys follow. */
export const makeSeed = (random = systemRandom) => makeBase58(LENGTH, random);

/** The text if it is a seed; else Malformed. */
export function parseSeed(text) {
  if (typeof text === "string" && text.length === LENGTH) {
    if (Array.from(text).every((character) => BASE58.includes(character))) return text;
  }
  throw new Malformed("a private key is not 22 base58 characters");
}

export const signingKey = (group, seed) => hashInteger(`sk|${parseSeed(seed)}`) % group.order;
export const decryptionKey = (group, seed) => hashInteger(`dk|${parseSeed(seed)}`) % group.order;

const isText = (value) => typeof value === "string";

function checkText(value, what) {
  if (!isText(value)) throw new Malformed(`${what}: expected a text`);
  return value;
}

// Signed messages

/** The proof {challenge, response} of a signed message. */
export const makeSignature = (group, key, text, random = systemRandom) =>
  makeKnowledge(group, `sigmsg|${text}|`, key, random);

/** Raise InvalidSignature unless the owner of `verification` (an element) signed the text. */
export function checkSignature(group, verification, text, proof) {
  const powers = (exponent) => group.power(verification, exponent);
  if (!checkKnowledge(group, `sigmsg|${text}|`, powers, proof)) {
    throw new InvalidSignature("the signature does not hold");
  }
}

/** A text with its signature, in JSON form. */
export const signMessage = (group, key, message, random = systemRandom) => ({
  message,
  signature: proofToJson(makeSignature(group, key, message, random)),
});

/** The text of a signed message; InvalidSignature unless the signature holds. */
export function checkMessage(group, verification, value) {
  const { message, signature } = checkFields(value, ["message", "signature"], "signed message");
  const proof = parseProof(group, signature, "signature");
  checkSignature(group, verification, checkText(message, "signed message"), proof);
  return message;
}

// Sealed messages

function makeCipher(group, shared, alpha, length) {
  const key = sha256(utf8(`key|${group.text(shared)}`));
  const nonce = sha256(utf8(`iv|${group.text(alpha)}`)).subarray(0, length < 2 ** 16 ? 13 : 12);
  return { key, nonce };
}

/** Seal a text so that only the owner of `encryption` (an element) can open it, in JSON form. */
export function sealMessage(group, encryption, text, random = systemRandom) {
  const plain = utf8(text);
  if (plain.length >= MAX_MESSAGE) throw new Malformed("a message is too long to be sealed");
  const [r, s] = [group.randomScalar(random), group.randomScalar(random)];
  const [alpha, shared] = [group.power(group.generator, r), group.power(group.generator, s)];
  const { key, nonce } = makeCipher(group, shared, alpha, plain.length);
  const beta = group.multiply(group.power(encryption, r), shared);
  const data = toHex(sealCcm(key, nonce, plain, TAG_LENGTH));
  return { alpha: group.text(alpha), beta: group.text(beta), data };
}

/** Open a sealed message with a private key; Malformed when it is not for this key. */
export function openMessage(group, privateKey, value) {
  const what = "sealed message";
  const fields = checkFields(value, ["alpha", "beta", "data"], what);
  const [alpha, beta] = [group.parseElement(fields.alpha), group.parseElement(fields.beta)];
  const sealed = fromHex(checkText(fields.data, what));
  const length = sealed.length - TAG_LENGTH;
  if (length < 0 || length >= MAX_MESSAGE) throw new Malformed(`${what}: no possible length`);
  const shared = group.divide(beta, group.power(alpha, privateKey));
  const { key, nonce } = makeCipher(group, shared, alpha, length);
  try {
    const plain = openCcm(key, nonce, sealed, TAG_LENGTH);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
  } catch (error) {
    if (!(error instanceof ProtocolError || error instanceof TypeError)) throw error;
    throw new Malformed("a sealed message cannot be opened with this key");
  }
}

// Channels: signed by the sender, sealed for the recipient

/** Sign a text with the private key `key`, and seal it for `recipient` (an element). */
export function send(group, key, recipient, message, random = systemRandom) {
  const channel = JSON.stringify({ recipient: group.text(recipient), message });
  const signed = JSON.stringify(signMessage(group, key, channel, random));
  return JSON.stringify(sealMessage(group, recipient, signed, random));
}

/** The text sealed for the private key `key` and signed by `sender` (an element). */
export function receive(group, key, sender, text) {
  const what = "sealed message";
  const signed = openMessage(group, key, parseCanonical(checkText(text, what), what));
  const channel = checkMessage(group, sender, parseCanonical(signed, what));
  const { recipient, message } = checkFields(
    parseCanonical(channel, what),
    ["recipient", "message"],
    what,
  );
  if (recipient !== group.text(group.power(group.generator, key))) {
    throw new Malformed("a sealed message was signed for another recipient");
  }
  return checkText(message, what);
}
