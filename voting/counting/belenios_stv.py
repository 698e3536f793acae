"""The single transferable vote as the Belenios programs count it (`belenios-tool method stv`).

This is not Scottish STV: one candidate is elected at a time, those over the quota who wait go on
receiving papers, nothing is truncated, and candidates on no remaining paper vanish. The programs
count weights in binary64 numbers, in the order in which papers lie: that order and those numbers
are part of the rule, and this one module keeps them, so as to match to the last tie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from voting.counting.minutes import Minutes, first_preferences
from voting.counting.options import Options
from voting.counting.piles import Strict, check_seats, check_unweighted
from voting.counting.tabulation import CountingError, Outcome, Papers, Ranking, Tie
from voting.counting.words import Said, phrase

RULE, VERSION = "belenios-stv", "belenios-tool 2.0"
PLACES = 6
UNIT = 10**PLACES


Bundle = tuple[Strict, int, float, int]
"""A ranking, the place of the preference in use, the weight of each paper, how many papers."""


@dataclass(slots=True)
class _Count:
    """Papers lie with the candidate they are for, in order; ``scores`` are their weights added up.

    The programs add weights over all papers in one row; what counts is the order of those that lie
    with the same candidate, and it is the same here.
    """

    names: tuple[str, ...]
    piles: dict[int, list[Bundle]]
    scores: dict[int, float]
    minutes: Minutes
    ties: list[Tie]
    left: int
    quota: int
    done: Said = field(default_factory=first_preferences)

    def run(self) -> None:
        while self.left > 0:
            if len(self.scores) <= self.left:
                self.note(elected=sorted(self.scores))
                return
            top = max(self.scores.values())
            if top >= self.quota:
                self.win(self.choose(top, "candidate to elect", last=False), top)
            else:
                low = min(self.scores.values())
                self.lose(self.choose(low, "candidate to exclude", last=True))
        self.note()

    def choose(self, at: float, purpose: str, *, last: bool) -> int:
        """The first (last) in order of those who have *at* votes."""
        level = [candidate for candidate, votes in self.scores.items() if votes == at]
        chosen = level[-1] if last else level[0]
        if len(level) > 1:
            how = (
                phrase("the last in order, as the rule says")
                if last
                else phrase("the first in order, as the rule says")
            )
            names = tuple(self.names[candidate] for candidate in level)
            self.ties.append(
                Tie(self.minutes.next_number, purpose, names, self.names[chosen], (how,))
            )
        return chosen

    def win(self, chosen: int, top: float) -> None:
        """Elect one; its papers go on with the surplus, and are laid before all others."""
        self.note(elected=[chosen])
        self.left -= 1
        for candidate, moved in self.take(chosen).items():
            lighter = [
                (ranking, at, weight * (top - self.quota) / top, papers)
                for ranking, at, weight, papers in moved
            ]
            self.piles[candidate] = lighter + self.piles[candidate]
            self.scores[candidate] = _add_all(0.0, self.piles[candidate])
        self.done = phrase("The surplus of %(names)s is transferred.", names=(self.names[chosen],))

    def lose(self, chosen: int) -> None:
        """Exclude one; its papers go on as they are, and are laid behind all others."""
        self.note(excluded=[chosen])
        for candidate, moved in self.take(chosen).items():
            self.piles[candidate] += moved
            self.scores[candidate] = _add_all(self.scores[candidate], moved)
        self.done = phrase("The papers of %(names)s are transferred.", names=(self.names[chosen],))

    def take(self, chosen: int) -> dict[int, list[Bundle]]:
        """Take the papers of someone who leaves the count, sorted by their next preference."""
        del self.scores[chosen]
        moved: dict[int, list[Bundle]] = {}
        for ranking, at, weight, papers in self.piles.pop(chosen):
            for place in range(at + 1, len(ranking)):
                if ranking[place] in self.scores:
                    moved.setdefault(ranking[place], []).append((ranking, place, weight, papers))
                    break
        return moved

    def note(self, elected: list[int] | None = None, excluded: list[int] | None = None) -> None:
        held = dict.fromkeys(self.minutes.elected, self.quota * UNIT)
        votes = [
            int(Fraction(self.scores[at]) * UNIT) if at in self.scores else held.get(at, 0)
            for at in range(len(self.names))
        ]
        self.minutes.add(
            votes,
            self.quota * UNIT,
            self.done,
            elected=elected or (),
            excluded=excluded or (),
        )


def _deal(rankings: Mapping[Strict, int]) -> dict[int, list[Bundle]]:
    """Lay the papers, in order of their rankings, with their first preferences.

    Only candidates who are on some paper take part.
    """
    named = sorted({candidate for ranking in rankings for candidate in ranking})
    piles: dict[int, list[Bundle]] = {candidate: [] for candidate in named}
    for ranking, papers in sorted(rankings.items()):
        if ranking:
            piles[ranking[0]].append((ranking, 0, 1.0, papers))
    return piles


def _add_all(total: float, bundles: list[Bundle]) -> float:
    """Add weights one after the other, as the programs do."""
    for _, _, weight, papers in bundles:
        if weight == 1.0 and total.is_integer():
            total += papers  # exact: both are whole numbers below 2 ** 53
        else:
            for _ in range(papers):
                total += weight
    return total


def count_belenios_stv(papers: Papers, options: Options) -> Outcome:
    """Count as `belenios-tool method stv` does: same winners, same order, same ties.

    Numbers must run 1, 2, 3 with no gap and no repeat, else the paper is spoiled; blank papers are
    valid and count for the quota, whole part of papers / (seats + 1), plus 1. Fewer candidates than
    seats may win. Votes are shown to 6 places, cut off. Raises CountingError for weighted papers,
    for more seats than candidates, and when no paper names a candidate.
    """
    seats = options.seats_for(papers)
    check_seats(seats, papers.candidates)
    check_unweighted(papers, RULE)
    rankings, spoiled = _read(papers)
    valid = sum(rankings.values())
    quota = valid // (seats + 1) + 1
    minutes = Minutes(papers.candidates, valid * UNIT, PLACES)
    piles = _deal(rankings)
    scores = {candidate: _add_all(0.0, pile) for candidate, pile in piles.items()}
    count = _Count(papers.candidates, piles, scores, minutes, [], seats, quota)
    count.run()
    return Outcome(
        rule=RULE,
        version=VERSION,
        options={"quota": "whole part of papers / (seats + 1), plus 1", "tie": "as the rule says"},
        candidates=papers.candidates,
        seats=seats,
        valid=valid,
        quota=quota * UNIT,
        winners=minutes.winners(),
        stages=tuple(minutes.stages),
        ties=tuple(count.ties),
        places=PLACES,
        blank=rankings.get((), 0),
        spoiled=spoiled,
        title=papers.title,
    )


def _read(papers: Papers) -> tuple[dict[Strict, int], int]:
    rankings: dict[Strict, int] = {}
    spoiled = papers.spoiled
    for ranking, number in papers.groups.items():
        if (strict := _strict(ranking)) is None:
            spoiled += number
        else:
            rankings[strict] = rankings.get(strict, 0) + number
    if not any(rankings):
        raise CountingError("There is no paper that names a candidate.")
    return rankings, spoiled


def _strict(ranking: Ranking) -> Strict | None:
    strict = tuple(preference for preference in ranking if isinstance(preference, int))
    return strict if len(strict) == len(ranking) else None
