/** The page behind an issuer's link: keep the code, and take it out of the address. */
import { parseCredential } from "./belenios/credential.js";
import { findWaiting, forgetWaiting, keepWaiting } from "./booth/waiting.js";

const byId = (id) => document.getElementById(id);
const { poll } = document.querySelector("main[data-poll]").dataset;

function readCode(text) {
  try {
    return parseCredential(text);
  } catch {
    return null;
  }
}

function show(isDamaged) {
  const isKept = findWaiting(poll) !== null;
  byId("kept").hidden = byId("forget").hidden = !isKept;
  byId("damaged").hidden = isKept || !isDamaged;
  byId("forgotten").hidden = true;
}

/** Where nothing can be kept, the address stays as it is and the page says how to paste. */
function take() {
  const typed = location.hash.slice(1);
  const inPage = typed !== "" && byId(typed) !== null;
  const code = readCode(typed);
  if (code && !keepWaiting(poll, code)) return;
  byId("plain").hidden = true;
  if (typed && !inPage) history.replaceState(history.state, "", location.pathname);
  if (!inPage) show(code === null);
}

byId("forget").addEventListener("click", () => {
  forgetWaiting(poll);
  show(false);
  byId("forgotten").hidden = false;
  byId("forgotten").focus();
});
addEventListener("hashchange", take);
addEventListener("storage", () => show(false));
take();
