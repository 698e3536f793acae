"""Documents at the desk and on the public page: versions, fingerprints, safe headers, refusals."""

from __future__ import annotations

import hashlib
import io
import json
from html import unescape

import pytest
from werkzeug.test import TestResponse

from tests import organiser_ground as ground
from tests.documents_ground import GOOD, PDF
from tests.organiser_ground import Clerk, follow, list_errors
from voting.store.database import db
from voting.store.documents import DocumentVersion
from voting.store.proposals import find_proposal, list_acts

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def desk(clerk: Clerk) -> str:
    """The documents' desk of a proposal whose page is open."""
    path = ground.make_proposal(clerk)
    ground.open_page(clerk, path)
    return f"{path}/documents"


def public_path(desk: str) -> str:
    return desk.replace("/organiser/proposals/", "/p/")


def send(
    clerk: Clerk, path: str, content: bytes, name: str = "case.pdf", **form: str
) -> TestResponse:
    given = {"title": "Business case", "kind": "business-case", **form}
    answer = clerk.post(path, {"file": (io.BytesIO(content), name), **given})
    answer.request.environ["wsgi.input"].close()  # a large one is a temporary file
    return answer


def read_trail(clerk: Clerk, desk: str) -> list[dict[str, object]]:
    slug = desk.split("/")[3]
    with clerk.app.app_context():
        proposal = find_proposal(db.session(), slug)
        assert proposal is not None
        return [json.loads(act.body) for act in list_acts(db.session(), proposal.id)]


def test_versions_are_kept_and_their_hashes_stand_in_the_trail(clerk: Clerk, desk: str) -> None:
    follow(send(clerk, f"{desk}/new", PDF))
    follow(send(clerk, f"{desk}/1/new-version", PDF + b"2", changed="Figures of 2027 added."))
    stranger = clerk.app.test_client()

    told = unescape(stranger.get(public_path(desk)).text)

    assert "Version 1" in told
    assert "What changed: Figures of 2027 added." in told
    for number, content in ((1, PDF), (2, PDF + b"2")):
        digest = hashlib.sha256(content).hexdigest()
        answer = stranger.get(f"{public_path(desk)}/1/{number}")
        assert answer.data == content
        assert digest in told
        assert digest in [act.get("sha256") for act in read_trail(clerk, desk)]
    assert "Business case" in stranger.get(public_path(desk).removesuffix("/documents")).text


def test_a_document_is_saved_and_never_run(clerk: Clerk, desk: str) -> None:
    for name, content in GOOD.items():
        follow(send(clerk, f"{desk}/new", content, name, title=name))
    stranger = clerk.app.test_client()
    for number, name in enumerate(GOOD, start=1):
        headers = stranger.get(f"{public_path(desk)}/{number}/1").headers
        assert headers["Content-Disposition"].startswith("attachment; ")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert "html" not in headers["Content-Type"]
        assert f"filename*=UTF-8''{name}" in headers["Content-Disposition"]


def test_html_in_a_documents_name_is_inert(clerk: Clerk, desk: str) -> None:
    title = f"{EVIL}</title><script>alert(1)</script>"
    follow(send(clerk, f"{desk}/new", PDF, f"{EVIL}X: y.pdf", title=title))
    follow(send(clerk, f"{desk}/1/new-version", PDF + b"2", f"{EVIL}.pdf", changed=title))
    stranger = clerk.app.test_client()

    public = public_path(desk)
    pages = (public, public.removesuffix("/documents"))
    for told in [stranger.get(page).text for page in pages] + [clerk.get(desk).text]:
        assert "<img src=x" not in told
        assert "<script>alert" not in told
    named = stranger.get(f"{public}/1/1").headers["Content-Disposition"]
    assert "<" not in named
    assert "\r" not in named


@pytest.mark.parametrize(
    ("content", "name", "form", "told"),
    [
        (b"<!doctype html><script>1</script>", "case.pdf", {}, "something else inside"),
        (PDF, "case.html", {}, "The file must be PDF"),
        (b"", "case.pdf", {}, "The file is empty"),
        (PDF, "", {}, "Select a file"),
        (PDF, "a\r\nX: y.pdf", {}, "Select a file"),
        (PDF, "case.pdf", {"title": ""}, "Enter the title of the document"),
        (PDF, "case.pdf", {"kind": "malware"}, "Select what kind of document it is"),
        (PDF + bytes(50 * 1024 * 1024), "case.pdf", {}, "larger than 20 MB"),
    ],
    ids=("disguised", "html", "empty", "none", "split", "title", "kind", "50 MB"),
)
def test_a_refused_file_is_named_the_input_kept_and_nothing_stored(
    clerk: Clerk, desk: str, content: bytes, name: str, form: dict[str, str], told: str
) -> None:
    answer = send(clerk, f"{desk}/new", content, name, **{"title": "Kept words", **form})

    assert answer.status_code == 422
    assert any(told in error for error in list_errors(answer))
    assert ("Kept words" in answer.text) == ("title" not in form)
    with clerk.app.app_context():
        assert db.session.query(DocumentVersion).count() == 0


def test_a_new_version_must_differ_and_say_what_changed(clerk: Clerk, desk: str) -> None:
    follow(send(clerk, f"{desk}/new", PDF))

    assert list_errors(send(clerk, f"{desk}/1/new-version", PDF, changed="All")) == [
        "This file is the same as the version before."
    ]
    assert list_errors(send(clerk, f"{desk}/1/new-version", PDF + b"2", changed="")) == [
        "Enter what changed since the version before"
    ]


def test_a_withdrawn_document_is_gone_and_its_entry_stays(clerk: Clerk, desk: str) -> None:
    follow(send(clerk, f"{desk}/new", PDF))
    assert clerk.post(f"{desk}/1/withdraw").status_code == 422
    follow(clerk.post(f"{desk}/1/withdraw", {"reason": "It named a person."}))
    stranger = clerk.app.test_client()

    assert stranger.get(f"{public_path(desk)}/1/1").status_code == 404
    told = stranger.get(public_path(desk)).text
    assert "It named a person." in told
    assert hashlib.sha256(PDF).hexdigest() in told
    assert clerk.post(f"{desk}/1/withdraw", {"reason": "Again"}).status_code == 409
    assert send(clerk, f"{desk}/1/new-version", PDF + b"2", changed="x").status_code == 409


def test_only_its_organiser_publishes_and_nobody_reads_a_closed_page(clerk: Clerk) -> None:
    desk = f"{ground.make_proposal(clerk)}/documents"
    follow(send(clerk, f"{desk}/new", PDF))
    other, commissioner = ground.sign_in(clerk.app), ground.sign_in(clerk.app, "commissioner")
    stranger = Clerk(clerk.app, clerk.app.test_client(), "")
    for path in ("/new", "/1/new-version", "/1/withdraw"):
        assert send(other, f"{desk}{path}", PDF).status_code == 404
        assert send(commissioner, f"{desk}{path}", PDF).status_code == 403
        assert send(stranger, f"{desk}{path}", PDF).status_code == 419
    assert stranger.get(public_path(desk)).status_code == 404
    assert stranger.get(f"{public_path(desk)}/1/1").status_code == 404
