/**
 * Shuffles of the ciphertexts of non-homomorphic questions, and the proof that nothing was added,
 * dropped or changed: specification, "Shuffles". Anybody who checks derives the generators anew.
 */
import { checkFields, checkLength, hashHex, parseCanonical, systemRandom } from "./encoding.js";
import { InvalidProof, Malformed, located } from "./errors.js";
import { modulo } from "./groups/base.js";
import { productOfPowers } from "./groups/many.js";
import { parseTally, readCiphertexts, writeCiphertexts } from "./tally.js";

const PARTS = ["t", "s", "c", "ĉ"];

/** So many generators of whom nobody knows a logarithm, h first; refused if two are the same. */
function deriveGenerators(group, count) {
  const generators = Array.from({ length: count + 1 }, (_, i) => group.deriveGenerator(i - 1));
  const texts = new Set(group.texts([group.neutral, group.generator, ...generators]));
  if (texts.size !== count + 3) throw new InvalidProof("two generators are the same");
  return { h: generators[0], hs: generators.slice(1) };
}

/** Each text followed by a comma, also the last. */
const joinTexts = (texts) => texts.map((text) => `${text},`).join("");
const ciphertextTexts = (written) => written.flatMap(({ alpha, beta }) => [alpha, beta]);

/** The text of input, output and commitments, which both challenges bind. */
const statementText = (group, input, output, c) =>
  joinTexts([
    ...ciphertextTexts(writeCiphertexts(group, input)),
    ...ciphertextTexts(writeCiphertexts(group, output)),
    ...group.texts(c),
  ]);

function makeChallenges(group, fingerprint, statement, count) {
  const key = hashHex(`shuffle-challenges|${fingerprint}|${statement}`);
  return Array.from({ length: count }, (_, i) => group.hashToScalar(key + hashHex(String(i))));
}

function makeChallenge(election, commitments, chain, statement, links) {
  const { group, fingerprint, publicKey } = election;
  return group.hashToScalar(
    `shuffle-challenge|${fingerprint}|${joinTexts(group.texts(commitments))}` +
      `${joinTexts(group.texts(chain))}${statement}${joinTexts(group.texts(links))}` +
      group.text(publicKey),
  );
}

const sumOf = (order, left, right) =>
  left.reduce((sum, one, i) => (sum + one * right[i]) % order, 0n);

