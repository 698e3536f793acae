"""Countback: who takes the place of someone who was elected and has left.

The papers are counted again by the same rule as if the one who left had never stood. Those still in
office keep their places: they cannot be excluded. The first of the others to be elected takes the
place, and the count ends there. Candidates who no longer want it are withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from voting.counting.options import Options
from voting.counting.tabulation import CountingError, Outcome, Papers
from voting.counting.withdrawals import tell_gone

RULES = ("scottish-stv", "ers97", "meek", "wigm-prf")

Counter = Callable[[Any, Options], Outcome]


def count_vacancy(rule: str, count: Counter, papers: Papers, options: Options) -> Outcome:
    """Count again for the place that ``options.vacancy`` has left.

    Raises CountingError for a rule without countback, for one who was not elected in the first
    count, for one in office who is withdrawn, and when nobody is left to take the place.
    """
    if rule not in RULES:
        raise CountingError(
            f"The rule {rule} has no countback; it is there for {', '.join(RULES)}. Count again "
            "with --withdrawn instead."
        )
    gone = options.vacancy or ""
    first = count(papers, replace(options, vacancy=None, withdrawn=()))
    elected = [name for place in first.winners for name in _each(place)]
    if gone not in elected:
        raise CountingError(f"{gone!r} was not elected in the first count, and leaves no place.")
    sitting = tuple(name for name in elected if name != gone)
    if left := set(sitting) & set(options.withdrawn):
        raise CountingError(f"{min(left)!r} is in office, and is not a candidate for the place.")
    again = papers.without({gone, *options.withdrawn})
    if len(again.candidates) <= len(sitting):
        raise CountingError("Nobody is left to take the place.")
    seats = options.seats_for(papers)
    outcome = count(again, replace(options, seats=seats, sitting=sitting, withdrawn=()))
    winner = next(name for stage in outcome.stages for name in stage.elected if name not in sitting)
    told = {"countback for the place of": gone, "in office": ", ".join(sitting) or "nobody else"}
    outcome = replace(outcome, winners=(winner,), options={**outcome.options, **told})
    return tell_gone(outcome, replace(again.gone, names=(*papers.gone.names, *options.withdrawn)))


def _each(place: str | tuple[str, ...]) -> tuple[str, ...]:
    return (place,) if isinstance(place, str) else place
