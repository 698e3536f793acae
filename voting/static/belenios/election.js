/** The definition of an election: specification, "Elections". */
import { BASE58, hashBase64, parseFreeJson } from "./encoding.js";
import { Malformed, NotSupported, UnknownParameter } from "./errors.js";
import { getGroup } from "./groups.js";

const UUID = new RegExp(`^[${BASE58}]{14,}$`);

function check(condition, what) {
  if (!condition) throw new Malformed(`election: ${what}`);
}

const isText = (value) => typeof value === "string";

/** One question, of either kind and in either of the written forms. */
function parseQuestion(group, item, number) {
  check(item && typeof item === "object", `question ${number} is not an object`);
  const isTyped = Object.hasOwn(item, "type");
  const kind = isTyped ? item.type : "Homomorphic";
  if (kind === "Lists") throw new NotSupported(`election: question ${number}: type Lists`);
  const body = (isTyped ? item.value : item) ?? {};
  check(isText(body.question), `question ${number} has no text`);
  const { answers } = body;
  check(Array.isArray(answers) && answers.every(isText), `question ${number} has no answers`);
  if (kind === "NonHomomorphic") return parseNonHomomorphic(group, body, number);
  check(kind === "Homomorphic", `question ${number}: the type is not known`);
  return parseHomomorphic(body, number);
}

/** One number of 0..255 per answer, opened only after a shuffle. */
function parseNonHomomorphic(group, { answers, question }, number) {
  const most = group.maxIntegers;
  const fault = most ? `at most ${most} answers are possible in` : "its type is not possible in";
  check(answers.length <= most, `question ${number}: ${fault} ${group.name}`);
  return Object.freeze({ kind: "nonhomomorphic", text: question, answers });
}

/** Choose minimum to maximum answers, or blank where allowed. */
function parseHomomorphic({ answers, blank = false, min, max, question }, number) {
  check(typeof blank === "boolean", `question ${number}: blank is neither true nor false`);
  const ordered = 0 <= min && min <= max && max <= answers.length;
  check(
    Number.isInteger(min) && Number.isInteger(max) && ordered,
    `question ${number}: minimum and maximum do not fit`,
  );
  const rule = { text: question, answers, minimum: min, maximum: max, blank };
  return Object.freeze({ kind: "homomorphic", ...rule });
}

/** Whether a question is non-homomorphic. */
export const needsShuffle = ({ questions }) =>
  questions.some(({ kind }) => kind === "nonhomomorphic");

/** Base64 SHA-256 of the raw text: enters every proof. */
export const fingerprint = (raw) => hashBase64(raw);

/** NotSupported for an election of crypto version 2 or more, which is another protocol. */
export function refuseLaterVersion(json) {
  const version = json?.version;
  if (Number.isInteger(version) && version > 1) {
    throw new NotSupported(`an election of crypto version ${version}; this program knows version 1`);
  }
}

/** Read election.json (its exact text, in any layout). Malformed or NotSupported. */
export function parseElection(raw) {
  const json = parseFreeJson(raw, "election");
  check(json && typeof json === "object", "not an object");
  refuseLaterVersion(json);
  if (json.version !== 1) throw new UnknownParameter("election: the version is not 1: others are not supported");
  const { uuid, name, description, questions, administrator = "", credential_authority = "" } = json;
  check(isText(uuid) && UUID.test(uuid), "wrong uuid");
  check(isText(name) && isText(description), "no name or description");
  check(isText(administrator) && isText(credential_authority), "an officer is not a text");
  check(Array.isArray(questions), "no questions");
  const group = getGroup(json.group);
  return Object.freeze({
    uuid,
    name,
    description,
    group,
    publicKey: group.parseElement(json.public_key),
    questions: Object.freeze(questions.map((item, i) => parseQuestion(group, item, i + 1))),
    fingerprint: fingerprint(raw),
    raw,
  });
}
