"""What the demonstration tells the public, and what the commissioner decides."""

from __future__ import annotations

import datetime as dt

import typst
from sqlalchemy.orm import Session

from voting.demonstration import story
from voting.domain.evidence import hash_evidence
from voting.domain.governance import STAY
from voting.services import decisions, documents, enquiries, hub, readers
from voting.store import notices
from voting.store.accounts import Account, find_account, get_account
from voting.store.decisions import Decision
from voting.store.proposals import Proposal
from voting.store.readers import Reader, find_reader
from voting.store.roll import iter_electors

DAY = dt.timedelta(days=1)


def make_pdf(title: str, *paragraphs: str) -> bytes:
    """A small tagged PDF with a heading and a few paragraphs."""
    text = "\n\n".join(paragraphs)
    source = f'#set document(title: "{title}")\n#set text(lang: "en")\n= {title}\n\n{text}\n'
    made: bytes = typst.compile(source.encode(), pdf_standards=["ua-1"])
    return made


def inform(session: Session, proposal: Proposal, account: Account, *, now: dt.datetime) -> None:
    """Write and open the leisure trust's page, with documents, questions and an update."""
    hub.update_hub(
        session,
        proposal,
        is_bilingual=True,
        public_may_ask=True,
        now=now,
        **story.PAGE,
    )
    codes = (STAY, "multi-stakeholder", "benefit-society", "employee-trust")
    hub.choose_models(session, proposal, codes, now=now)
    for term, meaning, term_cy, meaning_cy in story.GLOSSARY:
        words = {"term": term, "meaning": meaning, "term_cy": term_cy, "meaning_cy": meaning_cy}
        hub.save_term(session, proposal, None, now=now, **words)
    for days, title, title_cy in story.DATES:
        on = (now + days * DAY).date()
        hub.save_milestone(session, proposal, None, on=on, now=now, title=title, title_cy=title_cy)
    _publish_documents(session, proposal, account, now)
    hub.open_hub(session, proposal, actor=account, now=now)
    _ask_and_answer(session, proposal, account, now)


def _publish_documents(
    session: Session, proposal: Proposal, account: Account, now: dt.datetime
) -> None:
    case = documents.add_document(
        session,
        proposal,
        account=account,
        kind="business-case",
        title="Business case",
        title_cy="Achos busnes",
        filename="business-case.pdf",
        content=make_pdf("Business case", "Version 1. All figures are invented."),
        now=now,
    )
    for number, (changed, changed_cy) in enumerate(story.CHANGES, start=2):
        documents.add_version(
            session,
            case,
            account=account,
            changed=changed,
            changed_cy=changed_cy,
            filename="business-case.pdf",
            content=make_pdf("Business case", f"Version {number}. All figures are invented."),
            now=now,
        )
    documents.add_document(
        session,
        proposal,
        account=account,
        kind="equality-impact",
        title="Equality impact assessment",
        title_cy="Asesiad o'r effaith ar gydraddoldeb",
        filename="equality.pdf",
        content=make_pdf("Equality impact assessment", "Who gains, who loses, and what is done."),
        now=now,
    )


def _ask_and_answer(
    session: Session, proposal: Proposal, account: Account, now: dt.datetime
) -> None:
    for question, answer, answer_cy in story.QUESTIONS:
        reader = _make_reader(session, proposal, now)
        asked = enquiries.ask(session, reader, text=question, language="en", now=now)
        if not answer:
            enquiries.publish(asked, now=now)
            continue
        enquiries.answer(
            session,
            asked,
            account=account,
            text=answer,
            text_cy=answer_cy,
            answered_by=f"{story.CONTACT[0]}, Head of Leisure",
            now=now,
        )
    _ask_and_withdraw(session, proposal, account, now)
    title, text, title_cy, text_cy = story.UPDATE
    readers.send_news(
        session,
        proposal,
        account=account,
        title=title,
        text=text,
        title_cy=title_cy,
        text_cy=text_cy,
        typed="0",
        now=now,
    )


def _ask_and_withdraw(
    session: Session, proposal: Proposal, account: Account, now: dt.datetime
) -> None:
    question, reason, reason_cy = story.WITHDRAWN
    reader = _make_reader(session, proposal, now)
    asked = enquiries.ask(session, reader, text=question, language="en", now=now)
    enquiries.publish(asked, now=now)
    words = {"reason": reason, "reason_cy": reason_cy}
    enquiries.withdraw(session, asked, account=account, now=now, **words)


def _make_reader(session: Session, proposal: Proposal, now: dt.datetime) -> Reader:
    """Someone on the first roll, who asked for a link as anybody would."""
    elector = next(iter_electors(session, proposal.constituencies[0].id))
    readers.request_link(
        session,
        proposal,
        email=elector.email,
        kind=readers.ASK,
        language="en",
        public_may_ask=True,
        now=now,
    )
    found = find_reader(session, proposal.id, elector.email_key)
    if found is None:
        raise LookupError("the reader was not made")
    return found


def decide(session: Session, proposal: Proposal, account: Account, *, now: dt.datetime) -> Decision:
    """The commissioner is named, reads the evidence and decides in principle, with conditions."""
    commissioner = find_account(session, story.COMMISSIONER)
    if commissioner is None:
        raise LookupError(f"there is no account {story.COMMISSIONER}")
    decisions.name_commissioner(
        session, proposal, email=story.COMMISSIONER, actor=account, now=now - 2 * DAY
    )
    return decisions.decide(
        session,
        proposal,
        account=commissioner,
        evidence_hash=hash_evidence(decisions.gather_evidence(session, proposal)),
        attested=True,
        typed=str(sum(notices.count_people(session, proposal.id, notices.DECISION).values())),
        now=now,
        **story.DECISION,
    )


def follow_up(session: Session, decision: Decision, *, now: dt.datetime) -> None:
    """What was to be done after the decision, and how it stands at *now*."""
    commissioner = get_account(session, decision.account_id)
    for title, days, state, note, title_cy, note_cy in story.STEPS:
        decisions.save_step(
            session,
            decision,
            None,
            account=commissioner,
            title=title,
            due_on=(now + days * DAY).date(),
            state=state,
            note=note,
            now=now,
            title_cy=title_cy,
            note_cy=note_cy,
        )
