"""How a question is answered and counted: which kind, which named rule, how many places, how."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from voting.domain.errors import FieldError
from voting.domain.wording import check_text, clean_line

PAGED_RANKS = 7  # with more options, or equal ranks, each option has a rank of its own to fill in
MOST_GRADES, MOST_POINTS = 10, 100
DEFAULT_POINTS = 5
DEFAULT_GRADES = ("Reject", "Poor", "Acceptable", "Good", "Very good", "Excellent")
PAPERS_FROM = 100  # people on a roll from which every ranking may be published, shuffled (D3)

SEALED_OPTIONS: Mapping[str, int] = MappingProxyType(
    {"Ed25519": 30, "BELENIOS-2048": 0, "RFC-3526-2048": 255}
)
"""How many numbers of 0 to 255 one sealed value holds in each group; 0: none can be sealed so."""


class Kind(StrEnum):
    """How a voter answers: choose options, put them in order, grade each, or give each points."""

    CHOOSE = "choose"
    RANK = "rank"
    GRADE = "grade"
    SCORE = "score"


RULES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        Kind.CHOOSE: ("plurality", "approval"),
        Kind.RANK: (
            "irv",
            "scottish-stv",
            "ers97",
            "meek",
            "wigm-prf",
            "belenios-stv",
            "schulze",
            "ranked-pairs",
            "borda",
        ),
        Kind.GRADE: ("majority-judgment",),
        Kind.SCORE: ("score",),
    }
)
"""The counting rules that take answers of each kind, the usual one first."""

RULE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "plurality": "most votes",
        "approval": "approval",
        "irv": "instant runoff",
        "scottish-stv": "the Scottish single transferable vote of 2007",
        "ers97": "the ERS97 single transferable vote",
        "meek": "Meek’s single transferable vote",
        "wigm-prf": "the WIGM-PRF single transferable vote",
        "belenios-stv": "the single transferable vote of belenios-tool",
        "schulze": "Schulze’s rule",
        "ranked-pairs": "ranked pairs",
        "borda": "Borda’s count",
        "majority-judgment": "majority judgment",
        "score": "score voting",
    }
)
"""The rules as a declared sentence tells them."""

EQUAL_RANKS = frozenset({"schulze", "ranked-pairs", "borda"})
ONE_PLACE = frozenset({"irv"})

CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "irv": {"until": ("majority", "two"), "exclude": ("single", "batch")},
        "meek": {"variant": ("prf", "hww")},
        "schulze": {"strength": ("winning", "margins")},
        "ranked-pairs": {"strength": ("winning", "margins")},
        "majority-judgment": {"middle": ("lower", "upper")},
    }
)
"""What each rule leaves open, with the possible values; the first one is the default."""


@dataclass(frozen=True, slots=True)
class Method:
    """How one question is answered and counted.

    ``seats`` is how many options are elected. ``most_ranks`` is how many may be ranked, None for
    all. ``grades`` are named from worst to best; ``grades_cy`` are the same in Welsh, empty where
    there is none or the names are built in. ``highest`` is the most points an option gets.
    ``shuffled``: the options stand in one random order for all, made at freezing with
    ``order_seed``. ``papers``: every paper may be published, if the roll is large enough.
    """

    kind: str = Kind.CHOOSE
    rule: str = ""
    seats: int = 1
    most_ranks: int | None = None
    equal_ranks: bool = False
    grades: tuple[str, ...] = ()
    grades_cy: tuple[str, ...] = ()
    highest: int = DEFAULT_POINTS
    options: Mapping[str, str] = field(default_factory=dict)
    shuffled: bool = False
    papers: bool = False
    order_seed: str = ""

    @property
    def is_sealed_whole(self) -> bool:
        """Whether a paper is sealed as one value and mixed, not added up under seal."""
        return self.kind != Kind.CHOOSE

    @property
    def is_counted(self) -> bool:
        """Whether a counting rule finds the winners; without one, votes are held to a share."""
        return self.is_sealed_whole or self.seats > 1

    @property
    def needs_welsh(self) -> bool:
        """Whether a grade has a name of the organiser's own, which nobody else can translate."""
        return not set(DEFAULT_GRADES).issuperset(self.grades)

    def is_published(self, electors: int) -> bool:
        """Whether every paper may be published, with so many people on the roll (D3)."""
        return self.papers and electors >= PAPERS_FROM

    def is_paged(self, size: int) -> bool:
        """Whether *size* options are ranked on one page for each preference."""
        return self.kind == Kind.RANK and not self.equal_ranks and size <= PAGED_RANKS

    def ranks_for(self, size: int) -> int:
        """How many of *size* options may be ranked."""
        return min(size, self.most_ranks or size)


def default_method(kind: str) -> Method:
    """The usual way to count answers of this kind; plain choosing needs no named rule."""
    if kind == Kind.CHOOSE:
        return Method()
    rule = RULES[kind][0]
    return Method(
        kind=kind,
        rule=rule,
        grades=DEFAULT_GRADES if kind == Kind.GRADE else (),
        options=default_options(rule),
    )


