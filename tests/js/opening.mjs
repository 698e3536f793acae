/** Reads jobs {act: "shuffle" | "decrypt", key, task, archive (Base64), reason?}; answers each. */
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";

import { parseKeyFile, parseTask } from "../../voting/static/belenios/exchange.js";
import { decrypt, readCount, shuffle } from "../../voting/static/belenios/opening.js";

globalThis.crypto ??= webcrypto;

const answers = [];
for (const { act, key, task, archive, reason } of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    const count = await readCount(new Uint8Array(Buffer.from(archive, "base64")));
    const whose = [parseKeyFile(key), parseTask(task), count];
    answers.push({ made: act === "shuffle" ? shuffle(...whose) : decrypt(...whose, reason) });
  } catch (error) {
    answers.push({ error: `${error.name}: ${error.message}` });
  }
}
console.log(JSON.stringify(answers));
