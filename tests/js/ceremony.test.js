/** Messages of trustees: the worked examples, AES, and a ceremony with what can go wrong. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { encryptAesBlock, openCcm, sealCcm } from "../../voting/static/belenios/aes.js";
import * as ceremony from "../../voting/static/belenios/ceremony.js";
import { fromHex, systemRandom, toHex, utf8 } from "../../voting/static/belenios/encoding.js";
import { Malformed, ProtocolError } from "../../voting/static/belenios/errors.js";
import { getGroup } from "../../voting/static/belenios/groups.js";
import * as pki from "../../voting/static/belenios/pki.js";
import { makeLagrange } from "../../voting/static/belenios/trustees.js";
import { example, examples } from "./shared.mjs";

const group = getGroup("Ed25519");
const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));

test("AES-256 and CCM give the results that were published for them", () => {
  const bytes = (from, count) => Uint8Array.from({ length: count }, (_, i) => from + i);
  const block = Uint8Array.from({ length: 16 }, (_, i) => 17 * i);
  assert.equal(toHex(encryptAesBlock(bytes(0, 32), block)), "8ea2b7ca516745bfeafc49904b496089");
  const { aes256_key, ccm_nonce, plaintext, encrypted_msg } = example("ed/channel");
  const [key, nonce] = [fromHex(aes256_key), fromHex(ccm_nonce)];
  const { data } = JSON.parse(text(encrypted_msg));
  assert.equal(toHex(sealCcm(key, nonce, utf8(plaintext), 8)), data);
  const sealed = fromHex(data);
  assert.equal(new TextDecoder().decode(openCcm(key, nonce, sealed, 8)), plaintext);
  for (const at of [0, 20, sealed.length - 1]) {
    const changed = sealed.slice();
    changed[at] ^= 1;
    assert.throws(() => openCcm(key, nonce, changed, 8), ProtocolError);
  }
});

test("keys follow from the seed, and the sealed example opens", () => {
  const { seed, sk, dk } = example("ed/pki");
  assert.equal(String(pki.signingKey(group, seed)), sk);
  assert.equal(String(pki.decryptionKey(group, seed)), dk);
  const { encrypted_msg, plaintext } = example("ed/channel");
  const sealed = JSON.parse(text(encrypted_msg));
  assert.equal(pki.openMessage(group, BigInt(dk), sealed), plaintext);
  assert.throws(() => pki.openMessage(group, BigInt(dk) + 1n, sealed), Malformed);
  for (const wrong of ["", `${seed}1`, seed.replace(/.$/, "0"), null]) {
    assert.throws(() => pki.signingKey(group, wrong), Malformed);
  }
});

test("signatures of the examples hold, for this text only", () => {
  const key = group.power(group.generator, BigInt(example("ed/pki").sk));
  const signed = examples.filter(({ name }) => name.startsWith("ed/sigmsg-"));
  assert.equal(signed.length, 3);
  for (const { preimage, challenge, response } of signed) {
    const message = preimage.slice("sigmsg|".length, preimage.lastIndexOf("|"));
    const proof = { challenge: BigInt(challenge), response: BigInt(response) };
    pki.checkSignature(group, key, message, proof);
    assert.throws(() => pki.checkSignature(group, key, `${message} `, proof), ProtocolError);
  }
});

test("Lagrange exponents are those of the example", () => {
  const { indexes, lambdas } = example("ed/lagrange");
  const made = makeLagrange(indexes, group.order);
  assert.deepEqual(Object.fromEntries([...made].map(([k, v]) => [k, String(v)])), lambdas);
});

test("a long text is sealed with the shorter nonce", () => {
  const key = group.randomScalar(systemRandom);
  const long = "é".repeat(40_000);
  const sealed = pki.sealMessage(group, group.power(group.generator, key), long);
  assert.equal(pki.openMessage(group, key, sealed), long);
});

test("a ceremony gives every trustee a key of its own, and names who spoilt it", () => {
  const seeds = [1, 2, 3].map(() => pki.makeSeed());
  const certs = seeds.map((seed, i) => ceremony.makeCertificate(group, seed, 3, 2, i + 1));
  const held = ceremony.openCeremony(group, certs, 2);
  assert.deepEqual(seeds.map((seed) => held.findIndex(seed)), [1, 2, 3]);
  assert.throws(() => held.findIndex(pki.makeSeed()), /belongs to none/);
  const contributions = seeds.map((seed) => ceremony.makeContribution(held, seed));
  const inputs = seeds.map((_, i) => ceremony.makeInput(contributions, i + 1));
  const outputs = seeds.map((seed, i) => ceremony.makeOutput(held, seed, inputs[i]));
  outputs.forEach((raw, i) => {
    const { publicKey } = ceremony.checkOutput(held, contributions, i + 1, raw);
    const { private_key: sealed } = JSON.parse(raw);
    const secret = ceremony.openPrivateKey(group, seeds[i], sealed, publicKey);
    assert.ok(group.equal(group.power(group.generator, secret), publicKey));
    assert.throws(() => ceremony.openPrivateKey(group, seeds[(i + 1) % 3], sealed), Malformed);
    assert.throws(
      () => ceremony.openPrivateKey(group, seeds[i], sealed, group.generator),
      /not that of this trustee/,
    );
  });
  ceremony.makeParameters(held, contributions, outputs);
  const swapped = [outputs[1], outputs[0], outputs[2]];
  assert.throws(() => ceremony.makeParameters(held, contributions, swapped), /verification key 1/);
  assert.throws(() => ceremony.makeOutput(held, seeds[0], inputs[1]), /trustee 1/);
  assert.throws(() => ceremony.openCeremony(group, [certs[1], certs[0], certs[2]], 2), /position 2/);
  assert.throws(() => ceremony.checkCertificate(group, certs[0], 3, 4, 1), /impossible/);
});
