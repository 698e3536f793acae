/** Voting codes: specification, "Credentials". The 2.4 form, and reading the 2.0 form. */
import { BASE58, hashHex, toInteger, utf8 } from "./encoding.js";
import { Malformed } from "./errors.js";
import { pbkdf2 } from "./sha256.js";

/** Lengths of the dashed groups, by number of characters. */
const SHAPES = new Map([
  [22, [5, 6, 5, 6]],
  [15, [3, 3, 3, 3, 3]],
]);
/** Blanks, every kind of dash, and the invisible characters that mail programs add. */
const DECORATION = /[\s\p{Pd}\u2212\u00ad\u200b-\u200d\u2060\ufeff]/gu;

function withDashes(characters) {
  let rest = characters;
  return SHAPES.get(characters.length)
    .map((length) => [rest.slice(0, length), (rest = rest.slice(length))][0])
    .join("-");
}

/** The last of the 15 characters makes the whole divisible by 53. */
function isChecksumRight(characters) {
  const values = Array.from(characters, (c) => BigInt(BASE58.indexOf(c)));
  const last = values.pop();
  return (values.reduce((sum, value) => sum * 58n + value, 0n) + last) % 53n === 0n;
}

/** The canonical form of a code as typed or pasted; Malformed if it cannot be one. */
export function parseCredential(text) {
  const characters = String(text).replace(DECORATION, "");
  if (!SHAPES.has(characters.length)) throw new Malformed("code: wrong number of characters");
  for (const c of characters) {
    if (!BASE58.includes(c)) throw new Malformed(`code: no code contains the character ${c}`);
  }
  if (characters.length === 15 && !isChecksumRight(characters)) {
    throw new Malformed("code: a character is wrong");
  }
  return withDashes(characters);
}

/** So many base58 characters, each drawn without bias. */
export function makeBase58(length, random) {
  let characters = "";
  while (characters.length < length) {
    const value = random(1)[0] & 63;
    if (value < 58) characters += BASE58[value];
  }
  return characters;
}

/** A fresh code: 22 characters. */
export const makeCredential = (random) => withDashes(makeBase58(22, random));

/** The signing key behind a code in canonical form. */
export function privateKey(group, uuid, credential) {
  if (credential.replaceAll("-", "").length === 15) {
    return toInteger(pbkdf2(utf8(credential), utf8(uuid), 1000)) % group.order;
  }
  const half = (i) => hashHex(`derive_credential|${uuid}|${i}|${credential}`);
  return BigInt("0x" + half(0) + half(1)) % group.order;
}

/** What the list of voters shows in place of a code: text of g^key. */
export function publicCredential(group, uuid, credential) {
  return group.text(group.power(group.generator, privateKey(group, uuid, credential)));
}
