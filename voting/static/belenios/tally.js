/**
 * From ballots to numbers: encrypted tally, partial decryptions, result. A decryption is only ever
 * checked against a tally that the checker computed: the proofs do not bind the ciphertexts.
 */
import { needsShuffle } from "./election.js";
import { checkFields, checkLength, parseCanonical, systemRandom } from "./encoding.js";
import { InvalidTally, Malformed, located } from "./errors.js";
import { discreteLogarithms } from "./groups/many.js";
import { checkEquality, makeEquality, parseProof, proofToJson } from "./proofs.js";

const LARGEST_JSON_WEIGHT = 2 ** 30 - 1;
const LARGEST_COUNT = 10 ** 9;

const isHomomorphic = (question) => question.kind === "homomorphic";
const lengthOf = ({ answers, blank }) => answers.length + (blank ? 1 : 0);

/** A weight or a count (BigInt) in JSON form: a number up to 2^30-1, a string above. */
export const encodeWeight = (weight) =>
  weight <= LARGEST_JSON_WEIGHT ? Number(weight) : String(weight);

/** Read a weight or a count in that form: a BigInt, 0 <= weight < limit. */
export function parseWeight(value, limit) {
  const isSmall = Number.isInteger(value) && 0 <= value && value <= LARGEST_JSON_WEIGHT;
  const isLarge = typeof value === "string" && /^[1-9][0-9]{0,700}$/.test(value);
  if (!isSmall && !isLarge) throw new Malformed("a count is not in its one form");
  const weight = BigInt(value);
  if (isLarge && weight <= LARGEST_JSON_WEIGHT) throw new Malformed("a count is not in its one form");
  if (weight >= limit) throw new Malformed("a count is not in range");
  return weight;
}

/** Components of a list of ciphertexts {alpha, beta} in JSON form. */
export function writeCiphertexts(group, ciphertexts) {
  const texts = group.texts(ciphertexts.flatMap(({ alpha, beta }) => [alpha, beta]));
  return ciphertexts.map((_, i) => ({ alpha: texts[2 * i], beta: texts[2 * i + 1] }));
}

/** Ciphertexts from JSON, every element in the group. */
export function readCiphertexts(group, values) {
  if (!Array.isArray(values)) throw new Malformed("expected a list of ciphertexts");
  return values.map((value, i) =>
    located(`ciphertext ${i + 1}`, () => {
      const { alpha, beta } = checkFields(value, ["alpha", "beta"], "ciphertext");
      return { alpha: group.parseElement(alpha), beta: group.parseElement(beta) };
    }),
  );
}

/** Adds counted ballots together: multiplies what is homomorphic, collects and sorts the rest. */
export class TallyAccumulator {
  #isWeighted = false;

  constructor(election) {
    const { neutral } = election.group;
    this.election = election;
    this.numTallied = 0;
    this.totalWeight = 0n;
    this.sums = election.questions.map((question) =>
      isHomomorphic(question)
        ? Array.from({ length: lengthOf(question) }, () => ({ alpha: neutral, beta: neutral }))
        : [],
    );
  }

  /** Count the answers of a checked ballot with this weight (BigInt, at least 0). */
  add({ answers }, weight = 1n) {
    const { group, questions } = this.election;
    const weigh = (element) => (weight === 1n ? element : group.power(element, weight));
    questions.forEach((question, i) => {
      if (!isHomomorphic(question)) {
        this.sums[i].push(...answers[i]);
        return;
      }
      answers[i].forEach(({ alpha, beta }, j) => {
        const sum = this.sums[i][j];
        this.sums[i][j] = {
          alpha: group.multiply(sum.alpha, weigh(alpha)),
          beta: group.multiply(sum.beta, weigh(beta)),
        };
      });
    });
    this.numTallied += 1;
    this.totalWeight += weight;
    this.#isWeighted ||= weight !== 1n;
  }

  /** What was counted as plain data, for `merge` in another worker. */
  toJson() {
    const { group } = this.election;
    return {
      sums: this.sums.map((row) => writeCiphertexts(group, row)),
      numTallied: this.numTallied,
      totalWeight: String(this.totalWeight),
      isWeighted: this.#isWeighted,
    };
  }

