"""The scrutineers' part of the count: two of three, one bad, one lost, few votes, wrong files."""

from __future__ import annotations

import io
import json

import pytest
from sqlalchemy import select

from tests.belenios_tool import assert_accepted, need_tool
from tests.trustee_ground import (
    AFTER,
    close_and_count,
    count_on,
    give,
    make_watched_poll,
    vote,
)
from voting.belenios import opening
from voting.belenios.errors import ProtocolError
from voting.belenios.exchange import parse_task
from voting.belenios.opening import make_decryption_file, read_decryption
from voting.belenios.verify import verify_archive
from voting.domain.errors import BadInput, Conflict
from voting.domain.holding import Step
from voting.services import declaration, publication, tallying, trustees
from voting.services.trustees.awaited import owner_of
from voting.store.board import BoardEvent
from voting.store.letters import Letter
from voting.store.proposals import list_acts


def types_on(session, election):
    query = select(BoardEvent.type).where(BoardEvent.election_id == election.id)
    return [t for t in session.scalars(query.order_by(BoardEvent.position)) if t != "Ballot"]


def archive_of(session, election):
    return b"".join(publication.archive_stream(session, election))


def refuse(session, machine, election, raw, match, field="answer", **more):
    before = types_on(session, election)
    with pytest.raises(BadInput, match=match) as refused:
        trustees.take_decryption(session, machine.person(session), election, raw, now=AFTER, **more)
    session.rollback()
    assert refused.value.field == field
    assert types_on(session, election) == before


def test_two_of_three_count_and_one_bad_decryption_does_not_block(session):
    poll, machines = make_watched_poll(session)
    first, second, third = machines
    (election,) = poll.elections
    vote(session, poll)
    with pytest.raises(Conflict, match="No decryption is asked"):
        trustees.take_decryption(session, first.person(session), election, b"{}", now=AFTER)
    session.rollback()
    close_and_count(session, poll)
    assert types_on(session, election) == ["Setup", "EndBallots", "EncryptedTally"]
    assert not tallying.is_finished(session, poll)
    assert trustees.is_waiting(session, poll)
    trustees.owe_turns(session, poll, now=AFTER)
    turns = session.query(Letter).filter_by(kind="scrutineer-turn").all()
    told = [json.loads(letter.details)["step"] for letter in turns]
    assert told.count("count") == 3
    session.commit()

    good = first.decrypt(session, election)
    value = json.loads(good)
    factors = value["decryption"]["decryption_factors"][0]
    factors[0], factors[1] = factors[1], factors[0]
    refuse(session, first, election, _dump(value), "question 1, ciphertext 1: the proof")
    value = json.loads(good)
    swapped = dict(value, owner=2)
    refuse(session, second, election, _dump(swapped), "question 1, ciphertext 1")
    refuse(session, second, election, good, "trustee 1, and yours is number 2")
    refuse(session, first, election, b"", "not well-formed")
    refuse(session, first, election, first.key, "a private key file, which must never be sent")
    refuse(session, first, election, _dump(dict(value, election="x" * 14)), "another election")
    assert trustees.take_decryption(session, first.person(session), election, good, now=AFTER)
    session.commit()
    assert not trustees.take_decryption(session, first.person(session), election, good, now=AFTER)
    session.rollback()
    count_on(session, poll)
    assert not tallying.is_finished(session, poll)
    progress = trustees.find_progress(session, poll)
    assert (progress.act, progress.done, progress.needed) == ("decryption", 1, 2)

    # The second has lost the key; the third is enough.
    trustees.report_lost(session, second.person(session), now=AFTER)
    session.commit()
    give(session, third, election)
    assert not trustees.is_waiting(session, poll)
    progress = trustees.find_progress(session, poll)  # enough, and the worker has yet to go on
    assert (progress.act, progress.done, progress.size) == ("decryption", 2, 3)
    count_on(session, poll)
    assert tallying.is_finished(session, poll)
    assert types_on(session, election)[3:] == ["PartialDecryption"] * 2 + ["Result"]
    assert json.loads(election.result) == {"result": [[0, 6, 6]]}
    assert election.sealed_seed is None
    assert trustees.find_step(session, second.person(session)) is Step.WAIT
    declaration.declare(session, poll, now=AFTER)
    report = verify_archive(io.BytesIO(archive_of(session, election)))
    assert report.valid, report.error
    decrypted = [act for act in list_acts(session, poll.proposal_id) if act.kind == "decrypted"]
    assert [json.loads(act.body)["name"] for act in decrypted] == ["Una Price", "Ines Young"]


