"""D1: what is shown of a table gives nobody away, whatever is added up and subtracted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting.domain.disclosure import (
    ProtectedTable,
    Shown,
    protect_counts,
    protect_share,
    protect_table,
)

SMALL = 3  # a threshold at which every table that fits can be tried
Table = list[list[int]]


def splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to divide *total* into so many parts."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in splits(total - first, parts - 1):
            yield (first, *rest)


def agrees(shown: tuple[Shown, ...], values: tuple[int, ...]) -> bool:
    return all(known is None or known == value for known, value in zip(shown, values, strict=True))


def tables_that_fit(shown: ProtectedTable) -> Iterator[Table]:
    """Every table that an attacker who sees *shown* has to think possible."""
    width = len(shown.column_totals)
    for rows in splits(shown.total, len(shown.row_totals)):
        if not agrees(shown.row_totals, rows):
            continue
        choices = [
            [row for row in splits(total, width) if agrees(known, row)]
            for known, total in zip(shown.cells, rows, strict=True)
        ]
        for table in product(*choices):
            if agrees(shown.column_totals, tuple(map(sum, zip(*table, strict=True)))):
                yield [list(row) for row in table]


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), min_size=2, max_size=3))
def test_nobody_can_work_out_a_small_number(table: Table) -> None:
    shown = protect_table(table, SMALL)
    if shown is None:
        return
    possible = list(tables_that_fit(shown))
    assert table in possible
    for i, row in enumerate(table):
        for j, count in enumerate(row):
            if count < SMALL:
                seen = [other[i][j] for other in possible]
                assert shown.cells[i][j] is None
                assert max(seen) - min(seen) >= SMALL
    for i, row in enumerate(table):
        if sum(row) < SMALL:
            seen = [sum(other[i]) for other in possible]
            assert max(seen) - min(seen) >= SMALL


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_no_part_of_a_known_total_can_be_worked_out(counts: list[int]) -> None:
    shown = protect_counts(counts)
    hidden = [count for count, known in zip(counts, shown, strict=True) if known is None]
    assert all(known is None or known >= 10 for known in shown)
    if hidden:
        assert len(hidden) == len(counts) or (len(hidden) > 1 and sum(hidden) >= 10)


@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=4))
def test_the_difference_of_two_tables_reveals_no_small_number(table: Table) -> None:
    """The totals of the crossed table are those of the plain one: subtracting tells nothing."""
    shown = protect_table(table)
    plain = protect_counts([sum(column) for column in zip(*table, strict=True)])
    if shown is not None:
        assert shown.column_totals == plain
        assert shown.row_totals == protect_counts([sum(row) for row in table])


def test_a_table_without_small_numbers_is_shown_whole() -> None:
    table = [[40, 12], [10, 31]]
    shown = protect_table(table)
    assert shown is not None
    assert [list(row) for row in shown.cells] == table
    assert (shown.row_totals, shown.column_totals, shown.total) == ((52, 41), (50, 43), 93)


def test_one_small_number_takes_others_with_it() -> None:
    shown = protect_table([[40, 3, 25], [30, 22, 41], [50, 60, 70]])
    assert shown is not None
    hidden = {(i, j) for i, row in enumerate(shown.cells) for j, n in enumerate(row) if n is None}
    assert (0, 1) in hidden
    assert len(hidden) >= 4, "a cycle of at least four cells is needed"
    assert shown.cells[2][2] == 70


def test_a_small_constituency_is_not_shown_through_its_total() -> None:
    shown = protect_table([[4, 3], [60, 70], [30, 40]])
    assert shown is not None
    assert shown.row_totals[0] is None
    assert shown.row_totals.count(None) == 2
    assert shown.total == 207


def test_a_table_of_few_people_is_withheld() -> None:
    assert protect_table([[1, 2], [0, 3]]) is None


def test_a_share_is_hidden_when_few_did_or_few_did_not() -> None:
    assert protect_share(40, 100) == 40
    assert protect_share(4, 100) is None
    assert protect_share(96, 100) is None


@pytest.mark.parametrize("table", [[], [[]], [[1, 2], [3]]])
def test_what_is_no_table_is_refused(table: Table) -> None:
    with pytest.raises(ValueError, match="rows of equal length"):
        protect_table(table)
