"""Attacks on those who hold the keys, and accidents that must not void a vote."""

from __future__ import annotations

import io
import json

import pytest
from sqlalchemy.orm import Session

from tests.factories_polls import NOW, OPENS_AT, freeze, make_draft
from tests.trustee_ground import (
    AFTER,
    Machine,
    approve_all,
    arrange,
    close_and_count,
    count_on,
    give,
    invite,
    make_keys,
    make_watched_poll,
    mix,
    vote,
)
from voting.belenios import opening
from voting.belenios.board import (
    EventType,
    encrypted_tally_records,
    next_event,
    parse_event,
)
from voting.belenios.encoding import decode_json, encode_json, hex_digest
from voting.belenios.errors import InvalidArchive, InvalidTally
from voting.belenios.exchange import TaskStep, make_answer, make_key_file, parse_task
from voting.belenios.opening import TooFew, make_decryption_file
from voting.belenios.tally import make_partial_decryption
from voting.domain.errors import BadInput, Conflict
from voting.domain.holding import Step
from voting.services import polls, publication, tallying, trustees
from voting.store import board
from voting.store.board import BoardData


@pytest.fixture
def session(engine):
    """A session on an empty database."""
    with Session(engine) as session:
        yield session


def archive_of(session, election):
    return io.BytesIO(b"".join(publication.archive_stream(session, election)))


def test_a_trustee_who_is_fed_a_one_ballot_tally_does_not_open_it(session):
    poll, (first, *_) = make_watched_poll(session)
    vote(session, poll, number=1)
    close_and_count(session, poll)
    (election,) = poll.elections
    with pytest.raises(TooFew, match="only 1 ballots"):
        first.decrypt(session, election)


def test_a_trustee_who_is_fed_one_ballot_as_the_tally_of_many_does_not_open_it(session):
    """The server puts a single voter's ciphertexts where the sum should stand."""
    poll, (first, *_) = make_watched_poll(session)
    vote(session, poll)
    (election,) = poll.elections
    tallying.close(session, poll, now=AFTER)
    ballot = next(raw for _, raw in board.iter_counted(session, election.id))
    single = encode_json([answer["choices"] for answer in decode_json(ballot)["answers"]])
    head = board.find_head(session, election.id)
    records = encrypted_tally_records(single, 12, 12)
    event = next_event(parse_event(head.body), EventType.ENCRYPTED_TALLY, hex_digest(records[-1]))
    link = board.Link(event.height, event.type.value, event.to_json(), event.hash, event.payload)
    board.append(session, election.id, link, records)
    poll.state = "counting"
    session.commit()
    with pytest.raises(InvalidArchive, match="the encrypted tally is not that of the ballots"):
        first.decrypt(session, election, reason="Go on.")


def test_ranked_papers_that_are_not_mixed_to_the_end_are_not_opened(session):
    """A server that asks too early would learn the paper of each credential."""
    poll, (first, second, third) = make_watched_poll(session, ranked=True)
    vote(session, poll)
    close_and_count(session, poll)
    (election,) = poll.elections
    for machine in (first, second):
        with pytest.raises(InvalidTally, match="not mixed to the end"):
            third.decrypt(session, election, reason="Go on.")
        mix(session, machine, election)
    with pytest.raises(InvalidTally, match="not mixed to the end"):
        third.decrypt(session, election, reason="Go on.")
    count_on(session, poll)
    give(session, third, election)


def test_one_bad_partial_decryption_of_three_does_not_block_the_count(session):
    poll, (first, second, third) = make_watched_poll(session)
    vote(session, poll)
    close_and_count(session, poll)
    (election,) = poll.elections
    task = parse_task(first.fetch_task(session))
    count = opening.read_count(archive_of(session, election))
    wrong = make_partial_decryption(count.election, count.tally, 12345)
    bad = make_decryption_file(election.uuid, task.elections[0].owner, wrong)
    with pytest.raises(BadInput, match="the proof that a decryption factor is right"):
        trustees.take_decryption(session, first.person(session), election, bad, now=AFTER)
    session.rollback()
    for machine in (second, third):
        give(session, machine, election)
    count_on(session, poll)
    assert json.loads(election.result) == {"result": [[0, 6, 6]]}


def test_one_lost_key_of_three_does_not_void_the_vote_and_two_are_told_before_opening(session):
    draft = make_draft(session, electors={"Staff": 12})
    arrange(session, draft)
    invite(session, draft)
    machines = make_keys(session, draft)
    poll = freeze(session, draft)
    approve_all(session, poll)
    trustees.report_lost(session, machines[0].person(session), now=NOW)
    assert polls.find_hindrance(session, poll) is None
    trustees.report_lost(session, machines[2].person(session), now=NOW)
    with pytest.raises(Conflict, match="could never be counted"):
        polls.open_poll(session, poll, now=OPENS_AT)
    trustees.report_found(session, machines[2].person(session), now=NOW)
    polls.open_poll(session, poll, now=OPENS_AT)
    session.commit()
    vote(session, poll)
    close_and_count(session, poll)
    for machine in machines[1:]:
        give(session, machine, poll.elections[0])
    count_on(session, poll)
    assert tallying.is_finished(session, poll)


def test_a_saved_copy_is_proved_before_opening_and_another_key_does_not_prove_it(session):
    """A key that was never saved is lost with the browser: its maker must load the file first."""
    draft = make_draft(session, electors={"Staff": 12})
    arrange(session, draft)
    machines = [Machine(person.id) for person in invite(session, draft)]
    for machine in machines:
        machine.send(session)
    first, second, third = machines
    first.send(session)
    second.send(session)
    task = parse_task(third.fetch_task(session))
    assert task.step is TaskStep.SAVED_COPY
    with pytest.raises(BadInput, match="not signed with the key of its sender"):
        trustees.take_answer(
            session, third.person(session), make_answer(make_key_file(task), task), now=NOW
        )
    assert trustees.find_step(session, first.person(session)) is Step.WAIT
    assert trustees.find_step(session, third.person(session)) is Step.SAVED_COPY

    third.send(session)
    for _ in range(2):
        for machine in machines:
            machine.send(session)
    third.person(session).proved_at = None  # all the keys are there, one proof is not
    session.flush()
    with pytest.raises(BadInput, match="2 of 3 scrutineers have made their key and proved"):
        freeze(session, draft)
    assert draft.state == "draft"
    third.person(session).proved_at = NOW
    freeze(session, draft)


def test_too_few_scrutineers_cannot_open_anything(session):
    poll, (first, *_) = make_watched_poll(session)
    vote(session, poll)
    close_and_count(session, poll)
    (election,) = poll.elections
    give(session, first, election)
    for _ in range(2):
        count_on(session, poll)
    assert not tallying.is_finished(session, poll)
    assert election.result is None
    kept = session.query(BoardData).filter_by(election_id=election.id).all()
    assert not any(row.body.startswith(b'{"result"') for row in kept)
