"""What texts may be: there when they must be, not too long, readable; and whether they are fair."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from voting.domain.errors import FieldError

LIMITS = {"line": 200, "text": 5_000}
NEEDED = {  # what each option of a proposal carries (G2), and how a sentence names it
    "description": "description",
    "benefits": "benefits",
    "drawbacks": "drawbacks",
    "cost": "cost or impact",
    "source": "source",
}
BALANCE = 2  # benefits and drawbacks may differ in length by this factor before a warning (G2)
RESERVED = (  # words under /p/<proposal>/ that are pages and cannot be the address of a vote
    "ask", "chain", "changes", "consultation", "consultations", "decision", "documents", "options",
    "questions", "record", "report", "responses", "stop", "trail", "trail.jsonl", "updates",
    "versions",
)  # fmt: skip
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_STAYING = re.compile(
    r"\b(stay|stays|staying|remain|remains|remaining|keep|keeps|keeping|continue|continues|"
    r"no change|not change|unchanged|as (we|it|things) (are|is)|no|against|status quo|in[- ]house|"
    r"aros|parhau|cadw|na|nage|yn erbyn|fel (y )?(mae|maent|rydym))\b",
    re.IGNORECASE,
)


_REFUSING = re.compile(
    r"\b(none|neither|no one|nobody|re-?open nominations|dim (un|o'r)|yr un)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Words:
    """A text of the organiser that people read, and its Welsh where the proposal has both."""

    english: str
    welsh: str
    is_bilingual: bool

    def tell(self, name: str) -> dict[str, str]:
        """The text as an act tells it: *name*, and ``name_cy`` where there is Welsh."""
        return {name: self.english} | ({f"{name}_cy": self.welsh} if self.welsh else {})


def read_words(english: str, welsh: str, *, bilingual: bool) -> Words:
    """A text as typed, cleaned; where the proposal is in English alone, there is no Welsh."""
    return Words(clean_text(english), clean_text(welsh) if bilingual else "", bilingual)


def clean_line(text: str) -> str:
    """*text* on one line: every run of white space is one space, none at the ends."""
    return " ".join(text.split())


def clean_text(text: str) -> str:
    """*text* with line ends as line feeds and no white space at the ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def check_text(
    field: str, label: str, text: str, *, limit: int, required: bool = True
) -> list[FieldError]:
    """The faults of one cleaned text; *label* is how a sentence names it ("the title")."""
    if not text:
        return [FieldError(field, f"Enter {label}.")] if required else []
    faults = []
    if len(text) > limit:
        told = f"{_capital(label)} must be {limit:,} characters or fewer. It has {len(text):,}."
        faults.append(FieldError(field, told))
    unreadable = find_unreadable(text)
    if unreadable:
        told = f"{_capital(label)} contains a character that cannot be shown ({unreadable})."
        faults.append(FieldError(field, told))
    return faults


def check_welsh(
    field: str, label: str, english: str, welsh: str, *, limit: int
) -> list[FieldError]:
    """The faults of the Welsh of *field*: it is there when, and only when, the English is."""
    if welsh and not english:
        return [FieldError(field, f"Enter {label} in English as well.")]
    return check_text(
        f"{field}_cy", f"{label} in Welsh", welsh, limit=limit, required=bool(english)
    )


def check_both(
    field: str, label: str, words: Words, *, limit: int, required: bool = True
) -> list[FieldError]:
    """The faults of a text that is in both languages when it :attr:`Words.is_bilingual`."""
    faults = check_text(field, label, words.english, limit=limit, required=required)
    if words.is_bilingual:
        faults += check_welsh(field, label, words.english, words.welsh, limit=limit)
    return faults


def check_email(field: str, label: str, text: str) -> list[FieldError]:
    """The faults of one mail address; nobody is asked whether it exists."""
    if not text:
        return [FieldError(field, f"Enter {label}.")]
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        told = f"{_capital(label)} must be in the form name@example.org."
        return [FieldError(field, told)]
    return []


def find_unreadable(text: str) -> str | None:
    """The first control, surrogate or direction-turning character as ``U+0000``, if any."""
    if text.isprintable():
        return None
    for character in text:
        hidden = unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"
        if hidden or character in _TURNING:
            return f"U+{ord(character):04X}"
    return None


def make_slug(
    text: str, taken: Sequence[str] = (), *, fallback: str = "item", longest: int = 60
) -> str:
    """An address made of *text*: lower-case letters, digits and hyphens, not one that is taken."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:longest].strip("-") or fallback
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem[: longest - len(str(number)) - 1]}-{number}"
    return slug


def list_missing(option: object) -> list[str]:
    """The parts of :data:`NEEDED` that an option does not carry (G2)."""
    return [part for part in NEEDED if not getattr(option, part)]


def tell_missing(name: str, missing: Sequence[str]) -> str:
    """Which parts the option called *name* lacks."""
    return f"“{name}” has no {list_in_words([NEEDED[part] for part in missing])}."


def tell_unbalanced(name: str, benefits: str, drawbacks: str) -> list[str]:
    """The warning of an option whose benefits and drawbacks differ much in length (G2)."""
    if not (benefits and drawbacks and is_unbalanced(benefits, drawbacks)):
        return []
    return [
        f"{name}: the benefits have {len(benefits):,} characters and the drawbacks "
        f"{len(drawbacks):,}. Neither should be more than twice the other."
    ]


def is_unbalanced(benefits: str, drawbacks: str) -> bool:
    """Whether one of the two texts is more than twice as long as the other (G2)."""
    shorter, longer = sorted((len(benefits), len(drawbacks)))
    return longer > BALANCE * shorter


def has_staying(texts: Sequence[str]) -> bool:
    """Whether any of these option texts reads like keeping things as they are (G1)."""
    return any(_STAYING.search(text) for text in texts)


def list_gaps(deciding: str, still_open: str, options: Sequence[tuple[str, bool]]) -> list[str]:
    """Why people cannot be asked about a proposal yet (G1).

    *options*: the name of each, and whether it is marked as keeping things as they are.
    """
    return list_purpose_gaps(deciding, still_open) + list_option_gaps(options)


PAGE_GAPS = {
    "summary": "The page does not say what is proposed.",
    "who_decides": "The page does not say who decides, and under what rule.",
}
"""The texts without which the page of a proposal is not opened, and what it is without each."""


def list_purpose_gaps(deciding: str, still_open: str) -> list[str]:
    """What a proposal does not say of itself (G1)."""
    gaps = []
    if not deciding.strip():
        gaps.append("The proposal does not say what is being decided.")
    if not still_open.strip():
        gaps.append("The proposal does not say what is still open.")
    return gaps


def list_option_gaps(options: Sequence[tuple[str, bool]]) -> list[str]:
    """What its options lack (G1)."""
    gaps = []
    if len(options) < 2:
        gaps.append("There must be at least two options.")
    if not any(is_staying or has_staying([name]) for name, is_staying in options):
        gaps.append("One of the options must be staying as we are.")
    return gaps


def is_none_of_these(text: str) -> bool:
    """Whether an option reads like refusing all the others."""
    return bool(_REFUSING.search(text))


def find_none_of_these(texts: Sequence[str]) -> str | None:
    """The first of these options that reads like refusing all the others."""
    return next(filter(is_none_of_these, texts), None)


def list_in_words(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _capital(label: str) -> str:
    return label[0].upper() + label[1:]
