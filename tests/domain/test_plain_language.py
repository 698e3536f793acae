"""The hint how plain a text is; ``tests/js/plain.test.js`` holds the script to the same cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from voting.domain.plain_language import read_plainly, tell_plainly

CASES = json.loads((Path(__file__).parents[1] / "vectors/plain_language.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_hints_are_told(case):
    assert tell_plainly(case["text"]) == case["told"]


def test_a_text_is_counted():
    reading = read_plainly("We run it. Who pays? The council's treasurer; then nobody.")

    assert (reading.words, reading.sentences, reading.longest) == (10, 4, 3)
