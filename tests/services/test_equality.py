"""E1: what is kept of equality monitoring cannot be led back to anyone, by key, time or order."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Date, DateTime, Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.consultation_ground import make_open
from voting.domain.equality import QUESTIONS
from voting.domain.errors import Closed
from voting.services import equality
from voting.store.consultations import Consultation
from voting.store.database import Base, transaction
from voting.store.equality import read_counts

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
OFFERED = sum(len(question.answers) for question in QUESTIONS.values())
FORMS = (
    {"sex": "male", "religion": "sikh"},
    {},  # every question skipped
    {"age": "35-44", "sex": "female", "sexual-orientation": "bisexual"},
    {"sex": "male"},
)
ABOUT_RESPONSES = {
    "response", "answer", "answer_file", "coding", "coding_reading", "redaction", "moderation",
    "answer_release",
}  # fmt: skip


def test_e1_equality_counts_have_no_key_to_anyone_no_time_and_no_number_of_their_own() -> None:
    tables = Base.metadata.tables
    table = tables["equality_count"]
    assert set(table.columns.keys()) == {"consultation_id", "question", "answer", "number"}
    assert {key.column.table.name for key in table.foreign_keys} == {"consultation"}
    assert not [c.name for c in table.columns if isinstance(c.type, (DateTime, Date))]
    pointing = {
        key.column.table.name: other.name for other in tables.values() for key in other.foreign_keys
    }
    assert "equality_count" not in pointing


def find_leading_to(names: set[str]) -> set[str]:
    """The tables that have a key to one of these."""
    tables = Base.metadata.tables.values()
    keys = [(table.name, key.column.table.name) for table in tables for key in table.foreign_keys]
    return {name for name, other in keys if other in names}


def test_only_the_tables_of_the_analysis_lead_to_a_response() -> None:
    leading: set[str] = {"response"}
    while more := find_leading_to(leading) - leading:
        leading |= more
    assert leading == ABOUT_RESPONSES


def count_forms(engine: Engine, forms: tuple[dict[str, str], ...]) -> None:
    for form in forms:
        with Session(engine) as session, transaction(session):
            held = session.query(Consultation).one()
            equality.count_answers(session, held, form, now=NOW)


def test_e1_the_rows_do_not_tell_which_answers_were_given_together_or_last(
    each_engine: Engine,
) -> None:
    with Session(each_engine) as session, transaction(session):
        make_open(session, now=NOW)
    count_forms(each_engine, FORMS)

    with Session(each_engine) as session:
        assert session.scalar(text("SELECT count(*) FROM equality_count")) == OFFERED
        assert read_counts(session, 1) == {
            "age": {"35-44": 1},
            "religion": {"sikh": 1},
            "sex": {"female": 1, "male": 2},
            "sexual-orientation": {"bisexual": 1},
        }
        if each_engine.dialect.name == "postgresql":
            writers = session.execute(text("SELECT DISTINCT xmin::text FROM equality_count")).all()
            assert len(writers) == 1  # the last form wrote every row, also those it did not count
        else:
            with pytest.raises(OperationalError, match="no such column"):
                session.execute(text("SELECT rowid FROM equality_count"))


def test_d1_no_form_is_counted_once_the_counts_can_be_seen(each_engine: Engine) -> None:
    with Session(each_engine) as session, transaction(session):
        make_open(session, now=NOW)
    count_forms(each_engine, FORMS[:1])
    with Session(each_engine) as session, transaction(session):
        held = session.query(Consultation).one()
        counted = read_counts(session, held.id)
        with pytest.raises(Closed):
            equality.count_answers(session, held, FORMS[3], now=held.closes_at)
        held.state = "closed"
        session.flush()
        with pytest.raises(Closed):
            equality.count_answers(session, held, FORMS[3], now=NOW)
        assert read_counts(session, held.id) == counted


def test_forms_at_the_same_moment_are_all_counted(each_engine: Engine) -> None:
    with Session(each_engine) as session, transaction(session):
        make_open(session, now=NOW)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: count_forms(each_engine, FORMS), range(4)))

    with Session(each_engine) as session:
        assert read_counts(session, 1)["sex"] == {"female": 4, "male": 8}
