"""Disclosure control (D1): what may be shown of a table of people, so that nobody is given away.

A cell under the threshold is suppressed. Since totals are shown, one suppressed cell alone could be
found by subtraction, so more cells are suppressed with it until the range that each small cell can
have, given everything that is shown, is at least as wide as the threshold. The ranges are exact:
raising a cell means moving people round a cycle of suppressed cells, which is a maximum flow.

Totals are protected first, by themselves and always in the same way, so that a table of one
question and a table that crosses it with another show the same totals, and the difference of the
two tells nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

THRESHOLD = 10
"""Cells with fewer people are suppressed."""

UNLIMITED = 1 << 62


class Cell(NamedTuple):
    """A place in a table. Row or column TOTAL stands for the totals."""

    row: int
    column: int


TOTAL = -1

Shown = int | None
"""A number of people, or None where it is suppressed."""


@dataclass(frozen=True, slots=True)
class ProtectedTable:
    """A table that may be published: suppressed numbers are None. *total* is always exact."""

    cells: tuple[tuple[Shown, ...], ...]
    row_totals: tuple[Shown, ...]
    column_totals: tuple[Shown, ...]
    total: int


def protect_counts(counts: Sequence[int], threshold: int = THRESHOLD) -> tuple[Shown, ...]:
    """The parts of a known total, small ones suppressed, and with them as many as are needed.

    The suppressed parts add up to at least the threshold, and are at least two, so that each of
    them can have any value from nought to their sum. When they cannot be, all are suppressed.
    """
    hidden = {place for place, count in enumerate(counts) if count < threshold}
    others = sorted(set(range(len(counts))) - hidden, key=lambda place: (counts[place], place))
    while hidden and others and not _is_safe_sum(counts, hidden, threshold):
        hidden.add(others.pop(0))
    return tuple(None if place in hidden else count for place, count in enumerate(counts))


def _is_safe_sum(counts: Sequence[int], hidden: set[int], threshold: int) -> bool:
    return len(hidden) > 1 and sum(counts[place] for place in hidden) >= threshold


def protect_share(chosen: int, total: int, threshold: int = THRESHOLD) -> Shown:
    """How many of *total* chose something, or None when those who did, or did not, are few."""
    return protect_counts((chosen, total - chosen), threshold)[0]


def is_apart(later: Shown, earlier: Shown, threshold: int = THRESHOLD) -> bool:
    """Whether a number can be published where an *earlier* one was: it is the same, or far from it.

    The difference of two numbers of the same thing is a number of people too.
    """
    if later is None or earlier is None:
        return True
    return later == earlier or abs(later - earlier) >= threshold


def protect_table(
    cells: Sequence[Sequence[int]], threshold: int = THRESHOLD
) -> ProtectedTable | None:
    """A two-way table of people that may be published; None when no part of it may.

    *cells* are rows of equal length that count each person once. Raise ValueError otherwise.
    """
    width = len(cells[0]) if cells else 0
    if not width or any(len(row) != width for row in cells):
        raise ValueError("a table has rows of equal length, and at least one cell")
    rows = [sum(row) for row in cells]
    columns = [sum(column) for column in zip(*cells, strict=True)]
    shown_rows = protect_counts(rows, threshold)
    shown_columns = protect_counts(columns, threshold)

    values = {Cell(i, j): count for i, row in enumerate(cells) for j, count in enumerate(row)}
    margins = {Cell(i, TOTAL): rows[i] for i, shown in enumerate(shown_rows) if shown is None}
    margins |= {
        Cell(TOTAL, j): columns[j] for j, shown in enumerate(shown_columns) if shown is None
    }
    small = [cell for cell, count in values.items() if count < threshold]
    hidden = _hide_more(values, margins, small, threshold)
    if hidden is None:
        return None
    return ProtectedTable(
        tuple(
            tuple(None if Cell(i, j) in hidden else count for j, count in enumerate(row))
            for i, row in enumerate(cells)
        ),
        shown_rows,
        shown_columns,
        sum(rows),
    )


def _hide_more(
    values: dict[Cell, int], margins: dict[Cell, int], small: list[Cell], threshold: int
) -> set[Cell] | None:
    """The cells to suppress: *small* ones and as many others as protect them; None: it is in vain.

    Every small cell and every small total is held to the same: a range as wide as the threshold.
    """
    hidden = set(small)
    to_protect = small + [cell for cell, count in margins.items() if count < threshold]
    for cell in to_protect:
        while _find_range(cell, values, margins, hidden) < threshold:
            candidates = [other for other in values if other not in hidden]
            if not candidates:
                return None
            hidden.add(min(candidates, key=lambda other: _rank(other, cell, values[other])))
    return hidden


def _rank(other: Cell, cell: Cell, count: int) -> tuple[bool, int, Cell]:
    """Cells in the same row or column first, and of those the smallest."""
    return other.row != cell.row and other.column != cell.column, count, other


def _find_range(
    cell: Cell, values: dict[Cell, int], margins: dict[Cell, int], hidden: set[Cell]
) -> int:
    """How many different values less one *cell* can have, given everything that is shown."""
    amounts = {other: values[other] for other in hidden} | margins
    own = amounts.pop(cell)
    start, end = _ends(cell)
    up = _find_flow(_make_network(amounts), end, start)
    down = min(own, _find_flow(_make_network(amounts), start, end))
    return min(up, UNLIMITED) + down


Node = tuple[str, int]
Network = dict[Node, dict[Node, int]]


def _ends(cell: Cell) -> tuple[Node, Node]:
    """The nodes that raising *cell* leads from and to; the totals lead the other way."""
    row, column = ("row", cell.row), ("column", cell.column)
    is_total = (cell.row == TOTAL) != (cell.column == TOTAL)
    return (column, row) if is_total else (row, column)


def _make_network(amounts: dict[Cell, int]) -> Network:
    """What may still be moved: any cell may be raised, and lowered to nought."""
    network: Network = {}
    for cell, amount in amounts.items():
        start, end = _ends(cell)
        network.setdefault(start, {})[end] = UNLIMITED
        network.setdefault(end, {})[start] = amount
    return network


def _find_flow(network: Network, source: Node, sink: Node) -> int:
    """The maximum flow, by shortest augmenting paths."""
    flow = 0
    while flow < UNLIMITED and (path := _find_path(network, source, sink)):
        amount = min(network[start][end] for start, end in path)
        for start, end in path:
            network[start][end] -= amount
            network[end][start] += amount
        flow += amount
    return flow


def _find_path(network: Network, source: Node, sink: Node) -> list[tuple[Node, Node]]:
    came_from: dict[Node, Node] = {source: source}
    waiting = deque([source])
    while waiting and sink not in came_from:
        node = waiting.popleft()
        for neighbour, capacity in network.get(node, {}).items():
            if capacity and neighbour not in came_from:
                came_from[neighbour] = node
                waiting.append(neighbour)
    path: list[tuple[Node, Node]] = []
    node = sink
    while node in came_from and node != source:
        path.append((came_from[node], node))
        node = came_from[node]
    return path[::-1]
