import assert from "node:assert/strict";
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { test } from "node:test";

import { toHex, utf8 } from "../../voting/static/belenios/encoding.js";
import { hmac, pbkdf2, sha256 } from "../../voting/static/belenios/sha256.js";

const hash = (text) => toHex(sha256(utf8(text)));

test("the published SHA-256 vectors", () => {
  const vectors = {
    "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    abc: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq:
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ["a".repeat(1_000_000)]: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  };
  for (const [text, digest] of Object.entries(vectors)) assert.equal(hash(text), digest);
});

test("every length around the block boundaries agrees with another implementation", () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = randomBytes(length);
    assert.equal(toHex(sha256(bytes)), createHash("sha256").update(bytes).digest("hex"));
  }
});

test("RFC 4231: HMAC, also with a key longer than a block", () => {
  const short = hmac(utf8("Jefe"), utf8("what do ya want for nothing?"));
  assert.equal(toHex(short), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  for (const size of [1, 63, 64, 65, 131]) {
    const key = randomBytes(size);
    const expected = createHmac("sha256", key).update("message").digest("hex");
    assert.equal(toHex(hmac(key, utf8("message"))), expected);
  }
});

test("PBKDF2 agrees with another implementation", () => {
  for (const iterations of [1, 2, 1000]) {
    const expected = pbkdf2Sync("password", "salt", iterations, 32, "sha256").toString("hex");
    assert.equal(toHex(pbkdf2(utf8("password"), utf8("salt"), iterations)), expected);
  }
});
