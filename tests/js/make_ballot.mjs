/**
 * Seal ballots as the browser does. Reads from standard input {election, credential, choices}
 * (election being the text of election.json) and prints the ballot; or a list of those, and prints
 * a JSON list of ballots.
 */
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";

import { makeBallot } from "../../voting/static/belenios/ballot.js";
import { parseCredential } from "../../voting/static/belenios/credential.js";
import { parseElection } from "../../voting/static/belenios/election.js";

globalThis.crypto ??= webcrypto;

const seal = ({ election, credential, choices }) =>
  makeBallot(parseElection(election), parseCredential(credential), choices);

const input = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(Array.isArray(input) ? JSON.stringify(input.map(seal)) : seal(input));
