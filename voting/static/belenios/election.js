/** The definition of an election: specification, "Elections". */
import { BASE58, hashBase64, parseJson } from "./encoding.js";
import { Malformed, NotSupported } from "./errors.js";
import { getGroup } from "./groups.js";

const UUID = new RegExp(`^[${BASE58}]{14,}$`);

function check(condition, what) {
  if (!condition) throw new Malformed(`election: ${what}`);
}

const isText = (value) => typeof value === "string";

/** One homomorphic question, in either of its two written forms. */
function parseQuestion(item, number) {
  check(item && typeof item === "object", `question ${number} is not an object`);
  if ("type" in item && item.type !== "Homomorphic") {
    throw new NotSupported(`question ${number}: type ${JSON.stringify(item.type)}`);
  }
  const body = ("type" in item ? item.value : item) ?? {};
  const { answers, blank = false, min, max, question } = body;
  check(isText(question), `question ${number} has no text`);
  check(Array.isArray(answers) && answers.every(isText), `question ${number} has no answers`);
  check(typeof blank === "boolean", `question ${number}: blank is neither true nor false`);
  const ordered = 0 <= min && min <= max && max <= answers.length;
  check(
    Number.isInteger(min) && Number.isInteger(max) && ordered,
    `question ${number}: minimum and maximum do not fit`,
  );
  return Object.freeze({ text: question, answers, minimum: min, maximum: max, blank });
}

/** Base64 SHA-256 of the raw text: enters every proof. */
export const fingerprint = (raw) => hashBase64(raw);

/** Read election.json (its exact text). Malformed or NotSupported if we cannot vote in it. */
export function parseElection(raw) {
  const json = parseJson(raw, "election");
  check(json && typeof json === "object", "not an object");
  if (json.version !== 1) throw new NotSupported(`election: version ${JSON.stringify(json.version)}`);
  const { uuid, name, description, questions } = json;
  check(isText(uuid) && UUID.test(uuid), "wrong uuid");
  check(isText(name) && isText(description), "no name or description");
  check(Array.isArray(questions) && questions.length, "no questions");
  const group = getGroup(json.group);
  return Object.freeze({
    uuid,
    name,
    description,
    group,
    publicKey: group.parseElement(json.public_key),
    questions: Object.freeze(questions.map((item, i) => parseQuestion(item, i + 1))),
    fingerprint: fingerprint(raw),
    raw,
  });
}
