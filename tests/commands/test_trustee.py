"""`voting trustee`: the whole work of scrutineers by files, and everything that it refuses."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from tests.belenios.ground import BLANK, Ground, make_ground
from tests.factories_polls import NOW, OPENS_AT, freeze, make_draft
from tests.trustee_ground import (
    AFTER,
    approve_all,
    arrange,
    close_and_count,
    count_on,
    invite,
    vote,
)
from voting.__main__ import main
from voting.belenios.board import EventType
from voting.belenios.election import NonHomomorphicQuestion
from voting.belenios.mixnet import check_shuffle
from voting.belenios.opening import read_decryption, read_shuffle
from voting.belenios.tally import check_partial_decryption
from voting.services import polls, publication, tallying, trustees
from voting.store.polls import Election, Poll
from voting.store.trustees import Scrutineer, list_scrutineers

STEPS = ("certificate", "prove", "polynomial", "final")
REASON = "All twelve agreed to it."


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["trustee", *map(str, args)])


def refused(told: str, *args: object) -> None:
    result = run(*args)
    assert result.exit_code == 1, result.output
    assert told in result.output
    assert "Traceback" not in result.output


def fetch(session: Session, person: Scrutineer, folder: Path) -> Path:
    """Download the task of the moment, as the scrutineer does."""
    path = folder / "ceremony.json"
    path.write_bytes(trustees.make_task(session, person).to_json())
    return path


def work(session: Session, person: Scrutineer, folder: Path, command: str) -> bytes:
    """Do one step of the making of keys; the answer."""
    task, out = fetch(session, person, folder), folder / f"{command}.json"
    done = run(command, "--key", folder / "key.json", "--task", task, "--out", out)
    assert done.exit_code == 0, done.output
    assert json.loads((folder / "key.json").read_bytes())["seed"] not in done.output
    return out.read_bytes()


def make_keys(session: Session, folder: Path) -> tuple[Poll, list[Scrutineer]]:
    """Two of three: every step of all of them with the command; the poll is then frozen."""
    draft = make_draft(session, electors={"Staff": 12})
    arrange(session, draft)
    people = invite(session, draft)
    for person in people:
        (folder / str(person.position)).mkdir()
    for command in STEPS:
        for person in people:
            raw = work(session, person, folder / str(person.position), command)
            trustees.take_answer(session, person, raw, now=NOW)
    poll = freeze(session, draft)
    approve_all(session, poll)
    polls.open_poll(session, poll, now=OPENS_AT)
    session.commit()
    return poll, list_scrutineers(session, poll.id)


def save_archive(session: Session, election: Election, folder: Path) -> Path:
    path = folder / f"{election.uuid}.bel"
    path.write_bytes(b"".join(publication.archive_stream(session, election)))
    return path


def test_two_of_three_make_keys_and_count_with_the_command(
    session: Session, tmp_path: Path
) -> None:
    poll, people = make_keys(session, tmp_path)
    (election,) = poll.elections
    homes = [tmp_path / str(person.position) for person in people]
    assert all(stat.S_IMODE((home / "key.json").stat().st_mode) == 0o600 for home in homes)
    vote(session, poll)
    early = save_archive(session, election, tmp_path)
    task = fetch(session, people[0], homes[0])
    refused("not added up yet", "check", "--task", task, early)
    close_and_count(session, poll)

    for person, home in ((people[0], homes[0]), (people[2], homes[2])):
        task, key = fetch(session, person, home), home / "key.json"
        archive = save_archive(session, election, home)
        seen = run("check", "--key", key, "--task", task, archive)
        assert seen.exit_code == 0, seen.output
        assert f"trustee {person.position} of this archive" in seen.output
        assert "12 counted, of 12 on the roll" in seen.output
        assert election.fingerprint in seen.output
        assert "the sums, no ballot" in seen.output
        out = home / "count.json"
        done = run("decrypt", "--key", key, "--task", task, archive, "--out", out)
        assert done.exit_code == 0, done.output
        trustees.take_decryption(session, person, election, out.read_bytes(), now=AFTER)
        session.commit()
    count_on(session, poll)
    assert tallying.is_finished(session, poll)
    assert json.loads(election.result or b"") == {"result": [[0, 6, 6]]}


def refuse_few(home: Path, election: Election, archive: Path, task: Path) -> None:
    """Fewer than ten are opened only by force and for a reason."""
    out = home / "count.json"
    args = ("decrypt", "--key", home / "key.json", "--task", task, archive, "--out", out)
    refused("Only 9 ballots are counted here", *args)
    refused("come together", *args, "--force")
    refused("come together", *args, "--force", "--reason", "  ")
    refused("come together", *args, "--reason", REASON)
    assert not out.exists()
    assert "NOTE: fewer than 10" in run("check", archive).output
    assert run(*args, "--minimum", 4).exit_code == 2  # so few are opened for a reason alone
    refused("fewer than 12 could show", *args, "--minimum", 12)
    assert run(*args, "--minimum", 9).exit_code == 0
    out.unlink()
    assert run(*args, "--force", "--reason", REASON).exit_code == 0
    assert read_decryption(out.read_bytes(), election.uuid, 1)[1] == REASON
    refused("is there already", *args, "--force", "--reason", REASON)


def test_few_ballots_and_every_wrong_file_are_refused(session: Session, tmp_path: Path) -> None:
    poll, people = make_keys(session, tmp_path)
    (election,) = poll.elections
    vote(session, poll, 9)
    close_and_count(session, poll)
    own, other = tmp_path / "1", tmp_path / "2"
    archive, task = save_archive(session, election, own), fetch(session, people[0], own)
    out, key = tmp_path / "out.json", own / "key.json"
    refuse_few(own, election, archive, task)

    def decrypt(told: str, **changed: Path) -> None:
        files = {"key": key, "task": task, "archive": archive, **changed}
        refused(told, "decrypt", "--key", files["key"], "--task", files["task"],
                files["archive"], "--out", out)  # fmt: skip
        assert not out.exists()

    decrypt("key file of another scrutineer", key=other / "key.json")
    decrypt("not a key file", key=task)
    decrypt("not a task file", task=key)
    decrypt("cannot be read", key=tmp_path / "nothing")
    decrypt("cannot be read", archive=tmp_path / "nothing")
    decrypt("does not pass its checks", archive=key)
    damaged = tmp_path / "damaged.json"
    damaged.write_bytes(key.read_bytes().replace(b'"seed":"', b'"seed":"1')[:-2] + b'"}')
    decrypt("damaged", key=damaged)

    raw = archive.read_bytes()
    cut = tmp_path / "cut.bel"
    cut.write_bytes(raw[: len(raw) // 2])
    decrypt("does not pass its checks", archive=cut)
    stranger = make_closed(1)
    elsewhere = tmp_path / "elsewhere.bel"
    elsewhere.write_bytes(stranger.archive())
    decrypt("of another election", archive=elsewhere)

    refused("Nothing is asked of you in the making of keys", "answer", "--key", key, "--task", task,
            "--out", out)  # fmt: skip
    refused("not for “certificate”", "certificate", "--key", key, "--task", task, "--out", out)
    refused("They are not mixed", "shuffle", "--key", key, "--task", task, archive, "--out", out)
    refused("Give --task", "check", "--key", key, archive)


def test_the_command_does_the_step_that_is_asked_for_and_keeps_its_key(
    session: Session, tmp_path: Path
) -> None:
    draft = make_draft(session, electors={"Staff": 12})
    arrange(session, draft)
    (person, *_others) = invite(session, draft)
    task, key = fetch(session, person, tmp_path), tmp_path / "key.json"
    refused("not for “saved-copy”", "prove", "--key", key, "--task", task, "--out", tmp_path / "x")
    made = run("answer", "--key", key, "--task", task, "--out", tmp_path / "a.json")
    assert made.exit_code == 0, made.output
    before = key.read_bytes()
    refused(
        "is there already", "answer", "--key", key, "--task", task, "--out", tmp_path / "a.json"
    )
    again = run("answer", "--key", key, "--task", task, "--out", tmp_path / "b.json")
    assert again.exit_code == 0
    assert key.read_bytes() == before
    trustees.take_answer(session, person, (tmp_path / "b.json").read_bytes(), now=NOW)

    task = fetch(session, person, tmp_path)
    lost = tmp_path / "lost.json"
    refused("cannot be read", "prove", "--key", lost, "--task", task, "--out", tmp_path / "c.json")
    assert not lost.exists()
    fresh = run("answer", "--key", key, "--task", task, "--out", tmp_path / "c.json")
    assert "your copy is proved" in fresh.output
    trustees.take_answer(session, person, (tmp_path / "c.json").read_bytes(), now=NOW)
    task = fetch(session, person, tmp_path)
    refused("Nothing is asked of you now", "answer", "--key", key, "--task", task,
            "--out", tmp_path / "d.json")  # fmt: skip


# ------------------------------------------------------------------ a key alone


def make_closed(voters: int = 12, *, ranked: bool = False, group: str = "Ed25519") -> Ground:
    """An election of one single trustee in which everyone has voted; added up."""
    asked = NonHomomorphicQuestion("Order", ("A", "B", "C")) if ranked else BLANK
    ground = make_ground(group, (asked,), weights=[1] * voters)
    for voter in range(voters):
        ground.vote(voter, [[1, 2, 3] if ranked else [0, 1, 0, 0]])
    ground.close()
    return ground


def save(ground: Ground, folder: Path) -> tuple[Path, Path]:
    """The archive and the private key file of its trustee."""
    archive, key = folder / "ground.bel", folder / "single.json"
    archive.write_bytes(ground.archive())
    key.write_text(json.dumps(str(ground.keys[0])))
    return archive, key


@pytest.mark.parametrize("group", ["Ed25519", "BELENIOS-2048"])
def test_a_key_alone_opens_the_sums_of_its_own_election(tmp_path: Path, group: str) -> None:
    ground = make_closed(group=group)
    archive, key = save(ground, tmp_path)
    out = tmp_path / "out.json"
    assert "trustee 1 of this archive" in run("check", "--key", key, archive).output
    assert run("decrypt", "--key", key, archive, "--out", out).exit_code == 0
    raw, reason = read_decryption(out.read_bytes(), ground.election.uuid, 1)
    assert reason == ""
    key_of = ground.trustees.public_key_of(1)
    check_partial_decryption(ground.election, key_of, ground.tally_raw, raw)

    key.write_text(json.dumps(str(ground.keys[0] + 1)))
    refused("of no trustee of this archive", "decrypt", "--key", key, archive, "--out",
            tmp_path / "other.json")  # fmt: skip
    key.write_text('"not a number"')
    refused("Nothing was written", "decrypt", "--key", key, archive, "--out", tmp_path / "o")


def test_nothing_is_opened_but_the_whole_tally(tmp_path: Path) -> None:
    ground = make_closed()
    place = ground.index(EventType.ENCRYPTED_TALLY)
    one = make_closed(1)
    spoilt = ground.copy()
    spoilt.steps[place] = (EventType.ENCRYPTED_TALLY, one.tally().records())
    archive, key = save(spoilt, tmp_path)
    refused("does not pass its checks", "decrypt", "--key", key, archive, "--out", tmp_path / "o")

    few, key = save(make_closed(1), tmp_path)
    refused("Only 1 ballots", "decrypt", "--key", key, few, "--out", tmp_path / "o")
    ground.decrypt(1)
    ground.open_result()
    done, key = save(ground, tmp_path)
    refused("has its result already", "decrypt", "--key", key, done, "--out", tmp_path / "o")


def test_papers_are_mixed_with_a_proof(tmp_path: Path) -> None:
    ground = make_closed(ranked=True)
    archive, key = save(ground, tmp_path)
    out = tmp_path / "shuffle.json"
    assert "nothing yet: the papers are not mixed" in run("check", archive).output
    told = "not mixed to the end"
    refused(told, "decrypt", "--key", key, archive, "--out", tmp_path / "early.json")
    assert not (tmp_path / "early.json").exists()
    done = run("shuffle", "--key", key, archive, "--out", out)
    assert done.exit_code == 0, done.output
    raw = read_shuffle(out.read_bytes(), ground.election.uuid, 1)
    check_shuffle(ground.election, ground.tally_raw, raw)

    ground.shuffle(1)
    again, key = save(ground, tmp_path)
    second = tmp_path / "second.json"
    assert run("shuffle", "--key", key, again, "--out", second).exit_code == 0
    raw = read_shuffle(second.read_bytes(), ground.election.uuid, 1)
    check_shuffle(ground.election, ground.opened_raw, raw)
    ground.end_shuffles()
    mixed, key = save(ground, tmp_path)
    assert "the mixed papers, one by one" in run("check", mixed).output


def test_a_key_alone_is_made_once_and_never_shown(tmp_path: Path) -> None:
    key, out = tmp_path / "key.json", tmp_path / "public.json"
    made = run("key", "--key", key, "--out", out, "--name", "Una Price")
    assert made.exit_code == 0, made.output
    secret = json.loads(key.read_bytes())
    assert secret not in made.output
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert set(json.loads(out.read_bytes())) == {"pok", "public_key", "name"}
    refused("is there already", "key", "--key", key, "--out", tmp_path / "again.json")
    refused("is there already", "key", "--key", tmp_path / "again.json", "--out", out)
    assert not (tmp_path / "again.json").exists()
    refused("cannot be written", "key", "--key", tmp_path / "no/where", "--out", tmp_path / "p")


def test_help_is_for_strangers() -> None:
    assert "without a network" in " ".join(run("--help").output.split())
    for command in ("answer", "key", "check", "shuffle", "decrypt", *STEPS):
        assert len(run(command, "--help").output) > 200
