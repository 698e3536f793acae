/** Text, bytes, integers and hashes: specification, "Conventions" and "JSON". */
import { Malformed } from "./errors.js";
import { readFreeJson } from "./json.js";
import { sha256 } from "./sha256.js";

export const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** The only source of randomness; tests pass another with the same shape. */
export const systemRandom = (count) => crypto.getRandomValues(new Uint8Array(count));

export const utf8 = (text) => new TextEncoder().encode(text);

export const toHex = (bytes) =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

export const toInteger = (bytes) => BigInt("0x" + toHex(bytes));

/** Bytes of lower-case hexadecimal; Malformed. */
export function fromHex(text) {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new Malformed("not lower-case hexadecimal");
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

/** Standard Base64 without padding. */
export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/=+$/, "");

export const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** SHA-256 of the UTF-8 form of a text: hex, Base64 without padding, or integer. */
export const hashHex = (text) => toHex(sha256(utf8(text)));
export const hashBase64 = (text) => toBase64(sha256(utf8(text)));
export const hashInteger = (text) => toInteger(sha256(utf8(text)));

export const isHash = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);

/** Read JSON; `what` names the record in the message. */
export function parseJson(text, what) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Malformed(`${what}: not JSON`);
  }
}

/** Read JSON in any layout (election.json, whose bytes are kept); no field may stand there twice. */
export function parseFreeJson(raw, what) {
  try {
    return readFreeJson(raw);
  } catch {
    throw new Malformed(`${what}: not JSON`);
  }
}

/** Read JSON in its one compact form: writing it again gives the same text. Malformed otherwise. */
export function parseCanonical(raw, what) {
  const value = parseJson(raw, what);
  if (JSON.stringify(value) !== raw || LONE_SURROGATE.test(raw)) {
    throw new Malformed(`${what}: not in canonical form`);
  }
  return value;
}

/** How JSON.stringify writes half a character: no UTF-8 text can hold one. */
const LONE_SURROGATE = /(?:^|[^\\])(?:\\\\)*\\ud[89a-f]/;

/** The object itself, refused unless it has exactly these fields in this order. */
export function checkFields(value, fields, what) {
  const found = typeof value === "object" ? Object.keys(value ?? {}) : [];
  if (JSON.stringify(found) !== JSON.stringify(fields)) {
    throw new Malformed(`${what}: expected exactly the fields ${fields.join(", ")}`);
  }
  return value;
}

/** The array itself, refused unless it has this length. */
export function checkLength(value, length, what) {
  if (!Array.isArray(value) || value.length !== length) {
    throw new Malformed(`${what}: expected a list of ${length}`);
  }
  return value;
}
