/**
 * Verify archives as the browser would. Reads from standard input a list of archives in Base64;
 * prints {"valid", "error"} for each.
 */
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";

import { verifyArchive } from "../../voting/static/belenios/verify.js";

globalThis.crypto ??= webcrypto;
const reports = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  const { valid, error } = await verifyArchive(new Uint8Array(Buffer.from(text, "base64")));
  reports.push({ valid, error });
}
process.stdout.write(JSON.stringify(reports));
