"""What an organiser sends and watches: previews, bulk letters, tests, and those that failed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from voting import mail
from voting.domain.confirming import check_typed, require_unchanged
from voting.domain.errors import Conflict, NotFound, refuse_faults
from voting.services.correspondence.notices import find_ask_link
from voting.services.correspondence.writing import SCRUTINEERS, poll_context, sample_context
from voting.store import board, letters, undelivered
from voting.store.accounts import Account
from voting.store.consultations import Consultation
from voting.store.letters import Letter
from voting.store.polls import Poll
from voting.store.proposals import Proposal
from voting.store.trustees import Scrutineer, list_scrutineers

MAX_REMINDERS = 3
MIN_VOTERS = 3  # fewer, and a list of voters says too much
BULK_STATES = {
    "invitation": ("ready", "open"),
    "reminder": ("open",),
    "result": ("published",),
}


NOT_VOTED = "Everyone who has not voted"


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What a bulk send would do now: how many per constituency, and how a letter reads.

    ``welsh`` is the same sample in Welsh where the vote is in both languages, and ``in_welsh`` how
    many of the recipients read it: both go out in the same run. None: that is not told.
    """

    kind: str
    recipients: tuple[tuple[str, int], ...]
    sample: mail.Rendered
    welsh: mail.Rendered | None = None
    in_welsh: int | None = 0

    @property
    def total(self) -> int:
        """How many people would be written to: what is typed to confirm."""
        return sum(number for _, number in self.recipients)


@dataclass(frozen=True, slots=True)
class Failure:
    """A letter that did not arrive, for the "needs contact" queue."""

    letter_id: int
    kind: str
    state: str
    name: str
    email: str
    constituency: str
    reason: str
    attempts: int


def preview_bulk(
    session: Session, poll: Poll, kind: str, *, base_url: str = "https://voting.example"
) -> BulkPreview:
    """What sending this *kind* (invitation, reminder, result) now would do.

    The samples hold an example link and code. Of reminders only the number in all is told: by
    constituency or by language it could tell whether somebody who is alone in one has voted (D2).
    Raises Conflict when it cannot be sent now.
    """
    number = _round_to_preview(session, poll, kind)
    recipients = letters.count_recipients(session, poll.id, kind, number)
    samples = {
        language: mail.render(
            kind,
            language,
            poll_context(poll, language)
            | sample_context(kind, poll, base_url, language)
            | {"ask": find_ask_link(session, poll.proposal, base_url)},
        )
        for language in list_languages(poll, letters.count_readers_of(session, poll.id, "cy"))
    }
    if kind == "reminder":
        named = ((NOT_VOTED, sum(people for _, people in recipients)),)
        return BulkPreview(kind, named, samples["en"], samples.get("cy"), None)
    in_welsh = letters.count_recipients_in(session, poll.id, kind, number, language="cy")
    return BulkPreview(kind, tuple(recipients), samples["en"], samples.get("cy"), in_welsh)


def preview_scrutineers(session: Session, poll: Poll, *, base_url: str) -> BulkPreview:
    """Whom the invitation to make a key would go to, and how it reads; its link is an example."""
    people = list_scrutineers(session, poll.id)
    in_welsh = _count_welsh(people)
    samples = {
        language: mail.render(
            SCRUTINEERS,
            language,
            poll_context(poll, language) | sample_context(SCRUTINEERS, poll, base_url, language),
        )
        for language in list_languages(poll, in_welsh)
    }
    named = tuple((f"{each.name}, {each.organisation} ({each.email})", 1) for each in people)
    return BulkPreview(SCRUTINEERS, named, samples["en"], samples.get("cy"), in_welsh)


def _count_welsh(people: Iterable[Scrutineer]) -> int:
    return sum(person.language == "cy" for person in people)


def list_languages(asked: Poll | Consultation | Proposal, in_welsh: int = 0) -> tuple[str, ...]:
    """The languages that letters go out in: Welsh where it is in both, or where some read it."""
    return ("en", "cy") if asked.is_bilingual or in_welsh else ("en",)


def queue_bulk(session: Session, poll: Poll, kind: str, *, typed: str, now: dt.datetime) -> int:
    """Owe this *kind* of letter to everyone it is for, and return how many that is.

    *typed* must be the number of recipients. Repeating it owes nothing twice: keys are
    ``kind:poll:elector:number``. Raises BadInput for a wrong number, Conflict when it cannot be
    sent now or nobody is left to write to.
    """
    number = _round_to_send(session, poll, kind)
    recipients = letters.count_recipients(session, poll.id, kind, number)
    total = sum(people for _, people in recipients)
    if total == 0:
        raise Conflict("There is nobody left to send this letter to.")
    refuse_faults(check_typed(typed, total))
    owed = letters.owe_to_electors(
        session, poll_id=poll.id, kind=kind, now=now, round_number=number
    )
    require_unchanged(owed, total)
    return owed


