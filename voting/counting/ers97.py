"""ERS97: "How to Conduct an Election by the Single Transferable Vote", 3rd edition 1997, section 5.

Votes are counted in units of 0.01. The batches of one exclusion are one stage of the sheet.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from voting.counting.minutes import Minutes, first_preferences, value_papers
from voting.counting.options import Options
from voting.counting.piles import (
    Parcel,
    Piles,
    check_seats,
    check_unweighted,
    deal,
    find_sitting,
    is_filled,
    read_consecutive,
)
from voting.counting.tabulation import Outcome, Papers
from voting.counting.ties import Ties, narrow
from voting.counting.words import Said, phrase, phrase_many

RULE, VERSION = "ers97", "ERS97, 3rd edition 1997"
PLACES = 2
UNIT = 10**PLACES


@dataclass(slots=True)
class _Count:
    piles: Piles
    minutes: Minutes
    ties: Ties
    seats: int
    quota: int
    elected: list[int] = field(default_factory=list)
    new: list[int] = field(default_factory=list)
    proposed: list[int] = field(default_factory=list)
    loss: int = 0
    over: bool = False
    batches: list[dict[str, object]] = field(default_factory=list)

    @property
    def vacancies(self) -> int:
        return self.seats - len(self.elected)

    @property
    def is_complete(self) -> bool:
        return self.vacancies == 0 or is_filled(self.piles.sitting, self.elected)

    def removable(self) -> list[int]:
        """The continuing candidates but for those who keep their places, fewest votes first."""
        left = [one for one in self.piles.left() if one not in self.piles.sitting]
        return sorted(left, key=lambda one: self.piles.votes[one])

    def run(self) -> None:
        self.note_batch()
        self.finish(first_preferences())
        while not self.over:
            if self.proposed:
                self.exclude(self.proposed)
            else:
                self.transfer(self.largest_surpluses())

    # Electing (5.1.6, 5.1.7, 5.3.13, 5.4.8, 5.4.9)

    def note_batch(self) -> None:
        """After stage 1, a surplus or a batch: reduce the quota, deem elected, remember votes."""
        if not self.elected:
            active = self.minutes.total - self.lost()
            self.quota = -(-active // (self.seats + 1))
        self.piles.history.append(list(self.piles.votes))
        while self.vacancies and self.deem_next():
            pass

    def lost(self) -> int:
        return self.minutes.total - sum(self.piles.votes)

    def deem_next(self) -> bool:
        """Deem the continuing candidate with most votes elected, if the votes reach far enough."""
        left, votes = self.piles.left(), self.piles.votes
        most = max(votes[one] for one in left)
        kept = sum(min(self.quota, votes[one]) for one in self.elected)
        active = self.minutes.total - self.lost() - kept
        if most < self.quota and most * (self.vacancies + 1) < active:
            return False
        level = [one for one in left if votes[one] == most]
        if len(level) > self.vacancies:
            level = self.ahead(level)
        if level:
            self.elect(level[0])
        return bool(level)

    def ahead(self, level: list[int]) -> list[int]:
        """Who takes the last places by the earliest difference; nobody yet if open (5.6.2)."""
        first, _ = narrow(level, list(enumerate(self.piles.history, 1)), highest=True)
        if len(first) > self.vacancies:
            return []
        if len(first) == 1:
            self.pick(level, "candidate to elect", highest=True)
        return first

    def pick(self, level: list[int], purpose: str, *, highest: bool) -> int:
        """Choose among candidates with equal votes by the earliest difference, else by lot."""
        stage = self.minutes.next_number
        return self.ties.by_earliest(level, self.piles.history, stage, purpose, highest=highest)

    def elect(self, chosen: int) -> None:
        self.piles.continuing[chosen] = False
        self.elected.append(chosen)
        self.new.append(chosen)

    # Ending a stage (5.2, 5.5)

    def finish(self, done: Said) -> None:
        """Decide what comes next, and write the stage down."""
        self.proposed = []
        self.decide()
        self.minutes.add(
            self.piles.votes,
            self.quota,
            done,
            elected=self.new,
            excluded=self.proposed,
            loss=self.loss,
        )
        self.new = []

    def decide(self) -> None:
        left = self.piles.left()
        if self.is_complete:
            self.over = True
        elif len(left) <= self.vacancies:
            self.fill(left)
        elif out := self.whom_to_exclude():
            if len(left) - len(out) == self.vacancies:
                self.fill([one for one in left if one not in out])
            self.proposed = out

    def fill(self, rest: list[int]) -> None:
        """Elect all who remain (5.5): nothing more is transferred."""
        for one in sorted(rest, key=lambda one: -self.piles.votes[one]):
            self.elect(one)
        self.over = True

    def whom_to_exclude(self) -> list[int]:
        """Candidates to exclude now (5.2.5); none when a surplus must be transferred first."""
        surplus = sum(max(0, self.piles.votes[one] - self.quota) for one in self.elected)
        size = self.safe_exclusion(surplus)
        if size == 0 and surplus:
            return []
        return self.choose_lowest(max(size, 1))

    def safe_exclusion(self, surplus: int) -> int:
        """How many of the lowest cannot reach the next above, even with all surpluses (5.2.2)."""
        votes = [self.piles.votes[one] for one in self.removable()]
        safe, total = 0, surplus
        for size in range(1, len(self.piles.left()) - self.vacancies + 1):
            total += votes[size - 1]
            if total <= votes[size]:
                safe = size
        return safe

    def choose_lowest(self, size: int) -> list[int]:
        votes = self.piles.votes
        left = self.removable()
        edge = votes[left[size - 1]]
        out = [one for one in left if votes[one] < edge]
        level = [one for one in left if votes[one] == edge]
        while len(out) < size:
            if len(level) == size - len(out):
                return out + level
            chosen = self.pick(level, "candidate to exclude", highest=False)
            out.append(chosen)
            level.remove(chosen)
        return out

    # Moving papers (5.3, 5.4)

    def largest_surpluses(self) -> list[int]:
        votes = self.piles.votes
        most = max(votes[one] for one in self.elected)
        return [one for one in self.elected if votes[one] == most]

    def transfer(self, level: list[int]) -> None:
        """Transfer a surplus: the papers of the last batch only (5.3)."""
        chosen = self.pick(level, "surplus to transfer", highest=True)
        piles = self.piles
        surplus = piles.votes[chosen] - self.quota
        batch = piles.parcels[chosen].pop()
        onward = piles.sort([batch])
        number = onward.papers
        value = surplus // number if number * batch.value > surplus else batch.value
        piles.give(onward, value)
        piles.votes[chosen] = self.quota
        if number * batch.value > surplus:
            self.loss += surplus - number * value
        self.note_batch()
        self.finish(
            phrase_many(
                "The surplus of %(names)s, %(surplus)s, is transferred: "
                "%(onward)s of %(number)s paper can go on, each at %(value)s.",
                "The surplus of %(names)s, %(surplus)s, is transferred: "
                "%(onward)s of %(number)s papers can go on, each at %(value)s.",
                batch.papers,
                names=(self.ties.names[chosen],),
                surplus=self.minutes.show(surplus),
                onward=f"{number:,}",
                value=self.minutes.show(value),
            )
        )

    def exclude(self, out: list[int]) -> None:
        """Move the papers of those excluded, batch by batch, the highest value first (5.4)."""
        piles = self.piles
        batches: dict[int, list[tuple[int, Parcel]]] = {}
        for one in out:
            piles.continuing[one] = False
            for parcel in piles.parcels[one]:
                batches.setdefault(parcel.value, []).append((one, parcel))
            piles.parcels[one] = []
        told = []
        for value in sorted(batches, reverse=True):
            for one, parcel in batches[value]:
                piles.votes[one] -= value * parcel.papers
            parcels = [parcel for _, parcel in batches[value]]
            piles.give(piles.sort(parcels), value)
            number = sum(parcel.papers for parcel in parcels)
            told.append(value_papers(number, self.minutes.show(value)))
            self.note_batch()
            self.batches.append(self.tell_batch(value, number))
            if self.is_complete:
                break
        names = self.minutes.name(out)
        moved = phrase(
            "The papers of %(names)s are transferred: %(papers)s.", names=names, papers=tuple(told)
        )
        none = phrase("There are no papers of %(names)s to transfer.", names=names)
        self.finish(moved if told else none)

    def tell_batch(self, value: int, papers: int) -> dict[str, object]:
        """The figures after a batch of the exclusion that is the stage now being counted."""
        show = self.minutes.show
        votes = zip(self.ties.names, self.piles.votes, strict=True)
        return {
            "stage": self.minutes.next_number,
            "value": show(value),
            "papers": papers,
            "votes": {name: show(number) for name, number in votes},
            "non_transferable": show(self.lost()),
            "quota": show(self.quota),
        }


def count_ers97(papers: Papers, options: Options) -> Outcome:
    """Count by the ERS97 rules.

    A paper counts up to the first number that is left out or given twice. Ties go by the earliest
    difference, else by lot. ``quota`` of the outcome is the last one; ``batches`` of the details
    are the figures after every batch of an exclusion. Raises CountingError for weighted papers, for
    more seats than candidates, and when no paper is valid.
    """
    seats = options.seats_for(papers)
    check_seats(seats, papers.candidates)
    check_unweighted(papers, RULE)
    usable = read_consecutive(papers)
    ties = Ties(papers.candidates, options.tie_rule, papers.tie_order)
    minutes = Minutes(papers.candidates, usable.valid * UNIT, PLACES)
    sitting = find_sitting(papers.candidates, options.sitting)
    piles = deal(usable, len(papers.candidates), UNIT, sitting)
    count = _Count(piles, minutes, ties, seats, 0)
    count.run()
    return Outcome(
        rule=RULE,
        version=VERSION,
        options={
            "tie": options.tie_rule.name,
            "quota": "valid / (seats + 1), rounded up to 0.01, until someone is elected",
        },
        candidates=papers.candidates,
        seats=seats,
        valid=usable.valid,
        quota=count.quota,
        winners=minutes.winners(),
        stages=tuple(minutes.stages),
        ties=tuple(ties.record),
        places=PLACES,
        blank=usable.blank,
        spoiled=usable.spoiled,
        title=papers.title,
        details={"batches": count.batches},
    )
