"""Our own boards, valid at every stage: what the verifier says of them, and while it reads them."""

import json
from io import BytesIO

import pytest

from tests.belenios.ground import (
    BLANK,
    PLAIN,
    finished_ground,
    make_ground,
    verify_bytes,
    verify_every_stage,
)
from voting.belenios.board import EventType
from voting.belenios.errors import Malformed
from voting.belenios.verify import verify_archive

PARTIAL = EventType.PARTIAL_DECRYPTION


@pytest.mark.parametrize("group", ["Ed25519", "BELENIOS-2048", "RFC-3526-2048"])
def test_a_finished_election_is_valid_at_every_stage(group: str) -> None:
    made = finished_ground(group)
    reports = verify_every_stage(made)
    assert [report.stage for report in reports] == [
        "setup",
        *["open"] * 4,
        *["closed"] * 2,
        "partially_decrypted",
        "decrypted",
        "result",
    ]
    report = reports[-1]
    assert report.result == [[2, 1, 1, 0], [1, 2]]
    assert (report.voters, report.ballots, report.counted) == (4, 4, 3)


@pytest.mark.parametrize("trustees", [1, 3])
def test_every_single_trustee_decrypts_and_no_fewer(trustees: int) -> None:
    """From n keys made alone to the result: key, ballots, tally, n decryptions, archive."""
    made = make_ground("Ed25519", (BLANK, PLAIN), trustees=trustees, weights=(1, 4, 1))
    assert made.election.public_key == made.election.group.generator ** sum(made.keys)
    made.vote(0, [[1, 0, 0, 0], [1, 0]])
    made.vote(1, [[0, 1, 0, 1], [0, 1]])
    made.vote(2, [[0, 1, 0, 0], [1, 0]])
    made.close()
    for owner in range(trustees, 0, -1):
        assert verify_bytes(made.archive()).stage in ("closed", "partially_decrypted")
        with pytest.raises(Malformed, match="every trustee is needed"):
            made.open_result()
        made.decrypt(owner)
    made.open_result()

    report = verify_bytes(made.archive())

    assert report.valid, report.error
    assert (report.stage, report.counted) == ("result", 3)
    assert report.result == [[1, 5, 0, 4], [2, 4]]
    for number in range(trustees):
        lacking = made.copy()
        lacking.steps.pop(lacking.index(PARTIAL, number))
        assert not verify_bytes(lacking.archive()).valid


def test_an_election_without_ballots_is_valid() -> None:
    made = make_ground("Ed25519", trustees=3)
    made.finish()
    report = verify_bytes(made.archive())
    assert report.valid, report.error
    assert report.counted == 0


def test_the_report_has_the_promised_fields() -> None:
    value = verify_bytes(finished_ground().archive()).to_json()
    assert list(value) == [
        *("valid", "uuid", "stage", "group", "voters", "ballots", "counted", "result"),
        *("checks", "error"),
    ]
    assert all(list(check) == ["name", "ok", "detail"] for check in value["checks"])  # type: ignore[attr-defined]
    assert json.loads(json.dumps(value)) == value


def test_progress_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    verify_archive(BytesIO(finished_ground().archive()), progress=lambda *what: told.append(what))
    assert {name for name, _, _ in told} == {"archive", "credentials", "ballots", "decryptions"}
    assert all(0 < done <= total for _, done, total in told)


def test_an_archive_that_changes_while_it_is_read_is_refused() -> None:
    made = make_ground("Ed25519")
    for voter in (0, 1):
        made.vote(voter, [[0, 1, 0, 0], [1, 0]])
    whole = made.archive()
    made.steps.pop()  # the box is open: there is no tally that would tell
    stream = BytesIO(whole)

    def change(name: str, _done: int, _total: int) -> None:
        if name == "credentials":
            stream.seek(0)
            stream.truncate()
            stream.write(made.archive())

    report = verify_archive(stream, progress=change)

    assert not report.valid
    assert report.error == "the archive changed while it was read"
