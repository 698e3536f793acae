/** What the tests of the browser's protocol share: the published examples, a real election. */
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";

import { makeCredential } from "../../voting/static/belenios/credential.js";
import { parseElection } from "../../voting/static/belenios/election.js";
import { systemRandom } from "../../voting/static/belenios/encoding.js";
import { getGroup } from "../../voting/static/belenios/groups.js";

/** Node.js 18 has it, under another name. */
globalThis.crypto ??= webcrypto;

export const GROUPS = ["Ed25519", "BELENIOS-2048", "RFC-3526-2048"];

const path = new URL("../vectors/belenios/examples.json", import.meta.url);
export const examples = JSON.parse(readFileSync(path, "utf8"));

/** The one example of this name. */
export function example(name) {
  const found = examples.filter((entry) => entry.name === name);
  if (found.length !== 1) throw new Error(`${found.length} examples called ${name}`);
  return found[0];
}

/** A definition with a fresh key; `questions` as [number of answers, min, max, blank], or [number]. */
export function makeElection(groupName, questions) {
  const group = getGroup(groupName);
  const key = group.power(group.generator, group.randomScalar(systemRandom));
  return parseElection(
    JSON.stringify({
      version: 1,
      description: "Fürs Ganze",
      name: "Leisure services",
      group: groupName,
      public_key: group.text(key),
      questions: questions.map(([size, min, max, blank], i) => {
        const answers = Array.from({ length: size }, (_, j) => `Answer ${j + 1}`);
        const question = `Question ${i + 1}`;
        if (min === undefined) return { type: "NonHomomorphic", value: { answers, question } };
        return { answers, ...(blank ? { blank } : {}), min, max, question };
      }),
      uuid: "QdKib3nUkze8qU",
    }),
  );
}

export const freshCode = () => makeCredential(systemRandom);
