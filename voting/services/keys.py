"""Before opening: the key of each election, and the code of each elector.

Simple mode: the service holds one trustee key and one seed per election, both sealed. An elector's
code is derived from the seed whenever a letter needs it and is stored nowhere. Key and seed are
destroyed once the result is known. Where scrutineers hold the keys, what they made in their
ceremony goes into every election of the poll, beside the service's key if it holds a share.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from concurrent.futures import Executor
from itertools import repeat
from typing import Protocol

from sqlalchemy.orm import Session

from voting.belenios import election as protocol
from voting.belenios.batches import make_batches, map_batches
from voting.belenios.board import EventType, next_event, setup_records
from voting.belenios.ceremony import make_parameters, open_ceremony
from voting.belenios.credential import (
    derive_credential,
    make_public_credentials,
    public_credential,
)
from voting.belenios.encoding import hex_digest
from voting.belenios.groups import Group, get_group
from voting.belenios.issuing import check_coverage, parse_public_list
from voting.belenios.trustees import make_trustee_key, make_trustees, parse_trustees
from voting.domain.errors import Conflict
from voting.domain.holding import Holding, are_keys_proved
from voting.domain.rules import MOST_WEIGHT
from voting.store import board, issuing, polls, roll
from voting.store.board import Link
from voting.store.polls import Election, Poll, Question
from voting.store.proposals import Constituency
from voting.store.trustees import list_scrutineers

SEED_BYTES = 32
BATCH = 1000
DESTROYED = (
    "The voting codes of this vote were destroyed after the count. They cannot be made again."
)

Batch = tuple[str, str, bytes, list[tuple[int, int]]]
"""Group name, uuid, seed, and the electors: (id, weight)."""

Issued = tuple[str, int, int]
"""Public credential, weight, elector id."""


class Sealer(Protocol):
    """Keeps secrets unreadable at rest."""

    def seal(self, secret: bytes, /) -> bytes:
        """Return *secret* sealed."""

    def unseal(self, sealed: bytes, /) -> bytes:
        """Return what was sealed."""


def prepare_election(
    session: Session,
    poll: Poll,
    constituency: Constituency,
    *,
    sealer: Sealer,
    now: dt.datetime,
    executor: Executor | None = None,
) -> Election:
    """Make the election of *poll* for one constituency: key, codes, election.json, Setup event.

    Raises Conflict when nobody is on the roll, or when its weights add up to more than can be
    counted. The private code of an elector is ``derive_credential(seed, "elector:<id>")``, unless
    an independent issuer made the codes: then the service has their list and no seed.
    """
    group = get_group(poll.group)
    uuid, seed, issued = _get_codes(session, poll, constituency, executor)
    total_weight = _check_roll(constituency, issued)
    private_key, trustees_raw = _make_trustees(session, poll, group)
    public_key = parse_trustees(group, trustees_raw).election_key()
    definition = _define(poll, constituency, group, uuid, str(public_key))
    election = Election(
        poll_id=poll.id,
        constituency_id=constituency.id,
        uuid=uuid,
        definition=definition,
        fingerprint=protocol.fingerprint(definition),
        frozen_at=now,
        electors=len(issued),
        total_weight=total_weight,
        sealed_key=sealer.seal(private_key.encode()) if private_key else None,
        sealed_seed=sealer.seal(seed) if seed else None,
    )
    session.add(election)
    session.flush()
    roll.add_credentials(session, election.id, issued)
    credentials = make_public_credentials(group, {public: weight for public, weight, _ in issued})
    _begin_board(session, election, setup_records(definition, trustees_raw, credentials))
    return election


def _get_codes(
    session: Session, poll: Poll, constituency: Constituency, executor: Executor | None
) -> tuple[str, bytes | None, list[Issued]]:
    """The uuid, the seed of codes made here (None with an issuer), and the public halves."""
    if poll.issuer:
        uuid, issued = _take_list(session, poll, constituency)
        return uuid, None, issued
    uuid, seed = protocol.make_uuid(), secrets.token_bytes(SEED_BYTES)
    group_name = get_group(poll.group).name
    return uuid, seed, sorted(_issue(session, constituency, group_name, uuid, seed, executor))


def _make_trustees(session: Session, poll: Poll, group: Group) -> tuple[str | None, bytes]:
    """The service's private key, if it holds one, and the record of all trustees.

    The service comes first, then the scrutineers as they made their keys. Raises Conflict while
    one of their keys is missing.
    """
    is_simple = poll.key_holding == Holding.SIMPLE
    private_key, singles = None, []
    if is_simple or poll.with_service_key:
        private_key, trustee = make_trustee_key(group)
        singles.append(trustee)
    if is_simple:
        return private_key, make_trustees(singles)
    people = list_scrutineers(session, poll.id)
    if not are_keys_proved([person.standing for person in people], poll.key_size):
        raise Conflict("Not every scrutineer has made a key and proved the saved copy.")
    certificates = [person.certificate or b"" for person in people]
    parameters = make_parameters(
        open_ceremony(group, certificates, poll.threshold),
        [person.contribution or b"" for person in people],
        [person.output or b"" for person in people],
    )
    return private_key, make_trustees(singles, [parameters])


def code_for(election: Election, elector_id: int, *, sealer: Sealer) -> str:
    """The private code of an elector, derived anew; raises Conflict once the seed is destroyed."""
    if election.sealed_seed is None:
        raise Conflict(DESTROYED)
    return derive_credential(sealer.unseal(election.sealed_seed), _label(elector_id))


def destroy(session: Session, election: Election, *, now: dt.datetime) -> None:
    """Destroy the key and the seed, and record it as an act; repeating it does nothing."""
    polls.destroy_secrets(session, election, now=now)


def _label(elector_id: int) -> str:
    return f"elector:{elector_id}"


def _take_list(
    session: Session, poll: Poll, constituency: Constituency
) -> tuple[str, list[Issued]]:
    """The uuid and the public credentials of an independent issuer, held against the roll again."""
    issue = issuing.find_issue(session, poll.id, constituency.id)
    if issue is None or issue.public_list is None:
        raise Conflict(f"The issuer’s list for {constituency.name} has not come yet.")
    roll_now = dict(roll.iter_weights(session, constituency.id))
    listed = parse_public_list(issue.public_list)
    return issue.uuid, sorted(
        check_coverage(listed, uuid=issue.uuid, group=poll.group, roll=roll_now)
    )


def _issue(
    session: Session,
    constituency: Constituency,
    group_name: str,
    uuid: str,
    seed: bytes,
    executor: Executor | None,
) -> Iterator[Issued]:
    electors = make_batches(roll.iter_weights(session, constituency.id), repeat(BATCH))
    batches = ((group_name, uuid, seed, batch) for batch in electors)
    for issued in map_batches(executor, issue_batch, batches):
        yield from issued


def issue_batch(batch: Batch) -> list[Issued]:
    """Derive each elector's code and return its public half; the codes are dropped at once."""
    group_name, uuid, seed, electors = batch
    group = get_group(group_name)
    return [
        (
            public_credential(group, uuid, derive_credential(seed, _label(elector_id))),
            weight,
            elector_id,
        )
        for elector_id, weight in electors
    ]


