/**
 * Seals one vote off the page's own thread. Receives {election, credential, choices}; posts
 * {done, total} after each step, and at last {ballot, tracker, digits} or {error}.
 */
import { makeBallot, tracker, trackerDigits } from "./ballot.js";
import { parseCredential } from "./credential.js";
import { systemRandom } from "./encoding.js";
import { parseElection } from "./election.js";
import { ProtocolError } from "./errors.js";

function seal({ election, credential, choices }) {
  const progress = (done, total) => postMessage({ done, total });
  const [definition, code] = [parseElection(election), parseCredential(credential)];
  const ballot = makeBallot(definition, code, choices, systemRandom, progress);
  return { ballot, tracker: tracker(ballot), digits: trackerDigits(ballot) };
}

addEventListener("message", ({ data }) => {
  try {
    postMessage(seal(data));
  } catch (error) {
    const reason = error instanceof ProtocolError ? ` (${error.message})` : "";
    postMessage({ error: `Your vote could not be sealed${reason}.` });
  }
});
