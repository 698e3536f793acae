/**
 * The groups: specification, "Group parameters". One interface, two kinds of element.
 *
 * Elements are opaque: use multiply, invert, power, equal, text. BigInt arithmetic is not
 * constant in time; it runs on the voter's own device, over values used once.
 */
import { Malformed, NotSupported } from "./errors.js";
import { hashInteger, toInteger } from "./encoding.js";

const WINDOW = 5;
const DIGITS = 1 << WINDOW;

const modulo = (x, m) => ((x % m) + m) % m;

function modPower(base, exponent, modulus) {
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

class Group {
  #tables = new Map();

  constructor(name, order) {
    this.name = name;
    this.order = order;
  }

  /** Keep powers of an element that is raised often (generator, election key). */
  precompute(element) {
    if (this.#tables.has(element)) return element;
    const table = [];
    for (let bits = this.order.toString(2).length, base = element; bits > 0; bits -= WINDOW) {
      const row = [this.neutral];
      for (let i = 1; i < DIGITS; i++) row.push(this.multiply(row[i - 1], base));
      table.push(row);
      base = this.multiply(row[DIGITS - 1], base);
    }
    this.#tables.set(element, table);
    return element;
  }

  /** element^exponent, the exponent being any integer (taken modulo the order). */
  power(element, exponent) {
    const digits = windows(modulo(exponent, this.order));
    const table = this.#tables.get(element);
    if (!table) return this.rawPower(element, digits);
    return digits.reduce((result, d, i) => this.multiply(result, table[i][d]), this.neutral);
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
    const element = typeof text === "string" ? this.decode(text) : null;
    if (element === null || !this.isMember(element)) throw new Malformed("not a group element");
    return element;
  }

  isMember(element) {
    return this.equal(this.rawPower(element, windows(this.order)), this.neutral);
  }

  /** Uniform in 0..order-1, by rejection. */
  randomScalar(random) {
    const bits = this.order.toString(2).length;
    for (;;) {
      const scalar = BigInt.asUintN(bits, toInteger(random(Math.ceil(bits / 8))));
      if (scalar < this.order) return scalar;
    }
  }

  hashToScalar(text) {
    return hashInteger(text) % this.order;
  }
}

/** Multiplicative subgroup of prime order modulo p; an element is an integer. */
class FiniteField extends Group {
  constructor(name, p, q, g) {
    super(name, q);
    this.p = p;
    this.neutral = 1n;
    this.generator = this.precompute(g);
  }

  multiply(a, b) {
    return (a * b) % this.p;
  }

  square(a) {
    return (a * a) % this.p;
  }

  invert(a) {
    return this.power(a, -1n);
  }

  equal(a, b) {
    return a === b;
  }

  texts(elements) {
    return elements.map(String);
  }

  decode(text) {
    if (text.length > 617 || !/^[1-9][0-9]*$/.test(text)) return null;
    const element = BigInt(text);
    return element < this.p ? element : null;
  }
}

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
class Edwards extends Group {
  constructor() {
    super("Ed25519", 2n ** 252n + 27742317777372353535851937790883648493n);
    this.neutral = { x: 0n, y: 1n, z: 1n, t: 0n };
    this.generator = this.precompute(this.decode("6".repeat(62) + "58"));
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
    if (!/^[0-9a-f]{64}$/.test(text)) return null;
    const code = BigInt("0x" + text);
    const y = BigInt.asUintN(255, code);
    const sign = code >> 255n;
    const root = y < P ? squareRoot(y * y - 1n, D * y * y + 1n) : null;
    if (root === null) return null;
    const x = modulo(root, P);
    if (x === 0n && sign) return null;
    const signed = (x & 1n) === sign ? x : P - x;
    return { x: signed, y, z: 1n, t: (signed * y) % P };
  }
}

const makers = new Map([
  ["Ed25519", () => new Edwards()],
  ["BELENIOS-2048", (name) =>
    new FiniteField(
      name,
      20694785691422546401013643657505008064922989295751104097100884787057374219242717401922237254497684338129066633138078958404960054389636289796393038773905722803605973749427671376777618898589872735865049081167099310535867780980030790491654063777173764198678527273474476341835600035698305193144284561701911000786737307333564123971732897913240474578834468260652327974647951137672658693582180046317922073668860052627186363386088796882120769432366149491002923444346373222145884100586421050242120365433561201320481118852408731077014151666200162313177169372189248078507711827842317498073276598828825169183103125680162072880719n,
      78571733251071885079927659812671450121821421258408794611510081919805623223441n,
      2402352677501852209227687703532399932712287657378364916510075318787663274146353219320285676155269678799694668298749389095083896573425601900601068477164491735474137283104610458681314511781646755400527402889846139864532661215055797097162016168270312886432456663834863635782106154918419982534315189740658186868651151358576410138882215396016043228843603930989333662772848406593138406010231675095763777982665103606822406635076697764025346253773085133173495194248967754052573659049492477631475991575198775177711481490920456600205478127054728238140972518639858334115700568353695553423781475582491896050296680037745308460627n,
    )],
]);
const known = new Map();

/** The group of this name; NotSupported for any other. Made once, tables and all. */
export function getGroup(name) {
  if (!makers.has(name)) throw new NotSupported(`group ${JSON.stringify(name)}`);
  if (!known.has(name)) known.set(name, makers.get(name)(name));
  return known.get(name);
}
