"""An independent issuer makes the codes: files out, list in, letters without codes, votes cast."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from tests import organiser_ground as ground
from tests.organiser_ground import Clerk, follow, list_errors, publish_outcome
from voting.__main__ import main
from voting.belenios.verify import verify_archive
from voting.domain.errors import Conflict, Refusal
from voting.services import casting, correspondence, keys, publication
from voting.store.database import db
from voting.store.issuing import list_issues
from voting.store.polls import Poll

ISSUER = {"issuer": "Northmoor branch of the union", "issuer_contact": "01632 960002"}


@pytest.fixture
def draft(clerk: Clerk) -> str:
    """A complete draft whose codes the union makes."""
    poll = ground.make_draft(clerk)
    follow(clerk.post(f"{poll}/issuer", ISSUER))
    return poll


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["credentials", *map(str, args)])


def download(clerk: Clerk, draft: str, folder: Path) -> None:
    """What the organiser hands to the issuer."""
    follow(clerk.post(f"{draft}/issuer/staff/files"))
    folder.mkdir(exist_ok=True)
    for name in ("roll.csv", "election.json"):
        (folder / name).write_bytes(clerk.get(f"{draft}/issuer/staff/{name}").data)


def issue(folder: Path) -> Result:
    return run(
        "issue", "--roll", folder / "roll.csv", "--election", folder / "election.json",
        "--out", folder / "made",
    )  # fmt: skip


def upload(clerk: Clerk, draft: str, content: bytes) -> object:
    return clerk.send_roll(f"{draft}/issuer/staff/list", content, "public-credentials.json")


def read_codes(folder: Path) -> dict[int, str]:
    with (folder / "made/codes-secret.csv").open(newline="") as file:
        return {int(row["elector"]): row["code"] for row in csv.DictReader(file)}


def read(clerk: Clerk, poll: str) -> Poll:
    return ground.read_poll(db.session(), poll)


def test_a_vote_with_the_codes_of_an_issuer(clerk: Clerk, draft: str, tmp_path: Path) -> None:
    assert "Make the files" in clerk.get(draft).text
    download(clerk, draft, tmp_path)
    made = issue(tmp_path)
    assert made.exit_code == 0, made.output
    codes = read_codes(tmp_path)
    assert not any(code in made.output for code in codes.values())
    assert stat.S_IMODE((tmp_path / "made/codes-secret.csv").stat().st_mode) == 0o600
    listed = (tmp_path / "made/public-credentials.json").read_bytes()
    assert not any(code.encode() in listed for code in codes.values())
    follow(upload(clerk, draft, listed))
    follow(clerk.post(f"{draft}/freeze"))

    with clerk.app.app_context():
        poll = read(clerk, draft)
        election = poll.elections[0]
        assert json.loads(poll.frozen_json or b"")["poll"]["issuer"] == ISSUER["issuer"]
        assert election.sealed_seed is None
        assert election.uuid == json.loads((tmp_path / "election.json").read_bytes())["uuid"]
        sealer = clerk.app.extensions["voting.sealer"]
        with pytest.raises(Conflict):
            keys.code_for(election, next(iter(codes)), sealer=sealer)
        sample = correspondence.preview_bulk(db.session(), poll, "invitation").sample
        assert "Northmoor branch of the union" in sample.text
        assert "#" not in sample.text
        assert "XXXXX" not in sample.text

    ground.open_poll(clerk, draft)
    vote(clerk, draft, codes)
    ground.close_poll(clerk, draft)
    ground.count_poll(clerk, draft)
    publish_outcome(clerk, draft)
    with clerk.app.app_context():
        poll = read(clerk, draft)
        election = poll.elections[0]
        archive = b"".join(publication.archive_stream(db.session(), election))
        report = verify_archive(io.BytesIO(archive))
    assert report.valid, report.error
    assert report.result == [[0, 10, 0]]
    outcome = draft.replace("/organiser/proposals/", "/p/").replace("/polls/", "/") + "/outcome"
    assert "This service never had a code" in clerk.get(outcome).text


def vote(clerk: Clerk, poll: str, codes: dict[int, str]) -> None:
    """Each elector votes with their own code; with the other's nothing is cast."""
    now = dt.datetime.now(dt.UTC)
    first, second, *_others = codes
    with clerk.app.app_context():
        session, election_id = db.session(), read(clerk, poll).elections[0].id
        with pytest.raises(Refusal):
            casting.seal_and_cast(session, election_id, first, codes[second], [[0, 1, 0]], now=now)
        session.rollback()
        for elector, code in codes.items():
            casting.seal_and_cast(session, election_id, elector, code, [[0, 1, 0]], now=now)
            session.commit()


def test_nothing_freezes_before_the_list_of_the_present_roll_has_come(
    clerk: Clerk, draft: str, tmp_path: Path
) -> None:
    assert clerk.post(f"{draft}/freeze").status_code == 422
    download(clerk, draft, tmp_path)
    issue(tmp_path)
    refused = clerk.post(f"{draft}/freeze")
    assert any("Upload the list" in error for error in list_errors(refused))
    listed = (tmp_path / "made/public-credentials.json").read_bytes()
    follow(upload(clerk, draft, listed))

    proposal = draft.rpartition("/polls/")[0]
    more = b"name,email\nBethan Rhys,bethan@example.org\n"
    ground.import_roll(clerk, proposal, more)
    refused = clerk.post(f"{draft}/freeze")
    assert any("has changed since" in error for error in list_errors(refused))
    again = upload(clerk, draft, listed)
    assert "Make them anew" in list_errors(again)[0]
    follow(clerk.post(f"{draft}/issuer/staff/files"))
    old = upload(clerk, draft, listed)
    assert "made for another vote" in list_errors(old)[0]
    with clerk.app.app_context():
        assert [each.public_list for each in list_issues(db.session(), read(clerk, draft).id)] == [
            None
        ]


