"""Published counts held against ours: one module a kind of source.

``hold_NAME(expected, outcome)`` matches every row of the source with exactly one row of ours, and
raises AssertionError for the first figure, name or order that differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache


def must(holds: bool, what: object) -> None:
    """Raise AssertionError, which says *what* differs, unless it holds."""
    if not holds:
        raise AssertionError(what)


def same(ours: object, published: object, what: object) -> None:
    """The two are equal."""
    if ours != published:
        raise AssertionError(f"{what}: {ours!r} is not {published!r}")


@cache
def _read(number: object) -> Decimal:
    return Decimal(str(number))


def same_number(ours: object, published: object, what: object) -> None:
    """Two decimals, however many zeros they are written with, are equal."""
    if _read(ours) != _read(published):
        raise AssertionError(f"{what}: {ours} is not {published}")


def same_votes(ours: Mapping[str, object], published: Mapping[str, object], what: object) -> None:
    """The same candidates have the same votes; nobody is left out on either side."""
    same(ours.keys(), published.keys(), what)
    for name, number in published.items():
        same_number(ours[name], number, (what, name))
