"""What an organiser says in public is refused in English alone where the proposal is in both."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import consultation_ground
from tests.documents_ground import PDF
from tests.factories_polls import CLOSES_AT, NOW, make_account, make_draft, make_open_poll
from voting.domain.errors import BadInput
from voting.services import (
    changes,
    consultations,
    documents,
    enquiries,
    expiry,
    hub,
    issuing,
    polls,
    readers,
    retention,
    trustees,
)
from voting.store.documents import list_documents
from voting.store.hub import Hub
from voting.store.polls import Poll
from voting.store.proposals import Proposal, list_acts
from voting.store.readers import Enquiry, Reader

DAY = dt.timedelta(days=1)
ENGLISH, WELSH = "The post was late.", "Roedd y post yn hwyr."
Act = Callable[..., Any]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on an empty database."""
    with Session(engine) as session:
        yield session


def say_bilingual(session: Session, proposal: Proposal) -> None:
    session.add(Hub(proposal_id=proposal.id, is_bilingual=True, title_cy="Teitl"))
    session.flush()
    session.expire(proposal, ["hub"])


def check(act: Act, field: str = "reason") -> None:
    """*act* is refused beside the Welsh field, and beside the English one; then it is done."""
    with pytest.raises(BadInput) as refused:
        act(**{field: ENGLISH})
    assert [fault.field for fault in refused.value.errors] == [f"{field}_cy"]
    with pytest.raises(BadInput) as refused:
        act(**{field: "", f"{field}_cy": WELSH})
    assert {fault.field for fault in refused.value.errors} == {field}
    act(**{field: ENGLISH, f"{field}_cy": WELSH})


def read_last(session: Session, proposal: Proposal) -> dict[str, Any]:
    return dict(json.loads(list_acts(session, proposal.id)[-1].body))


def test_reasons_about_a_vote(session: Session) -> None:
    poll = make_open_poll(session)
    poll.title_cy = "Pleidlais"
    later = {"closes_at": CLOSES_AT + DAY, "actor": None, "now": NOW}
    check(lambda **words: polls.extend(session, poll, **later, **words))
    told = read_last(session, poll.proposal)
    assert (told["reason"], told["reason_cy"]) == (ENGLISH, WELSH)
    check(lambda **words: retention.place_hold(session, poll, now=NOW, **words))
    assert (poll.hold_reason, poll.hold_reason_cy) == (ENGLISH, WELSH)
    check(lambda **words: retention.lift_hold(session, poll, now=NOW, **words))
    assert (poll.hold_reason, poll.hold_reason_cy) == ("", "")
    check(lambda **words: polls.cancel(session, poll, actor=None, now=NOW, **words))
    assert read_last(session, poll.proposal)["reason_cy"] == WELSH


def test_what_is_told_of_those_who_hold_keys_and_make_codes(session: Session) -> None:
    poll = make_draft(session)
    say_bilingual(session, poll.proposal)

    def arrange(**words: str) -> None:
        shape = {"holding": "scrutineers", "size": 3, "threshold": 3, "with_service_key": False}
        trustees.set_arrangement(session, poll, **shape, **words)

    check(arrange, "all_needed_reason")
    assert (poll.all_needed_reason, poll.all_needed_reason_cy) == (ENGLISH, WELSH)

    def name(issuer_contact: str, issuer_contact_cy: str = "") -> None:
        where = {"contact": issuer_contact, "contact_cy": issuer_contact_cy}
        issuing.set_issuer(session, poll, name="The union", **where)

    check(name, "issuer_contact")
    assert poll.read("issuer_contact", "cy") == WELSH
    poll.ceremony = "1"
    check(lambda **words: trustees.end_ceremony(session, poll, actor=None, now=NOW, **words))


def test_what_is_in_one_language_is_counted_before_a_vote_is_frozen(session: Session) -> None:
    poll = make_draft(session)
    say_bilingual(session, poll.proposal)
    poll.all_needed_reason = poll.issuer_contact = ENGLISH
    untold = {(each.page, each.field) for each in polls.list_untold(poll)}
    assert {("holding", "all_needed_reason_cy"), ("issuer", "issuer_contact_cy")} <= untold


