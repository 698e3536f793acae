import assert from "node:assert/strict";
import { test } from "node:test";

import {
  makeCredential,
  parseCredential,
  privateKey,
  publicCredential,
} from "../../voting/static/belenios/credential.js";
import { systemRandom } from "../../voting/static/belenios/encoding.js";
import { Malformed } from "../../voting/static/belenios/errors.js";
import { getGroup } from "../../voting/static/belenios/groups.js";
import { example } from "./shared.mjs";

test("a code derives the key and public credential of the worked example", () => {
  const { credential, uuid, private_key, public: shown } = example("ed/credential");
  const group = getGroup("Ed25519");
  assert.equal(String(privateKey(group, uuid, credential)), private_key);
  assert.equal(publicCredential(group, uuid, credential), shown);
});

test("a code of the 2.0 form, too", () => {
  const { credential, uuid, private_key, public: shown } = example("b2048-2.0/credential-2.0");
  const group = getGroup("BELENIOS-2048");
  assert.equal(parseCredential(credential), credential);
  assert.equal(String(privateKey(group, uuid, credential)), private_key);
  assert.equal(publicCredential(group, uuid, credential), shown);
});

test("however a code is typed, it is read the same", () => {
  const { credential } = example("ed/credential");
  const bare = credential.replaceAll("-", "");
  const ways = [
    bare,
    ` ${credential}\n`,
    credential.replaceAll("-", " "),
    credential.replaceAll("-", "\u2013"),
    credential.replaceAll("-", "\u00a0\u2011"),
    `\ufeff${bare.slice(0, 3)}\u200b${bare.slice(3)}`,
  ];
  for (const text of ways) assert.equal(parseCredential(text), credential);
});

test("what cannot be a code is refused", () => {
  const { credential } = example("ed/credential");
  const old = example("b2048-2.0/credential-2.0").credential;
  const wrong = ["", "hello", credential.slice(1), `${credential}1`, undefined];
  wrong.push(credential.replace("Q", "0"), credential.replace("Q", "l"), old.replace("6", "7"));
  for (const text of wrong) assert.throws(() => parseCredential(text), Malformed, String(text));
});

test("fresh codes are canonical and different", () => {
  const codes = Array.from({ length: 50 }, () => makeCredential(systemRandom));
  for (const code of codes) assert.equal(parseCredential(code), code);
  assert.equal(new Set(codes).size, codes.length);
});
