"""What an organiser does at the desk in a browser, from signing in to publishing."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from flask_security import hash_password
from playwright.sync_api import Page, expect

from tests.browser.booth_steps import heading, look_over, press
from tests.browser.conftest import LiveServer
from tests.organiser_ground import OPTIONS, dates_form, proposal_form
from voting.services import accounts
from voting.store.database import db, transaction

LISTS = ("grace_minutes", "checking_hours")
QUESTION = "Shall we form a mutual?"
TITLE = "Forming a mutual"
LABELS = {
    "Title": "title",
    "Organisation": "organisation",
    "What is being decided": "deciding",
    "What is still open": "still_open",
    "Contact name": "contact_name",
    "Contact email address": "contact_email",
    "Contact phone number (optional)": "contact_phone",
    "Independent contact (optional)": "scrutineer_contact",
}


def make_organiser(server: LiveServer, name: str, password: str) -> str:
    """The address of a new account that can sign in."""
    email = f"{name.lower()}@northmoor.example"
    with server.app.app_context(), transaction(db.session()) as session:
        accounts.create_account(
            session,
            email=email,
            name="Olwen Organiser",
            role="organiser",
            password_hash=hash_password(password),
        )
    return email


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    press(page, "Sign in")
    expect(page.locator("main").get_by_role("link", name="Your proposals")).to_be_visible()


def make_proposal(page: Page) -> None:
    page.goto("/organiser/new-proposal")
    typed = proposal_form()
    for label, name in LABELS.items():
        page.get_by_label(label, exact=True).fill(typed[name])
    press(page, "Save and continue")
    press(page, "Add a constituency")
    page.get_by_label("Name of the constituency").fill("Staff")
    page.locator("main form button").last.click()


def import_roll(page: Page, file: Path) -> None:
    page.get_by_role("link", name="Upload the roll of Staff").click()
    page.set_input_files("input[type=file]", str(file))
    press(page, "Upload and look at it")
    look_over(page)
    press(page, "Put 10 people on the roll")


def make_poll(page: Page, proposal: str, group: str) -> str:
    """A complete draft; the path of its task list."""
    page.goto(f"{proposal}/new-vote")
    page.get_by_label("Title of the vote").fill(TITLE)
    page.locator("main form button").last.click()
    poll = urlsplit(page.url).path
    ask(page, poll)
    page.goto(f"{poll}/rules/staff")
    page.get_by_label("It decides").check()
    page.get_by_label("Turnout needed").fill("20")
    press(page, "Save")
    page.goto(f"{poll}/rules")
    page.get_by_label(OPTIONS[0][0]).check()
    press(page, "Save")
    page.goto(f"{poll}/dates")
    for name, value in dates_form().items():
        control = page.locator(f"[name={name}]")
        control.select_option(value) if name in LISTS else control.fill(value)
    press(page, "Save")
    page.goto(f"{poll}/settings")
    page.get_by_label(group).check()
    press(page, "Save")
    return poll


def ask(page: Page, poll: str) -> None:
    page.goto(f"{poll}/questions/new")
    page.get_by_label("Question", exact=True).fill(QUESTION)
    page.get_by_label("One", exact=True).check()
    names = ("text", "description", "benefits", "drawbacks", "source")
    for index, option in enumerate(OPTIONS):
        for name, text in zip(names, option, strict=True):
            page.locator(f"[name=options-{index}-{name}]").fill(text)
    press(page, "Save the question")


def freeze(page: Page, poll: str) -> None:
    page.goto(poll)
    look_over(page)
    press(page, "Check and freeze")
    press(page, "Freeze this vote")
    expect(page.locator("main")).to_contain_text("Everything is fixed.")


def send_invitations(page: Page, poll: str) -> None:
    """Typing another number than that of the letters sends nothing."""
    page.goto(f"{poll}/letters")
    press(page, "Prepare the invitations")
    typed = page.get_by_role("textbox")
    typed.fill("3")
    press(page, "Send 10 letters")
    expect(page.locator(".v-error-summary")).to_be_visible()
    typed.fill("10")
    press(page, "Send 10 letters")
    expect(page.locator(".v-error-summary")).to_have_count(0)


def close_and_count(page: Page, poll: str) -> None:
    page.goto(f"{poll}/conduct")
    press(page, "Close now (demonstration only)")
    page.get_by_role("textbox").fill("Everyone has voted.")
    press(page, "Close now (demonstration only)")
    expect(page.locator("main")).to_contain_text("The ballot box is sealed.")
    press(page, "Count")
    press(page, "Count the votes")


def publish(page: Page, poll: str) -> None:
    page.goto(f"{poll}/conduct/outcome")
    look_over(page)
    number = re.search(r"Type (\d+) to confirm", page.locator("main").inner_text())
    assert number is not None
    page.get_by_label("Number of people this letter goes to", exact=True).fill(number[1])
    press(page, "Publish the outcome")
    press(page, "See the public outcome")
    heading(page, "Outcome")
