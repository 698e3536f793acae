"""We asked, you said, we did: every theme is answered before anything is published."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy.orm import Session

from tests.analysis_ground import NOW
from voting.domain.errors import BadInput, Conflict
from voting.services import analysis
from voting.services.analysis.answering import describe_response, hash_response
from voting.store import analysis as store
from voting.store.analysis import Theme
from voting.store.consultations import Consultation
from voting.store.proposals import list_acts
from voting.store.record import find_text

LATER = NOW + dt.timedelta(days=30)


@pytest.fixture
def theme(session: Session, consultation: Consultation) -> Theme:
    return analysis.save_theme(
        session, consultation, theme=None, name="Hours", meaning="", parent_id=None, now=NOW
    )


def answer(session: Session, consultation: Consultation, theme: Theme, **changes: str) -> None:
    words = {
        "summary": "Open on Sundays.",
        "stance": "accepted",
        "response": "From May.",
        **changes,
    }
    analysis.answer_theme(session, consultation, theme, now=NOW, **words)


def test_c1_publishing_the_response_is_on_the_trail_and_ends_the_waiting(
    session: Session, consultation: Consultation, theme: Theme
) -> None:
    answer(session, consultation, theme)
    analysis.publish_response(session, consultation, now=NOW)
    assert consultation.answered_at == NOW
    response, report = list_acts(session, consultation.proposal_id)[-2:]
    assert response.kind == "response-published"
    assert '"themes":1' in response.body
    assert report.kind == "report-published"


def test_what_is_changed_in_a_published_response_is_on_the_trail(
    session: Session, consultation: Consultation, theme: Theme
) -> None:
    answer(session, consultation, theme)
    before = len(list_acts(session, consultation.proposal_id))
    analysis.publish_response(session, consultation, now=NOW)
    answer(session, consultation, theme, stance="not-accepted", response="It costs too much.")
    published, _report, changed = list_acts(session, consultation.proposal_id)[before:]
    assert changed.kind == "response-changed"
    assert '"stance":"not-accepted"' in changed.body
    assert f'"hash":"{hash_response([theme])}"' in changed.body
    assert hash_response([theme]) not in published.body


def rename(session: Session, consultation: Consultation, theme: Theme | None, name: str) -> Theme:
    words = {"name": name, "meaning": "For coders."}
    return analysis.save_theme(
        session, consultation, theme=theme, parent_id=None, now=LATER, **words
    )


def test_whoever_changes_a_theme_of_a_published_response_puts_it_on_the_trail(
    session: Session, consultation: Consultation, theme: Theme
) -> None:
    answer(session, consultation, theme)
    rename(session, consultation, theme, "Opening")
    assert "response-changed" not in {a.kind for a in list_acts(session, consultation.proposal_id)}
    analysis.publish_response(session, consultation, now=NOW)
    assert analysis.find_change(session, consultation) is None
    before = len(list_acts(session, consultation.proposal_id))

    rename(session, consultation, theme, "Opening")  # what coders alone read is no change
    assert analysis.is_published(session, consultation)
    rename(session, consultation, theme, "Opening hours")
    assert not analysis.is_published(session, consultation)
    added = rename(session, consultation, None, "Pensions")
    analysis.remove_theme(session, added, now=LATER)

    acts = list_acts(session, consultation.proposal_id)[before:]
    assert [(act.kind, json.loads(act.body)["theme"]) for act in acts] == [
        ("response-changed", "Opening hours"),
        ("response-changed", "Pensions"),
        ("response-changed", "Pensions"),
    ]
    assert json.loads(acts[-1].body)["hash"] == hash_response([theme])
    assert analysis.find_change(session, consultation) == LATER
    analysis.publish_response(session, consultation, now=LATER + dt.timedelta(days=1))
    assert analysis.is_published(session, consultation)
    assert analysis.find_change(session, consultation) == LATER  # publishing it again changes none


def test_a_change_of_one_consultation_is_none_of_another(
    session: Session, consultation: Consultation, theme: Theme
) -> None:
    answer(session, consultation, theme)
    analysis.publish_response(session, consultation, now=NOW)
    rename(session, consultation, theme, "Opening")
    other = Consultation(proposal_id=consultation.proposal_id, slug="other", title="Other")
    assert analysis.find_change(session, other) is None
    assert not analysis.is_published(session, other)


def test_g4_a_theme_without_an_answer_is_named_and_nothing_is_published(
    session: Session, consultation: Consultation, theme: Theme
) -> None:
    assert store.list_unanswered_themes(session, consultation.proposal_id) == ["Hours"]
    with pytest.raises(Conflict, match="no answer yet: Hours"):
        analysis.publish_response(session, consultation, now=NOW)
    answer(session, consultation, theme, stance="open")
    assert store.list_unanswered_themes(session, consultation.proposal_id) == ["Hours"]
    answer(session, consultation, theme, stance="not-accepted", response="It costs too much.")
    assert store.list_unanswered_themes(session, consultation.proposal_id) == []


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [("summary", "", "what people said"), ("stance", "", "Select"), ("response", " ", "answer")],
)
def test_half_an_answer_is_not_kept(
    session: Session, consultation: Consultation, theme: Theme, field: str, value: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told) as refused:
        answer(session, consultation, theme, **{field: value})
    assert refused.value.field == field
    assert theme.response == ""


def test_an_update_comes_after_the_response(
    session: Session, consultation: Consultation, theme: Theme
) -> None:
    with pytest.raises(Conflict, match="not published yet"):
        analysis.add_update(session, theme, text="Open since May.", now=NOW)
    answer(session, consultation, theme)
    analysis.publish_response(session, consultation, now=NOW)
    analysis.add_update(session, theme, text="Open since May.", now=NOW)
    assert [update.text for update in theme.updates] == ["Open since May."]
    act = list_acts(session, consultation.proposal_id)[-1]
    assert act.kind == "theme-updated"
    told = json.loads(act.body)
    kept = find_text(session, consultation.proposal_id, told["sha256"])
    assert kept is not None
    assert json.loads(kept.content)["text"] == told["text"] == "Open since May."


def test_a_response_in_both_languages_is_refused_until_every_text_of_it_is(
    session: Session, consultation: Consultation, theme: Theme
) -> None:
    answer(session, consultation, theme, summary_cy="Ar y Sul.")
    assert theme.summary_cy == ""  # the proposal is in English alone
    consultation.is_bilingual = True
    with pytest.raises(BadInput) as refused:
        answer(session, consultation, theme)
    assert [fault.field for fault in refused.value.errors] == ["summary_cy", "response_cy"]
    with pytest.raises(BadInput) as refused:
        answer(session, consultation, theme, response="", response_cy="O fis Mai.")
    assert {fault.field for fault in refused.value.errors} == {"summary_cy", "response"}
    answer(session, consultation, theme, summary_cy="Ar y Sul.", response_cy="O fis Mai.")
    with pytest.raises(Conflict, match="not in Welsh yet: Hours"):
        analysis.publish_response(session, consultation, now=NOW)
    with pytest.raises(BadInput) as refused:
        analysis.save_theme(
            session, consultation, theme=theme, name="Hours", meaning="", parent_id=None, now=NOW
        )
    assert refused.value.field == "name_cy"
    analysis.save_theme(
        session,
        consultation,
        theme=theme,
        name="Hours",
        name_cy="Oriau",
        meaning="",
        parent_id=None,
        now=NOW,
    )
    analysis.publish_response(session, consultation, now=NOW)
    with pytest.raises(BadInput, match="in Welsh"):
        analysis.add_update(session, theme, text="Open since May.", now=NOW)
    analysis.add_update(session, theme, text="Open since May.", text_cy="Ers mis Mai.", now=NOW)
    assert '"text_cy":"Ers mis Mai."' in list_acts(session, consultation.proposal_id)[-1].body


def test_the_hash_of_a_response_in_english_alone_does_not_know_of_welsh(
    session: Session, consultation: Consultation, theme: Theme
) -> None:
    answer(session, consultation, theme)
    [told] = describe_response([theme])
    assert told == {
        "theme": "Hours",
        "under": None,
        "said": "Open on Sundays.",
        "stance": "accepted",
        "answer": "From May.",
    }
    theme.name_cy, theme.summary_cy = "Oriau", "Ar y Sul."
    [told] = describe_response([theme])
    assert (told["theme_cy"], told["said_cy"]) == ("Oriau", "Ar y Sul.")
    assert "answer_cy" not in told
