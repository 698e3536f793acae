import assert from "node:assert/strict";
import { test } from "node:test";

import {
  checkBallot,
  displayTracker,
  makeBallot,
  tracker,
  trackerDigits,
} from "../../voting/static/belenios/ballot.js";
import { privateKey } from "../../voting/static/belenios/credential.js";
import { parseElection } from "../../voting/static/belenios/election.js";
import { hashBase64, systemRandom } from "../../voting/static/belenios/encoding.js";
import {
  InvalidProof,
  InvalidSignature,
  Malformed,
  NotSupported,
  ProtocolError,
} from "../../voting/static/belenios/errors.js";
import { proofToJson, sign } from "../../voting/static/belenios/proofs.js";
import { freshCode, GROUPS, makeElection } from "./shared.mjs";

/** Sign changed content again, as a dishonest voter would. */
function signAgain(json, election, code) {
  const { signature, ...signed } = json;
  const hash = hashBase64(JSON.stringify(signed));
  const secret = privateKey(election.group, election.uuid, code);
  const proof = proofToJson(sign(election.group, secret, hash, systemRandom));
  return JSON.stringify({ ...signed, signature: { hash, proof } });
}

/** Every way of giving one question bits that its limits allow. */
function* allowedVectors([answers, min, max, blank]) {
  if (blank) yield [1, ...Array(answers).fill(0)];
  for (let mask = 0; mask < 2 ** answers; mask++) {
    const bits = Array.from({ length: answers }, (_, i) => (mask >> i) & 1);
    const chosen = bits.reduce((a, b) => a + b, 0);
    if (chosen >= min && chosen <= max) yield blank ? [0, ...bits] : bits;
  }
}

/** Paths to every leaf of a JSON value. */
function* leaves(value, path = []) {
  if (typeof value !== "object") yield path;
  else for (const key of Object.keys(value)) yield* leaves(value[key], [...path, key]);
}

function change(json, path, edit) {
  const copy = structuredClone(json);
  const parent = path.slice(0, -1).reduce((node, key) => node[key], copy);
  parent[path.at(-1)] = edit(parent[path.at(-1)]);
  return copy;
}

const SHAPES = [
  [2, 1, 1, false],
  [2, 1, 1, true],
  [3, 0, 2, false],
  [3, 0, 3, true],
  [3, 2, 3, true],
  [1, 0, 1, true],
];

for (const shape of SHAPES) {
  test(`Ed25519: every allowed vote of shape ${shape} is sealed and accepted`, () => {
    const election = makeElection("Ed25519", [shape]);
    for (const bits of allowedVectors(shape)) {
      const raw = makeBallot(election, freshCode(), [bits]);
      assert.equal(checkBallot(raw, election).answers[0].length, bits.length);
    }
  });

  test(`Ed25519: votes outside shape ${shape} are refused before sealing`, () => {
    const election = makeElection("Ed25519", [shape]);
    const [answers, min, max, blank] = shape;
    const size = answers + (blank ? 1 : 0);
    const wrong = [Array(size + 1).fill(0), Array(size - 1).fill(0), Array(size).fill(2)];
    wrong.push("no", undefined);
    if (blank) wrong.push([1, 1, ...Array(answers - 1).fill(0)]);
    if (max < answers) wrong.push([...(blank ? [0] : []), ...Array(answers).fill(1)]);
    if (min > 0) wrong.push(Array(size).fill(0));
    for (const bits of wrong) {
      assert.throws(() => makeBallot(election, freshCode(), [bits]), Malformed);
    }
  });
}

test("BELENIOS-2048: several questions, with and without blank", () => {
  const shapes = [[2, 1, 1, false], [3, 1, 2, true], [2, 1, 1, true]];
  const election = makeElection("BELENIOS-2048", shapes);
  const votes = [[0, 1], [0, 1, 0, 1], [1, 0, 0]];
  const raw = makeBallot(election, freshCode(), votes);
  assert.deepEqual(checkBallot(raw, election).answers.map((a) => a.length), [2, 4, 3]);
});

