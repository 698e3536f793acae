/** The trustees of an election: single ones, all of whom are needed, and groups with a threshold. */
import { checkLength, parseCanonical } from "./encoding.js";
import { Malformed, located } from "./errors.js";
import { modPower, modulo } from "./groups/base.js";
import { productOfPowers } from "./groups/many.js";
import { parsePedersen } from "./threshold.js";
import { checkTrusteeKey, parseTrusteeKey } from "./trustee_key.js";

export { checkTrusteeKey, makeTrusteeKey, parseTrusteeKey } from "./trustee_key.js";

/** Index -> exponent with which the shares of these trustees give the whole. */
export function makeLagrange(indices, order) {
  return new Map(
    indices.map((index) => {
      let [above, below] = [1n, 1n];
      for (const other of indices) {
        if (other === index) continue;
        above = (above * BigInt(other)) % order;
        below = modulo(below * BigInt(other - index), order);
      }
      return [index, (above * modPower(below, order - 2n, order)) % order];
    }),
  );
}

/** All trustees. Their ids (`owner`) count from 1, through all items. */
export class Trustees {
  constructor(group, items) {
    this.group = group;
    this.items = items;
    this.keys = items.flatMap((item) => item.keys ?? [item]);
  }

  get length() {
    return this.keys.length;
  }

  /** The key that ballots are sealed with: the product of all public keys. */
  electionKey() {
    const { group } = this;
    return this.items.reduce((all, item) => group.multiply(all, item.publicKey), group.neutral);
  }

  publicKeyOf(owner) {
    if (!(1 <= owner && owner <= this.length)) throw new Malformed(`there is no trustee ${owner}`);
    return this.keys[owner - 1].publicKey;
  }

  isEnough(owners) {
    try {
      this.listExponents(owners);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Owner -> exponent of its factor, for those that are used; Malformed when they are not enough.
   * Of a group with a threshold the lowest-numbered ones are used, as many as are needed.
   */
  listExponents(owners) {
    const present = new Set(owners);
    const exponents = new Map();
    let first = 1;
    for (const item of this.items) {
      const size = item.keys?.length ?? 1;
      const indices = Array.from({ length: size }, (_, i) => i + 1).filter((index) =>
        present.has(first + index - 1),
      );
      const needed = item.keys ? item.threshold : 1;
      if (indices.length < needed) {
        const what = item.keys ? `${needed} of ${size} trustees` : "every trustee";
        throw new Malformed(`partial decryptions of ${what} are needed, found ${indices.length}`);
      }
      for (const [index, exponent] of makeLagrange(indices.slice(0, needed), this.group.order)) {
        exponents.set(first + index - 1, exponent);
      }
      first += size;
    }
    return exponents;
  }

  /** The decryption factor of the election key from those of trustees (a Map owner -> factor). */
  combine(factors) {
    const { group } = this;
    const exponents = this.listExponents(factors.keys());
    const [used, powers] = [[...exponents.keys()], [...exponents.values()]];
    if (powers.every((power) => power === 1n)) {
      return used.reduce((all, owner) => group.multiply(all, factors.get(owner)), group.neutral);
    }
    return productOfPowers(group, used.map((owner) => factors.get(owner)), powers);
  }
}

/** The trustees record: keys (JSON objects) of single trustees, then parameters (texts) of groups. */
export const makeTrustees = (keys, pedersen = []) =>
  JSON.stringify([
    ...keys.map((key) => ["Single", key]),
    ...pedersen.map((raw) => ["Pedersen", parseCanonical(raw, "parameters")]),
  ]);

/** Read the trustees record and check every proof and signature in it. */
export function parseTrustees(group, raw) {
  const items = parseCanonical(raw, "trustees");
  if (!Array.isArray(items) || !items.length) throw new Malformed("there is no trustee");
  const parsed = items.map((item, i) => located(`trustee ${i + 1}`, () => parseItem(group, item)));
  return new Trustees(group, parsed);
}

function parseItem(group, item) {
  const [kind, value] = checkLength(item, 2, "trustee");
  if (kind === "Pedersen") return parsePedersen(group, value);
  if (kind !== "Single") throw new Malformed("the kind of trustee is not known");
  const key = parseTrusteeKey(group, value);
  checkTrusteeKey(group, key);
  return key;
}
