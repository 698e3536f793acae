"""What a consultation may ask, and what an answer may be.

A question's answer comes as *parts*, the named texts of a form, and is kept as one plain value:

========  ======================================  ====================
kind      parts                                   value
========  ======================================  ====================
single    answer                                  place of the choice
several   answer, repeated                        places, in order
rating    answer                                  the number chosen
matrix    row-0, row-1, ...                       a place or None a row
ranking   rank-0, rank-1, ...                     places, best first
number    answer                                  the number as text
date      year, month, day                        2026-03-13
short     answer                                  the text
long      answer                                  the text
file      (uploaded)                              number of the file
========  ======================================  ====================
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, NamedTuple

from voting.domain.wording import clean_line, clean_text, find_unreadable

Parts = Mapping[str, Sequence[str]]
DECLINED = "declined"  # the part that says "Prefer not to say"


class Kind(StrEnum):
    """The kinds of question."""

    SINGLE = "single"
    SEVERAL = "several"
    RATING = "rating"
    MATRIX = "matrix"
    RANKING = "ranking"
    NUMBER = "number"
    DATE = "date"
    SHORT = "short"
    LONG = "long"
    FILE = "file"


CHOOSING = frozenset({Kind.SINGLE, Kind.SEVERAL, Kind.MATRIX, Kind.RANKING})
DECIDING = frozenset({Kind.SINGLE, Kind.SEVERAL, Kind.RATING})
"""Kinds that another question can depend on."""
LONGEST = {Kind.SHORT: 200, Kind.LONG: 10_000}
LONGEST_NUMBER = 20


class Choice(NamedTuple):
    """Words in English and Welsh; the Welsh is empty where there is none."""

    en: str
    cy: str = ""

    def read(self, language: str) -> str:
        """The words in *language*, in English where they are not in Welsh."""
        return (self.cy or self.en) if language == "cy" else self.en


class Condition(NamedTuple):
    """A question is asked only of those who chose *option* at *question_id*."""

    question_id: int
    option: int


NO_WORDS = Choice("")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. *least* and *most* bound what is chosen, rated, counted or written."""

    id: int
    kind: Kind
    text: Choice
    help: Choice = NO_WORDS
    choices: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    least: int | None = None
    most: int | None = None
    is_required: bool = False
    is_personal: bool = False
    condition: Condition | None = None

    @property
    def scale(self) -> range:
        """The numbers of a rating, from least to most."""
        return range(1 if self.least is None else self.least, (self.most or 5) + 1)

    @property
    def longest(self) -> int:
        """How many characters a written answer may have."""
        return self.most or LONGEST[self.kind]

    def to_json(self) -> dict[str, Any]:
        """The question as plain values."""
        return {
            "id": self.id,
            "kind": str(self.kind),
            "text": list(self.text),
            "help": list(self.help),
            "choices": [list(each) for each in self.choices],
            "rows": [list(each) for each in self.rows],
            "least": self.least,
            "most": self.most,
            "required": self.is_required,
            "personal": self.is_personal,
            "condition": list(self.condition) if self.condition else None,
        }


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: a value, or that the person prefers not to say, or neither."""

    value: Any = None
    is_declined: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was answered."""
        return self.value is None and not self.is_declined

    def to_json(self) -> dict[str, Any]:
        """The answer as plain values; :func:`parse_given` reads it."""
        return {"declined": True} if self.is_declined else {"value": self.value}


NOTHING = Given()


def parse_given(kept: Mapping[str, Any] | None) -> Given:
    """What :meth:`Given.to_json` wrote."""
    if not kept:
        return NOTHING
    return Given(is_declined=True) if kept.get("declined") else Given(kept.get("value"))


class AnswerFault(Exception):
    """An answer cannot be taken. *code* names the fault, *numbers* what its sentence needs."""

    def __init__(self, code: str, **numbers: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.numbers = numbers


def read_answer(asked: Asked, parts: Parts) -> Given:
    """The answer that *parts* give; raises AnswerFault with a code that the desk puts into words.

    An empty answer to a question that must be answered is the fault ``missing``.
    """
    declined = bool(parts.get(DECLINED))
    value = _READERS[asked.kind](asked, parts)
    if declined:
        if not asked.is_personal:
            raise AnswerFault("unknown")
        if value is not None:
            raise AnswerFault("both")
        return Given(is_declined=True)
    if value is None and asked.is_required:
        raise AnswerFault("missing")
    return Given(value)


def check_value(asked: Asked, given: Given) -> Given:
    """*given* as it would be read from a form; raises AnswerFault when no form gives it."""
    if asked.kind is Kind.FILE:
        if given.is_empty and asked.is_required:
            raise AnswerFault("missing")
        if given.is_declined and not asked.is_personal:
            raise AnswerFault("unknown")
        return given
    try:
        return read_answer(asked, write_parts(asked, given))
    except (TypeError, ValueError, AttributeError):
        raise AnswerFault("unknown") from None


def write_parts(asked: Asked, given: Given) -> dict[str, list[str]]:
    """The parts of a form that :func:`read_answer` reads as *given*."""
    if given.is_declined:
        return {DECLINED: ["1"]}
    value = given.value
    if value is None:
        return {}
    match asked.kind:
        case Kind.SEVERAL:
            return {"answer": [str(each) for each in value]}
        case Kind.MATRIX:
            return {f"row-{row}": [str(at)] for row, at in enumerate(value) if at is not None}
        case Kind.RANKING:
            return {f"rank-{place}": [str(rank)] for rank, place in enumerate(value, start=1)}
        case Kind.DATE:
            year, month, day = value.split("-")
            return {"year": [year], "month": [str(int(month))], "day": [str(int(day))]}
        case _:
            return {"answer": [str(value)]}


# ------------------------------------------------------------------ one reader for each kind


def _first(parts: Parts, name: str = "answer") -> str:
    return next(iter(parts.get(name, ())), "").strip()


def _place(text: str, places: range) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text) in places):
        raise AnswerFault("unknown")
    return int(text)


