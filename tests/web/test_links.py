"""Voters' links, and the way back after a language is chosen."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.pages import csrf_token
from voting.domain.errors import NotFound
from voting.web.access import Links, VoterLink, local_address


def test_a_voters_link_says_what_it_was_made_with() -> None:
    links = Links(["new-key" * 6, "old-key" * 6])
    assert links.read_voter_token(links.voter_token(3, 5, 2)) == VoterLink(3, 5, 2)


def test_a_link_of_an_older_key_still_works() -> None:
    old = Links(["old-key" * 6]).voter_token(3, 5, 1)
    assert Links(["new-key" * 6, "old-key" * 6]).read_voter_token(old).elector_id == 5


def test_no_other_link_works() -> None:
    links = Links(["new-key" * 6])
    token = links.voter_token(3, 5, 1)
    forged = [
        "",
        "x",
        token[:-1],
        token + "A",
        "A" + token,
        token.replace(".", "", 1),
        Links(["other-key" * 6]).voter_token(3, 5, 1),
        links._serializer.dumps([3, 5]),
        links._serializer.dumps([3, 5, "1"]),
        links._serializer.dumps({"poll": 3}),
        links._serializer.dumps([3, 5, True]),
    ]
    for text in forged:
        with pytest.raises(NotFound):
            links.read_voter_token(text)


@pytest.mark.parametrize(
    ("back", "location"),
    [
        ("/check-vote?", "/check-vote?"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("", "/"),
    ],
)
def test_only_our_own_pages_are_gone_back_to(back: str, location: str) -> None:
    assert local_address(back) == location


def test_choosing_a_language_needs_a_button_and_goes_back(client: FlaskClient) -> None:
    assert client.get("/language").status_code == 405
    form = {"csrf_token": csrf_token(client), "language": "en", "back": "/check-vote"}
    assert client.post("/language", data=form).location == "/check-vote"
    form["language"] = "xx"
    assert client.post("/language", data=form).status_code == 404
