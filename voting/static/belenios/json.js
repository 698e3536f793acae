/**
 * A reader of JSON that is stricter than JSON.parse where two readers could see two things: no field
 * stands in an object twice, and a number that is not written as an integer is NaN.
 */
const TOKEN = /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\.)*")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(true|false|null))[ \t\n\r]*/y;
const LITERALS = { true: true, false: false, null: null };
const LONGEST_NUMBER = 18;
const DEEPEST = 200;

/** The value that the text stands for; throws SyntaxError. */
export function readFreeJson(text) {
  const reader = new Reader(text);
  const value = reader.value(reader.next(), 0);
  if (reader.at !== text.length) throw new SyntaxError("more text after the value");
  return value;
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  next() {
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.text);
    if (match === null) throw new SyntaxError(`no JSON at ${this.at}`);
    this.at = TOKEN.lastIndex;
    return match;
  }

  value([, mark, string, number, literal], depth) {
    if (depth > DEEPEST) throw new SyntaxError("too deep");
    if (string !== undefined) return JSON.parse(string);
    if (literal !== undefined) return LITERALS[literal];
    if (number !== undefined) return this.number(number);
    if (mark === "[") return this.array(depth);
    if (mark === "{") return this.object(depth);
    throw new SyntaxError(`${mark} is out of place`);
  }

  number(text) {
    if (!/^-?[0-9]+$/.test(text)) return NaN;
    if (text.length > LONGEST_NUMBER) throw new SyntaxError("a number has too many digits");
    return Number(text);
  }

  array(depth) {
    const items = [];
    for (let token = this.next(); ; token = this.next()) {
      if (token[1] === "]" && !items.length) return items;
      items.push(this.value(token, depth + 1));
      if (this.isLast("]")) return items;
    }
  }

  object(depth) {
    const fields = new Map();
    for (let token = this.next(); ; token = this.next()) {
      if (token[1] === "}" && !fields.size) return {};
      if (token[2] === undefined) throw new SyntaxError("a field has no name");
      const name = JSON.parse(token[2]);
      if (fields.has(name)) throw new SyntaxError("an object has the same field twice");
      if (this.next()[1] !== ":") throw new SyntaxError("a colon is missing");
      fields.set(name, this.value(this.next(), depth + 1));
      if (this.isLast("}")) return Object.fromEntries(fields);
    }
  }

  isLast(closing) {
    const [, mark] = this.next();
    if (mark !== closing && mark !== ",") throw new SyntaxError("a comma is missing");
    return mark === closing;
  }
}