  /** Add all that another one counted. Its elements were in the group: it is one of ours. */
  merge({ sums, numTallied, totalWeight, isWeighted }) {
    const { group, questions } = this.election;
    const read = ({ alpha, beta }) => ({
      alpha: group.decodeElement(alpha),
      beta: group.decodeElement(beta),
    });
    sums.forEach((row, i) => {
      const added = row.map(read);
      if (isHomomorphic(questions[i])) {
        this.sums[i] = this.sums[i].map(({ alpha, beta }, j) => ({
          alpha: group.multiply(alpha, added[j].alpha),
          beta: group.multiply(beta, added[j].beta),
        }));
      } else {
        this.sums[i].push(...added);
      }
    });
    this.numTallied += numTallied;
    this.totalWeight += BigInt(totalWeight);
    this.#isWeighted ||= isWeighted;
  }

  /** The encrypted tally record; InvalidTally when a weight cannot be counted. */
  encryptedTally() {
    const { group, questions } = this.election;
    if (this.#isWeighted && needsShuffle(this.election)) {
      throw new InvalidTally("a ballot that is to be shuffled has a weight that is not 1");
    }
    return JSON.stringify(
      questions.map((question, i) => {
        const written = writeCiphertexts(group, this.sums[i]);
        return isHomomorphic(question) ? written : sortCiphertexts(group, this.sums[i], written);
      }),
    );
  }
}

function sortCiphertexts(group, ciphertexts, written) {
  const keyed = ciphertexts.map(({ alpha, beta }, i) => ({
    keys: [group.sortKey(alpha), group.sortKey(beta)],
    json: written[i],
  }));
  const compare = (a, b) => (a < b ? -1 : Number(a > b));
  keyed.sort((a, b) => compare(a.keys[0], b.keys[0]) || compare(a.keys[1], b.keys[1]));
  return keyed.map(({ json }) => json);
}

/** Read an encrypted tally (perhaps shuffled), every element in the group. */
export function parseTally(election, raw) {
  const answers = checkLength(
    parseCanonical(raw, "encrypted tally"),
    election.questions.length,
    "encrypted tally",
  );
  return election.questions.map((question, i) =>
    located(`encrypted tally, question ${i + 1}`, () => {
      if (isHomomorphic(question)) checkLength(answers[i], lengthOf(question), "ciphertexts");
      return readCiphertexts(election.group, answers[i]);
    }),
  );
}

// Partial decryptions

const decryptPrefix = ({ group, fingerprint }, key) =>
  `decrypt|${fingerprint}|${group.text(key)}|`;

/**
 * Use a trustee's private key (BigInt) on the tally: the partial decryption record. The trustee must
 * have computed the tally from the ballots. `progress(done, total)` is told of each ciphertext.
 */
export function makePartialDecryption(
  election,
  tallyRaw,
  privateKey,
  random = systemRandom,
  progress = () => {},
) {
  const { group } = election;
  const prefix = decryptPrefix(election, group.power(group.generator, privateKey));
  const tally = parseTally(election, tallyRaw);
  const total = tally.flat().length;
  let done = 0;
  const factor = ({ alpha }) => group.power(alpha, privateKey);
  const proof = ({ alpha }) => {
    progress(++done, total);
    return proofToJson(makeEquality(group, prefix, alpha, privateKey, random));
  };
  return JSON.stringify({
    decryption_factors: tally.map((answer) => group.texts(answer.map(factor))),
    decryption_proofs: tally.map((answer) => answer.map(proof)),
  });
}

/** The decryption factors in `raw`, all proved right for this trustee's key and this tally. */
export function checkPartialDecryption(election, key, tallyRaw, raw, tell = () => {}) {
  const { group } = election;
  const tally = parseTally(election, tallyRaw);
  const prefix = decryptPrefix(election, key);
  const { decryption_factors: factors, decryption_proofs: proofs } = checkFields(
    parseCanonical(raw, "partial decryption"),
    ["decryption_factors", "decryption_proofs"],
    "partial decryption",
  );
  checkLength(factors, tally.length, "decryption_factors");
  checkLength(proofs, tally.length, "decryption_proofs");
  return tally.map((answer, i) => {
    checkLength(factors[i], answer.length, `question ${i + 1}`);
    checkLength(proofs[i], answer.length, `question ${i + 1}`);
    return answer.map(({ alpha }, j) =>
      located(`question ${i + 1}, ciphertext ${j + 1}`, () => {
        const factor = group.parseElement(factors[i][j]);
        const proof = parseProof(group, proofs[i][j], "proof");
        checkEquality(group, prefix, key, alpha, factor, proof);
        tell();
        return factor;
      }),
    );
  });
}

