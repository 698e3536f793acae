"""The making of the keys: steps in order, every check, and what a scrutineer is told."""

from __future__ import annotations

import json
from functools import partial

import pytest

from tests.factories_polls import NOW, OPENS_AT, SEALER, make_draft
from tests.trustee_ground import Machine, approve_all, arrange, invite, make_keys
from voting.belenios.errors import ProtocolError
from voting.belenios.exchange import make_answer, make_key_file, parse_key_file, parse_task
from voting.belenios.groups import get_group
from voting.belenios.trustees import Pedersen, parse_trustees
from voting.domain.errors import BadInput, Conflict
from voting.domain.holding import Step
from voting.domain.lifecycle import State
from voting.services import keys, polls, trustees
from voting.store.board import get_records
from voting.store.letters import Letter
from voting.store.proposals import list_acts
from voting.store.trustees import list_scrutineers

PREPARE = partial(keys.prepare_election, sealer=SEALER)


@pytest.fixture
def machines(session, draft):
    """The machines of three scrutineers who are invited; no key is made yet."""
    arrange(session, draft)
    return [Machine(person.id) for person in invite(session, draft)]


def steps(session, machines):
    return [str(trustees.find_step(session, machine.person(session))) for machine in machines]


def send_all(session, machines):
    for machine in machines:
        machine.send(session)


def refuse(session, machine, raw, match):
    """The answer is refused with these words, and nothing of it is kept."""
    person = machine.person(session)
    before = person.standing
    with pytest.raises(BadInput, match=match) as refused:
        trustees.take_answer(session, person, raw, now=NOW)
    assert refused.value.field == "answer"
    assert "Nothing was kept" in refused.value.message
    assert person.standing == before


def alter(raw, **changes):
    return json.dumps({**json.loads(raw), **changes}, separators=(",", ":"), ensure_ascii=False)


def test_every_step_waits_for_everyone_and_ends_with_keys_proved(session, draft, machines):
    first, second, third = machines
    first.send(session)
    assert steps(session, machines) == ["saved-copy", "certificate", "certificate"]
    first.send(session)
    assert steps(session, machines) == ["wait", "certificate", "certificate"]
    with pytest.raises(Conflict, match="the turn of others"):
        trustees.take_answer(session, first.person(session), b"{}", now=NOW)
    for machine in (second, third):
        machine.send(session)
        machine.send(session)
    assert steps(session, machines) == ["contribution"] * 3
    send_all(session, machines)
    assert steps(session, machines) == ["output"] * 3
    assert trustees.find_progress(session, draft).done == 0
    send_all(session, machines)
    assert steps(session, machines) == ["wait"] * 3
    assert trustees.find_progress(session, draft).done == 3
    turns = session.query(Letter).filter_by(kind="scrutineer-turn").all()
    told = [json.loads(letter.details)["step"] for letter in turns]
    assert told == ["contribution"] * 3 + ["output"] * 3


def test_the_server_keeps_nothing_that_opens_a_vote(session, draft, machines):
    make_keys(session, draft)
    for machine in machines:
        person = machine.person(session)
        kept = (person.certificate or b"") + (person.contribution or b"") + (person.output or b"")
        assert b"decryption_key" not in kept
        assert b'"secret":' not in kept
    assert "seed" in json.loads(make_key_file(trustees.make_task(session, person)).to_json())
    assert "seed" not in repr(make_key_file(trustees.make_task(session, person)))


def test_the_poll_is_frozen_with_the_shared_key_and_opens_once_enough_have_approved(session, draft):
    arrange(session, draft, service=True)
    invite(session, draft)
    machines = make_keys(session, draft)
    with pytest.raises(Conflict, match="between the freeze"):
        trustees.approve(session, machines[0].person(session), seen="", now=NOW)
    poll = polls.freeze(session, draft, actor=None, now=NOW, prepare_election=PREPARE)
    assert poll.state == State.READY
    for election in poll.elections:
        record = get_records(session, election.id, 0)[1]
        found = parse_trustees(get_group(poll.group), record)
        assert len(found) == 4
        assert isinstance(found.items[1], Pedersen)
        assert found.items[1].threshold == 2
        assert str(found.election_key()).encode() in election.definition
    assert steps(session, machines) == ["approval"] * 3
    frozen = json.loads(poll.frozen_json)["keys"]
    assert frozen["scrutineers"][0]["name"] == "Una Price"
    assert (frozen["threshold"], frozen["size"], frozen["service"]) == (2, 3, True)
    assert b"watchers.example" not in poll.frozen_json

    first, second, _ = machines
    approve = partial(trustees.approve, session, now=NOW)
    with pytest.raises(Conflict, match="not the set-up that was frozen"):
        approve(first.person(session), seen="0" * 64)
    approve(first.person(session), seen=poll.frozen_hash)
    approve(first.person(session), seen=poll.frozen_hash)
    assert polls.open_due(session, OPENS_AT) == []
    with pytest.raises(Conflict, match="1 of 3 scrutineers has approved"):
        polls.open_poll(session, poll, now=OPENS_AT)
    approve(second.person(session), seen=poll.frozen_hash)
    assert polls.open_due(session, OPENS_AT) == [poll]
    kinds = [act.kind for act in list_acts(session, poll.proposal_id)]
    assert kinds.count("setup-approved") == 2


