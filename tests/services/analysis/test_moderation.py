"""What is taken out is gone for all but the custodian; what is published follows the consent."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.analysis_ground import NOW
from voting.domain.errors import BadInput, Conflict
from voting.sealing import Sealer
from voting.services import analysis
from voting.store import analysis as store
from voting.store import releases
from voting.store.accounts import Account
from voting.store.analysis import Wanted
from voting.store.consultations import Consultation, ConsultationQuestion
from voting.store.responses import Answer

NAME = "Jo Bloggs"


@pytest.fixture
def sealer() -> Sealer:
    return Sealer((Fernet.generate_key().decode(),))


@pytest.fixture
def answer(session: Session, consultation: Consultation) -> Answer:
    """An answer that names somebody, whose giver agrees to publication."""
    found = store.list_written(session, Wanted(consultation.questions[-1].id, search=NAME))
    return next(each for each in found if each.response.may_publish)


def redact(
    session: Session, consultation: Consultation, answer: Answer, account: Account, sealer: Sealer,
    passage: str = NAME, reason: str = "names a person",
) -> None:  # fmt: skip
    analysis.redact(
        session, consultation, answer, account=account, passage=passage, reason=reason,
        sealer=sealer, now=NOW,
    )  # fmt: skip


def test_what_is_taken_out_stands_nowhere_in_the_clear(
    session: Session, consultation: Consultation, answer: Answer, account: Account, sealer: Sealer
) -> None:
    answer.response.draft = f'{{"1": "{NAME}"}}'
    before = answer.text
    redact(session, consultation, answer, account, sealer)
    session.flush()
    assert answer.text == before.replace(NAME, analysis.BLOCK * len(NAME))
    for table in ("answer", "response", "redaction"):
        column = {"answer": "text", "response": "draft", "redaction": "sealed"}[table]
        key = "id" if table != "redaction" else "answer_id"
        of = answer.response_id if table == "response" else answer.id
        query = text(f"SELECT {column} FROM {table} WHERE {key} = :of")  # noqa: S608
        kept = session.execute(query, {"of": of}).scalar_one()
        assert NAME not in str(bytes(kept) if table == "redaction" else kept)


def test_the_custodian_reads_the_original_and_is_seen_to(
    session: Session, consultation: Consultation, answer: Answer, account: Account, sealer: Sealer
) -> None:
    before = answer.text
    redact(session, consultation, answer, account, sealer)
    redact(session, consultation, answer, account, sealer, passage="payroll")
    found = analysis.read_original(
        session, consultation, answer, account=account, reason="a complaint", sealer=sealer, now=NOW
    )
    assert found == before
    acts = [act.kind for act in releases.list_moderation(session, consultation.id)]
    assert acts == ["looked", "redacted", "redacted"]


@pytest.mark.parametrize("second", ["██ Bloggs", "█ Bloggs", "Ask ██", "k █"])
def test_the_original_is_whole_when_blocks_were_taken_out_with_more(
    session: Session, consultation: Consultation, answer: Answer, account: Account, sealer: Sealer,
    second: str,
) -> None:  # fmt: skip
    """Whoever copies words from the page copies the blocks among them too."""
    before = answer.text
    redact(session, consultation, answer, account, sealer, passage="Jo")
    redact(session, consultation, answer, account, sealer, passage=second)
    found = analysis.read_original(
        session, consultation, answer, account=account, reason="a complaint", sealer=sealer, now=NOW
    )
    assert found == before


@pytest.mark.parametrize(
    ("passage", "reason", "told"),
    [("", "x", "Enter the words"), ("Nobody", "x", "not in the answer"), (NAME, "", "Enter why")],
)
def test_nothing_is_taken_out_without_words_and_a_reason(
    session: Session, consultation: Consultation, answer: Answer, account: Account, sealer: Sealer,
    passage: str, reason: str, told: str,
) -> None:  # fmt: skip
    with pytest.raises(BadInput, match=told):
        redact(session, consultation, answer, account, sealer, passage, reason)
    assert NAME in answer.text


def test_publication_follows_the_consent(
    session: Session, consultation: Consultation, answer: Answer, account: Account
) -> None:
    answer.response.may_publish = False
    with pytest.raises(Conflict, match="did not agree"):
        analysis.release(session, consultation, answer, account=account, is_published=True, now=NOW)
    answer.response.may_publish = True
    analysis.release(session, consultation, answer, account=account, is_published=True, now=NOW)
    assert releases.list_published(session, consultation.id) == [answer]
    assert releases.count_published(session, consultation.id, "pensions") == 1
    answer.response.may_publish = False  # the consent is looked at each time
    session.flush()
    assert releases.list_published(session, consultation.id) == []


def test_answers_are_released_together_by_consent_and_only_once(
    session: Session, consultation: Consultation, answer: Answer, account: Account
) -> None:
    question = consultation.questions[-1]
    written = store.list_written(session, Wanted(question.id), limit=10_000)
    agreed = [each for each in written if each.response.may_publish]
    kept = next(each for each in written if not each.response.may_publish)
    assert answer in agreed
    analysis.release(
        session, consultation, answer, account=account, is_published=False, reason="a name", now=NOW
    )
    assert releases.count_undecided(session, question.id) == len(agreed) - 1

    def together(*answers: Answer, of: ConsultationQuestion = question) -> int:
        ids = [each.id for each in answers]
        return analysis.release_together(session, consultation, of, ids, account=account, now=NOW)

    chosen = [each for each in agreed if each != answer][:3]
    assert together(*chosen, of=consultation.questions[0]) == 0
    assert together(answer, kept, *chosen) == 3
    assert releases.list_published(session, consultation.id) == chosen
    assert together(*chosen) == 0
    acts = [(act.kind, act.answer_id) for act in releases.list_moderation(session, consultation.id)]
    assert sorted(acts[:-1]) == [("published", each.id) for each in chosen]
    waiting = releases.list_undecided(session, question.id)
    assert len(waiting) == min(releases.PAGE, len(agreed) - 4)
    assert not {answer, kept, *chosen} & set(waiting)
    with pytest.raises(BadInput, match="Tick the answers"):
        together()


def test_withholding_needs_a_reason(
    session: Session, consultation: Consultation, answer: Answer, account: Account
) -> None:
    with pytest.raises(BadInput, match="why it is withheld"):
        analysis.release(
            session, consultation, answer, account=account, is_published=False, now=NOW
        )


def test_nothing_is_taken_out_or_published_while_people_may_change_their_answers(
    session: Session, consultation: Consultation, answer: Answer, account: Account, sealer: Sealer
) -> None:
    consultation.state = "open"
    with pytest.raises(Conflict, match="not closed"):
        redact(session, consultation, answer, account, sealer)
    with pytest.raises(Conflict, match="not closed"):
        analysis.release(session, consultation, answer, account=account, is_published=True, now=NOW)
