import assert from "node:assert/strict";
import { test } from "node:test";

import { systemRandom } from "../../voting/static/belenios/encoding.js";
import { InvalidTally, Malformed, NotSupported } from "../../voting/static/belenios/errors.js";
import { modPower } from "../../voting/static/belenios/groups/base.js";
import { getGroup } from "../../voting/static/belenios/groups.js";
import { discreteLogarithms, productOfPowers } from "../../voting/static/belenios/groups/many.js";
import { GROUPS, examples } from "./shared.mjs";

for (const name of GROUPS) {
  const group = getGroup(name);
  const g = group.generator;
  const draw = () => group.randomScalar(systemRandom);

  test(`${name}: exponents add, tables or not`, () => {
    for (let i = 0; i < 10; i++) {
      const [a, b] = [draw(), draw()];
      const sum = group.power(g, a + b);
      assert.ok(group.equal(group.multiply(group.power(g, a), group.power(g, b)), sum));
      const base = group.power(g, a);
      const slow = group.power(base, b);
      assert.ok(group.equal(slow, group.power(g, a * b)));
      group.precompute(base);
      assert.ok(group.equal(group.power(base, b), slow));
      assert.ok(group.equal(group.square(base), group.multiply(base, base)));
    }
  });

  test(`${name}: scalar 0 and the neutral element are ordinary`, () => {
    const base = group.power(g, draw());
    for (const element of [g, base, group.neutral]) {
      assert.ok(group.equal(group.power(element, 0n), group.neutral));
      assert.ok(group.equal(group.power(element, group.order), group.neutral));
      assert.ok(group.equal(group.divide(element, element), group.neutral));
    }
    assert.ok(group.equal(group.parseElement(group.text(group.neutral)), group.neutral));
    assert.ok(group.equal(group.divide(group.power(base, -1n), base), group.power(base, -2n)));
  });

  test(`${name}: combs and buckets give the same powers`, () => {
    const bases = Array.from({ length: 12 }, () => group.power(g, draw()));
    const exponents = [0n, 1n, group.order - 1n, ...Array.from({ length: 9 }, draw)];
    const powers = bases.map((base, i) => group.power(base, exponents[i]));
    bases.forEach((base, i) => assert.ok(group.equal(group.makePowers(base)(exponents[i]), powers[i])));
    const product = powers.reduce((all, one) => group.multiply(all, one), group.neutral);
    assert.ok(group.equal(productOfPowers(group, bases, exponents), product));
    assert.ok(group.equal(productOfPowers(group, [], []), group.neutral));
    assert.ok(group.equal(group.makePowers(bases[3])(group.order), group.neutral));
  });

  test(`${name}: small logarithms are found, others refused`, () => {
    const elements = [0n, 1n, 17n, 99n, 100n].map((n) => group.power(g, n));
    assert.deepEqual(discreteLogarithms(group, elements, 100), [0, 1, 17, 99, 100]);
    assert.throws(() => discreteLogarithms(group, [group.power(g, 101n)], 100), InvalidTally);
    assert.throws(() => discreteLogarithms(group, [group.power(g, -1n)], 100), InvalidTally);
  });

  test(`${name}: text and element are inverse, one at a time and in lists`, () => {
    const elements = [group.neutral, g, ...Array.from({ length: 5 }, () => group.power(g, draw()))];
    const texts = group.texts(elements);
    assert.deepEqual(elements.map((element) => group.text(element)), texts);
    texts.forEach((text, i) => assert.ok(group.equal(group.parseElement(text), elements[i])));
  });

  test(`${name}: a scalar has one form and a range`, () => {
    assert.equal(group.parseScalar("0"), 0n);
    assert.equal(group.parseScalar(String(group.order - 1n)), group.order - 1n);
    const wrong = [String(group.order), "-1", "+1", "01", "", " 1", "1.0", "1e3", "0x1", 1, null];
    wrong.push("9".repeat(9999));
    for (const text of wrong) assert.throws(() => group.parseScalar(text), Malformed, String(text));
  });

  test(`${name}: random scalars are in range and use every bit`, () => {
    const draws = Array.from({ length: 200 }, draw);
    assert.ok(draws.every((s) => s >= 0n && s < group.order));
    assert.equal(new Set(draws).size, draws.length);
    const high = draws.filter((s) => s > group.order / 2n).length;
    assert.ok(high > 50 && high < 150, `${high} of 200 above the middle`);
  });
}

