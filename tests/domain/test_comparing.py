"""What changed between two versions is told in whole sentences, in both languages."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from voting.domain.comparing import (
    ADDED,
    CHANGED,
    GONE,
    NEW,
    REMOVED,
    SAME,
    Run,
    compare_texts,
    compare_versions,
    split_sentences,
)
from voting.domain.governance import PARTS


def make_option(name: str, model: str = "", **texts: str) -> dict[str, Any]:
    empty = dict.fromkeys((*PARTS, *(f"{part}_cy" for part in PARTS)), "")
    return {**empty, "name": name, "model": model, "is_staying": False, **texts}


def make_version(**changes: Any) -> dict[str, Any]:
    proposal = {"title": "A title", "organisation": "A trust", "deciding": "", "still_open": ""}
    texts = ("summary", "who_decides", "title_cy", "summary_cy", "deciding_cy", "still_open_cy")
    page = dict.fromkeys((*texts, "who_decides_cy"), "")
    version = {
        "proposal": proposal, "page": page, "constituencies": ["Staff"],
        "options": [make_option("Stay"), make_option("Leave")], "glossary": [], "dates": [],
    }  # fmt: skip
    return {**version, **changes}


def test_a_sentence_that_changed_is_struck_out_whole_and_the_rest_stays() -> None:
    before = "Staff choose. Fees stay.\nDoors open at 7."
    after = "Staff choose. Fees rise by 2%.\nDoors open at 7."

    assert compare_texts(before, after) == (
        Run(SAME, "Staff choose. "),
        Run(GONE, "Fees stay.\n"),
        Run(NEW, "Fees rise by 2%.\n"),
        Run(SAME, "Doors open at 7."),
    )
    assert compare_texts(before, before) == ()


@given(before=st.text("ab. \n!", max_size=60), after=st.text("ab. \n!", max_size=60))
def test_both_texts_can_be_read_from_what_changed(before: str, after: str) -> None:
    assert "".join(split_sentences(before)) == before
    runs = compare_texts(before, after)
    squeezed = ["".join(text.split()) for text in (before, after)]
    for kind, text in ((GONE, squeezed[0]), (NEW, squeezed[1])):
        told = "".join(run.text for run in runs if run.what in (SAME, kind))
        assert not runs or "".join(told.split()) == text


def test_every_part_is_named_with_what_became_of_it() -> None:
    before = make_version(
        dates=[{"on": "2031-03-01", "title": "Meeting", "title_cy": ""}],
        glossary=[{"term": "Trust", "meaning": "A body", "term_cy": "", "meaning_cy": ""}],
    )
    after = make_version(
        proposal={**before["proposal"], "deciding": "Whether to leave."},
        page={**before["page"], "deciding_cy": "A ddylid gadael."},
        options=[make_option("Stay", cost="None"), make_option("Share", benefits="Many")],
        dates=[{"on": "2031-04-01", "title": "Meeting", "title_cy": ""}],
        constituencies=["Staff", "Users"],
    )

    told = {(c.part, c.what, c.name): c for c in compare_versions(before, after)}

    assert set(told) == {
        ("deciding", CHANGED, ""), ("option", CHANGED, "Stay"), ("option", ADDED, "Share"),
        ("option", REMOVED, "Leave"), ("date", CHANGED, "Meeting"), ("term", REMOVED, "Trust"),
        ("constituency", ADDED, "Users"),
    }  # fmt: skip
    deciding = told["deciding", CHANGED, ""].fields[0]
    assert deciding.english == (Run(NEW, "Whether to leave."),)
    assert deciding.welsh == (Run(NEW, "A ddylid gadael."),)
    day = told["date", CHANGED, "Meeting"].fields[0]
    assert day.english == (Run(GONE, "2031-03-01"), Run(NEW, "2031-04-01"))
    assert compare_versions(before, before) == []


def test_options_that_only_changed_places_and_a_model_that_was_renamed() -> None:
    one, two = make_option("Stay", "in-house"), make_option("Leave")
    moved = compare_versions(make_version(options=[one, two]), make_version(options=[two, one]))
    assert [change.part for change in moved] == ["order"]

    renamed = make_version(options=[make_option("Stay as we are", "in-house"), two])
    (change,) = compare_versions(make_version(options=[one, two]), renamed)
    assert (change.what, change.name) == (CHANGED, "Stay as we are")
    assert change.fields[0].english == (Run(GONE, "Stay"), Run(NEW, "Stay as we are"))
