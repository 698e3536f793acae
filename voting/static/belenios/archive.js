/**
 * The `.bel` archive: an old tar file of records, laid out to the byte. A source is whatever has
 * `size` and `read(start, end)` (a promise of bytes), so that a large file is never whole in memory.
 */
import { isHash, toHex, utf8 } from "./encoding.js";
import { InvalidArchive } from "./errors.js";
import { sha256 } from "./sha256.js";

const BLOCK = 512;
const CHUNK = 2 ** 20;
const MAX_RECORD_BYTES = 2 ** 30;
const NAME_BYTES = 100;
const HEADER_NAME = "BELENIOS";
const HEADER = /^\{"version":([0-9]{1,9}),"timestamp":("?)(0|[1-9][0-9]{0,10})\2\}$/;
const OCTAL = /^[0-7]{11}$/;

const latin1 = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");

/** The text that bytes stand for in UTF-8; InvalidArchive or `refuse()` decide what else happens. */
export function decodeText(bytes) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** A source over bytes in memory, or over a file that somebody chose (a Blob). */
export function makeSource(data) {
  if (typeof Blob !== "undefined" && data instanceof Blob) {
    const read = async (start, end) => new Uint8Array(await data.slice(start, end).arrayBuffer());
    return { size: data.size, read };
  }
  const bytes = new Uint8Array(data);
  return { size: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
}

/** Hands out a source piece by piece, reading ahead. */
class Stream {
  constructor(source) {
    this.source = source;
    this.at = 0;
    this.kept = new Uint8Array(0);
  }

  /** Up to `count` bytes; fewer only where the source ends. */
  async take(count) {
    if (this.kept.length < count) {
      const start = this.at + this.kept.length;
      const end = Math.min(this.source.size, this.at + Math.max(count, CHUNK));
      const more = await this.source.read(start, end);
      const whole = new Uint8Array(this.kept.length + more.length);
      whole.set(this.kept);
      whole.set(more, this.kept.length);
      this.kept = whole;
    }
    const taken = this.kept.subarray(0, count);
    this.kept = this.kept.subarray(taken.length);
    this.at += taken.length;
    return taken;
  }
}

/** The 512-byte header of a member, as the specification lays it out. */
export function makeMemberHeader(name, size, timestamp) {
  const block = new Uint8Array(BLOCK);
  const put = (text, at) => block.set(utf8(text), at);
  const octal = (number, length) => number.toString(8).padStart(length, "0");
  put(name, 0);
  put("0000644", 100);
  put("0000000", 108);
  put("0000000", 116);
  put(octal(size, 11), 124);
  put(octal(timestamp, 11), 136);
  put(" ".repeat(8), 148);
  put("0", 156);
  put(`${octal(block.reduce((sum, byte) => sum + byte, 0), 6)}\0 `, 148);
  return block;
}

const isSame = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/**
 * The records of an archive after its header, one at a time: {number, timestamp, hash, isEvent,
 * content}. InvalidArchive, with the record's number, unless every byte is as specified.
 */
export async function* readArchive(source) {
  const stream = new Stream(source);
  const timestamp = await readHeader(stream);
  for (let number = 2; ; number++) {
    const block = await stream.take(BLOCK);
    if (!block.length) return;
    const { name, size } = parseBlock(block, number, timestamp);
    const content = await readContent(stream, size, number);
    const [hash, suffix] = [name.slice(0, 64), name.slice(64)];
    if (![".data.json", ".event.json"].includes(suffix) || !isHash(hash)) {
      throw new InvalidArchive(
        `record ${number}: the name is not a hash with .data.json or .event.json`,
      );
    }
    if (toHex(sha256(content)) !== hash) {
      throw new InvalidArchive(`record ${number}: the name is not the hash of the content`);
    }
    yield { number, timestamp, hash, isEvent: suffix === ".event.json", content, end: stream.at };
  }
}

async function readHeader(stream) {
  const refuse = (what) => new InvalidArchive(`record 1: ${what}`);
  const block = await stream.take(BLOCK);
  if (!block.length) throw refuse("the file is empty");
  if (block.length < BLOCK || latin1(block.subarray(0, 9)) !== `${HEADER_NAME}\0`) {
    throw refuse("this is not a Belenios archive");
  }
  const size = latin1(block.subarray(124, 135));
  const odd = refuse("the header is not in canonical form");
  if (!OCTAL.test(size) || parseInt(size, 8) > BLOCK) throw odd;
  const content = await readContent(stream, parseInt(size, 8), 1);
  const match = HEADER.exec(latin1(content));
  if (match === null) throw odd;
  if (match[1] !== "1") throw refuse("the version of the archive is not 1: others are not supported");
  const timestamp = Number(match[3]);
  if (timestamp >= 8 ** 11) throw odd;
  if (!isSame(makeMemberHeader(HEADER_NAME, content.length, timestamp), block)) throw odd;
  return timestamp;
}

function parseBlock(block, number, timestamp) {
  const refuse = (what) => new InvalidArchive(`record ${number}: ${what}`);
  if (block.length < BLOCK) throw refuse("the file ends in the middle of the record");
  if (block.every((byte) => byte === 0)) throw refuse("zero blocks are not part of an archive");
  const name = latin1(block.subarray(0, NAME_BYTES)).replace(/\0+$/, "");
  if (!/^[\x00-\x7f]*$/.test(name)) throw refuse("the name is not plain text");
  const octal = latin1(block.subarray(124, 135));
  if (!OCTAL.test(octal)) throw refuse("the size is not an octal number");
  const size = parseInt(octal, 8);
  if (!isSame(makeMemberHeader(name, size, timestamp), block)) {
    throw refuse("the tar header is not in canonical form");
  }
  return { name, size };
}

async function readContent(stream, size, number) {
  if (size > MAX_RECORD_BYTES) throw new InvalidArchive(`record ${number}: the record is too large`);
  const padded = Math.ceil(size / BLOCK) * BLOCK;
  const whole = await stream.take(padded);
  if (whole.length < padded) {
    throw new InvalidArchive(`record ${number}: the file ends in the middle of the record`);
  }
  if (whole.subarray(size).some((byte) => byte !== 0)) {
    throw new InvalidArchive(`record ${number}: the padding is not zero`);
  }
  return whole.subarray(0, size);
}
