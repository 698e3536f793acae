"""Themes, tags and two coders."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from tests.analysis_ground import NOW
from voting.domain.errors import BadInput, Conflict, NotFound
from voting.services import analysis
from voting.store import analysis as store
from voting.store.accounts import Account
from voting.store.analysis import Theme, Wanted
from voting.store.consultations import Consultation


def add_theme(
    session: Session, consultation: Consultation, name: str, parent: Theme | None = None
) -> Theme:
    return analysis.save_theme(
        session,
        consultation,
        theme=None,
        name=name,
        meaning="",
        parent_id=parent.id if parent else None,
        now=NOW,
    )


def written(consultation: Consultation) -> int:
    return consultation.questions[-1].id


def test_a_code_book_is_nested_and_sorted(session: Session, consultation: Consultation) -> None:
    people = add_theme(session, consultation, "Staff")
    add_theme(session, consultation, "Pensions", people)
    add_theme(session, consultation, "Hours")
    book = analysis.sort_themes(store.list_themes(session, consultation.id))
    assert [(depth, theme.name) for depth, theme in book] == [
        (0, "Hours"), (0, "Staff"), (1, "Pensions"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "told"), [("", "Enter the name"), ("staff", "already"), ("x" * 121, "120 characters")]
)
def test_a_theme_with_a_bad_name_is_not_kept(
    session: Session, consultation: Consultation, name: str, told: str
) -> None:
    add_theme(session, consultation, "Staff")
    with pytest.raises(BadInput, match=told):
        add_theme(session, consultation, name)
    assert len(store.list_themes(session, consultation.id)) == 1


def test_a_theme_cannot_stand_under_itself(session: Session, consultation: Consultation) -> None:
    upper = add_theme(session, consultation, "Upper")
    lower = add_theme(session, consultation, "Lower", upper)
    with pytest.raises(BadInput, match="under itself"):
        analysis.save_theme(
            session,
            consultation,
            theme=upper,
            name="Upper",
            meaning="",
            parent_id=lower.id,
            now=NOW,
        )


def test_a_theme_in_use_is_not_removed(
    session: Session, consultation: Consultation, account: Account
) -> None:
    theme = add_theme(session, consultation, "Hours")
    answer = store.list_written(session, Wanted(written(consultation)))[0]
    coding = analysis.tag(session, answer, theme, coder=account, passage="Sundays")
    with pytest.raises(Conflict, match="1 answers carry it"):
        analysis.remove_theme(session, theme, now=NOW)
    analysis.untag(session, answer, coding.id, coder=account)
    analysis.remove_theme(session, theme, now=NOW)
    assert store.list_themes(session, consultation.id) == []


def test_a_passage_is_tagged_where_it_stands_and_once(
    session: Session, consultation: Consultation, account: Account
) -> None:
    theme = add_theme(session, consultation, "Hours")
    answer = store.list_written(session, Wanted(written(consultation)))[0]
    first = analysis.tag(session, answer, theme, coder=account, passage="Sundays")
    again = analysis.tag(
        session, answer, theme, coder=account, passage="Sundays", start=first.start
    )
    assert first is again
    assert answer.text[first.start : first.end] == "Sundays"
    with pytest.raises(BadInput, match="not in the answer"):
        analysis.tag(session, answer, theme, coder=account, passage="Mondays")


def test_a_tag_of_another_coder_stays(
    session: Session, consultation: Consultation, account: Account, other: Account
) -> None:
    theme = add_theme(session, consultation, "Hours")
    answer = store.list_written(session, Wanted(written(consultation)))[0]
    coding = analysis.tag(session, answer, theme, coder=account)
    with pytest.raises(NotFound, match="another coder"):
        analysis.untag(session, answer, coding.id, coder=other)


def test_answers_are_searched_and_filtered(
    session: Session, consultation: Consultation, account: Account
) -> None:
    question = written(consultation)
    assert store.count_written(session, Wanted(question)) == 150
    assert store.count_written(session, Wanted(question, search="PENSIONS")) == 38
    assert store.count_written(session, Wanted(question, search="100%")) == 0
    theme = add_theme(session, consultation, "Hours")
    first, second = store.list_written(session, Wanted(question), limit=2)
    analysis.tag(session, first, theme, coder=account)
    assert store.list_written(session, Wanted(question, theme_id=theme.id)) == [first]
    analysis.keep_reading(session, first, coder=account, note="short", is_done=True)
    left = Wanted(question, coder_id=int(account.id))
    assert store.count_written(session, left) == 149
    assert store.find_neighbour(session, left, first.id, step=1) == second.id


def test_two_coders_are_compared_over_what_both_have_finished(
    session: Session, consultation: Consultation, account: Account, other: Account
) -> None:
    hours, staff = (add_theme(session, consultation, name) for name in ("Hours", "Staff"))
    answers = store.list_written(session, Wanted(written(consultation)), limit=4)
    for place, answer in enumerate(answers):
        analysis.tag(session, answer, hours if place < 2 else staff, coder=account)
        analysis.tag(session, answer, hours if place < 3 else staff, coder=other)
        for coder in (account, other):
            analysis.keep_reading(session, answer, coder=coder, note="", is_done=True)
    (pair,) = analysis.compare_coders(session, consultation, written(consultation))
    assert pair.compared == 4
    assert pair.overall == Fraction(1, 2)
    assert {row.theme.name: row.kappa for row in pair.themes} == {
        "Hours": Fraction(1, 2), "Staff": Fraction(1, 2),
    }  # fmt: skip
    assert pair.themes[0].word == "moderate"
