"""The service with one vote in every state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import organiser_ground as ground
from tests.organiser_ground import Clerk, follow, publish_outcome
from voting.store import board
from voting.store.database import db
from voting.store.polls import Poll

PAYLOAD = "\"'><img src=x onerror=alert(1)></title></script><script>alert(1)</script>"
SHORT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
USERS = b"name,email\n" + b"".join(
    b"Reader %d,reader%d@users.example\n" % (n, n) for n in range(10)
)
REPLACED_AGAIN = 1  # votes in the published poll that a later one replaced


@dataclass(slots=True)
class Site:
    """The service with one vote in every state; paths are those of the public pages."""

    app: Flask
    clerk: Clerk
    polls: dict[str, str]  # state -> the organiser's path

    def path(self, state: str) -> str:
        return self.polls[state].replace("/organiser/proposals/", "/p/").replace("/polls/", "/")

    def proposal(self, state: str) -> str:
        return self.path(state).rpartition("/")[0]


STATES = {
    "ready": "Not open yet",
    "open": "Open",
    "shown": "Open",
    "closed": "Closed",
    "declared": "Counted",
    "published": "Published",
    "cancelled": "Cancelled",
}


def make_site(app: Flask) -> Site:
    clerk = ground.sign_in(app)
    polls = {"draft": make_poll(clerk, "draft", freeze=False), "ready": make_poll(clerk, "ready")}
    polls["open"] = make_open(clerk, "open")
    polls["shown"] = make_open(clerk, "shown", show=True)
    polls["cancelled"] = make_open(clerk, "cancelled")
    reason = {"reason": "The council has asked for more time."}
    follow(clerk.post(f"{polls['cancelled']}/conduct/cancel", reason))
    for state in ("closed", "declared", "published"):
        polls[state] = make_open(clerk, state)
        ground.close_poll(clerk, polls[state])
    for state in ("declared", "published"):
        ground.count_poll(clerk, polls[state])
    publish_outcome(clerk, polls["published"])
    return Site(app, clerk, polls)


def make_poll(clerk: Clerk, name: str, *, freeze: bool = True, show: bool = False) -> str:
    """A poll of staff and users; the organiser's path of it."""
    form = ground.proposal_form(title=f"The future of Northmoor, {name}")
    path = follow(clerk.post("/organiser/new-proposal", form))
    for constituency in ("Staff", "Users"):
        follow(clerk.post(f"{path}/new-constituency", {"name": constituency}))
    ground.import_roll(clerk, path, ground.LARGER_ROLL)
    preview = follow(clerk.send_roll(f"{path}/roll/users/upload", USERS))
    follow(clerk.post(f"{preview}/confirm"))
    poll = follow(clerk.post(f"{path}/new-vote", {"title": f"Shall we form a mutual, {name}?"}))
    follow(clerk.post(f"{poll}/questions/new", ground.question_form()))
    follow(clerk.post(f"{poll}/dates", ground.dates_form()))
    settings = {"group": "Ed25519", **({"show_ballot_count": "y"} if show else {})}
    follow(clerk.post(f"{poll}/settings", settings))
    if freeze:
        follow(clerk.post(f"{poll}/freeze"))
    return poll


def make_open(clerk: Clerk, name: str, *, show: bool = False) -> str:
    """An open poll: of the 12 staff 8 voted, 5 of them for the change; one voted twice."""
    poll = make_poll(clerk, name, show=show)
    ground.open_poll(clerk, poll)
    ground.cast_votes(clerk, poll, [1])
    ground.cast_votes(clerk, poll, [0, 0, 1, 0, 1, 0, 1, 0])
    return poll


def read(site: Site, state: str) -> Poll:
    return ground.read_poll(db.session(), site.polls[state])


def list_trackers(site: Site, state: str) -> list[board.Tracked]:
    with site.app.app_context():
        election = read(site, state).elections[0]
        return list(board.list_ballots(db.session(), election.id, after=-1, limit=100))


def text_of(answer: TestResponse) -> str:
    """The words of the page's main part, blanks run together."""
    main = answer.text[answer.text.index("<main") : answer.text.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def look_up(client: FlaskClient, typed: str) -> TestResponse:
    token = ground.TOKEN.search(client.get("/check-vote").text)
    assert token is not None
    return client.post("/check-vote", data={"csrf_token": token[1], "tracker": typed})
