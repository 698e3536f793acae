"""An organiser brings a roll in from a spreadsheet, without scripts, on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import organiser_ground as ground
from tests.browser.booth_steps import heading, look_over, press
from tests.browser.conftest import PHONE, LiveServer
from tests.roll_ground import make_ods
from voting.store.database import db
from voting.store.roll import Elector

pytestmark = pytest.mark.browser

BUTTON = "Import the 2 good rows, leave the 2 refused ones out"

SHEETS = {
    "Notes": [["Ask payroll for the list"]],
    "Staff": [
        ["Staff list, March"],
        ["Payroll number", "Surname", "Enw cyntaf", "Contact", "Iaith", "Date of birth"],
        ["00123", "Price", "Sam", "sam@example.org", "Saesneg", "1980-02-01"],
        ["00124", "Rhys", "Bethan", "bethan@example.org", "Cymraeg", "1990-04-03"],
        ["00125", "Okafor", "Ada", {"text": "ada@example.org", "formula": "of:=B5"}, "", ""],
        ["00126", "Price", "Samuel", "sam@example.org", "en", ""],
    ],
}


def come_in(page: Page, clerk: ground.Clerk, address: str) -> Page:
    """Give the browser the signed-in visit of *clerk*."""
    cookie = clerk.client.get_cookie("voting")
    assert cookie is not None
    page.context.add_cookies([{"name": "voting", "value": cookie.value, "url": address}])
    return page


def test_a_roll_comes_from_a_spreadsheet_without_scripts_on_a_phone(
    live_server: LiveServer, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    clerk = ground.sign_in(live_server.app)
    path = ground.make_proposal(clerk)
    page = come_in(open_page(scripts=False, size=PHONE), clerk, live_server.address)
    looking = come_in(open_page(size=PHONE), clerk, live_server.address)  # axe needs scripts

    page.goto(f"{path}/roll/staff/upload")
    file = tmp_path / "staff.ods"
    file.write_bytes(make_ods(SHEETS))
    page.set_input_files("input[type=file]", str(file))
    press(page, "Upload and look at it")
    heading(page, "What the columns are")
    choose_columns(page)
    looking.goto(page.url)
    look_over(looking)
    press(page, "Continue")
    heading(page, "Check the roll of Staff")
    look_at_report(page)
    looking.goto(page.url.removesuffix("/columns"))
    look_over(looking)
    press(looking, BUTTON)
    expect(looking.locator(".v-error-summary")).to_contain_text("you have not agreed")
    look_over(looking)
    page.get_by_label("I have read the report").check()
    press(page, BUTTON)
    heading(page, "Roll of Staff")
    expect(page.locator("main")).to_contain_text("2 people are added")

    with live_server.app.app_context():
        people = [
            (each.reference, each.name, each.language) for each in db.session.query(Elector).all()
        ]
    assert sorted(people) == [("00123", "Sam Price", "en"), ("00124", "Bethan Rhys", "cy")]


def choose_columns(page: Page) -> None:
    """The second sheet; its headings in row 2 are found, and one choice is forgotten at first."""
    page.get_by_label("Sheet", exact=True).select_option(label="Staff")
    page.get_by_role("button", name="Show these columns").click()
    expect(page.get_by_label("Column A: Payroll number")).to_have_value("reference")
    for label, field in (
        ("Column B: Surname", "last_name"),
        ("Column C: Enw cyntaf", "first_name"),
        ("Column D: Contact", "email"),
        ("Column E: Iaith", "language"),
        ("Column F: Date of birth", ""),
    ):
        expect(page.get_by_label(label)).to_have_value(field)
    page.get_by_label("Column D: Contact").select_option(label="Do not use this column")
    press(page, "Continue")
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".v-error-summary")).to_contain_text("column with the email address")
    page.get_by_label("Column D: Contact").select_option(label="Email address")


def look_at_report(page: Page) -> None:
    """Every fault stands in its cell, and the report can be saved."""
    expect(page.locator("main")).to_contain_text("the email is worked out by a formula")
    expect(page.locator("main")).to_contain_text("Row 6 has the same address as row 3")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download the report").click()
    assert "D5,email" in saved.value.path().read_text(encoding="utf-8-sig")
