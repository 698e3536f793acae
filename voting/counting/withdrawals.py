"""Candidates who are withdrawn: votes counted as if they had never stood.

Papers go to the next preference, and those that name nobody else count as blank. Votes that were
added up before, and tables of pairs, lose the numbers of those who are gone; how many papers named
nobody else cannot be told from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import singledispatch
from typing import TypeVar

from voting.counting.gradings import tally_grades
from voting.counting.tabulation import (
    Choices,
    Gone,
    Grades,
    Outcome,
    Pairs,
    Papers,
    Row,
    Scores,
    Votes,
    split_names,
)
from voting.counting.words import Said, phrase, phrase_many

Part = TypeVar("Part")


@singledispatch
def withdraw(votes: Votes, names: Iterable[str]) -> Votes:
    """*votes* as if these had never stood.

    CountingError for a name that is no candidate's, and when nobody is left.
    """
    raise TypeError(type(votes))


@withdraw.register
def _(votes: Papers, names: Iterable[str]) -> Papers:
    return votes.without(names)


@withdraw.register
def _(votes: Choices, names: Iterable[str]) -> Choices:
    gone, kept = split_names(votes.candidates, names)
    lost = sum(votes.votes) - sum(votes.votes[at] for at in kept)
    emptied = lost if votes.most == 1 or not lost else None
    return replace(
        votes,
        candidates=_keep(votes.candidates, kept),
        votes=_keep(votes.votes, kept),
        valid=None if emptied is None or votes.valid is None else votes.valid - emptied,
        blank=votes.blank + (emptied or 0),
        gone=votes.gone.and_also(gone, emptied),
    )


@withdraw.register
def _(votes: Scores, names: Iterable[str]) -> Scores:
    gone, kept = split_names(votes.candidates, names)
    groups: dict[Row, int] = {}
    emptied = 0
    for row, number in votes.groups.items():
        shorter = _keep(row, kept)
        if votes.zeros_are_blank and not any(shorter):
            shorter = (None,) * len(kept)
        groups[shorter] = groups.get(shorter, 0) + number
        if set(shorter) == {None} != set(row):
            emptied += number
    return replace(
        votes,
        candidates=_keep(votes.candidates, kept),
        groups=groups,
        gone=votes.gone.and_also(gone, emptied),
    )


@withdraw.register
def _(votes: Grades, names: Iterable[str]) -> Grades:
    gone, kept = split_names(votes.candidates, names)
    left = _keep(votes.candidates, kept)
    if votes.papers is None:
        tallies = _keep(votes.tallies, kept)
        return replace(votes, candidates=left, tallies=tallies, gone=votes.gone.and_also(gone, 0))
    papers: dict[Row, int] = {}
    for row, number in votes.papers.items():
        shorter = _keep(row, kept)
        papers[shorter] = papers.get(shorter, 0) + number
    again = tally_grades(left, papers, len(votes.tallies[0]), votes.title)
    return replace(again, gone=votes.gone.and_also(gone, again.blank - votes.blank))


@withdraw.register
def _(votes: Pairs, names: Iterable[str]) -> Pairs:
    gone, kept = split_names(votes.candidates, names)
    return replace(
        votes,
        candidates=_keep(votes.candidates, kept),
        over=tuple(_keep(votes.over[at], kept) for at in kept),
        valid=None,
        gone=votes.gone.and_also(gone, None),
    )


def _keep(row: tuple[Part, ...], kept: tuple[int, ...]) -> tuple[Part, ...]:
    return tuple(row[at] for at in kept)


def tell_gone(outcome: Outcome, gone: Gone) -> Outcome:
    """*outcome* with those who were withdrawn on its sheet, and what became of their papers."""
    if not gone.names:
        return outcome
    first, *others = outcome.stages
    told = (*_tell_emptied(gone.emptied), *first.told)
    return replace(
        outcome,
        options={**outcome.options, "withdrawn": list(gone.names)},
        stages=(replace(first, told=told), *others),
    )


def _tell_emptied(emptied: int | None) -> tuple[Said, ...]:
    if emptied is None:
        return (phrase("How many papers named nobody but those withdrawn is not known."),)
    if not emptied:
        return ()
    return (
        phrase_many(
            "%(number)s paper names nobody but those withdrawn, and counts as blank.",
            "%(number)s papers name nobody but those withdrawn, and count as blank.",
            emptied,
        ),
    )
