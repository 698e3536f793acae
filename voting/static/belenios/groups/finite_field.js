/** Subgroups of the integers mod p; an element is an integer. */
import { hashInteger } from "../encoding.js";
import { Group, modPower, modulo } from "./base.js";

export class FiniteField extends Group {
  constructor(name, p, q, g, maxIntegers = 0) {
    super(name, q);
    this.p = p;
    this.neutral = 1n;
    this.generator = this.precompute(g);
    this.maxIntegers = maxIntegers;
    this.padding = 8;
    this.hasSafePrime = p === 2n * q + 1n;
  }

  multiply(a, b) {
    return (a * b) % this.p;
  }

  square(a) {
    return (a * a) % this.p;
  }

  /** By the extended Euclidean algorithm. */
  invert(a) {
    let [r, s, x, y] = [this.p, a, 0n, 1n];
    while (s) {
      const quotient = r / s;
      [r, s] = [s, r - quotient * s];
      [x, y] = [y, x - quotient * y];
    }
    return modulo(x, this.p);
  }

  equal(a, b) {
    return a === b;
  }

  /** With a safe prime the members are exactly the quadratic residues. */
  isMember(element) {
    return this.hasSafePrime ? jacobi(element, this.p) === 1 : super.isMember(element);
  }

  /** Challenges are much shorter than the order here, so that a comb does not pay. */
  makePowers(element) {
    return this.hasSafePrime ? (exponent) => this.power(element, exponent) : super.makePowers(element);
  }

  parseBase(text) {
    if (!this.hasSafePrime) return super.parseBase(text);
    const element = this.parseElement(text);
    return { element, powers: this.makePowers(element) };
  }

  texts(elements) {
    return elements.map(String);
  }

  decode(text) {
    if (text.length > 617 || !/^[1-9][0-9]*$/.test(text)) return null;
    return this.findElement(BigInt(text));
  }

  findElement(number) {
    return number > 0n && number < this.p ? number : null;
  }

  toNumber(element) {
    return element;
  }

  /** The order in which tallies and credentials are sorted. */
  sortKey(element) {
    return element;
  }

  /** Generator i of the shuffle: nobody knows its logarithm. */
  deriveGenerator(i) {
    return modPower(hashInteger(`ggen|${i}`), (this.p - 1n) / this.order, this.p);
  }
}

const LOW = 7n;

/** The Jacobi symbol (a/n), n odd. */
export function jacobi(a, n) {
  let sign = 1;
  a = modulo(a, n);
  while (a) {
    const twos = trailingZeros(a);
    a >>= BigInt(twos);
    const low = Number(n & LOW);
    if (twos % 2 && (low === 3 || low === 5)) sign = -sign;
    if ((a & 3n) === 3n && (n & 3n) === 3n) sign = -sign;
    [a, n] = [n % a, a];
  }
  return n === 1n ? sign : 0;
}

function trailingZeros(a) {
  let count = 0;
  let low = Number(BigInt.asUintN(32, a));
  while (low === 0) {
    count += 32;
    low = Number(BigInt.asUintN(32, a >> BigInt(count)));
  }
  return count + 31 - Math.clz32(low & -low);
}
