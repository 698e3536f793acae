"""WIGM-PRF: the Proportional Representation Foundation's reference rule for weighted Gregory STV.

Source: "Reference WIGM Rule", steps A to D; candidates are defeated one at a time. Votes and
weights are in units of 0.0001. A candidate with no surplus to transfer has no stage of transfer.
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
    read_in_order,
)
from voting.counting.tabulation import Outcome, Papers
from voting.counting.ties import Ties
from voting.counting.words import Said, phrase

RULE, VERSION = "wigm-prf", "reference rule, 4 decimal places, single defeat"
PLACES = 4
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
                self.defeat()

    def finish(self, done: Said) -> None:
        """Elect winners (B.1) and test whether the count is complete (D.3, C)."""
        votes = self.piles.votes
        new = [one for one in self.piles.left() if votes[one] >= self.quota]
        rest = [one for one in self.piles.left() if one not in new]
        vacancies = self.seats - len(self.minutes.elected) - len(new)
        self.over = vacancies == 0 or len(rest) <= vacancies
        self.over |= is_filled(self.piles.sitting, new)
        if vacancies and len(rest) <= vacancies:
            new += rest
        new.sort(key=lambda one: -votes[one])
        for one in new:
            self.piles.continuing[one] = False
        waiting = any(votes[one] > self.quota for one in [*self.minutes.elected, *new])
        low = [] if self.over or waiting else [self.choose_lowest()]
        self.minutes.add(votes, self.quota, done, elected=new, excluded=low, loss=self.loss)

    def largest_surpluses(self) -> list[int]:
        votes = self.piles.votes
        most = max((votes[one] for one in self.minutes.elected), default=0)
        if most <= self.quota:
            return []
        return [one for one in self.minutes.elected if votes[one] == most]

    def transfer(self, surpluses: list[int]) -> None:
        """Transfer the high surplus (B.3)."""
        stage = self.minutes.next_number
        chosen = self.ties.by_rule(sorted(surpluses), stage, "surplus to transfer")
        piles, total = self.piles, self.piles.votes[chosen]
        surplus = total - self.quota
        parcels, piles.parcels[chosen] = piles.parcels[chosen], []
        moved, told = 0, []
        for parcel in parcels:
            value = parcel.value * surplus // total
            piles.give(piles.sort([parcel]), value)
            moved += value * parcel.papers
            told.append(value_papers(parcel.papers, self.minutes.show(value)))
        piles.votes[chosen] = self.quota
        self.loss += surplus - moved
        self.finish(
            phrase(
                "The surplus of %(names)s, %(surplus)s, is transferred: %(papers)s.",
                names=(self.ties.names[chosen],),
                surplus=self.minutes.show(surplus),
                papers=tuple(told),
            )
        )

    def choose_lowest(self) -> int:
        stage = self.minutes.next_number
        return self.ties.by_rule(self.piles.lowest(), stage, "candidate to exclude")

    def defeat(self) -> None:
        """Transfer the papers of the candidate whose defeat the last stage decided (B.4)."""
        chosen = self.ties.names.index(self.minutes.stages[-1].excluded[0])
        piles = self.piles
        piles.continuing[chosen] = False
        parcels, piles.parcels[chosen] = piles.parcels[chosen], []
        for parcel in parcels:
            piles.give(piles.sort([parcel]), parcel.value)
        piles.votes[chosen] = 0
        total = sum(parcel.papers for parcel in parcels)
        self.finish(
            phrase(
                "The papers of %(names)s, %(total)s in all, are transferred at the value they had.",
                names=(self.ties.names[chosen],),
                total=f"{total:,}",
            )
        )


def count_wigm(papers: Papers, options: Options) -> Outcome:
    """Count by the reference WIGM rule.

    Only the order of preferences is read. Ties are settled by declared order or lot. Raises
    CountingError for weighted papers, shared numbers, more seats than candidates, no valid paper.
    """
    seats = options.seats_for(papers)
    check_seats(seats, papers.candidates)
    check_unweighted(papers, RULE)
    usable = read_in_order(papers)
    quota = usable.valid * UNIT // (seats + 1) + 1
    ties = Ties(papers.candidates, options.tie_rule, papers.tie_order)
    minutes = Minutes(papers.candidates, usable.valid * UNIT, PLACES)
    sitting = find_sitting(papers.candidates, options.sitting)
    piles = deal(usable, len(papers.candidates), UNIT, sitting)
    _Count(piles, minutes, ties, seats, quota).run()
    return Outcome(
        rule=RULE,
        version=VERSION,
        options={"tie": options.tie_rule.name, "quota": "valid / (seats + 1), plus 0.0001"},
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
