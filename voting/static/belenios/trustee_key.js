/**
 * The public key of one trustee, with the proof that somebody knows its private half. A key in JSON
 * form is {pok, public_key[, signature][, name]}; read, it has publicKey (an element), too.
 */
import { systemRandom } from "./encoding.js";
import { InvalidProof, Malformed } from "./errors.js";
import { checkKnowledge, makeKnowledge, parseProof, proofToJson } from "./proofs.js";

const SHAPES = ["", "signature", "name", "signature,name"].map((optional) =>
  ["pok,public_key", optional].filter(Boolean).join(","),
);

const prefix = (group, text) => `pok|${group.name}|${text}|`;

/** A fresh private key (`secret`: decimal text) and its public half in JSON form (`key`). */
export function makeTrusteeKey(group, random = systemRandom, name = undefined) {
  const secret = group.randomScalar(random);
  const key = proveTrusteeKey(group, secret, random);
  return { secret: String(secret), key: name === undefined ? key : { ...key, name } };
}

/** The public half of a private key, with proof, in JSON form. */
export function proveTrusteeKey(group, secret, random = systemRandom) {
  const text = group.text(group.power(group.generator, secret));
  const pok = proofToJson(makeKnowledge(group, prefix(group, text), secret, random));
  return { pok, public_key: text };
}

/** Read a key, in the group; checkTrusteeKey checks its proof. */
export function parseTrusteeKey(group, value) {
  const shape = value && typeof value === "object" ? Object.keys(value).join(",") : "";
  if (!SHAPES.includes(shape)) {
    throw new Malformed("expected the fields pok, public_key and perhaps signature and name");
  }
  if ("name" in value && typeof value.name !== "string") throw new Malformed("name: not a text");
  const signature = "signature" in value ? parseProof(group, value.signature, "signature") : null;
  const publicKey = group.parseElement(value.public_key);
  const pok = parseProof(group, value.pok, "proof");
  return { publicKey, text: value.public_key, pok, signature, name: value.name };
}

/** Raise InvalidProof unless somebody knew the private half of the (read) key. */
export function checkTrusteeKey(group, { publicKey, text, pok }) {
  const powers = (exponent) => group.power(publicKey, exponent);
  if (!checkKnowledge(group, prefix(group, text), powers, pok)) {
    throw new InvalidProof("the proof of knowledge of the key does not hold");
  }
}