/** Numbers 0..count-1 in random order, every order equally likely. */
function makePermutation(count, random) {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = drawBelow(i + 1, random);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function drawBelow(limit, random) {
  const range = 2 ** 32 - (2 ** 32 % limit);
  for (;;) {
    const value = new DataView(Uint8Array.from(random(4)).buffer).getUint32(0);
    if (value < range) return value % limit;
  }
}

// Shuffling

/** Shuffle one list of ciphertexts: {output, proof}, the proof in JSON form. */
function shuffleList(election, input, random, step) {
  const { group, publicKey } = election;
  const draws = () => input.map(() => group.randomScalar(random));
  const order = makePermutation(input.length, random);
  const masks = draws();
  const hidden = input.map(({ alpha, beta }, i) => ({
    alpha: group.multiply(alpha, group.power(group.generator, masks[i])),
    beta: group.multiply(beta, group.power(publicKey, masks[i])),
  }));
  const output = order.map((j) => hidden[j]);
  step();
  const { h, hs } = deriveGenerators(group, input.length);
  const openings = draws();
  const c = [];
  order.forEach((j, i) => {
    c[j] = group.multiply(group.power(group.generator, openings[j]), hs[i]);
  });
  step();
  const witness = { order, masks, openings };
  return { output, proof: proveShuffle(election, { input, output, c, h, hs }, witness, random, step) };
}

function proveShuffle(election, { input, output, c, h, hs }, { order, masks, openings }, random, step) {
  const { group, publicKey } = election;
  const { generator: g, order: q } = group;
  const draws = () => input.map(() => group.randomScalar(random));
  const statement = statementText(group, input, output, c);
  const u = makeChallenges(group, election.fingerprint, statement, input.length);
  const permuted = order.map((j) => u[j]);
  const [linkOpenings, linkDraws, draw] = [draws(), draws(), draws()];
  const links = [];
  permuted.forEach((exponent, i) => {
    const before = i ? links[i - 1] : h;
    links.push(
      group.multiply(group.power(g, linkOpenings[i]), group.power(before, exponent)),
    );
  });
  step();
  const [w1, w2, w3, w4] = Array.from({ length: 4 }, () => group.randomScalar(random));
  const commitments = [
    group.power(g, w1),
    group.power(g, w2),
    group.multiply(group.power(g, w3), productOfPowers(group, hs, draw)),
    group.multiply(group.power(publicKey, -w4), productOfPowers(group, output.map((e) => e.beta), draw)),
    group.multiply(group.power(g, -w4), productOfPowers(group, output.map((e) => e.alpha), draw)),
  ];
  const chain = links.map((_, i) =>
    group.multiply(group.power(g, linkDraws[i]), group.power(i ? links[i - 1] : h, draw[i])),
  );
  step();
  const challenge = makeChallenge(election, commitments, chain, statement, links);
  const v = permuted.map(() => 1n);
  for (let i = v.length - 2; i >= 0; i--) v[i] = (permuted[i + 1] * v[i + 1]) % q;
  const respond = (w, secret) => String(modulo(w + challenge * secret, q));
  const s = [
    respond(w1, openings.reduce((sum, one) => sum + one, 0n)),
    respond(w2, sumOf(q, linkOpenings, v)),
    respond(w3, sumOf(q, openings, u)),
    respond(w4, sumOf(q, masks, u)),
    linkDraws.map((w, i) => respond(w, linkOpenings[i])),
    draw.map((w, i) => respond(w, permuted[i])),
  ];
  const [t1, t2, t3, t41, t42] = group.texts(commitments);
  return [[t1, t2, t3, [t41, t42], group.texts(chain)], s, group.texts(c), group.texts(links)];
}

const STEPS = 4;

/** The numbers of the questions whose ciphertexts are shuffled. */
const listShuffled = ({ questions }) =>
  questions.flatMap(({ kind }, i) => (kind === "nonhomomorphic" ? [i] : []));

/** Shuffle the tally's non-homomorphic questions: the shuffle record. */
export function makeShuffle(election, tallyRaw, random = systemRandom, progress = () => {}) {
  const { group } = election;
  const tally = parseTally(election, tallyRaw);
  const places = listShuffled(election);
  group.precompute(election.publicKey);
  let done = 0;
  const step = () => progress(++done, STEPS * places.length);
  const made = places.map((place) => shuffleList(election, tally[place], random, step));
  return JSON.stringify({
    ciphertexts: made.map(({ output }) => writeCiphertexts(group, output)),
    proofs: made.map(({ proof }) => proof),
  });
}

// Checking

/**
 * Raise InvalidProof (or Malformed), naming the check, unless the record shuffles this tally.
 * `progress(done, total)` is told of the steps of the work.
 */
export function checkShuffle(election, tallyRaw, raw, progress = () => {}) {
  const { group, questions } = election;
  const tally = parseTally(election, tallyRaw);
  const { outputs, proofs } = readShuffle(election, raw);
  const places = listShuffled(election);
  group.precompute(election.publicKey);
  const total = places.reduce((sum, place) => sum + countSteps(tally[place].length), 0);
  let done = 0;
  const step = () => progress(++done, total);
  places.forEach((place, i) =>
    located(`question ${place + 1} of ${questions.length}`, () => {
      const output = checkLength(outputs[i], tally[place].length, "ciphertexts");
      checkList(election, tally[place], readCiphertexts(group, output), proofs[i], step);
    }),
  );
}

/** Steps that the check of a list takes: each link of the chain, and the products before. */
const countSteps = (length) => length + BEFORE_CHAIN;
const BEFORE_CHAIN = 4;

function readShuffle(election, raw) {
  const { ciphertexts, proofs } = checkFields(
    parseCanonical(raw, "shuffle"),
    ["ciphertexts", "proofs"],
    "shuffle",
  );
  const count = listShuffled(election).length;
  return {
    outputs: checkLength(ciphertexts, count, "ciphertexts"),
    proofs: checkLength(proofs, count, "proofs"),
  };
}

function parseShuffleProof(group, value, count) {
  const [t, s, c, links] = checkLength(value, PARTS.length, "proof");
  checkLength(t, 5, "t");
  checkLength(s, 6, "s");
  const elements = (items, length, what) =>
    checkLength(items, length, what).map((text) => group.parseElement(text));
  const scalars = (items, length, what) =>
    checkLength(items, length, what).map((text) => group.parseScalar(text));
  return {
    commitments: [...elements(t.slice(0, 3), 3, "t"), ...elements(t[3], 2, "t4")],
    chain: elements(t[4], count, "t̂"),
    responses: scalars(s.slice(0, 4), 4, "s"),
    linkResponses: scalars(s[4], count, "ŝ"),
    permutedResponses: scalars(s[5], count, "s'"),
    c: elements(c, count, "c"),
    links: elements(links, count, "ĉ"),
  };
}

function checkList(election, input, output, value, step) {
  const { group, publicKey } = election;
  const { generator: g, order: q } = group;
  const proof = parseShuffleProof(group, value, input.length);
  const { commitments, chain, c, links } = proof;
  step();
  const { h, hs } = deriveGenerators(group, input.length);
  step();
  const statement = statementText(group, input, output, c);
  const u = makeChallenges(group, election.fingerprint, statement, input.length);
  const challenge = makeChallenge(election, commitments, chain, statement, links);
  const minus = q - challenge;
  const [s1, s2, s3, s4] = proof.responses;
  const check = (name, expected, found) => {
    if (!group.equal(expected, found)) throw new InvalidProof(`the check of ${name} fails`);
  };
  const times = (...elements) => elements.reduce((all, one) => group.multiply(all, one), group.neutral);
  const ratio = group.divide(times(...c), times(...hs));
  check("t1", commitments[0], times(group.power(ratio, minus), group.power(g, s1)));
  const product = u.reduce((all, one) => (all * one) % q, 1n);
  const last = group.divide(links.length ? links.at(-1) : h, group.power(h, product));
  check("t2", commitments[1], times(group.power(last, minus), group.power(g, s2)));
  const negated = u.map((one) => (one * minus) % q);
  const mixed = (left, right) =>
    productOfPowers(group, [...left, ...right], [...negated, ...proof.permutedResponses]);
  check("t3", commitments[2], times(group.power(g, s3), mixed(c, hs)));
  step();
  const [from, to] = ["beta", "alpha"].map((name) =>
    mixed(input.map((e) => e[name]), output.map((e) => e[name])),
  );
  check("t41", commitments[3], times(group.power(publicKey, -s4), from));
  check("t42", commitments[4], times(group.power(g, -s4), to));
  step();
  chain.forEach((found, i) => {
    const before = i ? links[i - 1] : h;
    const pair = productOfPowers(group, [links[i], before], [minus, proof.permutedResponses[i]]);
    check(`t̂ ${i + 1}`, found, times(group.power(g, proof.linkResponses[i]), pair));
    step();
  });
}

/** The tally that the next shuffle, a partial decryption and the result take. */
export function shuffledTally(election, tallyRaw, raw) {
  const tally = checkLength(
    parseCanonical(tallyRaw, "encrypted tally"),
    election.questions.length,
    "encrypted tally",
  );
  const { outputs } = readShuffle(election, raw);
  listShuffled(election).forEach((place, i) => {
    if (!Array.isArray(outputs[i])) throw new Malformed("expected a list of ciphertexts");
    tally[place] = outputs[i];
  });
  return JSON.stringify(tally);
}
