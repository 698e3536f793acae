"""What the public record of a proposal leads to, fetched and checked as a stranger would."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from click.testing import CliRunner
from flask.testing import FlaskClient

from voting.commands.verify_trail import verify_trail_command
from voting.domain.trail import list_fingerprints


def list_links(client: FlaskClient, slug: str) -> list[str]:
    """The addresses of all files that the pages of the chain lead to."""
    links: list[str] = []
    page = f"/p/{slug}/chain"
    while page:
        shown = client.get(page).text
        links += re.findall(rf'href="(/p/{slug}/record/[0-9a-f]{{64}})"', shown)
        more = re.search(rf'rel="next" href="(/p/{slug}/chain\?after=\d+)"', shown)
        page = more[1] if more else ""
    return links


def check_record(client: FlaskClient, slug: str, folder: Path) -> tuple[set[str], set[str]]:
    """Fetch every file over HTTP, and have the real command look each up in the trail.

    Return the kinds of acts that tell hashes: those with a file for each of their hashes, and those
    that lack one.
    """
    trail = folder / "trail.jsonl"
    trail.write_bytes(client.get(f"/p/{slug}/trail.jsonl").data)
    held: list[str] = []
    for link in dict.fromkeys(list_links(client, slug)):
        answer = client.get(link, follow_redirects=True)
        assert answer.status_code == 200, link
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert link.endswith(hashlib.sha256(answer.data).hexdigest())
        if "/record/" in answer.request.path:
            assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        file = folder / link[-64:]
        file.write_bytes(answer.data)
        held += ["--holds", str(file)]
    told = CliRunner().invoke(verify_trail_command, [str(trail), "--json", *held])
    assert told.exit_code == 0, told.output
    found = {each["sha256"] for each in json.loads(told.output)["holds"]}
    assert found == {Path(name).name for name in held[1::2]}
    whole: set[str] = set()
    lacking: set[str] = set()
    for line in trail.read_bytes().splitlines()[1:]:
        act = json.loads(line)
        hashes = set(list_fingerprints(act))
        if hashes:
            (whole if hashes <= found else lacking).add(act["kind"])
    return whole, lacking
