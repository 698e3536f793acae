"""The making of the keys: what each scrutineer is asked for, and checking what comes back.

The service carries messages between scrutineers and checks all that can be checked without a
secret. It can read none of the shares: they are sealed to the scrutineers' own keys.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from voting.belenios.ceremony import (
    check_certificate,
    check_contribution,
    check_output,
    make_input,
    open_ceremony,
)
from voting.belenios.errors import ProtocolError
from voting.belenios.exchange import ElectionOf, Seat, Task, TaskStep, read_answer
from voting.belenios.groups import Element, get_group
from voting.domain.errors import BadInput, Conflict, FieldError
from voting.domain.holding import Step
from voting.domain.lifecycle import State
from voting.services.trustees.awaited import owner_of
from voting.services.trustees.consent import report_found
from voting.services.trustees.turns import find_step, owe_turns
from voting.store import trustees
from voting.store.polls import Poll, lock_poll
from voting.store.trustees import Scrutineer

ANSWERED = (Step.CERTIFICATE, Step.SAVED_COPY, Step.CONTRIBUTION, Step.OUTPUT)


def make_task(session: Session, scrutineer: Scrutineer) -> Task:
    """Everything this scrutineer's machine needs for what they can do now.

    Raises Conflict while no ceremony runs.
    """
    poll = scrutineer.poll
    step = find_step(session, scrutineer)
    people = trustees.list_scrutineers(session, poll.id)
    certificates = _list_certificates(people)
    vinput = None
    if step is Step.OUTPUT:
        contributions = [person.contribution or b"" for person in people]
        vinput = make_input(contributions, scrutineer.position)
    return Task(
        _get_seat(scrutineer),
        TaskStep(step.value) if step is not Step.APPROVAL else TaskStep.WAIT,
        certificates,
        vinput,
        scrutineer.output,
        tuple(
            ElectionOf(
                election.uuid,
                owner_of(scrutineer),
                election.constituency.name,
                election.fingerprint,
            )
            for election in poll.elections
        ),
    )


def take_answer(
    session: Session, scrutineer: Scrutineer, raw: bytes, *, now: dt.datetime
) -> Step | None:
    """Check what a scrutineer's machine made for their step, keep it, and say which step it was.

    None when the very same was kept before. Raises BadInput (field answer) naming the check that
    fails, and Conflict when nothing is asked for.
    """
    poll = lock_poll(session, scrutineer.poll_id)
    session.refresh(scrutineer)
    if poll.state != State.DRAFT or poll.ceremony is None:
        raise Conflict("No keys are being made for this vote at present. Nothing was kept.")
    step = find_step(session, scrutineer)
    if step not in ANSWERED:
        if _was_kept(scrutineer, raw):
            return None
        raise Conflict("Nothing is asked of you at present: it is the turn of others.")
    try:
        message = _check(session, poll, scrutineer, raw)
    except ProtocolError as error:
        if _was_kept(scrutineer, raw):
            return None
        told = f"This does not pass its check: {error}. Nothing was kept. You can try again."
        raise BadInput([FieldError("answer", told)]) from error
    _keep(scrutineer, step, message, now)
    report_found(session, scrutineer, now=now)
    session.flush()
    owe_turns(session, poll, now=now)
    return step


def _get_seat(scrutineer: Scrutineer) -> Seat:
    poll = scrutineer.poll
    if poll.ceremony is None:
        raise Conflict("No keys are being made for this vote at present.")
    return Seat(
        poll.ceremony,
        poll.title,
        scrutineer.name,
        get_group(poll.group),
        poll.key_size,
        poll.threshold,
        scrutineer.position,
    )


def _list_certificates(people: list[Scrutineer]) -> tuple[bytes, ...]:
    """The certificates of all scrutineers in order, or none while one is missing."""
    made = tuple(person.certificate for person in people if person.certificate is not None)
    return made if len(made) == len(people) else ()


def _check(session: Session, poll: Poll, scrutineer: Scrutineer, raw: bytes) -> bytes:
    """The message of the answer, with all that can be checked without a secret."""
    task = make_task(session, scrutineer)
    seat, position = task.seat, scrutineer.position
    message = read_answer(raw, task, _find_verification(scrutineer, seat))
    if task.step in (TaskStep.CERTIFICATE, TaskStep.SAVED_COPY):
        return message
    made = open_ceremony(seat.group, task.certificates, seat.threshold)
    if task.step is TaskStep.CONTRIBUTION:
        check_contribution(made, position, message)
    else:
        people = trustees.list_scrutineers(session, poll.id)
        contributions = [person.contribution or b"" for person in people]
        check_output(made, contributions, position, message)
    return message


def _find_verification(scrutineer: Scrutineer, seat: Seat) -> Element | None:
    """The key that this scrutineer signs with, once their certificate is known."""
    if scrutineer.certificate is None:
        return None
    return check_certificate(
        seat.group, scrutineer.certificate, seat.size, seat.threshold, seat.index
    ).verification


def _keep(scrutineer: Scrutineer, step: Step, message: bytes, now: dt.datetime) -> None:
    if step is Step.CERTIFICATE:
        scrutineer.certificate, scrutineer.certified_at = message, now
    elif step is Step.SAVED_COPY:
        scrutineer.proved_at = now
    elif step is Step.CONTRIBUTION:
        scrutineer.contribution, scrutineer.contributed_at = message, now
    else:
        scrutineer.output, scrutineer.finished_at = message, now


def _was_kept(scrutineer: Scrutineer, raw: bytes) -> bool:
    """Whether the message of this answer is kept already: a form that was sent twice."""
    kept = (scrutineer.certificate, scrutineer.contribution, scrutineer.output)
    return any(message is not None and b'"message":' + message in raw for message in kept)