def _check_roll(constituency: Constituency, issued: list[Issued]) -> int:
    total_weight = sum(weight for _, weight, _ in issued)
    if not issued:
        raise Conflict(f"There is nobody on the roll of {constituency.name}.")
    if total_weight > MOST_WEIGHT:
        raise Conflict(
            f"The weights on the roll of {constituency.name} add up to {total_weight:,}. "
            f"At most {MOST_WEIGHT:,} can be counted."
        )
    return total_weight


def _define(
    poll: Poll, constituency: Constituency, group: Group, uuid: str, public_key: str
) -> bytes:
    return protocol.make_election(
        uuid=uuid,
        name=f"{poll.title} - {constituency.name}",
        description=poll.introduction,
        group=group,
        public_key=public_key,
        questions=[_ask(question) for question in poll.questions],
        administrator=poll.proposal.organisation,
    )


def _ask(question: Question) -> protocol.AnyQuestion:
    answers = tuple(option.text for option in question.options)
    if question.method.is_sealed_whole:
        return protocol.NonHomomorphicQuestion(question.text, answers)
    return protocol.Question(question.text, answers, question.minimum, question.maximum, blank=True)


def _begin_board(session: Session, election: Election, records: list[bytes]) -> None:
    payload = hex_digest(records[-1])
    event = next_event(None, EventType.SETUP, payload)
    link = Link(event.height, event.type.value, event.to_json(), event.hash, payload)
    board.append(session, election.id, link, records)