for (const name of ["Ed25519", "RFC-3526-2048"]) {
  test(`${name}: numbers are sealed in one ciphertext, beside choices, and nothing else is`, () => {
    const election = makeElection(name, [[2, 1, 1, true], [3]]);
    const code = freshCode();
    const raw = makeBallot(election, code, [[1, 0, 0], [0, 255, 7]]);
    const { answers } = checkBallot(raw, election);
    assert.deepEqual(answers.map((answer) => answer.length), [3, 1]);
    const json = JSON.parse(raw);
    const [field] = [["answers", 1, "choices", "beta"]];
    const copied = change(json, field, () => json.answers[0].choices[0].beta);
    assert.throws(() => checkBallot(signAgain(copied, election, code), election), InvalidProof);
    const other = JSON.parse(makeBallot(election, freshCode(), [[1, 0, 0], [0, 255, 7]]));
    const moved = change(json, ["answers", 1], () => other.answers[1]);
    assert.throws(() => checkBallot(signAgain(moved, election, code), election), InvalidProof);
    for (const wrong of [[1, 2], [1, 2, 3, 4], [256, 0, 0], [-1, 0, 0], [0.5, 0, 0], ["1", 0, 0]]) {
      assert.throws(() => makeBallot(election, code, [[1, 0, 0], wrong]), Malformed);
    }
  });
}

for (const name of GROUPS) {
  test(`${name}: every single-field change of a ballot is refused`, () => {
    const election = makeElection(name, [[2, 1, 1, false], [1, 0, 1, true]]);
    const { group } = election;
    const code = freshCode();
    const raw = makeBallot(election, code, [[1, 0], [0, 1]]);
    const json = JSON.parse(raw);
    const shift = (field) => (text) => {
      if (["challenge", "response"].includes(field)) {
        return String((BigInt(text) + 1n) % group.order);
      }
      if (!["alpha", "beta", "credential"].includes(field)) return `${text.slice(0, -1)}7`;
      return group.text(group.multiply(group.parseElement(text), group.generator));
    };
    let tried = 0;
    for (const path of leaves(json)) {
      const changed = change(json, path, shift(path.at(-1)));
      const place = path.join(".");
      assert.throws(() => checkBallot(JSON.stringify(changed), election), ProtocolError, place);
      if (path[0] === "answers") {
        const signed = signAgain(changed, election, code);
        assert.throws(() => checkBallot(signed, election), InvalidProof, place);
      }
      tried++;
    }
    assert.ok(tried > 40);
  });
}

test("challenges and responses out of range are refused, although congruent", () => {
  const election = makeElection("Ed25519", [[1, 0, 1, false]]);
  const code = freshCode();
  const json = JSON.parse(makeBallot(election, code, [[1]]));
  for (const path of leaves(json)) {
    if (!["challenge", "response"].includes(path.at(-1))) continue;
    const changed = change(json, path, (text) => String(BigInt(text) + election.group.order));
    const inside = path[0] === "answers";
    const raw = inside ? signAgain(changed, election, code) : JSON.stringify(changed);
    assert.throws(() => checkBallot(raw, election), Malformed, path.join("."));
  }
});

test("a ballot has one form only", () => {
  const election = makeElection("Ed25519", [[1, 0, 1, true]]);
  const raw = makeBallot(election, freshCode(), [[0, 1]]);
  const json = JSON.parse(raw);
  const { signature, answers, ...rest } = json;
  const [answer] = answers;
  const forms = [
    ` ${raw}`,
    `${raw}\n`,
    raw.replace(",", ", "),
    raw.replace('{"election_uuid"', '{"election_uuid":"x","election_uuid"'),
    JSON.stringify({ ...json, extra: 1 }),
    JSON.stringify({ signature, answers, ...rest }),
    JSON.stringify({ ...rest, answers }),
    JSON.stringify({ ...json, answers: [] }),
    JSON.stringify({ ...json, answers: [answer, answer] }),
    JSON.stringify({ ...json, answers: { 0: answer } }),
    raw.replace('"alpha"', '"\\u0061lpha"'),
    raw.slice(0, -1),
    "[]",
    "null",
    "",
  ];
  for (const form of forms) {
    assert.throws(() => checkBallot(form, election), Malformed, form.slice(0, 60));
  }
});

test("proofs may be neither missing, nor too many, nor of the other format", () => {
  const election = makeElection("Ed25519", [[2, 1, 1, true]]);
  const code = freshCode();
  const json = JSON.parse(makeBallot(election, code, [[0, 1, 0]]));
  const refuse = (edit) => {
    const copy = structuredClone(json);
    edit(copy.answers[0]);
    const raw = signAgain(copy, election, code);
    assert.throws(() => checkBallot(raw, election), Malformed, String(edit));
  };
  refuse((answer) => answer.overall_proof.pop());
  refuse((answer) => answer.overall_proof.push(answer.overall_proof[0]));
  refuse((answer) => answer.blank_proof.pop());
  refuse((answer) => delete answer.blank_proof);
  refuse((answer) => answer.individual_proofs.pop());
  refuse((answer) => answer.individual_proofs[0].push(answer.individual_proofs[0][0]));
  refuse((answer) => answer.choices.push(answer.choices[0]));
  refuse((answer) => (answer.choices = answer.choices.slice(1)));
  refuse((answer) => (answer.choices[0].gamma = "1"));
});

