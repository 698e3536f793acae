/**
 * What is done with many elements at once, when votes are counted or mixed; sealing needs none of it.
 */
import { InvalidTally } from "../errors.js";

/** Digits of an exponent in base 2^bits, least significant first, padded to `count`. */
function digitsOf(exponent, bits, count) {
  const text = exponent.toString(2).padStart(bits * count, "0");
  return Array.from({ length: count }, (_, i) =>
    parseInt(text.slice(text.length - bits * (i + 1), text.length - bits * i), 2),
  );
}

/** The product of elements[i]^exponents[i] (integers >= 0), by buckets: fast for many. */
export function productOfPowers(group, elements, exponents) {
  const longest = exponents.reduce((most, e) => (e > most ? e : most), 0n).toString(2).length;
  const window = Math.max(2, Math.min(12, Math.round(Math.log2(elements.length + 1)) - 1));
  const count = Math.ceil(longest / window);
  const digits = exponents.map((exponent) => digitsOf(exponent, window, count));
  let result = group.neutral;
  for (let place = count - 1; place >= 0; place--) {
    for (let i = 0; i < window; i++) result = group.square(result);
    const buckets = new Array(1 << window).fill(null);
    elements.forEach((element, i) => {
      const digit = digits[i][place];
      if (digit) buckets[digit] = buckets[digit] ? group.multiply(buckets[digit], element) : element;
    });
    let [running, sum] = [null, null];
    for (let digit = buckets.length - 1; digit > 0; digit--) {
      const bucket = buckets[digit];
      if (bucket) running = running ? group.multiply(running, bucket) : bucket;
      if (running) sum = sum ? group.multiply(sum, running) : running;
    }
    if (sum) result = group.multiply(result, sum);
  }
  return result;
}

/** n with generator^n = element and 0 <= n <= bound, for each element; InvalidTally if none. */
export function discreteLogarithms(group, elements, bound) {
  const root = Math.floor(Math.sqrt(bound * Math.max(1, elements.length))) + 1;
  const size = Math.min(bound + 1, root);
  const steps = new Map();
  for (const text of group.texts(series(group, size))) {
    steps.set(text, steps.size);
  }
  const giant = group.power(group.generator, -BigInt(size));
  return elements.map((target) => {
    let element = target;
    for (let count = 0; count <= bound; count += size) {
      const found = steps.get(group.text(element));
      if (found !== undefined && count + found <= bound) return count + found;
      element = group.multiply(element, giant);
    }
    throw new InvalidTally("a decrypted count is larger than the total weight");
  });
}

/** The powers 0, 1, 2, ... of the generator. */
function series(group, length) {
  const powers = [group.neutral];
  while (powers.length < length) powers.push(group.multiply(powers.at(-1), group.generator));
  return powers;
}
