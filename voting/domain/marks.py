"""What a voter marks on a ranked, graded or scored paper: its faults, its order, its numbers.

Marks are texts, one for each option, as typed: a rank (1 is best), a grade (1 is the best) or
points. An empty mark is none. A blank vote is the one mark "blank". The numbers that are sealed are
the marks themselves, 0 for none, and a blank vote is all 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voting.domain.methods import Kind, Method

BLANK = "blank"


@dataclass(frozen=True, slots=True)
class MarkFault:
    """One thing that is wrong: ``places`` are the options concerned, ``number`` a rank or limit.

    ``code`` is none, both, number, repeat, gap, ungraded or zero.
    """

    code: str
    places: tuple[int, ...] = ()
    number: int = 0


def read_mark(text: str) -> int | None:
    """A mark as a whole number, 0 for none; None when it is no number of at most three digits."""
    text = text.strip()
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else None


def find_faults(method: Method, size: int, marks: Sequence[str]) -> list[MarkFault]:
    """Everything that keeps *marks* from being counted; nothing is corrected silently."""
    blank = BLANK in marks
    given = [mark for mark in marks if mark != BLANK]
    if blank:
        return [MarkFault("both")] if any(mark.strip() for mark in given) else []
    if len(given) != size or not any(mark.strip() for mark in given):
        return [MarkFault("none")]
    top = highest_mark(method, size)
    lowest = 0 if method.kind == Kind.SCORE else 1
    numbers = [read_mark(mark) for mark in given]
    wrong = [
        MarkFault("number", (place,), top)
        for place, (mark, number) in enumerate(zip(given, numbers, strict=True))
        if mark.strip() and (number is None or not lowest <= number <= top)
    ]
    if wrong:
        return wrong
    return list(_find_more(method, [number or 0 for number in numbers]))


def highest_mark(method: Method, size: int) -> int:
    """The largest mark a paper may carry."""
    if method.kind == Kind.GRADE:
        return len(method.grades)
    return method.highest if method.kind == Kind.SCORE else method.ranks_for(size)


def _find_more(method: Method, numbers: Sequence[int]) -> Iterator[MarkFault]:
    if method.kind == Kind.GRADE:
        yield from (MarkFault("ungraded", (at,)) for at, mark in enumerate(numbers) if not mark)
    elif method.kind == Kind.SCORE:
        if not any(numbers):
            yield MarkFault("zero")
    else:
        yield from _find_rank_faults(method, numbers)


def _find_rank_faults(method: Method, numbers: Sequence[int]) -> Iterator[MarkFault]:
    used = Counter(rank for rank in numbers if rank)
    for rank in sorted(used) if not method.equal_ranks else ():
        if used[rank] > 1:
            yield MarkFault(
                "repeat", tuple(at for at, one in enumerate(numbers) if one == rank), rank
            )
    for rank in range(1, max(used)):
        if rank not in used:
            above = min(one for one in used if one > rank)
            yield MarkFault("gap", (numbers.index(above),), rank)


def to_numbers(size: int, marks: Sequence[str]) -> list[int]:
    """The numbers to seal for *marks* without faults: one an option; all 0 is a blank vote."""
    if BLANK in marks:
        return [0] * size
    return [read_mark(mark) or 0 for mark in marks]


def list_order(marks: Sequence[str]) -> list[list[int]]:
    """The ranked options, best first; those with equal ranks together."""
    numbers = [read_mark(mark) or 0 for mark in marks if mark != BLANK]
    return [
        [place for place, number in enumerate(numbers) if number == rank]
        for rank in sorted(set(numbers) - {0})
    ]


def from_order(size: int, order: Sequence[int]) -> list[str]:
    """The marks of options ranked one after the other."""
    marks = [""] * size
    for rank, place in enumerate(order, 1):
        marks[place] = str(rank)
    return marks


def move(marks: Sequence[str], place: int, act: str) -> list[str]:
    """*marks* after the voter moved the option at *place* "up" or "down" one rank, or "remove".

    Only what the button says changes; those below a removed option follow it up, as a list does.
    """
    order = [group[0] for group in list_order(marks)]
    if place not in order:
        return list(marks)
    at = order.index(place)
    if act == "remove":
        order.remove(place)
    else:
        other = at - 1 if act == "up" else at + 1
        if 0 <= other < len(order):
            order[at], order[other] = order[other], order[at]
    return from_order(len(marks), order)
