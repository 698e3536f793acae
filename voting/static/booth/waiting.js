/**
 * A voting code that came by its own link, from an independent issuer: this browser keeps it until
 * the voter's personal link is opened, and for a day at most. It is never sent.
 */
import { parseCredential } from "../belenios/credential.js";

const DAY = 24 * 60 * 60 * 1000;
const key = (poll) => `waiting-code:${poll}`;

/** Keep a code; false where this browser keeps nothing. */
export function keepWaiting(poll, code) {
  try {
    localStorage.setItem(key(poll), JSON.stringify({ code, until: Date.now() + DAY }));
    return true;
  } catch {
    return false;
  }
}

export function forgetWaiting(poll) {
  try {
    localStorage.removeItem(key(poll));
  } catch {
    // Nothing is kept here.
  }
}

/** The code that waits, or null. */
export function findWaiting(poll) {
  try {
    const { code, until } = JSON.parse(localStorage.getItem(key(poll)));
    if (Date.now() < until) return parseCredential(code);
    forgetWaiting(poll);
  } catch {
    // None, or nothing that is a code.
  }
  return null;
}
