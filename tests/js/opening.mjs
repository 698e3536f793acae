/** Reads jobs {act: "shuffle" | "decrypt", key, task, archive (Base64), reason?, minimum?}; answers each. */
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";

import { parseKeyFile, parseTask } from "../../voting/static/belenios/exchange.js";
import { decrypt, readCount, shuffle } from "../../voting/static/belenios/opening.js";

globalThis.crypto ??= webcrypto;

const answers = [];
for (const { act, key, task, archive, reason, minimum } of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    const count = await readCount(new Uint8Array(Buffer.from(archive, "base64")));
    const whose = [parseKeyFile(key), parseTask(task), count];
    const rest = [reason, undefined, undefined, minimum];
    answers.push({ made: act === "shuffle" ? shuffle(...whose) : decrypt(...whose, ...rest) });
  } catch (error) {
    answers.push({ error: `${error.name}: ${error.message}` });
  }
}
console.log(JSON.stringify(answers));
