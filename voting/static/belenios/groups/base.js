/**
 * What every group shares: powers by tables and windows, scalars, integers as elements.
 *
 * Elements are opaque: use multiply, invert, power, equal, text. BigInt arithmetic is not
 * constant in time; it runs on a voter's or trustee's own device, over values used once.
 */
import { hashInteger, toInteger } from "../encoding.js";
import { Malformed } from "../errors.js";

const WINDOW = 5;
const DIGITS = 1 << WINDOW;
const TEETH = 5;
const TABLES_KEPT = 6;

export const modulo = (x, m) => ((x % m) + m) % m;

export function modPower(base, exponent, modulus) {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

/** Digits of an exponent in base 2^WINDOW, least significant first. */
function windows(exponent) {
  return Array.from(exponent.toString(DIGITS), (digit) => parseInt(digit, DIGITS)).reverse();
}

export class Group {
  #tables = new Map();
  /** How many integers of 0..255 fit into one element; 0 means that none do. */
  maxIntegers = 0;
  /** How many low bits of an encoded number are left free, to find an element near it. */
  padding = 0;

  constructor(name, order) {
    this.name = name;
    this.order = order;
    this.bits = order.toString(2).length;
  }

  /** Keep powers of an element that is raised often (generator, election key). */
  precompute(element) {
    if (this.#tables.has(element)) return element;
    const table = [];
    for (let bits = this.bits, base = element; bits > 0; bits -= WINDOW) {
      const row = [this.neutral];
      for (let i = 1; i < DIGITS; i++) row.push(this.multiply(row[i - 1], base));
      table.push(row);
      base = this.multiply(row[DIGITS - 1], base);
    }
    if (this.#tables.size >= TABLES_KEPT) this.#forgetOldest();
    this.#tables.set(element, table);
    return element;
  }

  #forgetOldest() {
    for (const element of this.#tables.keys()) {
      if (element === this.generator) continue;
      this.#tables.delete(element);
      return;
    }
  }

  /** element^exponent, the exponent being any integer (taken modulo the order). */
  power(element, exponent) {
    const digits = windows(modulo(exponent, this.order));
    const table = this.#tables.get(element);
    if (!table) return this.rawPower(element, digits);
    return digits.reduce((result, d, i) => (d ? this.multiply(result, table[i][d]) : result), this.neutral);
  }

  /** By windows, without reducing the exponent: also right outside the group. */
  rawPower(element, digits) {
    const row = [this.neutral];
    for (let i = 1; i < DIGITS; i++) row.push(this.multiply(row[i - 1], element));
    let result = this.neutral;
    for (let i = digits.length - 1; i >= 0; i--) {
      for (let j = 0; j < WINDOW; j++) result = this.square(result);
      if (digits[i]) result = this.multiply(result, row[digits[i]]);
    }
    return result;
  }

  /**
   * A function exponent -> element^exponent that is dear to make and cheap to call: it pays from
   * the second power on. Exponents are not reduced, so it tests membership, too.
   */
  makePowers(element) {
    const columns = Math.ceil(this.bits / TEETH);
    const comb = [this.neutral, element];
    for (let tooth = 1, base = element; tooth < TEETH; tooth++) {
      for (let i = 0; i < columns; i++) base = this.square(base);
      for (let i = 0, size = comb.length; i < size; i++) comb.push(this.multiply(comb[i], base));
    }
    return (exponent) => {
      const bits = exponent.toString(2).padStart(TEETH * columns, "0");
      let result = this.neutral;
      for (let i = 0; i < columns; i++) {
        result = this.square(result);
        let digit = 0;
        for (let tooth = 0; tooth < TEETH; tooth++) digit = 2 * digit + +bits[tooth * columns + i];
        if (digit) result = this.multiply(result, comb[digit]);
      }
      return result;
    };
  }

  divide(a, b) {
    return this.multiply(a, this.invert(b));
  }

  text(element) {
    return this.texts([element])[0];
  }

  /** Decimal text to an integer 0 <= s < order. */
  parseScalar(text) {
    if (typeof text === "string" && text.length < 620 && /^(0|[1-9][0-9]*)$/.test(text)) {
      const scalar = BigInt(text);
      if (scalar < this.order) return scalar;
    }
    throw new Malformed("number not in range");
  }

  /** Text to an element: canonical form, and member of the group of prime order. */
  parseElement(text) {
    const element = this.decodeElement(text);
    if (!this.isMember(element)) throw new Malformed("not a group element");
    return element;
  }

  /** Text to an element WITHOUT checking that it is in the group: the caller owes that check. */
  decodeElement(text) {
    const element = typeof text === "string" ? this.decode(text) : null;
    if (element === null) throw new Malformed("not a group element");
    return element;
  }

  /** parseElement, and the powers of the element (see makePowers), which the check needs, too. */
  parseBase(text) {
    const element = this.decodeElement(text);
    const powers = this.makePowers(element);
    if (!this.equal(powers(this.order), this.neutral)) throw new Malformed("not a group element");
    return { element, powers };
  }

  isMember(element) {
    return this.equal(this.rawPower(element, windows(this.order)), this.neutral);
  }

  /** Uniform in 0..order-1, by rejection. */
  randomScalar(random) {
    for (;;) {
      const scalar = BigInt.asUintN(this.bits, toInteger(random(Math.ceil(this.bits / 8))));
      if (scalar < this.order) return scalar;
    }
  }

  hashToScalar(text) {
    return hashInteger(text) % this.order;
  }

  /** The element for these integers of 0..255: the first member at or after their number. */
  encodeIntegers(values) {
    if (values.length > this.maxIntegers) {
      throw new Malformed(`at most ${this.maxIntegers} integers fit into an element`);
    }
    if (values.some((value) => !Number.isInteger(value) || value < 0 || value > 255)) {
      throw new Malformed("an integer is not from 0 to 255");
    }
    const number = values.reduce((sum, value) => (sum << 8n) | BigInt(value), 0n);
    const first = number << BigInt(this.padding);
    for (let i = 0; i < 1 << this.padding; i++) {
      const element = this.findElement(first + BigInt(i));
      if (element !== null && this.isMember(element)) return element;
    }
    throw new Malformed("the integers cannot be encoded");
  }

  /** The integers that an element stands for, whatever the element is. */
  decodeIntegers(element, count) {
    const number = this.toNumber(element) >> BigInt(this.padding);
    return Array.from({ length: count }, (_, i) => {
      return Number((number >> BigInt(8 * (count - 1 - i))) & 255n);
    });
  }
}
