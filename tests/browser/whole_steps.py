"""What the people of a whole journey have in common: a browser that is looked over, and letters."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from tests.browser.booth_steps import look_over
from tests.browser.conftest import DESKTOP, PHONE, LiveServer
from tests.browser.post import find_link
from tests.organiser_ground import Clerk, come_back, make_account
from voting import jobs
from voting.demonstration import seeding, story
from voting.demonstration.stage import Stage
from voting.demonstration.story import Group
from voting.services import accounts
from voting.store.accounts import find_account
from voting.store.database import db, transaction
from voting.store.polls import Election
from voting.store.roll import Credential, Elector

GROUPS = (
    Group("Staff", "staff", 10),
    Group("Users", "users", 10),
    Group("Community", "community", 10),
)


@dataclass(slots=True)
class Told:
    """The demonstration's story, as `voting demo` begins it, among a few people."""

    server: LiveServer
    folder: Path
    organiser: Clerk
    commissioner: Clerk
    pages: dict[str, str]

    @property
    def page(self) -> str:
        """The path of the proposal's public page."""
        return self.pages["The proposal"]

    @property
    def desk(self) -> str:
        """The path of the organiser's pages of it."""
        return self.page.replace("/p/", "/organiser/proposals/")

    def sweep(self) -> int:
        """Let the worker do what is due; how many letters went out."""
        return jobs.run_sweep(self.server.app)

    def find_link(self, to: str, about: str, part: str) -> str:
        """The newest link with *part* in it, in the letters to somebody with this subject."""
        return find_link(self.folder, part, to=to, about=about)

    def pick_person(self, code: str) -> str:
        """The address of somebody on this roll who reads English and has not voted now."""
        newest = select(func.max(Election.poll_id)).scalar_subquery()
        here = select(Election.id).where(Election.poll_id == newest)
        has_voted = select(Credential.elector_id).where(
            Credential.has_voted, Credential.election_id.in_(here)
        )
        with self.server.app.app_context():
            found = db.session.scalars(
                select(Elector)
                .where(Elector.email.endswith(f"@{code}.example"), Elector.language == "en")
                .where(Elector.constituency.has(code=code), Elector.id.not_in(has_voted))
                .order_by(Elector.id.desc())
            )
            return str(next(iter(found)).email)


def tell(server: LiveServer, folder: Path) -> Told:
    """Seed the story through the code of ``voting demo``."""
    app = server.app
    organiser = come_back(app, make_account(app))
    with app.app_context(), transaction(db.session()) as session:
        if find_account(session, story.COMMISSIONER) is None:
            accounts.create_account(
                session,
                email=story.COMMISSIONER,
                name="Cai Commissioner",
                role="commissioner",
                password_hash="unusable",
            )
    with ThreadPoolExecutor(2) as executor:
        stage = Stage(app, folder / "mail", executor, random.Random(11))
        now = datetime.now(UTC).replace(microsecond=0)
        number = seeding.seed(
            stage, organiser.email, now=now, say=lambda _told: None, groups=GROUPS
        )
        with stage.sessions.reading() as session:
            pages = dict(seeding.list_addresses(session, number))
    return Told(server, folder, organiser, come_back(app, story.COMMISSIONER), pages)


@dataclass(slots=True)
class Walk:
    """One walker's page. Where no scripts run, axe looks at the same address in the *mirror*."""

    page: Page
    mirror: Page | None
    name: str

    def look(self) -> None:
        """What holds on every page, and a picture of it where pictures are wanted."""
        self.page.wait_for_load_state()
        expect(self.page.locator("h1")).to_have_count(1)
        self.keep_picture()
        if self.mirror is None:
            look_over(self.page)
            return
        self.mirror.context.add_cookies(self.page.context.cookies())  # type: ignore[arg-type]
        self.mirror.goto(self.page.url)
        look_over(self.mirror)

    def open(self, address: str) -> None:
        """Go to a page that is there, and look at it."""
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}"
        self.look()

    def become(self, clerk: Clerk) -> None:
        """Take over the signed-in visit of *clerk*."""
        cookie = clerk.client.get_cookie("voting")
        assert cookie is not None
        address = "/".join(self.page.url.split("/")[:3])
        self.page.context.add_cookies([{"name": "voting", "value": cookie.value, "url": address}])

    def keep_picture(self) -> None:
        if folder := os.environ.get("VOTING_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            number = len(list(Path(folder).glob(f"{self.name}-*.png")))
            path = re.sub(r"[^a-z0-9]+", "-", self.page.url.split("/", 3)[3].partition("#")[0])
            file = Path(folder) / f"{self.name}-{number:02}-{path[-60:]}.png"
            self.page.screenshot(path=file, full_page=True)


def set_out(open_page: Callable[..., Page], *, scripts: bool) -> Walk:
    """A walker at a desk with scripts, or on a phone without them."""
    if scripts:
        return Walk(open_page(size=DESKTOP), None, "desktop")
    return Walk(open_page(scripts=False, size=PHONE), open_page(size=PHONE), "phone")
