"""An archive of crypto version 2 is another protocol: it is called that, never checked, opened or
counted, in both languages and by every command."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.belenios.ground import PLAIN, Ground, make_ground
from tests.belenios.test_twin import run as run_script
from voting.__main__ import main
from voting.belenios.board import EventType, setup_records
from voting.belenios.errors import NotSupported
from voting.belenios.opening import read_count
from voting.belenios.verify import verify_archive

WORDS = "an election of crypto version 2; this program knows version 1"


def make_later(*, unknown_event: bool = False) -> bytes:
    """A closed archive whose election says version 2; every hash is right."""
    made: Ground = make_ground("Ed25519", (PLAIN,))
    made.vote(0, [[1, 0]])
    made.close()
    records = made.steps[0][1]
    election = json.loads(records[0]) | {"version": 2}
    raw = json.dumps(election, separators=(",", ":"), ensure_ascii=False).encode()
    made.steps[0] = (EventType.SETUP, setup_records(raw, records[1], records[2]))
    archive = made.archive()
    return (
        archive.replace(b'"type":"EndBallots"', b'"type":"EndVoting1"')
        if unknown_event
        else archive
    )


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize("unknown_event", [False, True])
def test_an_archive_of_version_2_is_not_supported(tmp_path: Path, unknown_event: bool) -> None:
    raw = make_later(unknown_event=unknown_event)
    report = verify_archive(BytesIO(raw))
    assert (report.valid, report.supported) == (False, False)
    assert str(report.error).startswith("not supported: ")
    assert WORDS in str(report.error)
    with pytest.raises(NotSupported, match="was not checked, and nothing is opened"):
        read_count(BytesIO(raw))

    path, out = tmp_path / "later.bel", tmp_path / "answer.json"
    path.write_bytes(raw)
    told = call("verify", path)
    assert (told.exit_code, WORDS in told.output) == (2, True)
    assert "NOT CHECKED: not supported" in told.output
    assert "UNKNOWN " in told.output
    assert "REFUSED" not in told.output
    assert json.loads(call("verify", path, "--json").stdout)["valid"] is False
    counted = call("count", path, "--rule", "plurality")
    assert counted.exit_code != 0
    assert "was not checked: not supported" in counted.output
    key = tmp_path / "key.json"
    assert call("trustee", "key", "--key", key, "--out", tmp_path / "public.json").exit_code == 0
    refused = call("trustee", "decrypt", "--key", key, path, "--out", out)
    assert (refused.exit_code, WORDS in refused.output) == (1, True)
    assert "Nothing was written." in refused.output
    assert not out.exists()


def test_the_browser_says_the_same() -> None:
    archives = [make_later(), make_later(unknown_event=True)]
    jobs = [
        {"act": "decrypt", "key": "", "task": "", "archive": base64.b64encode(raw).decode()}
        for raw in archives
    ]
    for raw, answer in zip(archives, run_script("opening.mjs", jobs), strict=True):
        with pytest.raises(NotSupported) as refused:
            read_count(BytesIO(raw))
        assert answer == {"error": f"NotSupported: {refused.value}"}
