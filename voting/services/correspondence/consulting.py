"""Letters of consultations: invitations, reminders, addresses to confirm, receipts with a copy."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from email.message import EmailMessage
from typing import Any

from sqlalchemy.orm import Session

from voting import mail
from voting.domain.answer_words import tell_answer
from voting.domain.asking import Asked, Given, Kind
from voting.domain.confirming import check_typed, require_unchanged
from voting.domain.consulting import MAX_REMINDERS, Stage, hash_sent
from voting.domain.errors import Conflict, NotFound, refuse_faults
from voting.services.correspondence.bulk import (
    BulkPreview,
    Failure,
    list_languages,
    make_failure,
    owe_tests,
)
from voting.services.correspondence.notices import find_ask_link, proposal_context
from voting.services.correspondence.refusals import Unwanted
from voting.services.correspondence.writing import Post, write_letter
from voting.store import invitations, letters, undelivered
from voting.store.accounts import Account, get_account
from voting.store.consultations import Consultation
from voting.store.letters import Letter
from voting.store.participants import Participant, invite_electors
from voting.store.responses import (
    Response,
    find_response,
    iter_sent,
    list_answers,
    list_files,
    read_value,
)

INVITATION, REMINDER = "consultation-invitation", "consultation-reminder"
CONFIRM, RECEIPT = "consultation-confirm", "consultation-receipt"
REPLACEMENT = "consultation-replacement"
TELLING_NOTHING = (INVITATION, CONFIRM, REPLACEMENT)  # of who has answered and who has not
TEST = "consultation-test"
NOT_ANSWERED = "Everyone who has not answered"


def write_any(session: Session, letter_id: int, *, post: Post, now: dt.datetime) -> EmailMessage:
    """The finished message of one letter, of a consultation or of anything else."""
    letter = session.get_one(Letter, letter_id)
    if letter.consultation_id is None or not letter.kind.startswith("consultation-"):
        return write_letter(session, letter_id, post=post, now=now)
    consultation = session.get_one(Consultation, letter.consultation_id)
    proposal, kind, stop = consultation.proposal, letter.kind, ""
    context = make_context(session, consultation, letter.language, post.base_url)
    if kind == TEST:
        account = get_account(session, letter.account_id or 0)
        kind = str(json.loads(letter.details)["kind"])
        name, address = account.full_name or str(account.email), str(account.email)
        context |= make_sample(post.base_url) | {"name": name, "is_test": True}
    else:
        participant = session.get_one(Participant, letter.participant_id)
        name, address = _read_person(participant)
        token = post.respondent_token(participant.id, participant.link_generation)
        stop = f"{post.base_url}/c/{token}/stop"
        context |= {"name": name or address, "link": f"{post.base_url}/c/{token}", "stop": stop}
        _require_wanted(letter, consultation, participant, now)
        if kind == RECEIPT:
            context |= _copy_answers(session, consultation, participant, post, letter.language)
    return mail.make_message(
        mail.render(kind, letter.language, context),
        sender=mail.Correspondent(proposal.organisation, post.sender),
        recipient=mail.Correspondent(name, address),
        reply_to=proposal.contact_email,
        identity=f"{letter.key}|{consultation.frozen_hash}|{consultation.opened_at}",
        now=now,
        stop_link=stop if kind == REMINDER else "",
    )


def preview_consultation(
    session: Session, consultation: Consultation, kind: str, *, base_url: str
) -> BulkPreview:
    """What sending invitations or reminders now would do. Raises Conflict or NotFound.

    Of reminders only the number in all is told: by group or by language it could tell whether
    somebody who is alone in one has answered.
    """
    number = _get_round(session, consultation, kind)
    samples = {}
    for language in list_languages(consultation, _count_in_welsh(session, consultation)):
        context = make_context(session, consultation, language, base_url) | make_sample(base_url)
        samples[language] = mail.render(kind, language, context)
    english, welsh = samples["en"], samples.get("cy")
    if kind == INVITATION:
        recipients = _count_uninvited(session, consultation)
        in_welsh = sum(number for _, number in _count_uninvited(session, consultation, "cy"))
        return BulkPreview(kind, tuple(recipients), english, welsh, in_welsh)
    owed = invitations.count_recipients(session, consultation.id, kind, number)
    return BulkPreview(kind, ((NOT_ANSWERED, owed),), english, welsh, None)


def queue_consultation(
    session: Session,
    consultation: Consultation,
    kind: str,
    *,
    typed: str,
    base_url: str,
    now: dt.datetime,
) -> int:
    """Owe this letter to everyone it is for, once *typed* is their number; how many. (M3)"""
    total = preview_consultation(session, consultation, kind, base_url=base_url).total
    if total == 0:
        raise Conflict("There is nobody left to send this letter to.")
    refuse_faults(check_typed(typed, total))
    number = _get_round(session, consultation, kind)
    if kind == INVITATION:
        for audience in consultation.audiences:
            if not audience.is_public:
                invite_electors(session, audience)
    owed = invitations.owe_to_participants(
        session, consultation.id, kind, now=now, round_number=number
    )
    require_unchanged(owed, total)
    return owed


def test_consultation(
    session: Session, consultation: Consultation, kind: str, *, account: Account, now: dt.datetime
) -> int:
    """Owe a test copy in each language to the organiser's own address; how many they are.

    Its link does not work. Raises Conflict within the minute of the one before.
    """
    if kind not in (INVITATION, REMINDER):
        raise NotFound("There is no letter of this kind.")
    languages = list_languages(consultation, _count_in_welsh(session, consultation))
    about = f"{kind}:{consultation.id}"
    place: letters.About = {"consultation_id": consultation.id}
    made = owe_tests(session, TEST, about, languages, {"kind": kind}, place, account, now=now)
    return len(made)


def count_consultation_letters(
    session: Session, consultation: Consultation
) -> dict[str, dict[str, int]]:
    """How many letters of each kind are in each state. Receipts would tell who answered."""
    counts = invitations.count_states(session, consultation.id)
    return {kind: counts[kind] for kind in (*TELLING_NOTHING, REMINDER) if kind in counts}


def list_unreached(
    session: Session, consultation: Consultation, *, limit: int = 1000
) -> list[Failure]:
    """Letters that bounced or failed, oldest first: people to reach in another way (M2).

    Reminders and receipts would tell who has answered, so they are left out.
    """
    found = undelivered.list_of_consultation(
        session, consultation.id, limit=limit, kinds=TELLING_NOTHING
    )
    failures = []
    for letter, participant in found:
        name, address = _read_person(participant)
        failures.append(make_failure(letter, name, address, participant.audience.name))
    return failures


def try_again(
    session: Session,
    consultation: Consultation,
    *,
    now: dt.datetime,
    letter_ids: Iterable[int] | None = None,
) -> int:
    """Owe letters that did not arrive afresh (all, or only these ids), and return how many."""
    return undelivered.owe_again_of_consultation(
        session, consultation.id, letter_ids, now=now, kinds=TELLING_NOTHING
    )


def make_context(
    session: Session, consultation: Consultation, language: str, base_url: str
) -> dict[str, Any]:
    """What every letter about a consultation may say."""
    return proposal_context(consultation.proposal, language) | {
        "ask": find_ask_link(session, consultation.proposal, base_url),
        "title": consultation.read("title", language),
        "closes_at": consultation.closes_at,
    }


def make_sample(base_url: str) -> dict[str, Any]:
    """An example in place of everything personal."""
    link = f"{base_url}/c/EXAMPLE"
    return {"name": "Sam Jones", "link": link, "stop": f"{link}/stop"}


def _get_round(session: Session, consultation: Consultation, kind: str) -> int:
    if kind not in (INVITATION, REMINDER):
        raise NotFound("There is no letter of this kind.")
    if consultation.state != Stage.OPEN:
        raise Conflict("Letters can be sent while the consultation is open.")
    if kind == INVITATION:
        return 1
    rounds = invitations.count_rounds(session, consultation.id, kind)
    if rounds >= MAX_REMINDERS:
        raise Conflict(f"{MAX_REMINDERS} reminders have been sent, which is the most allowed.")
    return rounds + 1


def _count_in_welsh(session: Session, consultation: Consultation) -> int:
    """How many read Welsh, whether they were asked yet or not, and whether they answered or not."""
    asked = invitations.count_readers_of(session, consultation.id, "cy")
    return asked + sum(number for _, number in _count_uninvited(session, consultation, "cy"))


def _count_uninvited(
    session: Session, consultation: Consultation, language: str | None = None
) -> list[tuple[str, int]]:
    from_rolls = []
    for audience in consultation.audiences:
        place = audience.constituency
        if place is not None:
            number = invitations.count_uninvited(session, consultation.id, place.id, language)
            from_rolls.append((place.name, number))
    return from_rolls


def _read_person(participant: Participant) -> tuple[str, str]:
    elector = participant.elector
    return (elector.name, elector.email) if elector is not None else ("", participant.email)


def _require_wanted(
    letter: Letter, consultation: Consultation, participant: Participant, now: dt.datetime
) -> None:
    closes_at = consultation.closes_at
    if letter.kind != RECEIPT and (
        consultation.state != Stage.OPEN or closes_at is None or now >= closes_at
    ):
        raise Unwanted("The consultation was over before this letter could be sent.")
    if letter.kind == REMINDER and participant.has_responded:
        raise Unwanted("The person has answered since.")
    if letter.kind == REMINDER and participant.stops_reminders:
        raise Unwanted("The person asked for no more reminders.")


def _copy_answers(
    session: Session,
    consultation: Consultation,
    participant: Participant,
    post: Post,
    language: str,
) -> dict[str, Any]:
    """The answers as they were sent, and the documents that stood beside the questions."""
    response = find_response(session, consultation.id, post.response_handles(participant.id))
    if response is None:
        raise Unwanted("There are no answers to send a copy of.")
    base = f"{post.base_url}/p/{consultation.proposal.slug}"
    return {
        "answers": _tell_answers(session, consultation, response, language),
        "documents": [_name_document(seen, language) for seen in json.loads(response.seen)],
        "may_publish": response.may_publish,
        "asks_equality": consultation.asks_equality,
        "fingerprint": _hash_own(session, response),
        "record": f"{base}/chain",
        "page": f"{base}/consultations/{consultation.slug}",
    }


def _name_document(seen: dict[str, Any], language: str) -> dict[str, Any]:
    """A document that stood beside the questions, by its title in *language* where it has one."""
    return seen | {"title": (language == "cy" and seen.get("title_cy")) or seen["title"]}


def _hash_own(session: Session, response: Response) -> str:
    """The hash that is listed for this response when the consultation closes."""
    (sent,) = iter_sent(session, response.consultation_id, response.handle)
    return hash_sent(*sent)


def _tell_answers(
    session: Session, consultation: Consultation, response: Response, language: str
) -> list[tuple[str, list[str]]]:
    files = {file.id: file.name for file in list_files(session, response.id)}
    given = {answer.question_id: answer for answer in list_answers(session, response.id)}
    told = []
    for question in consultation.questions:
        answer = given.get(question.id)
        if answer is None:
            continue
        asked: Asked = question.asked
        value = Given(read_value(answer, Kind(question.kind)), answer.is_declined)
        lines = tell_answer(asked, value, language, files, mail.translator(language))
        told.append((asked.text.read(language), lines))
    return told
