"""The same papers as files of every form: grouped or one by one, in any order, with weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random

from voting.counting.tabulation import Papers, Ranking

Row = tuple[Ranking, int]


def list_rows(papers: Papers, chance: Random, *, grouped: bool) -> list[Row]:
    """Rankings and how many papers have them, shuffled; each paper by itself unless grouped."""
    rows = [(ranking, votes) for ranking, votes in papers.groups.items()]
    if not grouped:
        rows = [(ranking, 1) for ranking, votes in rows for _ in range(votes)]
    chance.shuffle(rows)
    return rows


def write_blt(papers: Papers, rows: Sequence[Row]) -> str:
    """A BLT file; the seats are those of the papers, or 1."""
    lines = [f"{len(papers.candidates)} {papers.seats or 1}"]
    for ranking, votes in rows:
        places = " ".join(_number(preference) for preference in ranking)
        lines.append(f"{votes} {places} 0")
    return "\n".join([*lines, "0", *(f'"{name}"' for name in papers.candidates), ""])


def _number(preference: int | tuple[int, ...]) -> str:
    if isinstance(preference, int):
        return str(preference + 1)
    return "=".join(str(one + 1) for one in preference) or "-"


def write_csv(papers: Papers, rows: Sequence[Row], *, column: str = "count") -> str:
    """A table of ranks; *column* is what the number of papers is called, none when all are 1."""
    single = all(votes == 1 for _, votes in rows)
    lines = [",".join(([] if single else [column]) + list(papers.candidates))]
    for ranking, votes in rows:
        ranks = [str(rank or "") for rank in list_ranks(ranking, len(papers.candidates))]
        lines.append(",".join(([] if single else [str(votes)]) + ranks))
    return "\n".join([*lines, ""])


def write_json(papers: Papers, rows: Sequence[Row]) -> str:
    """An object with candidates and ballots."""
    size = len(papers.candidates)
    ballots = [{"ranks": list_ranks(ranking, size), "count": votes} for ranking, votes in rows]
    return json.dumps({"candidates": list(papers.candidates), "ballots": ballots})


def list_ranks(ranking: Ranking, size: int) -> list[int]:
    """The rank of each candidate, 0 for none."""
    ranks = [0] * size
    for rank, preference in enumerate(ranking, 1):
        for one in (preference,) if isinstance(preference, int) else preference:
            ranks[one] = rank
    return ranks
