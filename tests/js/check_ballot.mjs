/**
 * Check ballots as the browser would. Reads from standard input {election, ballot} (both texts), or
 * a list of those; prints {"tracker", "digits"} or {"error": kind, "message"} for each.
 */
import { readFileSync } from "node:fs";

import { checkBallot, trackerDigits } from "../../voting/static/belenios/ballot.js";
import { parseElection } from "../../voting/static/belenios/election.js";

function check({ election, ballot }) {
  try {
    const { tracker } = checkBallot(ballot, parseElection(election));
    return { tracker, digits: trackerDigits(ballot) };
  } catch (error) {
    return { error: error.name, message: error.message };
  }
}

const input = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(Array.isArray(input) ? input.map(check) : check(input)));
