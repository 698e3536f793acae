"""Ranked votes: mixed by as many scrutineers as are needed, then opened; each mix is checked."""

from __future__ import annotations

import base64
import io
import json
from functools import partial

import pytest

from tests.belenios.test_twin import run
from tests.belenios_tool import assert_accepted, need_tool
from tests.factories_polls import OPENS_AT, SEALER, freeze, make_draft
from tests.services.trustees.test_opening import archive_of, types_on
from tests.trustee_ground import (
    AFTER,
    close_and_count,
    count_on,
    give,
    make_watched_poll,
    mix,
    rank_options,
    vote,
)
from voting.belenios.opening import TooFew, make_decryption_file
from voting.belenios.verify import verify_archive
from voting.domain.errors import BadInput, Conflict
from voting.domain.holding import Step
from voting.services import polls, tallying, trustees


def rankings(election):
    """The opened papers of the ranked question, sorted."""
    return sorted(json.loads(election.result)["result"][1])


def test_two_scrutineers_mix_and_two_open_and_every_wrong_mix_is_named(session):
    poll, machines = make_watched_poll(session, ranked=True)
    vote(session, poll)
    close_and_count(session, poll)
    first, second, third = machines
    (election,) = poll.elections
    take = partial(trustees.take_shuffle, session, now=AFTER)
    assert trustees.find_awaited(session, election).kind == "shuffle"
    assert trustees.find_progress(session, poll).act == "shuffle"
    decryption = make_decryption_file(election.uuid, 1, b"{}", "")
    with pytest.raises(Conflict, match="No decryption is asked"):
        trustees.take_decryption(session, first.person(session), election, decryption, now=AFTER)
    session.rollback()

    good = first.shuffle(session, election)
    value = json.loads(good)
    lists = value["shuffle"]["ciphertexts"][0]
    lists[0], lists[1] = lists[1], lists[0]
    for raw, told in (
        (_dump(value), "question 2: "),
        (good.replace(b'"owner":1', b'"owner":2'), "trustee 2, and yours is number 1"),
        (b"{}", "not a shuffle file"),
    ):
        with pytest.raises(BadInput, match=told) as refused:
            take(first.person(session), election, raw)
        session.rollback()
        assert "Nothing was kept" in refused.value.message
    assert take(first.person(session), election, good)
    session.commit()
    assert not take(first.person(session), election, good)
    session.rollback()
    with pytest.raises(BadInput, match="question 2: "):  # made before the first one's came
        take(second.person(session), election, good.replace(b'"owner":1', b'"owner":2'))
    session.rollback()
    count_on(session, poll)
    assert trustees.find_step(session, first.person(session)) is Step.WAIT
    mix(session, third, election)
    with pytest.raises(Conflict, match="No shuffle is asked"):
        mix(session, second, election)
    session.rollback()
    progress = trustees.find_progress(session, poll)  # enough, and the worker has yet to go on
    assert (progress.act, progress.done, progress.size) == ("shuffle", 2, 3)
    count_on(session, poll)
    progress = trustees.find_progress(session, poll)
    assert (progress.act, progress.done) == ("decryption", 0)
    assert types_on(session, election)[2:] == [
        "EncryptedTally",
        "Shuffle",
        "Shuffle",
        "EndShuffles",
    ]
    for machine in (second, third):
        give(session, machine, election)
    count_on(session, poll)
    assert tallying.is_finished(session, poll)
    assert rankings(election) == [[1, 2]] * 8 + [[2, 1]] * 4
    report = verify_archive(io.BytesIO(archive_of(session, election)))
    assert report.valid, report.error