def test_what_is_no_list_is_not_taken(clerk: Clerk, draft: str, tmp_path: Path) -> None:
    assert clerk.get(f"{draft}/issuer/staff/list").status_code == 404
    download(clerk, draft, tmp_path)
    issue(tmp_path)
    codes = (tmp_path / "made/codes-secret.csv").read_bytes()
    for content, told in ((b"", "Select the file"), (codes, "not taken"), (b"{}", "not taken")):
        refused = upload(clerk, draft, content)
        assert refused.status_code == 422
        assert told in list_errors(refused)[0]
        assert not any(code in refused.text for code in read_codes(tmp_path).values())
    follow(upload(clerk, draft, (tmp_path / "made/public-credentials.json").read_bytes()))
    follow(clerk.post(f"{draft}/freeze"))
    assert clerk.post(f"{draft}/issuer", {"issuer": ""}).status_code == 409
    assert clerk.post(f"{draft}/issuer/staff/files").status_code == 409


def test_the_issuer_is_named_with_a_way_to_reach_them(clerk: Clerk, draft: str) -> None:
    refused = clerk.post(f"{draft}/issuer", {"issuer": "The union", "issuer_contact": " "})
    assert refused.status_code == 422
    follow(clerk.post(f"{draft}/issuer", {"issuer": "", "issuer_contact": ""}))
    assert clerk.post(f"{draft}/issuer/staff/files").status_code == 409
    follow(clerk.post(f"{draft}/freeze"))
    with clerk.app.app_context():
        assert read(clerk, draft).elections[0].sealed_seed


def test_only_the_organiser_gets_the_files(app: Flask, clerk: Clerk, draft: str) -> None:
    follow(clerk.post(f"{draft}/issuer/staff/files"))
    stranger = ground.sign_in(app)
    for path in ("", "/staff/roll.csv", "/staff/election.json", "/staff/list"):
        assert stranger.get(f"{draft}/issuer{path}").status_code == 404
        assert app.test_client().get(f"{draft}/issuer{path}").status_code == 303
    assert clerk.get(f"{draft}/issuer/nobody/roll.csv").status_code == 404


# ------------------------------------------------------------------ the command


def test_the_command_writes_over_nothing_and_refuses_another_roll(
    clerk: Clerk, draft: str, tmp_path: Path
) -> None:
    download(clerk, draft, tmp_path)
    assert issue(tmp_path).exit_code == 0
    before = (tmp_path / "made/codes-secret.csv").read_bytes()
    again = issue(tmp_path)
    assert again.exit_code == 1
    assert "is there already" in again.output
    assert (tmp_path / "made/codes-secret.csv").read_bytes() == before

    roll = (tmp_path / "roll.csv").read_text()
    (tmp_path / "roll.csv").write_text(roll.replace(",1\n", ",2\n", 1))
    elsewhere = run(
        "issue", "--roll", tmp_path / "roll.csv", "--election", tmp_path / "election.json",
        "--out", tmp_path / "other",
    )  # fmt: skip
    assert elsewhere.exit_code == 1
    assert "is not the roll that" in elsewhere.output
    assert not (tmp_path / "other").exists()


def test_the_command_checks_a_list(clerk: Clerk, draft: str, tmp_path: Path) -> None:
    download(clerk, draft, tmp_path)
    issue(tmp_path)
    files = ("--roll", tmp_path / "roll.csv", "--election", tmp_path / "election.json")
    public = tmp_path / "made/public-credentials.json"
    good = run("check", *files, public)
    assert good.exit_code == 0
    assert "10 electors of Staff, one valid credential each" in good.output
    listed = json.loads(public.read_bytes())
    listed["credentials"].pop()
    public.write_text(json.dumps(listed, separators=(",", ":")))
    bad = run("check", *files, public)
    assert bad.exit_code == 1
    assert "1 elector has no credential" in bad.output
    assert run("check", *files, tmp_path / "nothing").exit_code == 1
    assert run("check", *files, tmp_path / "roll.csv").exit_code == 1
    swapped = ("--roll", tmp_path / "election.json", "--election", tmp_path / "roll.csv")
    assert run("check", *swapped, public).exit_code == 1


def test_each_code_has_a_link_to_a_page_that_says_what_else_is_needed(
    clerk: Clerk, draft: str, tmp_path: Path
) -> None:
    download(clerk, draft, tmp_path)
    issue(tmp_path)
    with (tmp_path / "made/codes-secret.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    page = draft.replace("/organiser/proposals/", "/p/").replace("/polls/", "/") + "/code"
    settings = clerk.app.extensions["voting.settings"]
    assert [row["link"] for row in rows] == [
        f"{settings.base_url}{page}#{row['code']}" for row in rows
    ]
    assert clerk.get(page).status_code == 404  # a draft is not public
    follow(upload(clerk, draft, (tmp_path / "made/public-credentials.json").read_bytes()))
    follow(clerk.post(f"{draft}/freeze"))
    told = clerk.get(page).text
    assert ISSUER["issuer"] in told
    assert "your personal link" in told
    assert "paste it when you are asked" in told
