"""The names of the verifier's checks, and what each found, in the reader's language.

The verifier says and publishes them in English, in the sentences of ``belenios/verify.py``.
"""

from __future__ import annotations

from voting.domain.catalogue import Translate, find_gaps, marked

NAMES = (
    marked("archive"),
    marked("election"),
    marked("trustees"),
    marked("credentials"),
    marked("ballots"),
    marked("encrypted tally"),
    marked("shuffles"),
    marked("partial decryptions"),
    marked("result"),
)
FOUND = (
    marked("%(number)s events in an unbroken chain"),
    marked("fingerprint %(digest)s"),
    marked("%(shares)s; every key proved, together the election key"),
    marked("%(number)s credentials, total weight %(total)s"),
    marked("%(number)s ballots, %(last)s of them a voter's last"),
    marked("%(number)s ballots with a total weight of %(total)s, recomputed"),
    marked("%(number)s, every one proved"),
    marked("%(number)s of %(total)s, every one proved"),
    marked("every count is what the tally opens to"),
)
SHARES = (marked("%(number)s single"), marked("%(part)s of %(whole)s"))
NUMBER = r"[0-9]+"
GAPS = {"digest": r"[\w+/=-]+", "shares": r"\d[\w ,]*"}


def tell_check(text: str, translate: Translate) -> str | None:
    """A check's name, or what it found; None where it is not known."""
    if text in NAMES:
        return translate(text)
    for sentence in FOUND:
        gaps = _match(sentence, text)
        if gaps is not None:
            if "shares" in gaps:
                gaps["shares"] = _tell_shares(gaps["shares"], translate)
            return translate(sentence) % gaps
    return None


def _tell_shares(text: str, translate: Translate) -> str:
    told = []
    for share in text.split(", "):
        known = [(sentence, gaps) for sentence in SHARES if (gaps := _match(sentence, share))]
        told.append(translate(known[0][0]) % known[0][1] if known else share)
    return ", ".join(told)


def _match(sentence: str, text: str) -> dict[str, str] | None:
    return find_gaps(sentence, text, GAPS, NUMBER)
