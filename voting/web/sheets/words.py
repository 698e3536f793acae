"""What a count says, in the reader's language: its sentences by pattern, its fixed words by name.

Counts made before their sentences had patterns are told as they were declared, in English.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import get_locale, gettext, ngettext

from voting.domain.catalogue import marked

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """Words for the reader. ``language`` is set when they are in another one than the page."""

    words: str
    language: str = ""


KNOWN = frozenset(
    {
        # what a tie was about
        marked("surplus to transfer"),
        marked("candidate to exclude"),
        marked("candidate to elect"),
        marked("order of equal majorities"),
        # the names of options
        marked("choose"),
        marked("highest"),
        marked("strength"),
        marked("equal majorities"),
        marked("middle"),
        marked("missing"),
        marked("until"),
        marked("exclude"),
        marked("overvote"),
        marked("majority"),
        marked("variant"),
        marked("decimal places"),
        marked("elect"),
        marked("converged"),
        marked("countback for the place of"),
        marked("in office"),
        marked("none of these"),
        marked("withdrawn"),
        # what they may be
        marked("winning"),
        marked("margins"),
        marked("every order"),
        marked("by the tie rule"),
        marked("order"),
        marked(
            "in the declared order of candidates, for there are too many orders to try them all"
        ),
        marked("lower"),
        marked("upper"),
        marked("refuse"),
        marked("median"),
        marked("normalised"),
        marked("two"),
        marked("single"),
        marked("batch"),
        marked("exhaust"),
        marked("skip"),
        marked("continuing"),
        marked("of continuing votes"),
        marked("when keep values have converged"),
        marked("all elected are within 0.00001 of a quota"),
        marked("one, when keep values have converged"),
        marked("nobody else"),
        # how the quota is found
        marked("whole part of valid / (seats + 1), plus 1"),
        marked("whole part of papers / (seats + 1), plus 1"),
        marked("valid / (seats + 1), rounded up to 0.01, until someone is elected"),
        marked("valid / (seats + 1), plus 0.0001"),
        marked("falls as papers run out"),
        marked("(valid - excess) / (seats + 1)"),
        # versions of rules
        marked("ERS97, 3rd edition 1997"),
        marked("PRF reference rule"),
        marked("reference rule, 4 decimal places, single defeat"),
        marked("n-1 to 0, shared places averaged"),
        marked("sum of points; no number is no point"),
        marked("median removal"),
        marked("beatpath"),
    }
)


RULES = {
    "plurality": marked("Most votes"),
    "approval": marked("Approval"),
    "score": marked("Score"),
    "borda": marked("Borda count"),
    "irv": marked("Instant runoff (alternative vote)"),
    "scottish-stv": marked("Scottish STV"),
    "ers97": marked("ERS97 STV"),
    "meek": marked("Meek STV"),
    "wigm-prf": marked("Weighted inclusive Gregory STV"),
    "belenios-stv": marked("Belenios STV"),
    "schulze": "Schulze",
    "ranked-pairs": marked("Ranked pairs"),
    "majority-judgment": marked("Majority judgment"),
}


def rule_title(rule: str) -> str:
    """The name of a counting rule for people."""
    title = RULES.get(rule, rule)
    return title if title == "Schulze" else str(gettext(title))


def word(fixed: object) -> str:
    """One of the fixed words above in the reader's language; anything else as it is."""
    text = str(fixed)
    return str(gettext(text)) if text in KNOWN else text


def tell_stage(stage: Json) -> Text:
    """The sentence of a stage."""
    return _tell_all(stage, "sentence", " ")


def tell_how(tie: Json) -> Text:
    """How a tie was settled."""
    return _tell_all(tie, "how", gettext(", then "))


def _tell_all(where: Json, plain: str, between: str) -> Text:
    told = where.get("told")
    if str(get_locale() or "en") == "en":
        return Text(str(where[plain]))
    if not told:
        return Text(str(where[plain]), "en")
    return Text(between.join(map(tell, told)))


def tell(said: Json) -> str:
    """A saying of a count (:class:`voting.counting.words.Said`, as JSON)."""
    figures = {name: _show(figure) for name, figure in said["figures"].items()}
    one, many = said["key"], said.get("many")
    if many:
        return str(ngettext(one, many, said["number"], **figures))
    return str(gettext(one, **figures))


def _show(figure: str | Sequence[str | Json]) -> str:
    if isinstance(figure, str):
        return figure
    return join_names([one if isinstance(one, str) else tell(one) for one in figure])


def join_names(names: Sequence[str]) -> str:
    """Names in a row, with commas alone: a Welsh "and" would change with the name after it."""
    return ", ".join(names)
