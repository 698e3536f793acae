"""Encodings of files of votes: one to a file, named where it fails."""

from __future__ import annotations

import pytest

from tests.counting.ground import read, read_papers
from voting.counting.reading import BadFileError

NAMES = '"Ann"\n"Bob"\n"Cy"\n"Title"\n'


def test_names_in_windows_1252_are_read() -> None:
    papers = read_papers('2 1\n1 1 0\n0\n"Siân"\n"Zoë"\n'.encode("cp1252"))

    assert papers.candidates == ("Siân", "Zoë")


def test_mixed_encodings_are_refused() -> None:
    raw = b'2 1\n1 1 0\n0\n"Si\xe2n"\n"Zo\xc3\xab"\n'

    with pytest.raises(BadFileError) as caught:
        read(raw)

    assert (caught.value.line, caught.value.column) == (5, 4)
    assert "line 4" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_with_advice(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]

    with pytest.raises(BadFileError, match="save the file as UTF-8"):
        read(mark + f"3 1\n1 1 0\n0\n{NAMES}".encode(encoding))


def test_a_byte_that_is_in_neither_encoding_is_named() -> None:
    with pytest.raises(BadFileError, match="UTF-8 or Windows-1252") as caught:
        read(b'2 1\n1 1 0\n0\n"A\x81"\nB\n')

    assert (caught.value.line, caught.value.column) == (4, 3)


def test_json_that_is_not_utf_8_is_named() -> None:
    with pytest.raises(BadFileError, match="UTF-8 text, which JSON is") as caught:
        read(b'{\n"title": "\xff"}', "schulze")

    assert (caught.value.line, caught.value.column) == (2, 11)