def _dump(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def test_few_votes_are_opened_only_for_a_published_reason(session):
    poll, machines = make_watched_poll(session, electors={"Staff": 12, "Users": 2})
    vote(session, poll)
    close_and_count(session, poll)
    users = next(e for e in poll.elections if e.constituency.code == "users")
    first = machines[0]
    with pytest.raises(ProtocolError, match="only 2 ballots"):
        first.decrypt(session, users)
    raw = first.decrypt(session, users, reason="They agreed to it.")
    unreasoned = make_decryption_file(users.uuid, 1, read_decryption(raw, users.uuid, 1)[0])
    refuse(session, first, users, unreasoned, "fewer than 10", field="reason")
    refuse(session, first, users, unreasoned, "1,000", field="reason", reason="x" * 1001)
    trustees.take_decryption(session, first.person(session), users, raw, now=AFTER)
    act = json.loads(list_acts(session, poll.proposal_id)[-1].body)
    assert (act["kind"], act["reason"]) == ("decrypted", "They agreed to it.")


def test_the_services_own_share_is_needed_and_comes_by_itself(session):
    poll, machines = make_watched_poll(session, service=True)
    vote(session, poll)
    close_and_count(session, poll)
    (election,) = poll.elections
    assert types_on(session, election)[-1] == "PartialDecryption"
    assert owner_of(machines[0].person(session)) == 2
    give(session, machines[1], election)
    count_on(session, poll)
    assert not tallying.is_finished(session, poll)
    give(session, machines[2], election)
    count_on(session, poll)
    assert tallying.is_finished(session, poll)
    assert election.sealed_key is None
    assert verify_archive(io.BytesIO(archive_of(session, election))).valid


def test_a_trustee_opens_nothing_but_the_whole_tally_of_a_checked_archive(session):
    poll, machines = make_watched_poll(session)
    vote(session, poll)
    first, (election,) = machines[0], poll.elections
    open_archive = archive_of(session, election)
    close_and_count(session, poll)
    whole = archive_of(session, election)
    task = parse_task(first.fetch_task(session))

    def decrypt(raw, task=task):
        return opening.decrypt(first.read_key(), task, opening.read_count(io.BytesIO(raw)))

    read_decryption(decrypt(whole), election.uuid, 1)
    for raw, told in (
        (open_archive, "not added up yet"),
        (whole[:-700], "does not pass its checks"),
        (whole.replace(b'"num_tallied":12', b'"num_tallied":11'), "does not pass its checks"),
        (b"", "does not pass its checks"),
    ):
        with pytest.raises(ProtocolError, match=told):
            decrypt(raw)
    other, others = make_watched_poll(session)
    close_and_count(session, other)
    with pytest.raises(ProtocolError, match="another election"):
        decrypt(archive_of(session, other.elections[0]))
    with pytest.raises(ProtocolError, match=r"in another making of keys"):
        opening.decrypt(others[0].read_key(), task, opening.read_count(io.BytesIO(whole)))


@pytest.mark.slow
@pytest.mark.parametrize("group", ["BELENIOS-2048", "RFC-3526-2048"])
def test_belenios_tool_accepts_an_archive_with_keys_held_by_scrutineers(session, group, tmp_path):
    need_tool()
    poll, machines = make_watched_poll(
        session, electors={"Staff": 3}, group=group, service=group == "RFC-3526-2048"
    )
    vote(session, poll)
    close_and_count(session, poll)
    (election,) = poll.elections
    for machine in machines[1:]:
        give(session, machine, election, reason="A test.")
    count_on(session, poll)
    (tmp_path / f"{election.uuid}.bel").write_bytes(archive_of(session, election))
    assert_accepted(tmp_path)
