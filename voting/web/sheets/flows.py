"""The picture of transfers: each stage a column, votes that stay or move are bands between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voting.web.sheets.pictures import find_mark

TALL = 320.0
GAP = 16.0
NODE, STEP = 10, 120
LEFT, RIGHT, TOP = 176, 176, 24
MOST_STAGES, MOST_CANDIDATES = 40, 30
THIN = 0.4  # bands thinner than this are not drawn

Amounts = list[float]


@dataclass(frozen=True, slots=True)
class Node:
    """A candidate in one column; ``name`` is empty for votes with no candidate."""

    name: str
    x: float
    y: float
    height: float
    mark: str


@dataclass(frozen=True, slots=True)
class Band:
    """Votes between two columns. ``kind``: stays or moves."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The whole picture, in pixels."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    bands: tuple[Band, ...]
    columns: tuple[tuple[int, float], ...]
    first: tuple[Node, ...]
    last: tuple[Node, ...]


def make_flow(count: Mapping[str, Any]) -> Flow | None:
    """The picture of a count by stages; None when nothing was transferred, or too much to see."""
    stages = count["stages"]
    names = count["candidates"]
    if not 2 <= len(stages) <= MOST_STAGES or len(names) > MOST_CANDIDATES:
        return None
    order = sorted(names, key=lambda name: -float(stages[0]["votes"][name]))
    columns = [
        [*(float(stage["votes"][name]) for name in order), float(stage["non_transferable"])]
        for stage in stages
    ]
    total = sum(columns[0])
    if not total:
        return None
    return _draw([*order, ""], columns, stages, TALL / total)


def _draw(
    order: Sequence[str], columns: Sequence[Amounts], stages: Sequence[Any], scale: float
) -> Flow:
    tops = [_tops(column, scale) for column in columns]
    nodes = [
        [
            Node(
                name,
                LEFT + at * STEP,
                tops[at][row],
                column[row] * scale,
                find_mark(stages[at], name),
            )
            for row, name in enumerate(order)
        ]
        for at, column in enumerate(columns)
    ]
    bands: list[Band] = []
    for at in range(len(columns) - 1):
        x = LEFT + at * STEP + NODE
        here, there = (columns[at], tops[at]), (columns[at + 1], tops[at + 1])
        bands += _bands(here, there, (x, x + STEP - NODE), scale)
    return Flow(
        LEFT + (len(columns) - 1) * STEP + NODE + RIGHT,
        int(TOP + TALL + GAP * len(order)),
        tuple(node for column in nodes for node in column if node.height > 0),
        tuple(bands),
        tuple((stage["stage"], LEFT + at * STEP + NODE / 2) for at, stage in enumerate(stages)),
        tuple(nodes[0]),
        tuple(nodes[-1]),
    )


def _tops(column: Amounts, scale: float) -> Amounts:
    tops, y = [], float(TOP)
    for votes in column:
        tops.append(y)
        y += votes * scale + GAP
    return tops


def _bands(
    here: tuple[Amounts, Amounts],
    there: tuple[Amounts, Amounts],
    edges: tuple[float, float],
    scale: float,
) -> list[Band]:
    """Bands between two columns; what several give at once is shared out in proportion."""
    (before, tops), (after, next_tops) = here, there
    stays = [min(one, other) for one, other in zip(before, after, strict=True)]
    gives = [one - kept for one, kept in zip(before, stays, strict=True)]
    gains = [one - kept for one, kept in zip(after, stays, strict=True)]
    moved = sum(gives)
    bands = [
        Band("stays", _path(edges, (tops[row], next_tops[row]), kept * scale))
        for row, kept in enumerate(stays)
        if kept * scale >= THIN
    ]
    starts = [top + kept * scale for top, kept in zip(tops, stays, strict=True)]
    ends = [top + kept * scale for top, kept in zip(next_tops, stays, strict=True)]
    for giver, given in enumerate(gives):
        for taker, gained in enumerate(gains):
            thick = given * gained / moved * scale if moved else 0.0
            if thick >= THIN:
                bands.append(Band("moves", _path(edges, (starts[giver], ends[taker]), thick)))
            starts[giver] += thick
            ends[taker] += thick
    return bands


def _path(edges: tuple[float, float], tops: tuple[float, float], thick: float) -> str:
    (left, right), (start, end) = edges, tops
    middle = (left + right) / 2
    points = (left, start, middle, start, middle, end, right, end)
    over = "M{:.1f} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}".format(*points)
    points = (right, end + thick, middle, end + thick, middle, start + thick, left, start + thick)
    return over + "L{:.1f} {:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}Z".format(*points)
