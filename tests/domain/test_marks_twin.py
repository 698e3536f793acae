"""The booth's script makes of every voting paper what the server makes of it."""

from __future__ import annotations

import json
import random
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from voting.domain.marks import find_faults, highest_mark, list_order, move, to_numbers
from voting.domain.methods import Kind, Method, default_method

ROOT = Path(__file__).parents[2]
KINDS = (Kind.RANK, Kind.GRADE, Kind.SCORE)
TYPED = (
    "",
    "",
    " ",
    "0",
    "1",
    "1",
    "2",
    "2",
    "3",
    "4",
    "5",
    "6",
    "12",
    "x",
    "1.5",
    "-1",
    "²",
    "1000",
)


def make_paper(chance: random.Random) -> tuple[Method, int, list[str]]:
    method = default_method(chance.choice(KINDS))
    size = chance.randint(2, 6)
    if method.kind == Kind.RANK:
        most = chance.choice([None, None, chance.randint(1, size)])
        method = replace(method, equal_ranks=chance.random() < 0.3, most_ranks=most)
    top = highest_mark(method, size)
    if chance.random() < 0.5:
        marks = [str(rank) for rank in chance.sample(range(1, size + 1), size)]
        marks = [mark if int(mark) <= top else "" for mark in marks]
    else:
        marks = [chance.choice(TYPED) for _ in range(size)]
    if chance.random() < 0.1:
        marks = chance.choice([["blank"], [*marks, "blank"], marks[:-1]])
    return method, size, marks


@pytest.mark.parametrize("seed", range(2))
def test_both_find_the_same_faults_numbers_and_orders(seed: int) -> None:
    chance = random.Random(seed)
    papers = [make_paper(chance) for _ in range(1500)]
    buttons = [
        (chance.randrange(size), chance.choice(["up", "down", "remove"])) for _, size, _ in papers
    ]
    asked = [
        {
            "method": {
                "kind": method.kind,
                "top": highest_mark(method, size),
                "equal": method.equal_ranks,
            },
            "size": size,
            "marks": marks,
            "place": place,
            "act": act,
        }
        for (method, size, marks), (place, act) in zip(papers, buttons, strict=True)
    ]
    done = subprocess.run(
        ["node", "tests/js/mark_papers.mjs"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )

    fine = 0
    for (method, size, marks), (place, act), theirs in zip(
        papers, buttons, json.loads(done.stdout), strict=True
    ):
        faults = find_faults(method, size, marks)
        assert theirs["faults"] == [[one.code, list(one.places), one.number] for one in faults]
        assert theirs["order"] == list_order(marks)
        if not faults:
            fine += 1
            assert theirs["numbers"] == to_numbers(size, marks)
        if theirs["moved"] is not None:
            assert theirs["moved"] == move(marks, place, act)
    assert fine > 500