def _read_single(asked: Asked, parts: Parts) -> int | None:
    text = _first(parts)
    return _place(text, range(len(asked.choices))) if text else None


def _read_rating(asked: Asked, parts: Parts) -> int | None:
    text = _first(parts)
    return _place(text, asked.scale) if text else None


def _read_several(asked: Asked, parts: Parts) -> list[int] | None:
    places = range(len(asked.choices))
    chosen = sorted({_place(text.strip(), places) for text in parts.get("answer", ())})
    if not chosen:
        return None
    if asked.least and len(chosen) < asked.least:
        raise AnswerFault("few", least=asked.least)
    if asked.most and len(chosen) > asked.most:
        raise AnswerFault("many", most=asked.most)
    return chosen


def _read_matrix(asked: Asked, parts: Parts) -> list[int | None] | None:
    places = range(len(asked.choices))
    texts = [_first(parts, f"row-{row}") for row in range(len(asked.rows))]
    chosen = [_place(text, places) if text else None for text in texts]
    if all(each is None for each in chosen):
        return None
    if asked.is_required and None in chosen:
        raise AnswerFault("row", row=chosen.index(None))
    return chosen


def _read_ranking(asked: Asked, parts: Parts) -> list[int] | None:
    ranks: dict[int, int] = {}
    for place in range(len(asked.choices)):
        text = _first(parts, f"rank-{place}")
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) > 0):
            raise AnswerFault("rank", most=len(asked.choices), at=place)
        if int(text) in ranks:
            raise AnswerFault("twice", rank=int(text), at=place)
        ranks[int(text)] = place
    wanted = range(1, len(ranks) + 1)
    gap = next((rank for rank in wanted if rank not in ranks), None)
    if gap is not None:
        raise AnswerFault("gap", rank=gap)
    return [ranks[rank] for rank in wanted] or None


def _read_number(asked: Asked, parts: Parts) -> str | None:
    text = _first(parts).replace(",", "").replace(" ", "")
    if not text:
        return None
    plain = text.removeprefix("-").replace(".", "", 1)
    if len(text) > LONGEST_NUMBER or not (plain.isascii() and plain.isdigit()):
        raise AnswerFault("number")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise AnswerFault("number") from None
    if asked.least is not None and number < asked.least:
        raise AnswerFault("small", least=asked.least)
    if asked.most is not None and number > asked.most:
        raise AnswerFault("large", most=asked.most)
    return str(number)


def _read_date(_asked: Asked, parts: Parts) -> str | None:
    texts = [_first(parts, name) for name in ("year", "month", "day")]
    if not any(texts):
        return None
    for name, text in zip(("year", "month", "day"), texts, strict=True):
        if not text:
            raise AnswerFault(f"date-{name}")
    if not all(text.isascii() and text.isdigit() and len(text) <= 4 for text in texts):
        raise AnswerFault("date")
    year, month, day = (int(text) for text in texts)
    try:
        if year < 1000:
            raise AnswerFault("date-year")
        return dt.date(year, month, day).isoformat()
    except ValueError:
        raise AnswerFault("date") from None


def _read_text(asked: Asked, parts: Parts) -> str | None:
    clean = clean_line if asked.kind is Kind.SHORT else clean_text
    text = clean(next(iter(parts.get("answer", ())), ""))
    if len(text) > asked.longest:
        raise AnswerFault("long", most=asked.longest, has=len(text))
    if hidden := find_unreadable(text):
        raise AnswerFault("unreadable", character=hidden)
    return text or None


def _read_nothing(_asked: Asked, _parts: Parts) -> None:
    return None


_READERS: dict[Kind, Callable[[Asked, Parts], Any]] = {
    Kind.SINGLE: _read_single,
    Kind.SEVERAL: _read_several,
    Kind.RATING: _read_rating,
    Kind.MATRIX: _read_matrix,
    Kind.RANKING: _read_ranking,
    Kind.NUMBER: _read_number,
    Kind.DATE: _read_date,
    Kind.SHORT: _read_text,
    Kind.LONG: _read_text,
    Kind.FILE: _read_nothing,
}
