"""Scottish STV: the Scottish Local Government Elections Order 2007, schedule 1, rules 45 to 52.

The 2011 Order says the same in its rules 46 to 53. Votes are counted in units of 0.00001.
"""

from __future__ import annotations

from dataclasses import dataclass

from voting.counting.minutes import Minutes, first_preferences, value_papers
from voting.counting.options import Options
from voting.counting.piles import (
    Piles,
    check_seats,
    check_unweighted,
    deal,
    find_sitting,
    is_filled,
    read_consecutive,
)
from voting.counting.tabulation import Outcome, Papers
from voting.counting.ties import Ties
from voting.counting.words import Said, phrase, phrase_many

RULE, VERSION = "scottish-stv", "SSI 2007/42"
PLACES = 5
UNIT = 10**PLACES


@dataclass(slots=True)
class _Count:
    piles: Piles
    minutes: Minutes
    ties: Ties
    seats: int
    quota: int
    over: bool = False
    loss: int = 0

    def run(self) -> None:
        self.finish(first_preferences())
        while not self.over:
            if surpluses := self.largest_surpluses():
                self.transfer(surpluses)
            else:
                self.exclude()

    def finish(self, done: Said) -> None:
        """End a stage (rules 47 and 52): deem elected, and see whether the count is over."""
        votes = self.piles.votes
        new = [one for one in self.piles.left() if votes[one] >= self.quota]
        vacancies = self.seats - len(self.minutes.elected) - len(new)
        rest = [one for one in self.piles.left() if one not in new]
        self.over = vacancies == 0 or len(rest) <= vacancies
        self.over |= is_filled(self.piles.sitting, new)
        if vacancies and len(rest) <= vacancies:
            new += rest
        new.sort(key=lambda one: -votes[one])
        for one in new:
            self.piles.continuing[one] = False
        excluded = [] if self.over or self.has_surplus(new) else [self.choose_lowest()]
        self.piles.history.append(list(votes))
        self.minutes.add(votes, self.quota, done, elected=new, excluded=excluded, loss=self.loss)

    def has_surplus(self, new: list[int]) -> bool:
        return any(self.piles.votes[one] > self.quota for one in [*self.minutes.elected, *new])

    def largest_surpluses(self) -> list[int]:
        """Those with the largest surplus, if there is any."""
        votes = self.piles.votes
        most = max((votes[one] for one in self.minutes.elected), default=0)
        if most <= self.quota:
            return []
        return [one for one in self.minutes.elected if votes[one] == most]

    def transfer(self, surpluses: list[int]) -> None:
        """Transfer the largest surplus (rules 48 and 49)."""
        stage = self.minutes.next_number
        chosen = self.ties.by_latest(
            surpluses, self.piles.history[:-1], stage, "surplus to transfer", highest=True
        )
        piles, total = self.piles, self.piles.votes[chosen]
        surplus = total - self.quota
        parcels, piles.parcels[chosen] = piles.parcels[chosen], []
        moved, onward, told = 0, 0, []
        for parcel in parcels:
            value = surplus * parcel.value // total
            papers = piles.sort([parcel])
            piles.give(papers, value)
            moved += value * parcel.papers
            onward += papers.papers
            told.append(value_papers(parcel.papers, self.minutes.show(value)))
        piles.votes[chosen] = self.quota
        self.loss += surplus - moved
        self.finish(
            phrase(
                "The surplus of %(names)s, %(surplus)s, is transferred: %(papers)s; "
                "%(onward)s of them to continuing candidates.",
                names=(self.ties.names[chosen],),
                surplus=self.minutes.show(surplus),
                papers=tuple(told),
                onward=f"{onward:,}",
            )
        )

    def choose_lowest(self) -> int:
        """Whom to exclude (rules 50 and 51)."""
        return self.ties.by_latest(
            self.piles.lowest(),
            self.piles.history,
            self.minutes.next_number,
            "candidate to exclude",
            highest=False,
        )

    def exclude(self) -> None:
        """Transfer the papers of the candidate whose exclusion the last stage decided."""
        stage = self.minutes.stages[-1]
        chosen = self.ties.names.index(stage.excluded[0])
        piles = self.piles
        piles.continuing[chosen] = False
        parcels, piles.parcels[chosen] = piles.parcels[chosen], []
        moved = 0
        for parcel in parcels:
            papers = piles.sort([parcel])
            piles.give(papers, parcel.value)
            moved += papers.papers
        total = sum(parcel.papers for parcel in parcels)
        piles.votes[chosen] = 0
        self.finish(
            phrase_many(
                "The papers of %(names)s are transferred at the value they had: "
                "%(moved)s of %(number)s paper to continuing candidates.",
                "The papers of %(names)s are transferred at the value they had: "
                "%(moved)s of %(number)s papers to continuing candidates.",
                total,
                names=(self.ties.names[chosen],),
                moved=f"{moved:,}",
            )
        )


def count_scottish(papers: Papers, options: Options) -> Outcome:
    """Count by Scottish STV.

    A paper counts up to the first number that is left out or given twice. A tie goes to whoever was
    ahead at the latest earlier stage that tells any of them apart (those still level are compared
    at the stage before, and so on), else by lot. Raises CountingError for weighted papers, for more
    seats than candidates, and when no paper is valid.
    """
    seats = options.seats_for(papers)
    check_seats(seats, papers.candidates)
    check_unweighted(papers, RULE)
    usable = read_consecutive(papers)
    quota = (usable.valid // (seats + 1) + 1) * UNIT
    ties = Ties(papers.candidates, options.tie_rule, papers.tie_order)
    minutes = Minutes(papers.candidates, usable.valid * UNIT, PLACES)
    sitting = find_sitting(papers.candidates, options.sitting)
    piles = deal(usable, len(papers.candidates), UNIT, sitting)
    _Count(piles, minutes, ties, seats, quota).run()
    return Outcome(
        rule=RULE,
        version=VERSION,
        options={
            "tie": options.tie_rule.name,
            "quota": "whole part of valid / (seats + 1), plus 1",
        },
        candidates=papers.candidates,
        seats=seats,
        valid=usable.valid,
        quota=quota,
        winners=minutes.winners(),
        stages=tuple(minutes.stages),
        ties=tuple(ties.record),
        places=PLACES,
        blank=usable.blank,
        spoiled=usable.spoiled,
        title=papers.title,
    )
