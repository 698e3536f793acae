"""Meek's rule, where elected candidates keep just a quota and go on receiving papers.

``prf``: the Proportional Representation Foundation's "Reference Meek Rule", steps A to C, to 9
decimal places. ``hww``: Hill, Wichmann and Woodall, "Algorithm 123", The Computer Journal 30
(1987), with the same arithmetic; its options are as stated in ``_HWW``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from voting.counting.minutes import Minutes, first_preferences
from voting.counting.options import Options
from voting.counting.piles import Usable, check_seats, find_sitting, is_filled, read_in_order
from voting.counting.tabulation import CountingError, Outcome, Papers, show
from voting.counting.ties import Ties
from voting.counting.trie import Node, distribute, make_trie
from voting.counting.words import Said, phrase, phrase_many

RULE = "meek"
PLACES = 9
UNIT = 10**PLACES
OMEGA = UNIT // 10**6
CLOSE = 10**5
_PRF = {
    "variant": "prf",
    "decimal places": 9,
    "omega": "0.000001",
    "quota": "falls as papers run out",
}
_HWW = {
    "variant": "hww",
    "decimal places": 9,
    "converged": "all elected are within 0.00001 of a quota",
    "quota": "(valid - excess) / (seats + 1)",
    "elect": "when keep values have converged",
    "exclude": "one, when keep values have converged",
}


@dataclass(slots=True)
class _Count:
    root: Node
    minutes: Minutes
    ties: Ties
    seats: int
    keep: list[int]
    hopeful: list[int]
    sitting: frozenset[int] = frozenset()
    elected: list[int] = field(default_factory=list)
    votes: list[int] = field(default_factory=list)
    quota: int = 0
    first_quota: int | None = None
    kept: list[list[int]] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        return self.is_filled or len(self.elected) + len(self.hopeful) <= self.seats

    @property
    def is_filled(self) -> bool:
        return len(self.elected) >= self.seats or is_filled(self.sitting, self.elected)

    def distribute(self) -> None:
        """Distribute votes and update the quota (B.2.a and b)."""
        self.votes = distribute(self.root, self.keep, UNIT)
        self.quota = sum(self.votes) // (self.seats + 1) + 1
        if self.first_quota is None:
            self.first_quota = self.quota

    def winners(self) -> list[int]:
        """Hopeful candidates with a quota, most votes first (B.2.c)."""
        reached = [one for one in self.hopeful if self.votes[one] >= self.quota]
        return sorted(reached, key=lambda one: -self.votes[one])

    def surplus(self) -> int:
        """The total surplus of the elected (B.2.d)."""
        return max(0, sum(self.votes[one] - self.quota for one in self.elected))

    @property
    def converged(self) -> bool:
        """Whether all elected are within 1 / CLOSE of a quota (Algorithm 123)."""
        gaps = (abs(self.votes[one] - self.quota) * CLOSE for one in self.elected)
        return all(gap <= self.votes[one] for gap, one in zip(gaps, self.elected, strict=True))

    def lower_keep(self) -> None:
        """Let each elected candidate keep a quota of what now comes to them (B.2.f)."""
        for one in self.elected:
            share = -(-self.keep[one] * self.quota // UNIT)
            self.keep[one] = min(UNIT, -(-share * UNIT // self.votes[one]))

    def elect(self, new: list[int]) -> None:
        self.elected += new
        self.hopeful = [one for one in self.hopeful if one not in new]

    def lowest(self, surplus: int) -> int:
        """The hopeful candidate to exclude; those within *surplus* of the lowest are tied (B.3)."""
        left = [one for one in self.hopeful if one not in self.sitting]
        fewest = min(self.votes[one] for one in left)
        low = [one for one in left if self.votes[one] <= fewest + surplus]
        return self.ties.by_rule(low, self.minutes.next_number, "candidate to exclude")

    def note(
        self, told: Said, *, elected: Sequence[int] = (), excluded: Sequence[int] = ()
    ) -> None:
        """Write a stage down, and what each candidate keeps of a paper in it."""
        self.kept.append(list(self.keep))
        self.minutes.add(self.votes, self.quota, told, elected=elected, excluded=excluded)

    def drop(self, low: int) -> None:
        self.hopeful.remove(low)
        self.keep[low] = 0

    def close(self) -> None:
        """Elect the hopeful to places that are left (C), on the votes as they stand."""
        if self.is_filled or not self.hopeful:
            return
        if not self.votes:
            self.distribute()
        self.votes = [votes if self.keep[at] else 0 for at, votes in enumerate(self.votes)]
        rest = sorted(self.hopeful, key=lambda one: -self.votes[one])
        self.elect(rest)
        told = phrase("As many candidates remain as there are places to fill.")
        self.note(told, elected=rest)


def _run_prf(count: _Count) -> None:
    while not count.complete:
        before, steps = count.root.votes * UNIT, 0
        while True:
            count.distribute()
            steps += 1
            if new := count.winners():
                count.elect(new)
                count.note(_told(count, steps), elected=new)
                break
            surplus = count.surplus()
            if surplus < OMEGA or (steps > 1 and surplus >= before):
                low = count.lowest(surplus)
                count.note(_told(count, steps), excluded=[low])
                count.drop(low)
                break
            before = surplus
            count.lower_keep()
    count.close()


def _run_hww(count: _Count) -> None:
    count.distribute()
    done, tried = first_preferences(), False
    while not count.complete:
        if (new := count.winners()) or not (count.converged or tried):
            count.elect(new)
            count.note(done, elected=new)
            if count.complete:
                return
            done, tried = _converge(count), True
            continue
        low = count.lowest(0)
        count.note(done, excluded=[low])
        count.drop(low)
        count.distribute()
        names = (count.ties.names[low],)
        done, tried = phrase("The papers of %(names)s are passed on.", names=names), False
    count.close()


def _converge(count: _Count) -> Said:
    before, steps = -1, 0
    while True:
        count.lower_keep()
        count.distribute()
        steps += 1
        surplus = count.surplus()
        if count.converged or 0 <= before <= surplus:
            return phrase_many(
                "Keep values are lowered %(number)s time, until the elected keep a quota each.",
                "Keep values are lowered %(number)s times, until the elected keep a quota each.",
                steps,
            )
        before = surplus


def _told(count: _Count, steps: int) -> Said:
    if not count.minutes.stages:
        return first_preferences()
    return phrase_many(
        "Papers are passed on %(number)s time; the quota is now %(quota)s.",
        "Papers are passed on %(number)s times; the quota is now %(quota)s.",
        steps,
        quota=count.minutes.show(count.quota),
    )


def count_meek(papers: Papers, options: Options) -> Outcome:
    """Count by Meek's rule, variant ``prf`` or ``hww``.

    Only the order of preferences is read; weighted papers count as that many papers. Ties are
    settled by declared order or lot. ``quota`` of the outcome is the first one for prf and None for
    hww, where each stage has its own. ``keep_values`` of the details are what each candidate keeps
    of a paper, stage by stage. Raises CountingError for another variant, shared numbers,
    more seats than candidates, no valid paper.
    """
    if options.variant not in ("prf", "hww"):
        raise CountingError("The variants of the rule meek are prf and hww.")
    seats = options.seats_for(papers)
    check_seats(seats, papers.candidates)
    usable = read_in_order(papers)
    count = _start(papers, usable, seats, options)
    hww = options.variant == "hww"
    (_run_hww if hww else _run_prf)(count)
    return Outcome(
        rule=RULE,
        version="Algorithm 123 (1987)" if hww else "PRF reference rule",
        options={**(_HWW if hww else _PRF), "tie": options.tie_rule.name},
        candidates=papers.candidates,
        seats=seats,
        valid=usable.valid,
        quota=None if hww else count.first_quota,
        winners=count.minutes.winners(),
        stages=tuple(count.minutes.stages),
        ties=tuple(count.ties.record),
        places=PLACES,
        blank=usable.blank,
        spoiled=usable.spoiled,
        title=papers.title,
        details={"keep_values": [_name_keeps(papers.candidates, kept) for kept in count.kept]},
    )


def _name_keeps(names: Sequence[str], kept: Sequence[int]) -> dict[str, str]:
    return {name: show(value, PLACES) for name, value in zip(names, kept, strict=True)}


def _start(papers: Papers, usable: Usable, seats: int, options: Options) -> _Count:
    number = len(papers.candidates)
    return _Count(
        make_trie(usable.rankings),
        Minutes(papers.candidates, usable.valid * UNIT, PLACES),
        Ties(papers.candidates, options.tie_rule, papers.tie_order),
        seats,
        [UNIT] * number,
        list(range(number)),
        find_sitting(papers.candidates, options.sitting),
    )