def default_options(rule: str) -> dict[str, str]:
    """What *rule* leaves open, each at its default."""
    return {name: values[0] for name, values in CHOICES.get(rule, {}).items()}


def clean_method(method: Method) -> Method:
    """*method* without stray white space, and without settings that its kind does not have."""
    grades, welsh = (
        tuple(filter(None, map(clean_line, names))) if method.kind == Kind.GRADE else ()
        for names in (method.grades, method.grades_cy)
    )
    known = CHOICES.get(method.rule, {})
    ranked = method.kind == Kind.RANK
    return replace(
        method,
        rule="" if method.kind == Kind.CHOOSE else method.rule,
        grades=grades,
        grades_cy=welsh,
        options=default_options(method.rule)
        | {name: value for name, value in method.options.items() if name in known},
        most_ranks=method.most_ranks if ranked else None,
        equal_ranks=method.equal_ranks and ranked,
        papers=method.papers and method.is_sealed_whole,
    )


def check_method(method: Method, size: int) -> list[FieldError]:
    """The faults of a (cleaned) method for a question of *size* options, by field."""
    if method.kind not in list(Kind):
        return [FieldError("kind", "Choose how voters answer this question.")]
    if method.rule not in (*RULES[method.kind], *([""] if method.kind == Kind.CHOOSE else [])):
        return [FieldError("rule", "Choose a counting rule that fits how voters answer.")]
    faults = _check_seats(method, size)
    for name, values in CHOICES.get(method.rule, {}).items():
        if method.options.get(name) not in values:
            faults.append(FieldError(name, f"Choose one of {', '.join(values)}."))
    if method.kind == Kind.RANK:
        faults += _check_ranks(method, size)
    if method.kind == Kind.GRADE:
        faults += _check_grades("grades", method.grades)
        faults += _check_welsh_grades(method)
    if method.kind == Kind.SCORE and not 1 <= method.highest <= MOST_POINTS:
        told = f"The most points must be from 1 to {MOST_POINTS}."
        faults.append(FieldError("highest", told))
    return faults


def _check_seats(method: Method, size: int) -> list[FieldError]:
    if method.seats < 1:
        return [FieldError("seats", "At least 1 option must be elected.")]
    if method.seats > 1 and method.seats >= size:
        told = f"{method.seats} of {size} options cannot be elected: nothing would be decided."
        return [FieldError("seats", told)]
    if method.rule in ONE_PLACE and method.seats > 1:
        told = "The instant runoff elects one option. For more, choose a single transferable vote."
        return [FieldError("seats", told)]
    return []


def _check_ranks(method: Method, size: int) -> list[FieldError]:
    faults = []
    if method.equal_ranks and method.rule not in EQUAL_RANKS:
        told = "This rule cannot count equal ranks. Choose another rule, or do not allow them."
        faults.append(FieldError("equal_ranks", told))
    if method.most_ranks is not None and not 1 <= method.most_ranks <= size:
        told = f"The most ranks must be from 1 to {size}, the number of options."
        faults.append(FieldError("most_ranks", told))
    return faults


def _check_grades(name: str, grades: Sequence[str]) -> list[FieldError]:
    if not 2 <= len(grades) <= MOST_GRADES:
        return [FieldError(name, f"Enter 2 to {MOST_GRADES} grades, one on each line.")]
    if len({grade.casefold() for grade in grades}) < len(grades):
        return [FieldError(name, "Two grades have the same name.")]
    return [fault for grade in grades for fault in check_text(name, "each grade", grade, limit=60)]


def _check_welsh_grades(method: Method) -> list[FieldError]:
    if not method.grades_cy:
        return []
    if len(method.grades_cy) != len(method.grades):
        told = (
            f"Give as many grades in Welsh as in English: {len(method.grades)}, not "
            f"{len(method.grades_cy)}."
        )
        return [FieldError("grades_cy", told)]
    return _check_grades("grades_cy", method.grades_cy)


def order_options(texts: Sequence[str], seed: str) -> list[int]:
    """The positions of *texts* in the random order of *seed*: by SHA-256(seed, a zero byte, text).

    Anyone who knows the published seed gets the same order.
    """
    return sorted(
        range(len(texts)), key=lambda at: hashlib.sha256(f"{seed}\0{texts[at]}".encode()).digest()
    )


# ------------------------------------------------------------------ as data


def method_to_json(method: Method) -> dict[str, Any]:
    """The method as a JSON object."""
    told = {**asdict(method), "grades": list(method.grades), "options": dict(method.options)}
    welsh = list(told.pop("grades_cy"))
    return {**told, "grades_cy": welsh} if welsh else told


def parse_method(value: Mapping[str, Any] | None) -> Method:
    """The inverse of :func:`method_to_json`; nothing is plain choosing."""
    if not value:
        return Method()
    names = {name: tuple(value.get(name, ())) for name in ("grades", "grades_cy")}
    return Method(**{**value, **names})


def write_method(method: Method) -> str:
    """The method as it is kept with its question."""
    return json.dumps(method_to_json(method), ensure_ascii=False)


def read_method(text: str) -> Method:
    """The inverse of :func:`write_method`."""
    return parse_method(json.loads(text))
