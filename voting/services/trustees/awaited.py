"""What the count of each election awaits, read off its board and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from voting.belenios.board import EventType, parse_owned
from voting.belenios.election import parse_election
from voting.domain.holding import Holding
from voting.domain.lifecycle import State
from voting.store import board, trustees
from voting.store.polls import Election, Poll
from voting.store.trustees import Scrutineer

TALLIED = frozenset(
    {
        EventType.ENCRYPTED_TALLY,
        EventType.SHUFFLE,
        EventType.END_SHUFFLES,
        EventType.PARTIAL_DECRYPTION,
    }
)


@dataclass(frozen=True, slots=True)
class Awaited:
    """Who has shuffled and decrypted an election so far, by owner, and what comes next.

    ``kind`` is shuffle, decryption, or nothing: not tallied yet, the result is there, or enough
    scrutineers have done their part and the worker goes on.
    """

    kind: str
    shuffled: tuple[int, ...] = ()
    decrypted: tuple[int, ...] = ()


NOTHING, SHUFFLE, DECRYPTION = "nothing", "shuffle", "decryption"


def owner_of(scrutineer: Scrutineer) -> int:
    """The scrutineer's number among the trustees of every election of the poll."""
    return first_owner(scrutineer.poll) + scrutineer.position - 1


def first_owner(poll: Poll) -> int:
    """The number of the first scrutineer among the trustees: after the service, if it is one."""
    return 2 if poll.with_service_key else 1


def find_awaited(session: Session, election: Election) -> Awaited:
    """What the count of *election* waits for."""
    head = board.find_head(session, election.id)
    if head is None or EventType(head.type) not in TALLIED:
        return Awaited(NOTHING)
    shuffled = _list_owners(session, election, EventType.SHUFFLE)
    decrypted = _list_owners(session, election, EventType.PARTIAL_DECRYPTION)
    shuffling = head.type == EventType.SHUFFLE or (
        head.type == EventType.ENCRYPTED_TALLY and parse_election(election.definition).needs_shuffle
    )
    first = first_owner(election.poll)
    done = sum(owner >= first for owner in (shuffled if shuffling else decrypted))
    if done >= election.poll.threshold:
        return Awaited(NOTHING, shuffled, decrypted)  # enough: the worker goes on by itself
    return Awaited(SHUFFLE if shuffling else DECRYPTION, shuffled, decrypted)


def _list_owners(session: Session, election: Election, kind: EventType) -> tuple[int, ...]:
    return tuple(parse_owned(raw)[0] for raw in board.list_owned(session, election.id, kind))


def is_awaited(session: Session, scrutineer: Scrutineer) -> bool:
    """Whether any election of the poll waits for something that this scrutineer can do."""
    owner = owner_of(scrutineer)
    return any(
        can_act(find_awaited(session, election), owner) for election in scrutineer.poll.elections
    )


def find_part(session: Session, scrutineer: Scrutineer) -> str:
    """What this scrutineer is to be told to do for the count: shuffle, decryption or nothing.

    While any ballot box waits for shuffles of others, no decryption is told: all boxes are then
    told of together.
    """
    owner = owner_of(scrutineer)
    stands = [find_awaited(session, election) for election in scrutineer.poll.elections]
    own = {awaited.kind for awaited in stands if can_act(awaited, owner)}
    if SHUFFLE in own:
        return SHUFFLE
    others_shuffle = any(awaited.kind == SHUFFLE for awaited in stands)
    return DECRYPTION if DECRYPTION in own and not others_shuffle else NOTHING


def is_waiting(session: Session, poll: Poll) -> bool:
    """Whether the count of *poll* has begun and can go on only when scrutineers do their part."""
    if poll.state != "counting" or poll.key_holding != Holding.SCRUTINEERS:
        return False
    open_ones = [e for e in poll.elections if e.result is None]
    return bool(open_ones) and all(
        find_awaited(session, election).kind != NOTHING for election in open_ones
    )


def can_act(awaited: Awaited, owner: int) -> bool:
    """Whether what is awaited can come from this owner: each shuffles once and decrypts once."""
    if awaited.kind == SHUFFLE:
        return owner not in awaited.shuffled
    return awaited.kind == DECRYPTION and owner not in awaited.decrypted


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the scrutineers have done their part of what goes on, for everyone to see.

    ``act`` is keys, approval, shuffle, decryption, or empty before the first and while the service
    adds up. Between two of them it is the one that was done last; ``is_over`` says that no more
    of it is awaited: voting has opened, or the outcome is declared.
    """

    act: str
    done: int
    size: int
    needed: int
    is_over: bool = False


def find_progress(session: Session, poll: Poll) -> Progress | None:
    """ "2 of 3 scrutineers have done their part", or None when the service holds the key."""
    if poll.key_holding != Holding.SCRUTINEERS:
        return None
    people = [person.standing for person in trustees.list_scrutineers(session, poll.id)]
    size, needed = poll.key_size, poll.threshold
    state = State(poll.state)
    if state is State.DRAFT:
        done = sum(person.has_output and person.has_proved for person in people)
        return Progress("keys" if poll.ceremony else "", done, size, size)
    if state in (State.READY, State.OPEN, State.CLOSED):
        done = sum(person.has_approved for person in people)
        return Progress("approval", done, size, needed, is_over=state is not State.READY)
    if state is State.COUNTING:
        return _find_counting(session, poll)
    if state in (State.DECLARED, State.PUBLISHED) and poll.purged_at is None:
        opened = [_count_done(session, e, EventType.PARTIAL_DECRYPTION) for e in poll.elections]
        return Progress(DECRYPTION, min(opened), size, needed, is_over=True)
    return Progress("", 0, size, needed)


def _find_counting(session: Session, poll: Poll) -> Progress:
    """The election that is least far decides, of those that wait for somebody if there are any."""
    waiting, going_on = [], []
    for election in poll.elections:
        kind = find_awaited(session, election).kind
        shuffled, decrypted = (
            _count_done(session, election, event)
            for event in (EventType.SHUFFLE, EventType.PARTIAL_DECRYPTION)
        )
        if kind != NOTHING:
            done = shuffled if kind == SHUFFLE else decrypted
            waiting.append((kind == DECRYPTION, done))
        elif shuffled or decrypted:
            going_on.append((decrypted > 0, decrypted or shuffled))
    stages = waiting or going_on
    if not stages:
        return Progress("", 0, poll.key_size, poll.threshold)
    is_decrypting, done = min(stages)
    act = DECRYPTION if is_decrypting else SHUFFLE
    return Progress(act, done, poll.key_size, poll.threshold)


def _count_done(session: Session, election: Election, kind: EventType) -> int:
    """How many scrutineers have an event of this kind on the board; the service is none."""
    first = first_owner(election.poll)
    return sum(owner >= first for owner in _list_owners(session, election, kind))
