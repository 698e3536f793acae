"""The outcome, its pictures, its data and its archives; the public record."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from pathlib import Path

from click.testing import CliRunner
from flask.testing import FlaskClient

from tests.web.public.ground import (
    Site,
    read,
    text_of,
)
from voting.belenios.verify import verify_archive
from voting.commands.verify_trail import verify_trail_command
from voting.domain.trail import check_trail
from voting.services import publication
from voting.store.database import db
from voting.store.proposals import list_acts


def test_the_outcome_page_says_all_that_is_needed_to_believe_it(
    site: Site, client: FlaskClient
) -> None:
    answer = client.get(f"{site.path('published')}/outcome")
    told = text_of(answer)
    with site.app.app_context():
        poll = read(site, "published")
        outcome = publication.outcome_of(poll)
        archives = [f"{election.uuid}.bel" for election in poll.elections]
    assert outcome["sentence"] in told
    assert outcome["decision"]["sentence"] in told
    for part in outcome["decision"]["constituencies"]:
        for name in ("turnout_valid", "turnout_papers", "rule_in_words", "sum_in_words"):
            assert str(part[name]) in told
    assert "Turnout, all papers returned" in told
    assert "Turnout, valid papers only" in told
    assert "Form a mutual 5 62.5%" in told
    assert "Stay as we are 3 37.5%" in told
    assert "Who you have to trust" in told
    assert "this archive passed every check: 9 votes in the box, 8 counted" in told
    for archive, code in zip(archives, ("staff", "users"), strict=True):
        assert f"voting verify {archive}" in told
        check = f"belenios-tool election verify --dir {code}"
        assert f"mkdir {code} cp {archive} {code}/ {check}" in told  # a copy: both programs find it
        assert f'href="{site.path("published")}/{archive}"' in answer.text
    assert f'href="{site.path("published")}/outcome.json"' in answer.text
    assert f'href="{site.path("published")}/outcome.csv"' in answer.text


def test_each_picture_of_the_outcome_says_in_words_what_it_shows(
    site: Site, client: FlaskClient
) -> None:
    page = client.get(f"{site.path('published')}/outcome").text
    pictures = re.findall(r'<svg class="v-bars".*?</svg>', page, re.DOTALL)
    assert len(pictures) == 2
    assert 'role="img"' in pictures[0]
    assert 'aria-label="Staff: Shall we form a mutual?"' in pictures[0]
    assert "Form a mutual: 5." in pictures[0]
    assert "Stay as we are: 3." in pictures[0]
    widths = re.findall(r'v-bars-bar"[^>]*width="([0-9.]+)"', pictures[0])
    assert [float(width) for width in widths] == [250.0, 150.0]


def test_an_outcome_without_a_vote_in_it_has_a_page(site: Site, client: FlaskClient) -> None:
    told = text_of(client.get(f"{site.path('published')}/outcome"))
    assert "0 votes in the box, 0 counted" in told


def test_the_archive_is_downloaded_byte_for_byte_with_its_length(
    site: Site, client: FlaskClient, tmp_path: Path
) -> None:
    with site.app.app_context():
        election = read(site, "published").elections[0]
        expected = b"".join(publication.archive_stream(db.session(), election))
        uuid = election.uuid
    answer = client.get(f"{site.path('published')}/{uuid}.bel")
    head = client.head(f"{site.path('published')}/{uuid}.bel")
    assert answer.data == expected
    for told in (answer.headers, head.headers):
        assert told["Content-Length"] == str(len(expected))
        assert told["Content-Disposition"] == f'attachment; filename="{uuid}.bel"'
    path = tmp_path / f"{uuid}.bel"
    path.write_bytes(answer.data)
    report = verify_archive(path)
    assert (report.valid, report.ballots, report.result) == (True, 9, [[0, 5, 3]])


def test_an_archive_is_given_only_under_its_own_vote(site: Site, client: FlaskClient) -> None:
    with site.app.app_context():
        uuid = read(site, "declared").elections[0].uuid
    assert client.get(f"{site.path('published')}/{uuid}.bel").status_code == 404


def test_the_outcome_as_data_is_what_the_published_act_hashed(
    site: Site, client: FlaskClient
) -> None:
    answer = client.get(f"{site.path('published')}/outcome.json")
    with site.app.app_context():
        poll = read(site, "published")
        acts = list_acts(db.session(), poll.proposal_id, poll.id)
        bodies = [json.loads(act.body) for act in acts]
    act = next(body for body in bodies if body["kind"] == "published")
    assert answer.mimetype == "application/json"
    assert act["outcome"] == hashlib.sha256(answer.data).hexdigest()
    for part in answer.json["constituencies"] if answer.json else []:
        archive = client.get(f"{site.path('published')}/{part['archive']}").data
        assert part["archive_sha256"] == hashlib.sha256(archive).hexdigest()
        assert act["archives"][part["archive"]] == part["archive_sha256"]


def test_the_figures_as_a_table_add_up(site: Site, client: FlaskClient) -> None:
    answer = client.get(f"{site.path('published')}/outcome.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    staff = {row["Option"]: int(row["Votes"]) for row in rows if row["Constituency"] == "Staff"}
    assert staff == {"Form a mutual": 5, "Stay as we are": 3, "Blank": 0}
    assert {row["Electors"] for row in rows} == {"12", "10"}


def test_the_whole_record_is_shown_and_rechecked_without_the_service(
    site: Site, client: FlaskClient, tmp_path: Path
) -> None:
    page = client.get(f"{site.proposal('published')}/chain")
    trail, archive = tmp_path / "trail.jsonl", tmp_path / "staff.bel"
    answer = client.get(f"{site.proposal('published')}/trail.jsonl")
    trail.write_bytes(answer.data)
    with site.app.app_context():
        poll = read(site, "published")
        acts = list_acts(db.session(), poll.proposal_id)
        [uuid, *_more] = [election.uuid for election in poll.elections]
    archive.write_bytes(client.get(f"{site.path('published')}/{uuid}.bel").data)

    report = check_trail(trail.read_bytes().splitlines(keepends=True))

    assert (report.acts, report.head) == (len(acts), acts[-1].hash)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert report.head in page.text
    for act in acts:
        assert act.hash in page.text
    command = [str(trail), "--holds", str(archive)]
    assert CliRunner().invoke(verify_trail_command, command).exit_code == 0


def test_a_draft_has_no_public_record(site: Site, client: FlaskClient) -> None:
    assert client.get(f"{site.proposal('draft')}/chain").status_code == 404
    assert client.get(f"{site.proposal('draft')}/trail.jsonl").status_code == 404


def test_a_record_is_read_from_any_place(site: Site, client: FlaskClient) -> None:
    for after in ("0", "-9", "99999999999999999999", "x"):
        answer = client.get(f"{site.proposal('published')}/chain?after={after}")
        assert answer.status_code == 200
