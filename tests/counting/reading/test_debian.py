"""Debian tally sheets."""

from __future__ import annotations

import pytest

from tests.counting.ground import count, read, read_papers
from voting.counting.reading import BadFileError
from voting.counting.tabulation import Papers


def test_debian_tally_sheets_are_read_with_their_names() -> None:
    sheet = (
        "Tally sheet\n\n   Option 1 ------> Towns\n / Option 2 ----> McIntyre\n"
        " |/ Option 3 -> Further discussion\nV: 12-\tabc\nV: 21-  def\nV: 1-2 x\nV: --- y\n"
    )

    papers = read_papers(sheet.encode("latin-1"), "schulze")

    assert papers.candidates == ("Towns", "McIntyre", "Further discussion")
    assert papers.groups == {(0, 1): 1, (1, 0): 1, (0, 2): 1, (): 1}


def test_debian_sheets_have_unranked_options_level_below_the_ranked() -> None:
    outcome = count("schulze", "V: 1--\nV: -1-\nV: 1--\n")

    assert outcome.ranking == ("Option 1", "Option 2", "Option 3")


@pytest.mark.parametrize(("vote", "column"), [("12", 4), ("1?2", 5), ("194", 5)])
def test_wrong_debian_votes_are_refused(vote: str, column: int) -> None:
    with pytest.raises(BadFileError) as caught:
        read(f"V: 123\nV: {vote}\n", "schulze")

    assert (caught.value.line, caught.value.column) == (2, column)


def test_debian_sheets_with_equal_or_missing_names_number_the_options() -> None:
    same = read("Option 1 -> X\nOption 2 -> X\nV: 12\n", "schulze")

    assert isinstance(same, Papers)
    assert same.candidates == ("Option 1", "Option 2")
    with pytest.raises(BadFileError, match="at least one line 'V: '"):
        read("hello\n", "schulze", format="debian")
