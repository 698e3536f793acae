"""Whose turn it is: the letters that invite scrutineers, and those that call them back."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from voting.domain.confirming import check_typed, require_unchanged
from voting.domain.errors import Conflict, refuse_faults
from voting.domain.holding import Holding, Standing, Step, next_step
from voting.domain.lifecycle import State
from voting.services.trustees.awaited import DECRYPTION, SHUFFLE, find_part, is_awaited
from voting.store import letters, trustees
from voting.store.accounts import Account
from voting.store.polls import Poll
from voting.store.trustees import Scrutineer

INVITATION, TURN = "scrutineer-invitation", "scrutineer-turn"


def find_step(session: Session, scrutineer: Scrutineer) -> Step:
    """What this scrutineer can do now; ``wait`` when it is the turn of others, or nobody's."""
    poll = scrutineer.poll
    if poll.state == State.DRAFT:
        if poll.ceremony is None:
            return Step.WAIT
        return next_step(scrutineer.standing, list_standings(session, poll))
    if poll.state == State.READY:
        return Step.WAIT if scrutineer.approved_at else Step.APPROVAL
    if poll.state == State.COUNTING and is_awaited(session, scrutineer):
        return Step.COUNT
    return Step.WAIT


def name_of(scrutineer: Scrutineer) -> dict[str, object]:
    """The scrutineer as acts of the public trail name them."""
    return {"scrutineer": scrutineer.position, "name": scrutineer.name}


def list_standings(session: Session, poll: Poll) -> list[Standing]:
    """Where each scrutineer of *poll* stands, in order."""
    return [person.standing for person in trustees.list_scrutineers(session, poll.id)]


def owe_turns(session: Session, poll: Poll, *, now: dt.datetime) -> int:
    """Owe a letter to every scrutineer whose turn it has become; each turn is told once.

    Returns how many letters are new. The very first step is told by the invitation. In the count,
    mixing and opening are two turns.
    """
    if poll.key_holding != Holding.SCRUTINEERS:
        return 0
    new = 0
    for person in trustees.list_scrutineers(session, poll.id):
        step = find_step(session, person)
        if step in (Step.WAIT, Step.CERTIFICATE, Step.SAVED_COPY):
            continue
        task = _name_task(session, person, step)
        if task:
            new += _owe(session, person, TURN, task, key=task, now=now)
    return new


def _name_task(session: Session, person: Scrutineer, step: Step) -> str:
    """What a letter calls the step: shuffle or count in the count; empty when others come first."""
    if step is not Step.COUNT:
        return step.value
    return {SHUFFLE: "shuffle", DECRYPTION: step.value}.get(find_part(session, person), "")


def owe_invitations(
    session: Session, poll: Poll, people: list[Scrutineer], *, typed: str, now: dt.datetime
) -> int:
    """Owe each scrutineer the invitation to make a key. *typed* must be how many that are."""
    refuse_faults(check_typed(typed, len(people)))
    owed = sum(
        _owe(session, person, INVITATION, Step.CERTIFICATE.value, key="invitation", now=now)
        for person in people
    )
    require_unchanged(owed, len(people))
    return owed


def remind(session: Session, poll: Poll, *, actor: Account | None, now: dt.datetime) -> int:
    """Owe a reminder to every scrutineer whose turn it is; at most one a day to each.

    Returns how many are owed. Raises Conflict when it is nobody's turn.
    """
    waiting = [
        (person, step)
        for person in trustees.list_scrutineers(session, poll.id)
        if (step := find_step(session, person)) is not Step.WAIT
    ]
    if not waiting:
        raise Conflict("No scrutineer has anything to do at present.")
    return sum(
        _owe(session, person, TURN, task, key=f"{task}:{now:%Y-%m-%d}", now=now, reminder=True)
        for person, step in waiting
        if (task := _name_task(session, person, step) or step.value)
    )


def _owe(
    session: Session,
    person: Scrutineer,
    kind: str,
    task: str,
    *,
    key: str,
    now: dt.datetime,
    reminder: bool = False,
) -> bool:
    poll = person.poll
    made = letters.owe(
        session,
        kind=kind,
        key=f"{kind}:{person.id}:{poll.ceremony}:{person.link_generation}:{key}",
        now=now,
        poll_id=poll.id,
        scrutineer_id=person.id,
        language=person.language,
        details={"ceremony": poll.ceremony, "step": task, "reminder": reminder},
    )
    return made is not None
