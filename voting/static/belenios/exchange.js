/**
 * The files that a scrutineer and the service exchange, and one step of the work on them: the
 * mirror of belenios/exchange.py. Key file, task and answer are compact JSON texts.
 */
import {
  makeCertificate,
  makeContribution,
  makeOutput,
  openCeremony,
  openPrivateKey as openSealedKey,
} from "./ceremony.js";
import { checkFields, parseJson, systemRandom } from "./encoding.js";
import { Malformed, ProtocolError } from "./errors.js";
import { getGroup } from "./groups.js";
import { makeSeed, makeSignature, signingKey } from "./pki.js";
import { proofToJson } from "./proofs.js";

const VERSION = 1;
const KEY_FORMAT = "voting-scrutineer-key";
const TASK_FORMAT = "voting-ceremony";
const ANSWER_FORMAT = "voting-ceremony-answer";
const SEAT = ["ceremony", "poll", "name", "group", "size", "threshold", "index"];

/** A key file is not the one that is asked for; the message says in what it differs. */
export class WrongKey extends ProtocolError {}

function open(text, format, fields, what) {
  const value = parseJson(text.trim(), what);
  if (value?.format !== format) throw new Malformed(`this is not a ${what}`);
  if (value.version !== VERSION) {
    throw new Malformed(`this ${what} is of a version that is not known`);
  }
  return checkFields(value, ["format", "version", ...SEAT, ...fields], what);
}

const verificationOf = (group, seed) =>
  group.text(group.power(group.generator, signingKey(group, seed)));

/** Read a key file; Malformed unless its seed makes the verification key it names. */
export function parseKeyFile(text) {
  const key = open(text, KEY_FORMAT, ["verification", "seed"], "key file");
  if (verificationOf(getGroup(key.group), key.seed) !== key.verification) {
    throw new Malformed("the key file is damaged: its seed does not make its verification key");
  }
  return key;
}

export const parseTask = (text) =>
  open(text, TASK_FORMAT, ["step", "certificates", "vinput", "output", "elections"], "task file");

const seatOf = (task) => Object.fromEntries(SEAT.map((name) => [name, task[name]]));

/** A fresh key for the seat of a task: the text of its file. */
export function makeKeyFile(task, random = systemRandom) {
  const seed = makeSeed(random);
  const verification = verificationOf(getGroup(task.group), seed);
  return JSON.stringify({
    format: KEY_FORMAT, version: VERSION, ...seatOf(task), verification, seed,
  });
}

/** Raise WrongKey unless the key was made for the very seat of the task. */
export function checkKey(key, task) {
  if (key.ceremony !== task.ceremony) {
    throw new WrongKey(
      key.poll === task.poll
        ? `this key file was made for “${key.poll}” in another making of keys, not for this vote`
        : `this key file was made for another vote: “${key.poll}”`,
    );
  }
  if (key.index !== task.index) {
    throw new WrongKey(`this is the key file of another scrutineer: ${key.name}`);
  }
  if (["group", "size", "threshold"].some((name) => key[name] !== task[name])) {
    throw new WrongKey("this key file was made for other numbers of scrutineers");
  }
}

function work(key, task, random) {
  const group = getGroup(task.group);
  if (task.step === "saved-copy") return { verification: key.verification };
  if (task.step === "certificate") {
    const { size, threshold, index } = task;
    return parse(makeCertificate(group, key.seed, size, threshold, index, random));
  }
  if (!["contribution", "output"].includes(task.step)) {
    throw new Malformed("this task does not ask for a step of the making of keys");
  }
  const certificates = task.certificates.map((item) => JSON.stringify(item));
  const ceremony = openCeremony(group, certificates, task.threshold);
  if (ceremony.findIndex(key.seed) !== task.index) {
    throw new Malformed("the certificate at this scrutineer's position is not theirs");
  }
  if (task.step === "contribution") return parse(makeContribution(ceremony, key.seed, random));
  if (!task.vinput) throw new Malformed("this task does not carry the shares of the others");
  return parse(makeOutput(ceremony, key.seed, JSON.stringify(task.vinput), random));
}

const parse = (text) => parseJson(text, "message");

/** Do the step that the task asks for: the text of the answer. */
export function makeAnswer(key, task, random = systemRandom) {
  checkKey(key, task);
  const message = work(key, task, random);
  const group = getGroup(task.group);
  const { ceremony, index, step } = task;
  const bound = `voting-answer|${ceremony}|${index}|${step}|${JSON.stringify(message)}`;
  const signature = makeSignature(group, signingKey(group, key.seed), bound, random);
  return JSON.stringify({
    format: ANSWER_FORMAT, version: VERSION, ceremony, index, step, message,
    signature: proofToJson(signature),
  });
}

/** The scrutineer's part of the private key, checked against its public half. */
export function openPrivateKey(key, task) {
  checkKey(key, task);
  if (!task.output) throw new Malformed("this task does not carry the sealed part of the key");
  const group = getGroup(task.group);
  const { private_key: sealed, public_key: publicKey } = task.output;
  const expected = group.parseElement(publicKey.public_key);
  return openSealedKey(group, key.seed, sealed, expected);
}
