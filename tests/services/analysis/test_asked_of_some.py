"""D1: what was asked after one answer alone divides those who gave it, so nothing can be taken
from the table of the question before it to find the few who were asked and did not answer."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from tests.analysis_ground import NOW
from voting.domain.asking import Choice, Kind
from voting.domain.errors import BadInput
from voting.services import analysis
from voting.services.analysis import exports
from voting.services.analysis.report import describe_report, make_pdf
from voting.services.analysis.report_words import WELSH, tell_in_welsh
from voting.services.analysis.tables import QuestionTable
from voting.store.consultations import Consultation, ConsultationQuestion, write_choices
from voting.store.responses import Answer, Response

TRIGGER = "Do you use a centre?"


def ask(
    session: Session, consultation: Consultation, kind: Kind, text: str, *choices: str,
    after: tuple[ConsultationQuestion, int] | None = None,
) -> ConsultationQuestion:  # fmt: skip
    """One more question, asked of those who gave an answer when *after* says so."""
    made = ConsultationQuestion(
        position=len(consultation.questions),
        kind=str(kind),
        text=text,
        choices=write_choices(tuple(Choice(each, f"{each} (cy)") for each in choices)),
        show_if_id=after[0].id if after else None,
        show_if_option=after[1] if after else None,
    )
    consultation.sections[0].questions.append(made)
    session.flush()
    return made


def say(
    session: Session, people: Sequence[Response], question: ConsultationQuestion, *counts: object
) -> list[list[Response]]:
    """Let so many in turn give each answer: (value, how many), ...; those who gave each."""
    groups, start = [], 0
    for value, number in counts:  # type: ignore[misc]
        group = list(people[start : start + number])
        for one in group:
            session.add(
                Answer(response_id=one.id, question_id=question.id, version=1, is_current=True,
                       value=json.dumps(value))
            )  # fmt: skip
        groups.append(group)
        start += number
    session.flush()
    return groups


@pytest.fixture
def people(session: Session, consultation: Consultation) -> list[Response]:
    """300 who answered: every fifth of them is staff."""
    query = session.query(Response).filter_by(consultation_id=consultation.id)
    return list(query.order_by(Response.id))


def tabulate(
    session: Session, consultation: Consultation, question: ConsultationQuestion
) -> QuestionTable:
    (table,) = analysis.tabulate(session, consultation, question)
    return table


def test_d1_who_was_asked_and_did_not_answer_cannot_be_worked_out(
    session: Session, consultation: Consultation, people: list[Response]
) -> None:
    uses = ask(session, consultation, Kind.SINGLE, TRIGGER, "Yes", "No")
    site = ask(session, consultation, Kind.SINGLE, "Which?", "North", "South", after=(uses, 0))
    what = ask(session, consultation, Kind.SEVERAL, "What?", "Pool", "Gym", after=(uses, 0))
    yes, _no = say(session, people, uses, (0, 100), (1, 200))
    say(session, yes, site, (0, 60), (1, 35))  # five do not answer
    say(session, yes, what, ([0], 96), ([1], 4))
    first, table, several = (tabulate(session, consultation, q) for q in (uses, site, what))
    assert first.lines[0].total == table.total == several.total == 100
    assert table.after == ("Yes", TRIGGER)
    assert first.after == ()
    assert [line.label for line in table.lines] == ["North", "South", "No answer"]
    assert [line.total for line in table.lines] == [60, None, None]
    assert [line.total for line in several.lines] == [None, None]  # 4 of 100 did not choose it
    for row in table.lines:
        assert all(shown is None or shown >= 10 for shown in row.by_audience)
    assert [shown for _, shown in table.audiences] == list(first.lines[0].by_audience)

    crossed = analysis.cross_tabulate(session, consultation, site.id, None)
    assert crossed.table is not None
    assert crossed.table.column_totals == (60, None, None)
    assert crossed.table.cells == tuple(zip(*(r.by_audience for r in table.lines), strict=True))
    for across, down, field in ((site, uses, "across"), (uses, site, "down")):
        with pytest.raises(BadInput, match="not asked of everyone") as refused:
            analysis.cross_tabulate(session, consultation, across.id, down.id)
        assert refused.value.field == field


def test_d1_what_was_asked_of_few_has_no_table_nor_what_was_asked_after_it(
    session: Session, consultation: Consultation, people: list[Response]
) -> None:
    uses = ask(session, consultation, Kind.SINGLE, TRIGGER, "Yes", "No", "Not sure")
    often = ask(session, consultation, Kind.RATING, "How often?", after=(uses, 2))
    why = ask(session, consultation, Kind.SINGLE, "Why?", "Cost", "Time", after=(often, 5))
    number = ask(session, consultation, Kind.NUMBER, "How many?", after=(uses, 1))
    _, no, unsure = say(session, people, uses, (0, 200), (1, 95), (2, 5))
    say(session, unsure, often, (5, 5))
    say(session, unsure, why, (0, 5))
    say(session, no, number, *((str(n), 19) for n in range(5)))
    assert [line.total for line in tabulate(session, consultation, uses).lines] == [200, None, None]
    for few in (often, why, number):  # how many said no is not told either: it would tell of five
        assert analysis.tabulate(session, consultation, few) == []
    assert analysis.cross_tabulate(session, consultation, often.id, None).table is None


def test_d1_an_audience_of_which_few_were_asked_is_not_told_by_the_others(
    session: Session, consultation: Consultation, people: list[Response]
) -> None:
    """Of 60 staff 4 were asked: what the staff said cannot be had by taking the public from all."""
    staff = [each for each in people if each.audience_id == consultation.audiences[0].id]
    public = [each for each in people if each.audience_id != consultation.audiences[0].id]
    uses = ask(session, consultation, Kind.SINGLE, TRIGGER, "Yes", "No")
    site = ask(session, consultation, Kind.SINGLE, "Which?", "North", "South", after=(uses, 0))
    asked, _ = say(session, staff, uses, (0, 4), (1, 56))
    others, _ = say(session, public, uses, (0, 120), (1, 120))
    say(session, asked + others, site, (0, 64), (1, 60))
    table = tabulate(session, consultation, site)
    assert [line.total for line in table.lines] == [64, 60]
    assert all(shown is None for line in table.lines for shown in line.by_audience)
    assert [shown for _, shown in table.audiences] == [None, None]


def test_whom_it_was_asked_of_stands_in_sheets_and_in_the_report_in_both_languages(
    session: Session, consultation: Consultation, people: list[Response]
) -> None:
    uses = ask(session, consultation, Kind.SINGLE, TRIGGER, "Yes", "No")
    site = ask(session, consultation, Kind.SINGLE, "Which?", "North", "South", after=(uses, 0))
    yes, _no = say(session, people, uses, (0, 100), (1, 200))
    say(session, yes, site, (0, 60), (1, 40))
    rows = list(csv.reader(io.StringIO(exports.tables_csv(
        analysis.list_tables(session, consultation)
    ))))  # fmt: skip
    assert ["Which?", f"asked after “Yes” to “{TRIGGER}”", "North", "60"] in [r[:4] for r in rows]
    report = describe_report(session, consultation)
    assert make_pdf(report).startswith(b"%PDF")
    welsh = tell_in_welsh(report, consultation, [], NOW)
    assert welsh["tables"][-1]["after"] == ["Yes (cy)", TRIGGER]
    assert make_pdf(welsh, WELSH).startswith(b"%PDF")
