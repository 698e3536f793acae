"""Files of any kind: their format is told, and whatever they hold is counted whole or refused."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.counting.ground import count
from voting.counting.reading import BadFileError, read_votes
from voting.counting.reading.files import find_format
from voting.counting.rules import RULES
from voting.counting.tabulation import CountingError

NAMES = '"Ann"\n"Bob"\n"Cy"\n"Title"\n'


@settings(max_examples=400, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=80),
        st.text(alphabet='0123456789 -=#"\n,;[]{}:V', max_size=80).map(str.encode),
    ),
    rule=st.sampled_from(sorted(RULES)),
)
def test_anything_else_is_refused_in_words(content: bytes, rule: str) -> None:
    with suppress(CountingError):
        count(rule, read_votes(io.BytesIO(content), rule=rule))


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_refused_in_words_or_counted_whole(data: st.DataObject) -> None:
    whole = f"3 1\n4 1 2 0\n2 3 0\n1 2=1 3 0\n0\n{NAMES}".encode()
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=2)) + whole[at + 1 :]

    with suppress(BadFileError):
        read_votes(io.BytesIO(damaged), rule="scottish-stv")


@pytest.mark.parametrize(
    ("sample", "found"),
    [
        (b" [[1]]", "json"),
        (b"# note\n3 1\n", "blt"),
        (b"A,B\n", "csv"),
        (b",A,B\n", "pairs"),
        (b"hello\nV: 12\n", "debian"),
        (b"", "blt"),
    ],
)
def test_formats_are_told_from_the_first_lines(sample: bytes, found: str) -> None:
    assert find_format(sample) == found
