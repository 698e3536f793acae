"""Papers on which candidates share a number, read as far as those who are out have made it plain.

When a paper comes to a shared number, it goes to the one of them who still continues; if several
continue, nobody can say whom it is for, and it is exhausted there. That is how Burlington counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from voting.counting.piles import Bundle, Parcel, Piles, Sorted
from voting.counting.tabulation import Ranking


@dataclass(slots=True)
class SharedPiles(Piles):
    """Piles whose papers may have shared numbers behind the preference in use."""

    def sort(self, parcels: Iterable[Parcel]) -> Sorted:
        """Sort papers by their next preference for a continuing candidate, as far as it is one."""
        onward: dict[int, list[Bundle]] = {}
        lost = 0
        for parcel in parcels:
            for ranking, at, count in parcel.bundles:
                place, left = self.look_on(ranking, at + 1)
                if len(left) == 1:
                    onward.setdefault(left[0], []).append((ranking, place, count))
                else:
                    lost += count
        return Sorted(onward, lost)

    def look_on(self, ranking: Ranking, start: int) -> tuple[int, list[int]]:
        """The first number from *start* on that anyone who continues has, and who they are."""
        for place, preference in enumerate(ranking[start:], start):
            level = (preference,) if isinstance(preference, int) else preference
            if left := [one for one in level if self.continuing[one]]:
                return place, left
        return len(ranking), []