def _dump(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def test_the_service_mixes_alone_where_it_holds_the_key(session):
    draft = make_draft(session, electors={"Staff": 10, "Users": 10})
    rank_options(session, draft)
    poll = freeze(session, draft)
    polls.open_poll(session, poll, now=OPENS_AT)
    session.commit()
    vote(session, poll, 4)
    tallying.close(session, poll, now=AFTER)
    tallying.count(session, poll, sealer=SEALER, now=AFTER)
    session.commit()
    assert tallying.is_finished(session, poll)
    for election in poll.elections:
        assert rankings(election) == [[1, 2]] * 2 + [[2, 1]] * 2
        assert verify_archive(io.BytesIO(archive_of(session, election))).valid


def test_an_empty_box_is_mixed_and_opened_too(session):
    poll, machines = make_watched_poll(session, ranked=True, service=True)
    close_and_count(session, poll)
    (election,) = poll.elections
    for machine in machines[:2]:
        mix(session, machine, election)
        count_on(session, poll)
    for machine in machines[1:]:
        give(session, machine, election, reason="Nobody voted.")
    count_on(session, poll)
    assert json.loads(election.result) == {"result": [[0, 0, 0], []]}
    assert verify_archive(io.BytesIO(archive_of(session, election))).valid


@pytest.mark.slow
def test_belenios_tool_accepts_an_archive_mixed_and_opened_by_scrutineers(session, tmp_path):
    need_tool()
    poll, machines = make_watched_poll(
        session, electors={"Staff": 3}, group="RFC-3526-2048", ranked=True
    )
    vote(session, poll)
    close_and_count(session, poll)
    (election,) = poll.elections
    for machine in machines[:2]:
        mix(session, machine, election)
        count_on(session, poll)
    for machine in machines[1:]:
        give(session, machine, election, reason="A test.")
    count_on(session, poll)
    (tmp_path / f"{election.uuid}.bel").write_bytes(archive_of(session, election))
    assert_accepted(tmp_path)


def in_browser(session, machine, election, act, *, reason="", archive=None, **more):
    """What the browser's script makes of the machine's key, its task and the archive."""
    raw = archive_of(session, election) if archive is None else archive
    job = {
        "act": act,
        "key": machine.key.decode(),
        "task": machine.fetch_task(session).decode(),
        "archive": base64.b64encode(raw).decode(),
        "reason": reason,
        **more,
    }
    (answer,) = run("opening.mjs", [job])
    return answer


def test_a_browser_mixes_and_opens_as_our_program_does_and_refuses_the_same(session):
    poll, machines = make_watched_poll(session, electors={"Staff": 4}, ranked=True)
    vote(session, poll)
    first, second, third = machines
    (election,) = poll.elections
    told = in_browser(session, first, election, "shuffle")["error"]
    assert told == "InvalidTally: the ballots of this archive are not added up yet"
    close_and_count(session, poll)
    assert "not mixed to the end" in in_browser(session, first, election, "decrypt")["error"]
    made = in_browser(session, first, election, "shuffle")["made"].encode()
    assert trustees.take_shuffle(session, first.person(session), election, made, now=AFTER)
    session.commit()
    assert "not mixed to the end" in in_browser(session, second, election, "decrypt")["error"]
    mix(session, second, election)
    count_on(session, poll)

    few = in_browser(session, third, election, "decrypt")["error"]
    with pytest.raises(TooFew) as refused:
        third.decrypt(session, election)
    assert few == f"TooFew: {refused.value}"
    assert in_browser(session, third, election, "decrypt", minimum=4).keys() == {"made"}
    assert (
        "fewer than 5 could" in in_browser(session, third, election, "decrypt", minimum=5)["error"]
    )
    whole = archive_of(session, election)
    cut = in_browser(session, third, election, "decrypt", archive=whole[:-700])["error"]
    assert cut.startswith("InvalidArchive: the archive does not pass its checks: ")
    made = in_browser(session, third, election, "decrypt", reason="A test.")["made"].encode()
    assert trustees.take_decryption(session, third.person(session), election, made, now=AFTER)
    session.commit()
    give(session, second, election, reason="A test.")
    count_on(session, poll)
    assert rankings(election) == [[1, 2]] * 2 + [[2, 1]] * 2
    assert verify_archive(io.BytesIO(archive_of(session, election))).valid