def confirm_result(session: Session, poll: Poll, *, typed: str) -> None:
    """Raise BadInput unless *typed* is how many get the result, which is owed as it is published.

    The roll is frozen, so the number stays as it was shown.
    """
    recipients = letters.count_recipients(session, poll.id, "result")
    refuse_faults(check_typed(typed, sum(people for _, people in recipients)))


def send_test(
    session: Session, poll: Poll, kind: str, *, account: Account, now: dt.datetime
) -> list[Letter]:
    """Owe a test copy of this *kind* to the organiser's own address, one in each language.

    Its link does not work. Raises Conflict within the minute of the one before.
    """
    if kind not in (*BULK_STATES, SCRUTINEERS):
        raise NotFound(f"There is no letter of the kind {kind}.")
    in_welsh = letters.count_readers_of(session, poll.id, "cy")
    if kind == SCRUTINEERS:
        in_welsh = _count_welsh(list_scrutineers(session, poll.id))
    languages = list_languages(poll, in_welsh)
    about = f"{kind}:{poll.id}"
    place: letters.About = {"poll_id": poll.id}
    made = owe_tests(session, "test", about, languages, {"kind": kind}, place, account, now=now)
    return [session.get_one(Letter, letter_id) for letter_id in made]


def owe_tests(
    session: Session,
    kind: str,
    about: str,
    languages: Iterable[str],
    details: Mapping[str, Any],
    place: letters.About,
    account: Account,
    *,
    now: dt.datetime,
) -> list[int]:
    """Owe a test copy in each of *languages* to the account's own address; the letters' ids.

    Raises Conflict within the minute of the one before *about* the same.
    """
    whom: letters.About = {**place, "account_id": int(account.id)}
    owed = []
    for language in languages:
        letter_id = letters.owe(
            session,
            kind=kind,
            key=f"{kind}:{about}:{account.id}:{language}:{now:%Y%m%d%H%M}",
            now=now,
            language=language,
            details=details,
            **whom,
        )
        if letter_id is None:
            raise Conflict("This test letter is on its way already.")
        owed.append(letter_id)
    return owed


def status_counts(session: Session, poll: Poll) -> dict[str, dict[str, int]]:
    """How many letters of each kind are in each state: ``{kind: {state: number}}``."""
    return letters.count_states(session, poll.id)


def list_failures(session: Session, poll: Poll, *, limit: int = 1000) -> list[Failure]:
    """Letters that bounced or failed, oldest first: people to reach in another way.

    A receipt would tell who has voted, so receipts are left out until voting is over and at least
    three have voted (requirement D2).
    """
    without = () if _may_tell_who_voted(session, poll) else ("receipt",)
    found = undelivered.list_of_poll(session, poll.id, limit=limit, without=without)
    return [
        make_failure(letter, elector.name, elector.email, elector.constituency.name)
        for letter, elector in found
    ]


def make_failure(letter: Letter, name: str, email: str, place: str) -> Failure:
    """What the queue shows of one letter."""
    return Failure(
        letter_id=letter.id,
        kind=letter.kind,
        state=letter.state,
        name=name,
        email=email,
        constituency=place,
        reason=letter.last_error,
        attempts=letter.attempts,
    )


def retry_failed(
    session: Session, poll: Poll, *, now: dt.datetime, letter_ids: Iterable[int] | None = None
) -> int:
    """Owe bounced and failed letters afresh (all, or only these ids), and return how many."""
    return undelivered.owe_again_of_poll(session, poll.id, letter_ids, now=now)


def _round_to_preview(session: Session, poll: Poll, kind: str) -> int:
    """As :func:`_round_to_send`; a result is previewed before it is published with its letter."""
    if kind == "result" and poll.state == "declared":
        return 1
    return _round_to_send(session, poll, kind)


def _round_to_send(session: Session, poll: Poll, kind: str) -> int:
    """The number of the round about to be sent; raises Conflict when it may not be."""
    if kind not in BULK_STATES:
        raise NotFound(f"There is no letter of the kind {kind}.")
    if poll.state not in BULK_STATES[kind]:
        raise Conflict(f"This letter cannot be sent while the vote is {poll.state}.")
    if kind != "reminder":
        return 1
    rounds = letters.count_rounds(session, poll.id, kind)
    if rounds >= MAX_REMINDERS:
        raise Conflict(f"{MAX_REMINDERS} reminders have been sent, which is the most allowed.")
    return rounds + 1


def _may_tell_who_voted(session: Session, poll: Poll) -> bool:
    if poll.state in ("draft", "ready", "open"):
        return False
    return sum(board.count_ballots(session, each.id)[1] for each in poll.elections) >= MIN_VOTERS
