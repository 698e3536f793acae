/**
 * AES-256 (FIPS 197) in counter mode with CBC-MAC (CCM, RFC 3610), without associated data.
 * crypto.subtle has no CCM. Table look-ups are not constant in time; keys are used once.
 */
import { ProtocolError } from "./errors.js";

const BLOCK = 16;
const ROUNDS = 14;
const KEY_WORDS = 8;

const double = (x) => ((x << 1) ^ (x & 0x80 ? 0x11b : 0)) & 0xff;

/** The S-box, from inverses in the field of 256 elements: powers of 3 walk through all of them. */
const SBOX = (() => {
  const box = new Uint8Array(256);
  let [p, q] = [1, 1];
  do {
    p = p ^ double(p);
    q ^= q << 1;
    q ^= q << 2;
    q = (q ^ (q << 4)) & 0xff;
    if (q & 0x80) q ^= 0x09;
    const rotate = (n) => (q << n) | (q >> (8 - n));
    box[p] = (q ^ rotate(1) ^ rotate(2) ^ rotate(3) ^ rotate(4) ^ 0x63) & 0xff;
  } while (p !== 1);
  box[0] = 0x63;
  return box;
})();

/** The round keys, as bytes. */
function expandKey(key) {
  const bytes = new Uint8Array(BLOCK * (ROUNDS + 1));
  bytes.set(key);
  let constant = 1;
  for (let i = KEY_WORDS; i < bytes.length / 4; i++) {
    let word = bytes.slice(4 * i - 4, 4 * i);
    if (i % KEY_WORDS === 0) {
      word = Uint8Array.of(word[1], word[2], word[3], word[0]).map((byte) => SBOX[byte]);
      word[0] ^= constant;
      constant = double(constant);
    } else if (i % KEY_WORDS === 4) {
      word = word.map((byte) => SBOX[byte]);
    }
    for (let j = 0; j < 4; j++) bytes[4 * i + j] = bytes[4 * (i - KEY_WORDS) + j] ^ word[j];
  }
  return bytes;
}

function mixColumn(s, c) {
  const [a0, a1, a2, a3] = [s[c], s[c + 1], s[c + 2], s[c + 3]];
  const all = a0 ^ a1 ^ a2 ^ a3;
  s[c] = a0 ^ all ^ double(a0 ^ a1);
  s[c + 1] = a1 ^ all ^ double(a1 ^ a2);
  s[c + 2] = a2 ^ all ^ double(a2 ^ a3);
  s[c + 3] = a3 ^ all ^ double(a3 ^ a0);
}

/** Encrypt one block of 16 bytes with expanded keys. */
function encryptBlock(keys, block) {
  let state = block.map((byte, i) => byte ^ keys[i]);
  for (let round = 1; round <= ROUNDS; round++) {
    const before = state;
    state = before.map((_, i) => SBOX[before[(i + 4 * (i % 4)) % BLOCK]]);
    if (round < ROUNDS) for (let c = 0; c < BLOCK; c += 4) mixColumn(state, c);
    state.forEach((_, i) => (state[i] ^= keys[BLOCK * round + i]));
  }
  return state;
}

export const encryptAesBlock = (key, block) => encryptBlock(expandKey(key), block);

/** A block that begins with flags and nonce and ends with a number. */
function countBlock(flags, nonce, number) {
  const block = new Uint8Array(BLOCK);
  block[0] = flags;
  block.set(nonce, 1);
  for (let i = BLOCK - 1; i > nonce.length; i--) {
    block[i] = number & 0xff;
    number = Math.floor(number / 256);
  }
  return block;
}

function makeTag(keys, nonce, plain, tagLength) {
  const flags = 8 * ((tagLength - 2) / 2) + (BLOCK - 2 - nonce.length);
  let state = encryptBlock(keys, countBlock(flags, nonce, plain.length));
  for (let at = 0; at < plain.length; at += BLOCK) {
    plain.subarray(at, at + BLOCK).forEach((byte, i) => (state[i] ^= byte));
    state = encryptBlock(keys, state);
  }
  return mask(keys, nonce, state.subarray(0, tagLength), 0);
}

/** Encrypt or decrypt with the key stream that begins at block `counter`. */
function mask(keys, nonce, bytes, counter) {
  const result = bytes.slice();
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const stream = encryptBlock(keys, countBlock(BLOCK - 2 - nonce.length, nonce, counter++));
    result.subarray(at, at + BLOCK).forEach((_, i) => (result[at + i] ^= stream[i]));
  }
  return result;
}

/** The ciphertext, followed by the tag. */
export function sealCcm(key, nonce, plain, tagLength) {
  const keys = expandKey(key);
  const sealed = new Uint8Array(plain.length + tagLength);
  sealed.set(mask(keys, nonce, plain, 1));
  sealed.set(makeTag(keys, nonce, plain, tagLength), plain.length);
  return sealed;
}

/** The plaintext; ProtocolError unless the tag is right. */
export function openCcm(key, nonce, sealed, tagLength) {
  const keys = expandKey(key);
  const plain = mask(keys, nonce, sealed.subarray(0, sealed.length - tagLength), 1);
  const tag = makeTag(keys, nonce, plain, tagLength);
  const difference = tag.reduce((sum, byte, i) => sum | (byte ^ sealed[plain.length + i]), 0);
  if (difference) throw new ProtocolError("the tag of a sealed message is wrong");
  return plain;
}
