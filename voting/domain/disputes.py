"""What a report of a problem may say, and how one may be decided."""

from __future__ import annotations

import re
from enum import StrEnum

from voting.domain.errors import FieldError
from voting.domain.wording import Words, check_both, check_text

DIGITS = 25
LONGEST_WORDS = 2_000
LONGEST_CONTACT = 254
MOST_UNDECIDED = 200  # reports of one poll; more are told to the contacts


class Kind(StrEnum):
    """What a voter reports."""

    NOT_FOUND = "not-found"
    REPLACED = "replaced"
    NOT_MINE = "not-mine"
    OTHER = "other"


class Decision(StrEnum):
    """What was found out: nothing was wrong, or something was."""

    UNFOUNDED = "unfounded"
    FOUNDED = "founded"


NEEDS_TRACKER = frozenset({Kind.NOT_FOUND, Kind.REPLACED})


def clean_tracker(typed: str) -> str:
    """The digits of a tracking number as typed, without blanks and dashes."""
    return re.sub(r"[\s\-‐‑–—.]", "", typed)


def check_report(kind: str, tracker: str, words: str, contact: str) -> list[FieldError]:
    """The faults of a report whose texts are cleaned."""
    faults = []
    if kind not in list(Kind):
        faults.append(FieldError("kind", "Choose what went wrong."))
    if kind in NEEDS_TRACKER and not tracker:
        faults.append(FieldError("tracker", "Enter the tracking number from your receipt."))
    if tracker and not re.fullmatch(rf"[0-9]{{{DIGITS}}}", tracker, re.ASCII):
        faults.append(FieldError("tracker", "A tracking number has 25 digits. Check this one."))
    if kind == Kind.OTHER and not words:
        faults.append(FieldError("words", "Say what went wrong."))
    faults += check_text("words", "what went wrong", words, limit=LONGEST_WORDS, required=False)
    faults += check_text("contact", "the contact", contact, limit=LONGEST_CONTACT, required=False)
    return faults


def check_decision(decision: str, reason: Words) -> list[FieldError]:
    """The faults of a decision and its (cleaned) reason."""
    faults = []
    if decision not in list(Decision):
        faults.append(FieldError("decision", "Choose whether something was wrong."))
    label = "the reason, which is published"
    return faults + check_both("reason", label, reason, limit=1_000)
