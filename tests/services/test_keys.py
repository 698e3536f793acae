"""Keys and codes of an election."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select

from tests.election_ground import NOON, make_ground
from voting.belenios.credential import parse_public_credentials, public_credential
from voting.belenios.groups import get_group
from voting.belenios.trustees import parse_trustees
from voting.domain.errors import Conflict
from voting.services import keys
from voting.store import board, database
from voting.store.polls import Election, Poll
from voting.store.proposals import list_acts
from voting.store.roll import Credential, find_credential

WEIGHTS = (1, 3, 1, 1)


@pytest.mark.parametrize("group", ["Ed25519", "BELENIOS-2048"])
def test_every_code_belongs_to_the_credential_bound_to_its_elector(engine: Engine, group: str):
    ground = make_ground(engine, group=group, rolls=(WEIGHTS,))
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        for elector_id, weight in zip(ground.electors[0], WEIGHTS, strict=True):
            code = keys.code_for(election, elector_id, sealer=ground.sealer)
            credential = find_credential(session, election.id, elector_id)
            assert credential is not None
            assert credential.weight == weight
            public = public_credential(get_group(group), election.uuid, code)
            assert public == credential.public_credential


def test_the_board_begins_with_election_trustees_and_weighted_credentials(engine: Engine):
    ground = make_ground(engine, rolls=(WEIGHTS,))
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        definition, trustees, credentials, setup = board.get_records(session, election.id, 0)
        group = get_group("Ed25519")
        assert definition == election.definition
        key = parse_trustees(group, trustees).election_key()
        assert str(key) == json.loads(definition)["public_key"]
        assert sorted(parse_public_credentials(group, credentials).values()) == [1, 1, 1, 3]
        assert (election.electors, election.total_weight) == (4, 6)
        head = board.find_head(session, election.id)
        assert head is not None
        assert (head.position, head.type) == (0, "Setup")
        assert json.loads(setup).keys() == {"election", "trustees", "credentials"}


def test_the_definition_says_what_is_asked_with_blank_and_who_asks(engine: Engine):
    ground = make_ground(engine, questions=(("Which two?", 2, ("A", "B", "C")),))
    with ground.session() as session:
        value = json.loads(session.get_one(Election, ground.elections[0]).definition)
    assert value["name"] == "Forming a mutual - Staff"
    assert value["description"] == "Please read the background."
    assert value["administrator"] == "Northmoor Leisure Trust"
    assert value["questions"] == [
        {"answers": ["A", "B", "C"], "blank": True, "min": 1, "max": 2, "question": "Which two?"}
    ]


def test_the_order_of_credential_rows_tells_nothing_of_the_roll(engine: Engine):
    ground = make_ground(engine, rolls=([1] * 40,))
    with ground.session() as session:
        rows = session.execute(
            select(Credential.public_credential, Credential.elector_id).order_by(Credential.id)
        ).all()
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert [row[1] for row in rows] != sorted(row[1] for row in rows)


def test_batches_on_an_executor_make_the_same_codes(engine: Engine, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 3)
    ground = make_ground(engine, rolls=([1] * 8,))
    with ground.session() as session, ThreadPoolExecutor(2) as executor:
        poll = session.get_one(Poll, ground.poll_id)
        staff = poll.elections[0]
        issued = list(
            keys._issue(session, staff.constituency, "Ed25519", staff.uuid, b"s" * 32, executor)
        )
        again = list(
            keys._issue(session, staff.constituency, "Ed25519", staff.uuid, b"s" * 32, None)
        )
    assert issued == again
    assert len(issued) == 8


def test_a_constituency_with_nobody_on_its_roll_is_refused(engine: Engine):
    with pytest.raises(Conflict, match="nobody on the roll of Staff"):
        make_ground(engine, rolls=((),))


def test_weights_that_cannot_be_counted_are_refused(engine: Engine):
    with pytest.raises(Conflict, match="At most 1,000,000,000"):
        make_ground(engine, rolls=((10**9, 1),))


def test_destroying_the_keys_is_recorded_once_and_for_good(engine: Engine):
    ground = make_ground(engine)
    for _ in range(2):
        with ground.session() as session, database.transaction(session):
            keys.destroy(session, session.get_one(Election, ground.elections[0]), now=NOON)
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        assert election.sealed_key is None
        assert election.sealed_seed is None
        acts = list_acts(session, election.poll.proposal_id)
        assert [act.kind for act in acts] == ["keys-destroyed"]
        assert election.uuid in acts[0].body
        with pytest.raises(Conflict, match="destroyed after the count"):
            keys.code_for(election, ground.electors[0][0], sealer=ground.sealer)


def test_no_code_and_no_key_is_stored_in_clear_or_logged(engine: Engine, caplog):
    caplog.set_level(logging.DEBUG)
    ground = make_ground(engine)
    code = ground.code()
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[0])
        assert election.sealed_key is not None
        secret = ground.sealer.unseal(election.sealed_key)
        assert secret not in election.sealed_key
        records = b"".join(board.get_records(session, election.id, 0))
    assert code.encode() not in records
    assert secret not in records
    assert code not in caplog.text
    assert secret.decode() not in caplog.text