def test_reasons_about_a_consultation(session: Session) -> None:
    draft = consultation_ground.make_draft(session, now=NOW)
    draft.is_bilingual = True
    closes = NOW + 70 * DAY

    def set_dates(**words: str) -> None:
        consultations.set_dates(session, draft, closes_at=closes, **words)

    check(set_dates)
    assert (draft.dates_reason, draft.dates_reason_cy) == (ENGLISH, WELSH)
    held = consultation_ground.make_open(session, now=NOW)
    held.is_bilingual = True
    later = {"closes_at": NOW + 100 * DAY, "now": NOW}
    check(lambda **words: consultations.extend(session, held, **later, **words))
    assert read_last(session, held.proposal)["reason_cy"] == WELSH
    check(lambda **words: expiry.place_hold(session, held, now=NOW, **words))
    assert (held.hold_reason, held.hold_reason_cy) == (ENGLISH, WELSH)
    check(lambda **words: consultations.close(session, held, now=NOW, **words))
    assert read_last(session, held.proposal)["reason_cy"] == WELSH


def test_what_is_told_on_the_page(session: Session) -> None:
    poll: Poll = make_draft(session)
    proposal, account = poll.proposal, make_account(session)
    say_bilingual(session, proposal)
    by = {"account": account, "now": NOW}
    paper = {"kind": "background", "filename": "case.pdf", "content": PDF}
    check(lambda **told: documents.add_document(session, proposal, **paper, **by, **told), "title")
    [document] = list_documents(session, proposal.id)
    newer = {"filename": "case.pdf", "content": PDF + b" "}
    check(
        lambda **words: documents.add_version(session, document, **newer, **by, **words), "changed"
    )
    check(lambda **words: documents.withdraw(session, document, **by, **words))
    assert (document.withdrawn_because, document.withdrawn_because_cy) == (ENGLISH, WELSH)

    reader = Reader(
        proposal_id=proposal.id, email="a@example.org", email_key="a@example.org", created_at=NOW
    )
    session.add(reader)
    session.flush()
    asked = Enquiry(proposal_id=proposal.id, reader_id=reader.id, text="When?", asked_at=NOW)
    session.add(asked)
    session.flush()

    def answer(answer: str, answer_cy: str = "") -> None:
        words = {"text": answer, "text_cy": answer_cy, "answered_by": "Jo Lee"}
        enquiries.answer(session, asked, **by, **words)

    check(answer, "answer")
    news = {"title": "News", "title_cy": "Newyddion", "typed": "0"}
    check(lambda **words: readers.send_news(session, proposal, **news, **by, **words), "text")
    words = {"on": dt.date(2026, 9, 1), "now": NOW}
    check(lambda **told: hub.save_milestone(session, proposal, None, **words, **told), "title")
    term = {"term": "Depot", "term_cy": "Depo", "now": NOW}
    check(lambda **told: hub.save_term(session, proposal, None, **term, **told), "meaning")
    option = {"name": "Wait", "name_cy": "Aros", "is_staying": False, "now": NOW}
    check(lambda **told: hub.save_option(session, proposal, None, **option, **told), "cost")


def test_a_page_in_both_languages_is_not_opened_in_one(session: Session) -> None:
    proposal, account = make_draft(session).proposal, make_account(session)
    page = {"is_bilingual": True, "public_may_ask": False, "now": NOW}
    hub.update_hub(session, proposal, summary=ENGLISH, **page)  # there was no Welsh field yet
    check(lambda **told: hub.update_hub(session, proposal, **page, **told), "summary")
    hub.choose_models(session, proposal, ("in-house", "consortium"), now=NOW)
    with pytest.raises(BadInput, match="Not in Welsh yet: the title"):
        hub.open_hub(session, proposal, actor=account, now=NOW)
    welsh = {"title_cy": WELSH, "deciding_cy": WELSH, "still_open_cy": WELSH}
    welsh |= {"who_decides": ENGLISH, "who_decides_cy": WELSH}
    hub.update_hub(session, proposal, **page, **welsh)
    hub.open_hub(session, proposal, actor=account, now=NOW)
    hub.update_hub(session, proposal, **page, who_decides="We.", who_decides_cy=WELSH)
    more = {"since": 1, "typed": "0", "account": account, "now": NOW}
    check(lambda **told: changes.send_notice(session, proposal, **more, **told), "explanation")


def test_a_consultation_about_a_proposal_in_both_languages_is_in_both(session: Session) -> None:
    draft = consultation_ground.make_draft(session, now=NOW)
    say_bilingual(session, draft.proposal)
    checks = consultations.list_checks(session, draft, now=NOW)
    told = [problem for each in checks for problem in each.problems]
    assert any("The proposal is in English and Welsh" in problem for problem in told)