test("another voter's answers, another election's ballot and a foreign signature are refused", () => {
  const shape = [[2, 1, 1, true]];
  const election = makeElection("Ed25519", shape);
  const [mine, yours] = [freshCode(), freshCode()];
  const json = JSON.parse(makeBallot(election, yours, [[0, 1, 0]]));
  const own = JSON.parse(makeBallot(election, mine, [[0, 1, 0]]));
  const copied = signAgain({ ...own, answers: json.answers }, election, mine);
  assert.throws(() => checkBallot(copied, election), InvalidProof);
  assert.throws(() => checkBallot(signAgain(json, election, mine), election), InvalidSignature);
  const elsewhere = makeElection("Ed25519", shape);
  assert.throws(() => checkBallot(JSON.stringify(json), elsewhere), /another election/);
});

test("exchanged and repeated ciphertexts are refused", () => {
  const election = makeElection("Ed25519", [[2, 1, 1, false]]);
  const code = freshCode();
  const json = JSON.parse(makeBallot(election, code, [[0, 1]]));
  for (const order of [[1, 0], [0, 0], [1, 1]]) {
    const copy = structuredClone(json);
    const pick = (list) => order.map((i) => list[i]);
    copy.answers[0].choices = pick(copy.answers[0].choices);
    copy.answers[0].individual_proofs = pick(copy.answers[0].individual_proofs);
    assert.throws(() => checkBallot(signAgain(copy, election, code), election), InvalidProof);
  }
});

test("progress is told step by step, up to the end", () => {
  const election = makeElection("Ed25519", [[2, 1, 1, true], [2, 1, 1, false]]);
  const seen = [];
  const note = (done, total) => seen.push([done, total]);
  makeBallot(election, freshCode(), [[1, 0, 0], [0, 1]], systemRandom, note);
  assert.deepEqual(seen, Array.from({ length: 7 }, (_, i) => [i + 1, 7]));
});

test("randomness comes from the source it is given, and only from there", () => {
  const election = makeElection("Ed25519", [[2, 1, 1, true]]);
  const code = freshCode();
  const counter = () => {
    let n = 0;
    return (count) => Uint8Array.from({ length: count }, () => (n = (n * 31 + 7) % 251));
  };
  const seal = (random) => makeBallot(election, code, [[0, 1, 0]], random);
  assert.equal(seal(counter()), seal(counter()));
  assert.notEqual(seal(), seal());
});

test("the tracking number is 25 digits of the tracker's hash", () => {
  const name = "46Ek1HJsJp/nhKB4kq1iVo9BpN27ffHDiM5a8fuNoqU";
  const value = BigInt(`0x${Buffer.from(name, "base64").toString("hex")}`) % 10n ** 25n;
  assert.equal(trackerDigits(name), String(value).padStart(25, "0"));
  assert.equal(trackerDigits(tracker("{}")), trackerDigits("{}"));
  assert.equal(displayTracker("4821370952116408337720519"), "48213 70952 11640 83377 20519");
});

test("a definition we could not vote in is refused", () => {
  const json = JSON.parse(makeElection("Ed25519", [[2, 1, 1, true]]).raw);
  const refuse = (edit, kind) => {
    const copy = structuredClone(json);
    edit(copy, copy.questions[0]);
    assert.throws(() => parseElection(JSON.stringify(copy)), kind, String(edit));
  };
  refuse((e) => (e.version = 2), NotSupported);
  refuse((e) => (e.group = "X"), NotSupported);
  refuse((e) => (e.questions[0] = { type: "Lists", value: {} }), NotSupported);
  refuse((e) => (e.uuid = "short"), Malformed);
  refuse((e) => (e.questions[0] = { type: "Other", value: {} }), Malformed);
  refuse((e) => (e.administrator = 1), Malformed);
  refuse((e) => (e.public_key = "00"), Malformed);
  refuse((e, q) => (q.min = 2), Malformed);
  refuse((e, q) => (q.max = 3), Malformed);
  refuse((e, q) => (q.min = -1), Malformed);
  refuse((e, q) => (q.max = "1"), Malformed);
  refuse((e, q) => (q.blank = 1), Malformed);
  refuse((e, q) => (q.answers = [1, 2]), Malformed);
  assert.throws(() => parseElection("{"), Malformed);
  const [question] = json.questions;
  const wrapped = { ...json, questions: [{ type: "Homomorphic", value: question, extra: 1 }] };
  const [read] = parseElection(JSON.stringify(wrapped)).questions;
  assert.deepEqual(read.answers, question.answers);
});