/** Owner -> factors of what is proved right (`good`), owner -> error of the rest (`faults`). */
export function siftDecryptions(election, trustees, tallyRaw, decryptions, tell) {
  const [good, faults] = [new Map(), new Map()];
  for (const [owner, raw] of [...decryptions].sort(([a], [b]) => a - b)) {
    try {
      const factors = located(`partial decryption of trustee ${owner}`, () =>
        checkPartialDecryption(election, trustees.publicKeyOf(owner), tallyRaw, raw, tell),
      );
      good.set(owner, factors);
    } catch (error) {
      faults.set(owner, error);
    }
  }
  return { good, faults };
}

/** Owner -> decryption factors (a Map, as `decryptions` is), every one proved right. */
export function checkDecryptions(election, trustees, tallyRaw, decryptions, tell) {
  const { good, faults } = siftDecryptions(election, trustees, tallyRaw, decryptions, tell);
  for (const error of faults.values()) throw error;
  return good;
}

/** What every ciphertext hides; Malformed when a needed trustee is missing. */
function combineFactors(election, trustees, tallyRaw, factors) {
  const { group } = election;
  return parseTally(election, tallyRaw).map((answer, i) =>
    answer.map(({ beta }, j) => {
      const shares = new Map([...factors].map(([owner, rows]) => [owner, rows[i][j]]));
      return group.divide(beta, trustees.combine(shares));
    }),
  );
}

// Result

/**
 * Combine the partial decryptions (a Map owner -> record) into the result record. A wrong decryption
 * is left out where the others are enough. `totalWeight` bounds every count.
 */
export function makeResult(election, trustees, tallyRaw, decryptions, totalWeight = LARGEST_COUNT) {
  const { good, faults } = siftDecryptions(election, trustees, tallyRaw, decryptions);
  for (const error of faults.values()) if (!trustees.isEnough(good.keys())) throw error;
  const messages = combineFactors(election, trustees, tallyRaw, good);
  const { group, questions } = election;
  const result = questions.map((question, i) =>
    isHomomorphic(question)
      ? discreteLogarithms(group, messages[i], totalWeight).map(encodeWeight)
      : messages[i].map((message) => group.decodeIntegers(message, question.answers.length)),
  );
  return JSON.stringify({ result });
}

/** Read a result record: per question the counts (BigInt), or the papers (lists of numbers). */
export function parseResult(election, raw) {
  const { result } = checkFields(parseCanonical(raw, "result"), ["result"], "result");
  checkLength(result, election.questions.length, "result");
  return election.questions.map((question, i) =>
    located(`result of question ${i + 1}`, () => {
      if (isHomomorphic(question)) {
        const row = checkLength(result[i], lengthOf(question), "counts");
        return row.map((value) => parseWeight(value, election.group.order));
      }
      if (!Array.isArray(result[i])) throw new Malformed("expected a list of papers");
      return result[i].map((paper) => parsePaper(question, paper));
    }),
  );
}

function parsePaper({ answers }, paper) {
  checkLength(paper, answers.length, "paper");
  if (paper.every((number) => Number.isInteger(number) && 0 <= number && number <= 255)) return paper;
  throw new Malformed("a paper has something else than numbers from 0 to 255");
}

/** What is in the result record, if the checked factors open the tally to exactly this. */
export function checkResult(election, trustees, tallyRaw, factors, raw, totalWeight) {
  const { group, questions } = election;
  const result = parseResult(election, raw);
  const messages = combineFactors(election, trustees, tallyRaw, factors);
  questions.forEach((question, i) => {
    const where = `result of question ${i + 1}`;
    if (isHomomorphic(question)) {
      result[i].forEach((count, j) =>
        located(`${where}, count ${j + 1}`, () => checkCount(group, count, messages[i][j], totalWeight)),
      );
      return;
    }
    const papers = messages[i].map((one) => group.decodeIntegers(one, question.answers.length));
    if (JSON.stringify(papers) !== JSON.stringify(result[i])) {
      throw new InvalidTally(`${where}: the papers are not what the shuffled ballots open to`);
    }
  });
  return result;
}

function checkCount(group, count, message, totalWeight) {
  if (count > totalWeight) throw new InvalidTally("the count is larger than the total weight");
  if (!group.equal(group.power(group.generator, count), message)) {
    throw new InvalidTally("the count is not what the tally opens to");
  }
}
