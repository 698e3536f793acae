"""The ballot box and its tracking numbers."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from tests import organiser_ground as ground
from tests.web.public.ground import (
    REPLACED_AGAIN,
    Site,
    list_trackers,
    look_up,
    read,
    text_of,
)
from voting.store import board
from voting.store.database import db
from voting.web import public


def test_the_box_shows_trackers_and_which_were_replaced(site: Site, client: FlaskClient) -> None:
    told = text_of(client.get(f"{site.path('shown')}/ballot-box"))
    ballots = list_trackers(site, "shown")
    assert len(ballots) == 9
    for ballot in ballots:
        assert " ".join(re.findall("[0-9]{5}", ballot.digits)) in told
    assert told.count("replaced by a later vote") == REPLACED_AGAIN
    assert "9 sealed votes" in told


def test_the_box_tells_nothing_while_the_organiser_did_not_allow_it(
    site: Site, client: FlaskClient
) -> None:
    box = text_of(client.get(f"{site.path('open')}/ballot-box"))
    vote = text_of(client.get(site.path("open")))
    assert "has chosen not to show" in box
    assert "is told when the vote has closed" in vote
    for page in (box, vote):
        assert "sealed vote" not in page.replace("sealed vote has a tracking number", "")
        assert not re.search(r"[0-9]{5} [0-9]{5}", page.replace("01632 960", ""))


def test_the_box_has_a_page_for_each_constituency(site: Site, client: FlaskClient) -> None:
    path = f"{site.path('closed')}/ballot-box"
    staff, users = client.get(path), client.get(f"{path}?constituency=users")
    assert 'aria-current="page">Staff' in staff.text
    assert 'aria-current="page">Users' in users.text
    assert "constituency=users" in staff.text
    assert "The box is empty." in users.text
    assert "<title>Ballot box of Users" in users.text


def test_a_long_box_is_shown_in_pages_that_lack_nothing(
    site: Site, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "PAGE", 4)
    path, shown = f"{site.path('closed')}/ballot-box", []
    for _page in range(4):
        answer = client.get(unescape(path))
        shown += re.findall(r'class="v-tracker">([0-9 ]+)<', answer.text)
        following = re.search(r'rel="next" href="([^"]+)"', answer.text)
        if following is None:
            break
        path = following[1]
    assert 'rel="first"' in answer.text
    assert [number.replace(" ", "") for number in shown] == [
        ballot.digits for ballot in list_trackers(site, "closed")
    ]


@pytest.mark.parametrize("query", ["after=x", "after=-7", f"after={10**30}", "constituency=no"])
def test_an_address_of_the_box_made_up_by_hand_breaks_nothing(
    site: Site, client: FlaskClient, query: str
) -> None:
    assert client.get(f"{site.path('closed')}/ballot-box?{query}").status_code == 200


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("open", "This vote is in the ballot box and will be counted."),
        ("closed", "This vote is in the ballot box and will be counted."),
        ("declared", "This vote is in the ballot box and was counted."),
        ("published", "This vote is in the ballot box and was counted."),
        ("cancelled", "The whole vote was cancelled, so nothing will be counted."),
    ],
)
def test_a_tracking_number_is_found_however_it_is_written(
    site: Site, client: FlaskClient, state: str, words: str
) -> None:
    ballot = list_trackers(site, state)[-1]
    with site.app.app_context():
        election = read(site, state).elections[0]
        [record] = board.get_records(db.session(), election.id, ballot.position)
        payload = hashlib.sha256(record).hexdigest()
    groups = re.findall("[0-9]{5}", ballot.digits)
    full = base64.b64encode(bytes.fromhex(payload)).decode()
    forms = (ballot.digits, " ".join(groups), f"  {'-'.join(groups)} ", full, full[:43], payload)
    for typed in (*forms, payload.upper()):
        answer = look_up(client, typed)
        assert answer.status_code == 200
        assert words in text_of(answer)
        assert "The union, 01632 960002" in text_of(answer)


def test_a_replaced_vote_says_what_to_do(site: Site, client: FlaskClient) -> None:
    for state, until in (("closed", " before the count"), ("published", "")):
        first = list_trackers(site, state)[0]
        told = text_of(look_up(client, first.digits))
        assert "This vote was replaced by a later one." in told
        assert f"If you did not vote again, tell the contacts of this vote{until}:" in told


@pytest.mark.parametrize("typed", ["12345 " * 5, "a" * 64, "x" * 3000, "\x00", "<b>" + "1" * 22])
def test_a_number_that_is_in_no_box_says_what_to_do(client: FlaskClient, typed: str) -> None:
    answer = look_up(client, typed)
    told = text_of(answer)
    assert answer.status_code == 200
    assert "We cannot find this number." in told
    assert "Compare it with your receipt, digit by digit." in told
    assert "They must investigate before the count." in told


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter your tracking number"),
        ("   ", "Enter your tracking number"),
        ("48213 70952 11640", "A tracking number has 25 digits, and this one has 15"),
        ("1" * 26, "A tracking number has 25 digits, and this one has 26"),
    ],
)
def test_what_cannot_be_a_tracking_number_is_named_and_kept(
    client: FlaskClient, typed: str, words: str
) -> None:
    answer = look_up(client, typed)
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert ground.list_errors(answer)[0].startswith(words)
    assert 'href="#tracker"' in answer.text
    assert f'value="{typed.strip()}"' in answer.text
    assert 'aria-describedby="tracker-hint tracker-error"' in answer.text


def test_a_tracking_number_is_never_part_of_an_address(site: Site, client: FlaskClient) -> None:
    digits = list_trackers(site, "published")[-1].digits
    page = client.get(f"/check-vote?tracker={digits}")
    assert digits not in text_of(page)
    assert "was counted" not in text_of(page)
    assert 'method="post"' in page.text