for (const [prefix, name] of [["ed", "Ed25519"], ["rfc", "RFC-3526-2048"]]) {
  const group = getGroup(name);
  const named = (kind) => examples.filter((e) => e.name === `${prefix}/${kind}`);

  test(`${name}: integers become the elements of the examples, and come back`, () => {
    assert.ok(named("of_ints").length >= 3);
    for (const { ints, element } of named("of_ints")) {
      assert.equal(group.text(group.encodeIntegers(ints)), element);
      assert.deepEqual(group.decodeIntegers(group.parseElement(element), ints.length), ints);
    }
    const most = [1, ...Array(group.maxIntegers - 1).fill(255)];
    assert.deepEqual(group.decodeIntegers(group.encodeIntegers(most), most.length), most);
    for (const wrong of [[...most, 0], [256], [-1], [1.5], ["1"]]) {
      assert.throws(() => group.encodeIntegers(wrong), Malformed);
    }
  });

  test(`${name}: the generators of the shuffle are those of the examples`, () => {
    assert.ok(named("generator").length >= 3);
    for (const { i, element } of named("generator")) {
      assert.equal(group.text(group.deriveGenerator(i)), element);
    }
  });
}

test("a safe prime's members are told by the Jacobi symbol as by their order", () => {
  const group = getGroup("RFC-3526-2048");
  for (const x of [1n, 2n, 3n, 5n, 7n, 11n, 2n ** 1000n + 1n, group.p - 1n, group.p - 2n]) {
    assert.equal(group.isMember(x), modPower(x, group.order, group.p) === 1n, String(x));
  }
});

test("Ed25519: the generator is the base point of RFC 8032, of prime order", () => {
  const group = getGroup("Ed25519");
  assert.equal(group.text(group.generator), "6".repeat(62) + "58");
  assert.ok(group.isMember(group.generator));
});

test("Ed25519: only canonical encodings of members are elements", () => {
  const group = getGroup("Ed25519");
  const p = 2n ** 255n - 19n;
  const hex = (z) => z.toString(16).padStart(64, "0");
  const text = group.text(group.power(group.generator, 5n));
  const wrong = {
    "neutral element with a sign": hex(1n | (1n << 255n)),
    "y not reduced": hex(p + 1n),
    "point of order 2": hex(p - 1n),
    "point of order 4": hex(0n),
    "no point": hex(2n),
    "upper case": text.toUpperCase(),
    "too short": text.slice(1),
    "too long": `0${text}`,
    "a number": 5,
    "nothing": undefined,
  };
  const torsion = { x: 0n, y: -1n, z: 1n, t: 0n };
  const shifted = group.multiply(group.generator, torsion);
  wrong["member times a point of order 2"] = group.text(shifted);
  for (const [reason, form] of Object.entries(wrong)) {
    assert.throws(() => group.parseElement(form), Malformed, reason);
  }
});

test("BELENIOS-2048: only canonical decimal members are elements", () => {
  const group = getGroup("BELENIOS-2048");
  const member = group.power(group.generator, 5n);
  const wrong = ["0", "-1", `0${member}`, `+${member}`, "2", "", null, 5];
  wrong.push(String(group.p), String(group.p - member), String(member + group.p));
  for (const form of wrong) assert.throws(() => group.parseElement(form), Malformed, String(form));
});

test("an unknown group is not supported", () => {
  for (const name of ["RFC-3526-3072", "toString", "", undefined]) {
    assert.throws(() => getGroup(name), NotSupported);
  }
});
