"""How far two coders agree: Cohen's kappa (Cohen 1960), exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import TypeVar

Code = TypeVar("Code", bound=Hashable)

WORDS = (  # Landis and Koch (1977): from this value on
    (Fraction(81, 100), "almost perfect"),
    (Fraction(61, 100), "substantial"),
    (Fraction(41, 100), "moderate"),
    (Fraction(21, 100), "fair"),
    (Fraction(0), "slight"),
)


def find_kappa(pairs: Iterable[tuple[Code, Code]]) -> Fraction | None:
    """Cohen's kappa of what two coders said of the same passages, from -1 to 1.

    None when there is nothing to compare, or when both always said one and the same thing, so that
    chance alone explains everything.
    """
    counted = Counter(pairs)
    total = counted.total()
    if not total:
        return None
    first: Counter[Code] = Counter()
    second: Counter[Code] = Counter()
    for (one, other), times in counted.items():
        first[one] += times
        second[other] += times
    observed = Fraction(sum(n for (one, other), n in counted.items() if one == other), total)
    by_chance = Fraction(sum(n * second[code] for code, n in first.items()), total * total)
    if by_chance == 1:
        return None
    return (observed - by_chance) / (1 - by_chance)


def describe_kappa(kappa: Fraction) -> str:
    """The usual word for this much agreement."""
    for least, word in WORDS:
        if kappa >= least:
            return word
    return "less than by chance"
