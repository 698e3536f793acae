"""Instant runoff, also called the alternative vote: one winner, the lowest excluded in turn.

UK practice: a majority of the votes that are still with a continuing candidate elects.
"""

from __future__ import annotations

from dataclasses import dataclass

from voting.counting.minutes import Minutes, first_preferences
from voting.counting.options import Options
from voting.counting.piles import Parcel, Piles, Usable, deal, read_preferences
from voting.counting.shared_numbers import SharedPiles
from voting.counting.tabulation import CountingError, Outcome, Papers, Placed
from voting.counting.ties import Ties, narrow
from voting.counting.words import Said, phrase_many

RULE, VERSION = "irv", "1"


@dataclass(slots=True)
class _Count:
    piles: Piles
    minutes: Minutes
    ties: Ties
    options: Options
    winner: Placed | None = None

    def run(self) -> None:
        done = first_preferences()
        while True:
            elected, out = self.decide()
            self.piles.history.append(list(self.piles.votes))
            self.minutes.add(self.piles.votes, None, done, elected=elected, excluded=out)
            if self.winner is not None:
                return
            done = self.exclude(out)

    def decide(self) -> tuple[list[int], list[int]]:
        """Who is elected or excluded on the votes as they stand."""
        left, votes = self.piles.left(), self.piles.votes
        most = max(votes[one] for one in left)
        ahead = [one for one in left if votes[one] == most]
        if len(left) == 1 or self.has_majority(most, left):
            self.winner = self.ties.names[ahead[0]]
            return ahead, []
        if len(ahead) == len(left) == 2:
            return self.settle_last_two(ahead), []
        return [], self.lowest(left)

    def has_majority(self, most: int, left: list[int]) -> bool:
        active = sum(self.piles.votes[one] for one in left)
        return most * 2 > active and (self.options.until == "majority" or len(left) == 2)

    def settle_last_two(self, level: list[int]) -> list[int]:
        """Two are left with equal votes: the tie is for the win."""
        points = list(enumerate(self.piles.history, 1))[::-1]
        open_still = len(narrow(level, points, highest=True)[0]) > 1
        if open_still and self.options.tie is None:
            self.winner = self.minutes.name(level)
            return []
        stage = self.minutes.next_number
        chosen = self.ties.by_latest(
            level, self.piles.history, stage, "candidate to elect", highest=True
        )
        self.winner = self.ties.names[chosen]
        return [chosen]

    def lowest(self, left: list[int]) -> list[int]:
        votes = self.piles.votes
        if self.options.exclude == "batch" and (batch := self.batch(left)):
            return batch
        fewest = min(votes[one] for one in left)
        level = [one for one in left if votes[one] == fewest]
        stage = self.minutes.next_number
        return [
            self.ties.by_latest(
                level, self.piles.history, stage, "candidate to exclude", highest=False
            )
        ]

    def batch(self, left: list[int]) -> list[int]:
        """The most of the lowest who together have fewer votes than the next above them."""
        votes = self.piles.votes
        rising = sorted(left, key=lambda one: votes[one])
        best, total = 0, 0
        most = len(rising) - (1 if self.options.until == "majority" else 2)
        for size in range(1, most + 1):
            total += votes[rising[size - 1]]
            if total < votes[rising[size]]:
                best = size
        return rising[:best]

    def exclude(self, out: list[int]) -> Said:
        piles = self.piles
        parcels: list[Parcel] = []
        for one in out:
            piles.continuing[one] = False
            parcels += piles.parcels[one]
            piles.parcels[one] = []
            piles.votes[one] = 0
        onward = piles.sort(parcels)
        piles.give(onward, 1)
        total = onward.papers + onward.lost
        return phrase_many(
            "The papers of %(names)s are transferred: "
            "%(moved)s of %(number)s paper to continuing candidates.",
            "The papers of %(names)s are transferred: "
            "%(moved)s of %(number)s papers to continuing candidates.",
            total,
            names=self.minutes.name(out),
            moved=f"{onward.papers:,}",
        )


def count_irv(papers: Papers, options: Options) -> Outcome:
    """Count by instant runoff.

    ``until`` majority stops at a majority of continuing votes, two goes on until two are left;
    ``exclude`` batch excludes together all the lowest who cannot catch up. A number left out is
    closed up; a number given twice exhausts the paper there (``overvote`` exhaust), is passed over
    (skip), or counts for the only one of them who continues (continuing). A tie for exclusion goes
    by the latest difference, else by lot or declared order; two left with equal votes throughout
    share the win, unless a tie rule was chosen. Raises CountingError for more than one seat and
    when no paper is valid.
    """
    _check(papers, options)
    usable: Usable = read_preferences(papers, options.overvote)
    ties = Ties(papers.candidates, options.tie_rule, papers.tie_order)
    minutes = Minutes(papers.candidates, usable.valid, 0)
    piles = deal(usable, len(papers.candidates), 1)
    if options.overvote == "continuing":
        piles = SharedPiles(piles.votes, piles.parcels, piles.continuing)
    count = _Count(piles, minutes, ties, options)
    count.run()
    return Outcome(
        rule=RULE,
        version=VERSION,
        options=_describe(options),
        candidates=papers.candidates,
        seats=1,
        valid=usable.valid,
        quota=None,
        winners=() if count.winner is None else (count.winner,),
        stages=tuple(minutes.stages),
        ties=tuple(ties.record),
        blank=usable.blank,
        spoiled=usable.spoiled,
        title=papers.title,
    )


def _describe(options: Options) -> dict[str, object]:
    return {
        "tie": options.tie_rule.name if options.tie else "latest difference, then order",
        "until": options.until,
        "exclude": options.exclude,
        "overvote": options.overvote,
        "majority": "of continuing votes",
    }


def _check(papers: Papers, options: Options) -> None:
    if options.seats_for(papers) != 1:
        raise CountingError("The rule irv elects one candidate; it cannot fill several seats.")
    for name, value, known in (
        ("until", options.until, ("majority", "two")),
        ("exclude", options.exclude, ("single", "batch")),
        ("overvote", options.overvote, ("exhaust", "skip", "continuing")),
    ):
        if value not in known:
            raise CountingError(f"The option {name} is {' or '.join(known)}, not {value!r}.")
