"""A poll in two languages (requirement W1): what is missing in either, and what is frozen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.bilingual_ground import GRADES, say_bilingual, welsh, write_welsh
from tests.factories_polls import NOW, OPENS_AT, YES_NO, freeze, make_draft
from voting.domain.errors import BadInput, Conflict
from voting.domain.methods import DEFAULT_GRADES, Kind, default_method
from voting.services import hub, polls, proposals
from voting.services.polls import list_untold
from voting.store.polls import Poll
from voting.store.proposals import list_acts

TEXTS = ("text", "description", "benefits", "drawbacks", "source")


@pytest.fixture
def bilingual(session: Session) -> Poll:
    """A draft that lacks nothing, in both languages, with grades of its own."""
    poll = make_draft(session)
    polls.update_poll(session, poll, introduction="Read this first.", now=NOW)
    question = polls.add_question(
        session, poll, text="How good?", maximum=1, options=YES_NO, kind=Kind.GRADE
    )
    grades = replace(default_method(Kind.GRADE), grades=GRADES)
    polls.set_method(session, question, grades)
    write_welsh(session, poll, now=NOW)
    return poll


def places(poll: Poll) -> list[tuple[str, str, int | str]]:
    return [(untold.page, untold.field, untold.key) for untold in list_untold(poll)]


def states(session: Session, poll: Poll) -> dict[str, str]:
    return {task.code: task.state for task in polls.list_tasks(session, poll, now=NOW)}


def everywhere(poll: Poll) -> Iterator[tuple[Any, str, tuple[str, str, int | str]]]:
    """Every Welsh text: what holds it, its name, and where it is to be written."""
    for name in ("title", "deciding", "still_open"):
        yield poll.proposal.hub, f"{name}_cy", ("proposal", f"{name}_cy", "")
    contact = "scrutineer_contact_cy"
    yield poll.proposal, contact, ("contact", contact, "")
    for name in ("title", "introduction"):
        yield poll, f"{name}_cy", ("details", f"{name}_cy", "")
    for one in poll.proposal.constituencies:
        yield one, "name_cy", ("constituency", "name_cy", one.code)
    for question in poll.questions:
        yield question, "text_cy", ("question", "text_cy", question.id)
        for option in question.options:
            for name in TEXTS:
                field = f"options-{option.position}-{name}_cy"
                yield option, f"{name}_cy", ("question", field, question.id)


def test_w1_each_missing_text_is_told_with_its_field_and_nothing_is_frozen(
    session: Session, bilingual: Poll
) -> None:
    assert list_untold(bilingual) == []
    assert states(session, bilingual)["languages"] == "complete"
    seen = 0
    for thing, name, place in everywhere(bilingual):
        kept = getattr(thing, name)
        assert kept, name
        setattr(thing, name, "")
        assert places(bilingual) == [place]
        (told,) = list_untold(bilingual)
        assert told.message.endswith("is not in Welsh.")
        with pytest.raises(BadInput) as refusal:
            freeze(session, bilingual)
        assert [(e.field, e.message) for e in refusal.value.errors] == [("languages", told.message)]
        setattr(thing, name, kept)
        seen += 1
    assert seen == 3 + 1 + 2 + 2 + 2 * (1 + 2 * 5)
    assert freeze(session, bilingual).state == "ready"


def test_w1_english_may_be_missing_as_well(session: Session, bilingual: Poll) -> None:
    bilingual.introduction = ""
    bilingual.questions[0].options[1].source = ""
    session.flush()
    assert [untold.message for untold in list_untold(bilingual)] == [
        "The introduction is not in English.",
        "The source of option 2 of question 1 (“Stay as we are”) is not in English.",
    ]
    assert [place[1] for place in places(bilingual)] == ["introduction", "options-1-source"]


def test_w1_grades_of_ones_own_need_welsh_and_built_in_ones_do_not(
    session: Session, bilingual: Poll
) -> None:
    question = bilingual.questions[1]
    polls.set_method(session, question, replace(question.method, grades_cy=()))
    assert places(bilingual) == [("grades", "grades_cy", question.id)]
    built_in = replace(question.method, grades=DEFAULT_GRADES[1:4])
    polls.set_method(session, question, built_in)
    assert list_untold(bilingual) == []

    for wrong, told in (
        (("Un", "Dau"), "Give as many grades in Welsh as in English: 3, not 2."),
        (("Un", "un", "Dau"), "Two grades have the same name."),
    ):
        with pytest.raises(BadInput) as refusal:
            polls.set_method(session, question, replace(built_in, grades_cy=wrong))
        assert [(e.field, e.message) for e in refusal.value.errors] == [("grades_cy", told)]


def test_a_poll_of_a_proposal_in_english_has_no_such_task(session: Session) -> None:
    poll = make_draft(session)
    assert "languages" not in states(session, poll)
    assert list_untold(poll) == []


def test_welsh_is_frozen_and_hashed_and_the_election_keeps_one_language(
    session: Session, bilingual: Poll
) -> None:
    freeze(session, bilingual)

    frozen = json.loads(bilingual.frozen_json or b"")
    assert frozen["languages"] == ["en", "cy"]
    assert frozen["proposal"]["deciding_cy"] == welsh(frozen["proposal"]["deciding"])
    assert frozen["poll"]["title_cy"] == welsh("Forming a mutual")
    assert frozen["poll"]["introduction_cy"] == welsh("Read this first.")
    for question in frozen["questions"]:
        assert question["text_cy"] == welsh(question["text"])
        for option in question["options"]:
            assert [option[f"{name}_cy"] for name in TEXTS] == [
                welsh(option[name]) for name in TEXTS
            ]
    assert frozen["questions"][1]["counting"]["grades_cy"] == [welsh(each) for each in GRADES]
    assert [part["name_cy"] for part in frozen["constituencies"]] == [
        welsh("Staff"),
        welsh("Users"),
    ]
    for election in bilingual.elections:
        assert b"Gymraeg" not in election.definition
        assert b"Become a mutual" in election.definition


def test_another_welsh_word_is_another_fingerprint(session: Session) -> None:
    first, second = (make_draft(session) for _ in range(2))
    for poll in (first, second):
        write_welsh(session, poll, now=NOW)
    polls.update_poll(session, second, title_cy="Rhywbeth arall", now=NOW)
    told = [polls.freezing.describe(session, poll) for poll in (first, second)]
    for one in told:
        one.pop("constituencies")
        one["proposal"].pop("slug")
    assert told[0] != told[1]
    told[1]["poll"]["title_cy"] = told[0]["poll"]["title_cy"]
    assert told[0] == told[1]


def test_welsh_of_a_proposal_in_english_alone_is_not_frozen(
    session: Session, bilingual: Poll
) -> None:
    hub.update_hub(session, bilingual.proposal, is_bilingual=False, public_may_ask=False, now=NOW)
    freeze(session, bilingual)

    assert "Gymraeg" not in (bilingual.frozen_json or b"").decode()
    assert "languages" not in json.loads(bilingual.frozen_json or b"")
    assert not bilingual.is_bilingual
    assert bilingual.questions[0].options[0].text_cy == ""
    assert bilingual.questions[1].method.grades_cy == ()


def test_w1_a_poll_frozen_in_english_does_not_open_once_the_proposal_is_in_both(
    session: Session,
) -> None:
    poll = freeze(session, make_draft(session))
    say_bilingual(session, poll, now=NOW)

    with pytest.raises(Conflict, match="was frozen in English alone"):
        polls.open_poll(session, poll, now=OPENS_AT)
    assert polls.open_due(session, OPENS_AT) == []
    hub.update_hub(session, poll.proposal, is_bilingual=False, public_may_ask=False, now=NOW)
    assert polls.open_due(session, OPENS_AT) == [poll]


def test_w1_a_text_that_went_missing_after_the_freeze_keeps_the_poll_closed(
    session: Session, bilingual: Poll
) -> None:
    freeze(session, bilingual)
    assert bilingual.proposal.hub is not None
    bilingual.proposal.hub.deciding_cy = ""
    session.flush()

    assert polls.open_due(session, OPENS_AT) == []
    with pytest.raises(Conflict, match="What is being decided is not in Welsh"):
        polls.open_poll(session, bilingual, now=OPENS_AT)
    assert "opened" not in {a.kind for a in list_acts(session, bilingual.proposal_id)}


def test_what_voters_rely_on_in_welsh_is_fixed_by_the_freeze(
    session: Session, bilingual: Poll
) -> None:
    freeze(session, bilingual)
    proposal = bilingual.proposal
    for changes in ({"deciding_cy": "Arall"}, {"title_cy": ""}):
        with pytest.raises(Conflict, match="frozen in English and in Welsh"):
            say_bilingual(session, bilingual, now=NOW, **changes)
    with pytest.raises(Conflict, match="frozen in English and in Welsh"):
        hub.update_hub(session, proposal, is_bilingual=False, public_may_ask=False, now=NOW)
    say_bilingual(session, bilingual, now=NOW, summary_cy="Crynodeb newydd.")
    with pytest.raises(Conflict, match="cannot be renamed"):
        proposals.rename_constituency(
            session, proposal.constituencies[0], name="Staff", name_cy="Arall"
        )


def test_two_options_or_constituencies_are_never_called_the_same_in_welsh(
    session: Session, bilingual: Poll
) -> None:
    alike = [replace(option, text_cy="Yr un") for option in YES_NO]
    with pytest.raises(BadInput) as refusal:
        polls.add_question(session, bilingual, text="Which?", maximum=1, options=alike)
    assert [error.field for error in refusal.value.errors] == ["options-1-text_cy"]
    staff, users = bilingual.proposal.constituencies
    with pytest.raises(BadInput) as refusal:
        proposals.rename_constituency(session, users, name="Users", name_cy=staff.name_cy)
    assert [error.field for error in refusal.value.errors] == ["name_cy"]


def test_the_roll_is_held_against_the_languages_of_the_vote(
    session: Session, bilingual: Poll
) -> None:
    (rolls,) = (t for t in polls.list_tasks(session, bilingual, now=NOW) if t.code == "rolls")
    assert any("marked to be written to in Welsh" in warning for warning in rolls.warnings)
