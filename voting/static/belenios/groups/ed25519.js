/** The prime-order subgroup of the curve of RFC 8032. */
import { hashInteger } from "../encoding.js";
import { Group, modPower, modulo } from "./base.js";

const P = 2n ** 255n - 19n;
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
const SQRT_MINUS_1 = modPower(2n, (P - 1n) / 4n, P);

/** x with v*x*x = u, or null. The candidate is u*v^3*(u*v^7)^((P-5)/8), RFC 8032 section 5.1.3. */
function squareRoot(u, v) {
  const x = (u * v ** 3n * modPower((u * v ** 7n) % P, (P - 5n) / 8n, P)) % P;
  for (const root of [x, (x * SQRT_MINUS_1) % P]) {
    if (modulo(v * root * root - u, P) === 0n) return root;
  }
  return null;
}

/**
 * The group of RFC 8032; an element is a point {x, y, z, t} in extended coordinates,
 * each known modulo P only (perhaps negative). Formulas: Hisil, Wong, Carter, Dawson 2008.
 */
export class Edwards extends Group {
  constructor() {
    super("Ed25519", 2n ** 252n + 27742317777372353535851937790883648493n);
    this.neutral = { x: 0n, y: 1n, z: 1n, t: 0n };
    this.generator = this.precompute(this.decode("6".repeat(62) + "58"));
    this.maxIntegers = 30;
    this.padding = 14;
  }

  multiply(p, q) {
    const a = ((p.y - p.x) * (q.y - q.x)) % P;
    const b = ((p.y + p.x) * (q.y + q.x)) % P;
    const c = (((2n * p.t * q.t) % P) * D) % P;
    const d = (2n * p.z * q.z) % P;
    return this.#complete(b - a, d - c, d + c, b + a);
  }

  square(p) {
    const a = (p.x * p.x) % P;
    const b = (p.y * p.y) % P;
    const c = (2n * p.z * p.z) % P;
    const h = a + b;
    const g = a - b;
    return this.#complete(h - (p.x + p.y) ** 2n, c + g, g, h);
  }

  #complete(e, f, g, h) {
    return { x: (e * f) % P, y: (g * h) % P, z: (f * g) % P, t: (e * h) % P };
  }

  invert({ x, y, z, t }) {
    return { x: -x, y, z, t: -t };
  }

  equal(p, q) {
    return (p.x * q.z - q.x * p.z) % P === 0n && (p.y * q.z - q.y * p.z) % P === 0n;
  }

  /** One modular inversion for the whole list (Montgomery's trick). */
  texts(points) {
    let product = 1n;
    const before = points.map(({ z }) => [product, (product = (product * z) % P)][0]);
    let inverse = modPower(product, P - 2n, P);
    const texts = [];
    for (let i = points.length - 1; i >= 0; i--) {
      const { x, y, z } = points[i];
      const scale = (inverse * before[i]) % P;
      inverse = (inverse * z) % P;
      const sign = modulo(x * scale, P) & 1n;
      texts[i] = ((sign << 255n) | modulo(y * scale, P)).toString(16).padStart(64, "0");
    }
    return texts;
  }

  decode(text) {
    return /^[0-9a-f]{64}$/.test(text) ? this.findElement(BigInt("0x" + text)) : null;
  }

  /** The point that a number of 256 bits stands for, or null: y, and above it the sign of x. */
  findElement(code) {
    const y = BigInt.asUintN(255, code);
    const sign = code >> 255n;
    const root = y < P ? squareRoot(y * y - 1n, D * y * y + 1n) : null;
    if (root === null) return null;
    const x = modulo(root, P);
    if (x === 0n && sign) return null;
    const signed = (x & 1n) === sign ? x : P - x;
    return { x: signed, y, z: 1n, t: (signed * y) % P };
  }

  toNumber(point) {
    return BigInt("0x" + this.text(point));
  }

  /** The order in which tallies and credentials are sorted: that of the bytes, lowest first. */
  sortKey(point) {
    return BigInt("0x" + this.text(point).match(/../g).reverse().join(""));
  }

  /** Generator i of the shuffle: nobody knows its logarithm. */
  deriveGenerator(i) {
    for (let code = hashInteger(`ggen|${i}`) >> 2n; ; code++) {
      let point = this.findElement(code);
      if (point === null) continue;
      for (let j = 0; j < 3; j++) point = this.square(point);
      return point;
    }
  }
}
