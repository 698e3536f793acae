"""The outcome of a rule that puts all candidates in order in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voting.counting.options import Options
from voting.counting.piles import check_seats
from voting.counting.places import fill_seats, name_places
from voting.counting.tabulation import (
    Choices,
    Grades,
    Outcome,
    Pairs,
    Papers,
    Scores,
    Stage,
)
from voting.counting.ties import Ties
from voting.counting.words import Said, phrase, phrase_many

Counted = Papers | Choices | Scores | Grades | Pairs


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one step of a rule found: places in groups, and the votes of each candidate if any."""

    rule: str
    version: str
    options: Mapping[str, object]
    groups: Sequence[Sequence[int]]
    valid: int | None
    blank: int
    spoiled: int
    told: Said
    votes: Sequence[int] = ()
    places: int = 0
    details: Mapping[str, object] | None = None


def make_outcome(
    counted: Counted, sheet: Sheet, options: Options, seats: int, ties: Ties | None = None
) -> Outcome:
    """Fill the seats from the top of the sheet. CountingError for more seats than candidates."""
    names = counted.candidates
    check_seats(seats, names)
    ties = ties or Ties(names, options.tie_rule, _declared(counted))
    winners = fill_seats(sheet.groups, seats, ties, settle=options.tie is not None)
    certain = [one for group in winners for one in group] if _fits(winners, seats) else []
    elected = tuple(names[one] for one in certain) or tuple(
        names[group[0]] for group in winners if len(group) == 1
    )
    placed = name_places(winners, names) if not certain else tuple(names[one] for one in certain)
    stage = Stage(
        1,
        dict(zip(names, sheet.votes, strict=False)),
        0,
        None,
        elected,
        (),
        (sheet.told, *_told(elected, winners, seats, names)),
    )
    return Outcome(
        rule=sheet.rule,
        version=sheet.version,
        options={**sheet.options, "tie": "shared" if options.tie is None else options.tie.name},
        candidates=names,
        seats=seats,
        valid=sheet.valid,
        quota=None,
        winners=placed,
        stages=(stage,),
        ranking=name_places(sheet.groups, names),
        ties=tuple(ties.record),
        places=sheet.places,
        blank=sheet.blank,
        spoiled=sheet.spoiled,
        title=counted.title,
        details=sheet.details or {},
    )


def _fits(winners: Sequence[Sequence[int]], seats: int) -> bool:
    return sum(map(len, winners)) <= seats


def _declared(counted: Counted) -> tuple[int, ...]:
    return counted.tie_order if isinstance(counted, Papers) else ()


def _told(
    elected: tuple[str, ...], winners: Sequence[Sequence[int]], seats: int, names: Sequence[str]
) -> list[Said]:
    told = []
    if elected:
        told.append(
            phrase_many("%(names)s wins.", "%(names)s win.", len(elected), names=elected),
        )
    if not _fits(winners, seats):
        level = tuple(names[one] for one in winners[-1])
        told.append(phrase("%(names)s are tied for the last place.", names=level))
    return told