def test_two_lost_keys_are_told_before_opening_and_one_does_not_matter(session, draft):
    arrange(session, draft)
    invite(session, draft)
    machines = make_keys(session, draft)
    poll = polls.freeze(session, draft, actor=None, now=NOW, prepare_election=PREPARE)
    approve_all(session, poll)
    trustees.report_lost(session, machines[0].person(session), now=NOW)
    assert polls.find_hindrance(session, poll) is None
    trustees.report_lost(session, machines[1].person(session), now=NOW)
    trustees.report_lost(session, machines[1].person(session), now=NOW)
    assert "could never be" in polls.find_hindrance(session, poll)
    assert polls.open_due(session, OPENS_AT) == []
    lost = [json.loads(act.body) for act in list_acts(session, poll.proposal_id)]
    told = [(body["name"], body["left"]) for body in lost if body["kind"] == "key-lost"]
    assert told == [("Una Price", 2), ("Pat Okafor", 1)]


def test_a_draft_with_too_few_keys_left_cannot_be_frozen(session, draft):
    arrange(session, draft)
    invite(session, draft)
    machines = make_keys(session, draft)
    trustees.report_lost(session, machines[0].person(session), now=NOW)
    (task,) = [t for t in polls.list_tasks(session, draft, now=NOW) if t.code == "keys"]
    assert task.warnings[0].startswith("Una Price lost a key.")
    trustees.report_lost(session, machines[1].person(session), now=NOW)
    with pytest.raises(BadInput, match="lost their keys"):
        polls.freeze(session, draft, actor=None, now=NOW, prepare_election=PREPARE)


# ------------------------------------------------------------------ bad input


def test_no_copy_is_proved_without_the_file(session, draft, machines):
    first = machines[0]
    first.send(session)
    good = first.answer(session)
    refuse(session, first, b"nonsense", "not well-formed JSON")
    refuse(session, first, first.key, "a private key file, which must never be sent")
    refuse(session, first, first.fetch_task(session), "not an answer")
    refuse(session, first, alter(good, step="certificate").encode(), "another|asked for")
    stranger = Machine(first.scrutineer_id)
    task = parse_task(first.fetch_task(session))
    stranger.key = make_key_file(task).to_json()
    refuse(session, first, make_answer(stranger.read_key(), task), "not signed with the key")
    trustees.take_answer(session, first.person(session), good, now=NOW)
    assert first.person(session).proved_at is not None


def test_a_wrong_key_file_is_named(session, draft, machines):
    first, second, _ = machines
    first.send(session)
    second.send(session)
    task = parse_task(first.fetch_task(session))
    with pytest.raises(ProtocolError, match="another scrutineer: Pat Okafor"):
        make_answer(second.read_key(), task)
    other = make_draft(session)
    other.title = "Another vote"
    arrange(session, other)
    (elsewhere, *_) = [Machine(person.id) for person in invite(session, other)]
    elsewhere.send(session)
    with pytest.raises(ProtocolError, match="another vote: “Another vote”"):
        make_answer(elsewhere.read_key(), task)
    with pytest.raises(ProtocolError, match="this is not a key file"):
        parse_key_file(first.fetch_task(session))
    broken = first.key.replace(b'"seed":"', b'"seed":"1')[:-3] + b'"}'
    with pytest.raises(ProtocolError, match=r"damaged|base58"):
        parse_key_file(broken)


def test_messages_of_an_old_ceremony_another_position_or_step_are_refused(session, draft, machines):
    first, second, _ = machines
    old = first.answer(session)
    refuse(session, second, old, "made by scrutineer 1, and you are number 2")
    # The same certificate under the second's name: its context gives it away.
    message = json.loads(old)["message"]
    forged = alter(second.answer(session), message=message).encode()
    refuse(session, second, forged, "position 1")
    first.send(session)
    trustees.end_ceremony(session, draft, reason="Begin again.", actor=None, now=NOW)
    invite(session, draft)
    refuse(session, first, old, "another making of keys")
    replayed = alter(old, ceremony=draft.ceremony).encode()
    refuse(session, first, replayed, "not signed with the key")
    assert trustees.find_step(session, first.person(session)) is Step.CERTIFICATE


def test_a_share_that_does_not_fit_names_the_trustee_to_the_one_it_was_made_for(
    session, draft, machines
):
    for _ in range(3):
        send_all(session, machines)
    people = list_scrutineers(session, draft.id)
    # The second scrutineer's share for the first is swapped for the one made for the third.
    bad = json.loads(people[1].contribution)
    bad["secrets"][0] = bad["secrets"][2]
    people[1].contribution = json.dumps(bad, separators=(",", ":")).encode()
    session.flush()
    with pytest.raises(ProtocolError, match="trustee 2: "):
        machines[0].answer(session)
    machines[2].send(session)
    assert steps(session, machines) == ["output", "output", "wait"]


def test_a_contribution_or_output_that_fails_its_check_is_refused_and_may_be_repeated(
    session, draft, machines
):
    first, second, _ = machines
    for _ in range(2):
        send_all(session, machines)
    good = first.answer(session)
    other = json.loads(second.answer(session))["message"]
    refuse(session, first, alter(good, message=other).encode(), "not signed with the key")
    trustees.take_answer(session, first.person(session), good, now=NOW)
    assert trustees.take_answer(session, first.person(session), good, now=NOW) is None
    for machine in machines[1:]:
        machine.send(session)
    output = first.answer(session)
    refuse(session, first, output.replace(b'"response":"', b'"response":"1', 1), "pass its check")
    first.send(session)
