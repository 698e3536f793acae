"""Files of any length are read in pieces: little memory, and the place of what is wrong."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from tests.counting.ground import read, read_papers
from voting.counting.reading import BadFileError, json_text, read_votes
from voting.counting.tabulation import Papers

RIGHT = {"json": ("[[1,2]", ",\n[2,1]", ",\n[1,9]]"), "blt": ("2 1", "\n1 1 2 0", "\n1 9 0\n")}


class Trickle:
    """A file that gives a few bytes at a time, and counts them."""

    def __init__(self, raw: bytes, size: int) -> None:
        self.raw = io.BytesIO(raw)
        self.size = size

    def read(self, size: int, /) -> bytes:
        return self.raw.read(self.size if size < 0 else min(size, self.size))


@pytest.mark.parametrize("format", ["json", "blt"])
def test_a_wrong_paper_at_the_end_of_a_long_file_is_named_in_little_memory(format: str) -> None:
    first, line, last = RIGHT[format]
    code = (
        "import sys\n"
        "from voting.counting.reading import BadFileError, read_votes\n"
        "try:\n"
        "    read_votes(sys.stdin.buffer, rule='schulze')\n"
        "except BadFileError as error:\n"
        "    print(error.line)\n"
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=first + line * 600_000 + last,
        capture_output=True,
        text=True,
        check=True,
    )

    at, kilobytes = map(int, done.stdout.split())
    assert at == 600_002
    assert kilobytes < 100 * 1024


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_json_in_small_pieces_is_the_same(size: int) -> None:
    content = '\ufeff [ [1, 2,0],\n {"ranks": [2,1,0], "count": 12}, [0,0,1] ] \n'.encode()

    papers = read_votes(Trickle(content, size), rule="schulze", format="json")

    assert papers == read_papers(content, "schulze")
    assert read_papers(content, "schulze").groups == {(0, 1): 1, (1, 0): 12, (2,): 1}


@pytest.mark.parametrize("size", [1, 2, 1000])
@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        ('{"candidates": ["Siân",\n"Zoë\xff"]}'.encode("latin-1"), 1, 20),
        ('{"candidates": ["Siân",\n"Zoë'.encode() + b'\xff"]}', 2, 6),
        (b'["\xc3', 1, 3),
        (b"[[1,2],\n\n [1,2]", 3, 7),
        (b"[[1,2],\n\n ]", 3, 2),
        (b"[[1,2],\n\n [2,1]] ]", 3, 9),
        (b"\n\n  ", 3, 3),
    ],
)
def test_faults_in_small_pieces_have_the_same_place(
    content: bytes, line: int, column: int, size: int
) -> None:
    with pytest.raises(BadFileError) as caught:
        read_votes(Trickle(content, size), rule="schulze", format="json")

    assert (caught.value.line, caught.value.column) == (line, column), str(caught.value)


OBJECTS = (
    '{"candidates": ["Ann", "Bob"], "ballots": [%s], "title": "T", "seats": 1}',
    '{"more": {"deep": [1, {"x": "]"}]}, "ballots": [%s], "seats": 1, "title": "T", '
    '"candidates": ["Ann", "Bob"]}',
)
PAPERS = '{"ranking": ["Ann"], "count": 3}, [2, 1] ,\n{"ranks": [2,1]},{"ranking": ["Ann"]}'


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("content", OBJECTS)
def test_an_object_is_read_in_small_pieces_in_any_order(
    monkeypatch: pytest.MonkeyPatch, content: str, size: int
) -> None:
    monkeypatch.setattr(json_text, "ENOUGH", 8)
    raw = (content % PAPERS).encode()

    papers = read_votes(Trickle(raw, size), rule="schulze", format="json")

    assert papers == Papers(("Ann", "Bob"), {(0,): 4, (1, 0): 2}, 1, title="T")


@pytest.mark.parametrize("content", OBJECTS)
def test_what_is_wrong_in_a_long_object_has_its_place(content: str) -> None:
    papers = ",\n".join([PAPERS] * 5000)

    with pytest.raises(BadFileError, match="found 'Cal'") as caught:
        read(content % f'{papers},\n{{"ranking": ["Ann", "Cal"]}}', "schulze")

    assert (caught.value.line, caught.value.column) == (10_001, 21)


def test_papers_that_came_before_their_candidates_must_fit_them() -> None:
    with pytest.raises(BadFileError, match="papers of 3 numbers, found 2") as caught:
        read('{"ballots": [[1, 2]], "candidates": ["A", "B", "C"]}', "schulze")

    assert (caught.value.line, caught.value.column) == (1, 13)


@pytest.mark.parametrize("first", ['"candidates": ["Ann", "Bob"], ', ""])
def test_an_object_of_any_length_is_read_in_little_memory(first: str) -> None:
    code = (
        "import sys\n"
        "from voting.counting.reading import read_votes\n"
        "print(sum(read_votes(sys.stdin.buffer, rule='schulze').groups.values()))\n"
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])\n"
    )
    papers = ',\n{"count": 1, "ranking": ["Ann"]}, {"count": 1, "ranking": ["Bob", "Ann"]}'
    last = "" if first else ', "candidates": ["Ann", "Bob"]'
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=f'{{{first}"ballots": [{papers[1:]}{papers * 199_999}]{last}}}',
        capture_output=True,
        text=True,
        check=True,
    )

    papers_read, kilobytes = map(int, done.stdout.split())
    assert papers_read == 400_000
    assert kilobytes < 100 * 1024


def test_names_after_the_papers_are_read_no_further_than_needed() -> None:
    endless = Trickle(b"2 1\n1 1 0\n0\nAnn\nBob\nTitle\n" + b"Cy\n" * 500_000, 1 << 16)

    read_votes(endless, rule="meek")

    assert endless.raw.tell() < 1 << 18


def test_a_line_in_two_encodings_is_refused() -> None:
    with pytest.raises(BadFileError, match="letters in two") as caught:
        read(b"Si\xe2n,Zo\xc3\xab\n1,2\n", "schulze")

    assert (caught.value.line, caught.value.column) == (1, 8)


def test_grades_beyond_the_number_of_grades_are_refused() -> None:
    for content, column in (("A,B\n1,4\n", 3), ('[[1,2],\n{"grades": [1,4]}]', 15)):
        with pytest.raises(BadFileError, match="from 1 to 3") as caught:
            read(content, "majority-judgment", grades=3)
        assert (caught.value.line, caught.value.column) == (2, column)
