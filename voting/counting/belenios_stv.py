"""The single transferable vote as the Belenios programs count it (`belenios-tool method stv`).

This is not Scottish STV: one candidate is elected at a time, those over the quota who wait go on
receiving papers, nothing is truncated, and candidates on no remaining paper vanish. The programs
count weights in binary64 numbers, in the order in which papers lie: that order and those numbers
are part of the rule, and this one module keeps them, so as to match to the last tie.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from voting.counting.minutes import Minutes
from voting.counting.options import Options
from voting.counting.piles import Strict, check_seats, check_unweighted
from voting.counting.tabulation import CountingError, Outcome, Papers, Ranking, Tie

RULE, VERSION = "belenios-stv", "belenios-tool 2.0"
PLACES = 6
UNIT = 10**PLACES


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Identical papers that lie together. ``weight`` is of each."""

    ranking: Strict
    weight: float
    papers: int

    def leads_with(self, candidate: int) -> bool:
        return self.ranking[:1] == (candidate,)

    def without(self, candidate: int) -> _Bundle:
        ranking = tuple(one for one in self.ranking if one != candidate)
        return _Bundle(ranking, self.weight, self.papers)


@dataclass(slots=True)
class _Count:
    names: tuple[str, ...]
    bundles: list[_Bundle]
    minutes: Minutes
    ties: list[Tie]
    left: int
    quota: int
    done: str = "First preferences."

    def run(self) -> None:
        while self.left > 0:
            scores = self.score()
            if len(scores) <= self.left:
                self.note(scores, elected=sorted(scores))
                return
            top = max(scores.values())
            if top >= self.quota:
                self.win(self.choose(scores, top, "candidate to elect", last=False), scores)
            else:
                low = min(scores.values())
                self.lose(self.choose(scores, low, "candidate to exclude", last=True), scores)
        if self.done:
            self.note(self.score())

    def score(self) -> dict[int, float]:
        """Votes of the candidates who are still on some paper, added paper by paper."""
        scores: dict[int, float] = {}
        for bundle in self.bundles:
            for candidate in bundle.ranking:
                scores.setdefault(candidate, 0.0)
            if bundle.ranking:
                first = bundle.ranking[0]
                scores[first] = _add(scores[first], bundle.weight, bundle.papers)
        return dict(sorted(scores.items()))

    def choose(self, scores: Mapping[int, float], at: float, purpose: str, *, last: bool) -> int:
        """The first (last) in order of those who have *at* votes."""
        level = [candidate for candidate, votes in scores.items() if votes == at]
        chosen = level[-1] if last else level[0]
        if len(level) > 1:
            how = f"the {'last' if last else 'first'} in order, as the rule says"
            names = tuple(self.names[candidate] for candidate in level)
            self.ties.append(Tie(self.minutes.next_number, purpose, names, self.names[chosen], how))
        return chosen

    def win(self, chosen: int, scores: Mapping[int, float]) -> None:
        """Elect one; its papers go on with the surplus, and are laid before all others."""
        top = scores[chosen]
        self.note(scores, elected=[chosen])
        self.left -= 1
        self.move(chosen, lambda weight: weight * (top - self.quota) / top, first=True)
        self.done = f"The surplus of {self.names[chosen]} is transferred."

    def lose(self, chosen: int, scores: Mapping[int, float]) -> None:
        """Exclude one; its papers go on as they are, and are laid behind all others."""
        self.note(scores, excluded=[chosen])
        self.move(chosen, lambda weight: weight, first=False)
        self.done = f"The papers of {self.names[chosen]} are transferred."

    def move(self, chosen: int, change: Callable[[float], float], *, first: bool) -> None:
        moved = [
            _Bundle(bundle.ranking[1:], change(bundle.weight), bundle.papers)
            for bundle in self.bundles
            if bundle.leads_with(chosen)
        ]
        kept = [b.without(chosen) for b in self.bundles if not b.leads_with(chosen)]
        self.bundles = moved + kept if first else kept + moved

    def note(
        self,
        scores: Mapping[int, float],
        elected: list[int] | None = None,
        excluded: list[int] | None = None,
    ) -> None:
        held = dict.fromkeys(self.minutes.elected, self.quota * UNIT)
        votes = [
            int(Fraction(scores[at]) * UNIT) if at in scores else held.get(at, 0)
            for at in range(len(self.names))
        ]
        self.minutes.add(
            votes,
            self.quota * UNIT,
            self.done,
            elected=elected or (),
            excluded=excluded or (),
        )
        self.done = ""


def _add(total: float, weight: float, papers: int) -> float:
    if weight == 1.0 and total.is_integer():
        return total + papers  # exact: both are whole numbers below 2 ** 53
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
    bundles = [_Bundle(ranking, 1.0, number) for ranking, number in sorted(rankings.items())]
    count = _Count(papers.candidates, bundles, minutes, [], seats, quota)
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
