"""What a rule leaves open, as chosen for one count."""

from __future__ import annotations

from dataclasses import dataclass, field

from voting.counting.tabulation import Papers
from voting.counting.ties import TieRule


@dataclass(frozen=True, slots=True)
class Options:
    """The choices of one count; each rule reads those it knows and ignores the rest.

    ``seats`` is None when the papers say it (and 1 when they do not). ``tie`` is None when the rule
    may leave a tie for the last place standing. ``choose`` is the most options a paper may choose,
    ``highest`` the highest score a paper may give. ``missing`` is for majority judgment: refuse,
    static:GRADE, median or normalised. ``vacancy`` is whose place a countback
    fills, and ``sitting`` those who keep their places in it. ``none_of_these`` is the candidate
    that stands for nobody: a place that it wins stays empty.
    """

    seats: int | None = None
    tie: TieRule | None = None
    variant: str = "prf"
    middle: str = "lower"
    strength: str = "winning"
    until: str = "majority"
    exclude: str = "single"
    overvote: str = "exhaust"
    choose: int | None = None
    highest: int | None = None
    grades: int | None = None
    missing: str | None = None
    withdrawn: tuple[str, ...] = field(default=())
    vacancy: str | None = None
    none_of_these: str | None = None
    sitting: tuple[str, ...] = field(default=())

    def seats_for(self, papers: Papers) -> int:
        """How many seats to fill: as chosen, else as the papers say, else one."""
        if self.seats is not None:
            return self.seats
        return 1 if papers.seats is None else papers.seats

    @property
    def tie_rule(self) -> TieRule:
        """What settles ties in rules that cannot go on without: the declared order by default."""
        return self.tie or TieRule()
