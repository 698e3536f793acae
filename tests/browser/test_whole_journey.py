"""The demonstration's leisure trust in a real browser: from its page to a decision and its record.

The story stands where ``voting demo`` begins; the people of it walk on until it is decided again.
With VOTING_SCREENSHOTS set to a folder, a picture of each page is kept there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from tests.browser.booth_steps import heading, press
from tests.browser.conftest import LiveServer
from tests.browser.post import parts_of, read_letters, running_post
from tests.browser.whole_steps import Told, Walk, set_out, tell
from tests.organiser_ground import count_poll, follow, publish_outcome
from voting.commands.verify import verify_command
from voting.commands.verify_trail import verify_trail_command
from voting.demonstration import consulting_story, story
from voting.store.analysis import Theme
from voting.store.database import db
from voting.store.responses import Answer

pytestmark = pytest.mark.browser

RANKING = "What should come first? (optional)"
IDEA = "Open the gym at six, and mend the roof of the hall."
MODELS = [choice.text for choice in story.MODEL.choices]
FIRST_THINGS = [choice.text for choice in story.PRIORITIES.choices]


@pytest.fixture(scope="module")
def more_settings(data_folder: Path) -> Iterator[dict[str, str]]:
    with running_post(data_folder) as settings:
        yield {**settings, "VOTING_DEMO": "1"}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts-desktop", "plain-phone"])
def test_from_the_page_of_the_proposal_to_the_record_of_the_decision(
    live_server: LiveServer,
    open_page: Callable[..., Page],
    data_folder: Path,
    tmp_path: Path,
    scripts: bool,
) -> None:
    told = tell(live_server, data_folder)
    walk = set_out(open_page, scripts=scripts)
    read_page(walk, told)
    ask(walk, told)
    respond(walk, told)
    answer_in_public(told)
    read_response(walk, told)
    vote(walk, told, scripts=scripts)
    count(told)
    read_outcome(walk, told)
    decide(walk, told)
    read_record(walk, told)
    check_files(walk, told, tmp_path)


def read_page(walk: Walk, told: Told) -> None:
    """What is proposed, the options side by side, the documents, and the way to what is open."""
    page, main = walk.page, walk.page.locator("main")
    walk.open("/")
    page.get_by_role("link", name=story.TITLE).first.click()
    heading(page, story.TITLE)
    walk.look()
    for words in (
        story.PAGE["summary"],
        "We are here",
        "The proposal goes ahead, with conditions.",
    ):
        expect(main).to_contain_text(words)
    page.get_by_role("link", name="Read the benefits, drawbacks").click()
    heading(page, "The options side by side")
    walk.look()
    expect(main).to_contain_text("Procurement Act 2023, section 33")
    page.go_back()
    page.get_by_role("link", name="Every version, and what changed").click()
    heading(page, "Documents")
    walk.look()
    expect(main).to_contain_text("The cost of pensions is worked out anew")
    page.go_back()
    page.get_by_role("link", name="Read the reasons, and what happens next").click()
    heading(page, "The decision")
    walk.look()
    page.get_by_role("link", name=consulting_story.BEFORE.title, exact=True).last.click()
    heading(page, consulting_story.BEFORE.title)
    walk.look()
    press(page, "We asked, you said, we did")
    expect(main).to_contain_text(consulting_story.THEMES[0].response)
    walk.look()
    page.get_by_role("link", name="What people wrote").click()
    heading(page, "What people wrote")
    walk.look()


def ask(walk: Walk, told: Told) -> None:
    """A question by personal link, which waits to be looked at."""
    page, person = walk.page, told.pick_person("users")
    walk.open(f"{told.page}/questions")
    page.get_by_label("Your email address").fill(person)
    press(page, "Send me the link")
    heading(page, "Look in your mail")
    told.sweep()
    walk.open(told.find_link(person, "", f"{told.page}/"))
    page.get_by_label("Your question").fill("Who keeps the keys of the halls?")
    press(page, "Send the question")
    heading(page, "Your question was sent")


def respond(walk: Walk, told: Told) -> None:
    """Answer the running consultation from its letter: stop, go on, check, send."""
    page, person = walk.page, told.pick_person("community")
    link = told.find_link(person, consulting_story.NOW.title, "/c/")
    walk.open(link)
    press(page, "Continue")
    expect(page.locator("main")).to_contain_text("Nothing links them to a ballot.")
    walk.look()
    press(page, "Start now")
    page.get_by_label("Yes", exact=True).check()
    press(page, "Save and continue")
    page.get_by_label("Early opening").check()
    walk.look()
    press(page, "Save and continue")
    heading(page, RANKING)
    page.goto(link)
    press(page, "Continue")
    press(page, "Go on with your answers")
    walk_to(page, RANKING)
    for place, name in enumerate(("Longer hours", "Repairs", "Lower prices"), start=1):
        page.get_by_label(name, exact=True).fill(str(place))
    walk.look()
    press(page, "Save and continue")
    page.get_by_label("What would you do first? (optional)").fill(IDEA)
    press(page, "Save and continue")
    heading(page, "Do you want to send us a document? (optional)")
    walk.look()
    press(page, "Save and continue")
    page.get_by_label("For myself").check()
    page.get_by_label("Yes, my answers may be published").check()
    walk.look()
    press(page, "Save and continue")
    heading(page, "Check your answers")
    for words in ("Early opening", IDEA, "Longer hours"):
        expect(page.locator("#answers")).to_contain_text(words)
    walk.look()
    press(page, "Send your answers")
    heading(page, "Your answers have been sent")
    walk.look()
    assert told.sweep() == 1
    assert IDEA in parts_of(read_letters(told.folder, to=person)[-1])[0]


def walk_to(page: Page, question: str) -> None:
    """Press on through pages that were answered before."""
    for _page in range(5):
        if page.get_by_role("heading", level=1).inner_text() == question:
            return
        press(page, "Save and continue")
    heading(page, question)


def answer_in_public(told: Told) -> None:
    """The organiser closes the consultation, reads, tags, answers, and publishes the report."""
    clerk, path = told.organiser, told.pages["Consultation 2, open"].replace("/p/", PROPOSALS)
    reason = {"reason": "Everyone has answered.", "reason_cy": "Mae pawb wedi ateb."}
    follow(clerk.post(f"{path}/close", reason))
    desk = f"{path}/analysis"
    name = {"name": "Repairs first", "name_cy": "Trwsio yn gyntaf"}
    follow(clerk.post(f"{desk}/themes/new", {**name, "meaning": "", "parent": ""}))
    with told.server.app.app_context():
        theme = db.session.query(Theme).order_by(Theme.id.desc()).first()
        answer = db.session.query(Answer).filter(Answer.text == IDEA).order_by(Answer.id.desc())
        theme_id, answer_id = theme.id if theme else 0, answer.first().id  # type: ignore[union-attr]
    tag = {"theme": str(theme_id), "passage": "mend the roof of the hall", "start": ""}
    follow(clerk.post(f"{desk}/answers/{answer_id}", tag))
    follow(clerk.post(f"{desk}/answers/{answer_id}/release", {"decision": "publish"}))
    said = {"summary": "The roof.", "stance": "accepted", "response": "The roof is mended first."}
    said |= {"summary_cy": "Y to.", "response_cy": "Caiff y to ei drwsio gyntaf."}
    follow(clerk.post(f"{desk}/themes/{theme_id}/answer", said))
    follow(clerk.post(f"{desk}/publish"))


PROPOSALS = "/organiser/proposals/"


def read_response(walk: Walk, told: Told) -> None:
    """What was said and what is done, and the report."""
    page = walk.page
    walk.open(told.pages["Consultation 2, open"])
    press(page, "We asked, you said, we did")
    expect(page.locator("main")).to_contain_text("The roof is mended first.")
    walk.look()
    page.get_by_role("link", name="The report", exact=True).click()
    heading(page, "The report")
    walk.look()


def vote(walk: Walk, told: Told, *, scripts: bool) -> None:
    """Vote from the letter; sealed in the browser, or on the server where no scripts run."""
    page, person = walk.page, told.pick_person("staff")
    link = told.find_link(person, "Ballot 2", "/v/")
    walk.open(link)
    for name in ("Continue", "Start now"):
        press(page, name)
    heading(page, story.MODEL.text)
    expect(page.locator("main")).to_contain_text("Procurement Act 2023, section 33")
    walk.look()
    for name in ("Continue", "Continue to the vote"):
        press(page, name)
    if not scripts:
        expect(page.locator("main")).to_contain_text("our server will see your choice")
        walk.look()
        page.get_by_label("Your voting code").fill(link.partition("#")[2])
        press(page, "Continue and let the server seal my vote")
    choose(walk, "Your first choice", MODELS[0])
    choose(walk, "Your second choice (optional)", MODELS[2])
    choose(walk, "Your third choice (optional)", "I do not want to rank any more")
    heading(page, story.PRIORITIES.text)
    page.get_by_label(FIRST_THINGS[1]).check()
    walk.look()
    press(page, "Continue")
    heading(page, "Check your vote")
    walk.look()
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")
    walk.look()
    digits = page.locator("#digits").inner_text()
    told.sweep()
    assert digits in parts_of(read_letters(told.folder, to=person)[-1])[0]
    page.goto("/check-vote")
    page.get_by_label("Tracking number").fill(digits)
    press(page, "Check")
    expect(page.get_by_role("status")).to_contain_text("will be counted")


def choose(walk: Walk, title: str, name: str) -> None:
    heading(walk.page, title)
    walk.page.get_by_label(name, exact=True).check()
    press(walk.page, "Continue")


def count(told: Told) -> None:
    """The organiser closes the vote, has it counted and publishes the outcome."""
    clerk, poll = told.organiser, told.pages["Ballot 2, open"]
    path = f"{told.desk}/polls/{poll.rpartition('/')[2]}"
    follow(clerk.post(f"{path}/conduct/close", {"reason": "Everyone has voted."}))
    count_poll(clerk, path)
    publish_outcome(clerk, path)
    told.sweep()


def read_outcome(walk: Walk, told: Told) -> None:
    page = walk.page
    walk.open(told.pages["Ballot 2, open"])
    press(page, "See the outcome")
    heading(page, "Outcome")
    expect(page.locator("main")).to_contain_text("Before publication this archive passed every")
    walk.look()


def decide(walk: Walk, told: Told) -> None:
    """The commissioner reads the evidence, attests it and decides with reasons."""
    page, main = walk.page, walk.page.locator("main")
    walk.become(told.commissioner)
    walk.open("/commissioner")
    page.goto(told.page.replace("/p/", "/commissioner/proposals/"))
    for words in ("The report on “What should the first year", "Vote: Ballot 2", "every check"):
        expect(main).to_contain_text(words)
    walk.look()
    press(page, "Record the decision")
    walk.look()
    press(page, "Record and publish the decision")
    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_label("The proposal goes ahead", exact=True).check()
    texts = {"Reasons": "A model found support.", "What happens next": "A board is elected."}
    for label, text in texts.items():
        for field in page.get_by_label(re.compile(rf"^{label}")).all():
            field.fill(text)
    page.get_by_label("Decided by", exact=True).fill("Cai Commissioner, Cabinet Member")
    number = re.search(r"Type (\d+) to confirm", main.inner_text())
    assert number is not None
    page.get_by_label("Number of people this letter goes to", exact=True).fill(number[1])
    page.get_by_label("I have read the evidence").check()
    press(page, "Record and publish the decision")
    expect(main).to_contain_text("Decision 2 was recorded")
    walk.look()
    assert told.sweep() >= int(number[1]) >= 11


def read_record(walk: Walk, told: Told) -> None:
    """The public sees the decision, how long it can be challenged, what was decided before."""
    page, main = walk.page, walk.page.locator("main")
    page.context.clear_cookies()
    walk.open(told.page)
    press(page, "Read the reasons, and what happens next")
    heading(page, "The decision")
    for words in ("The proposal goes ahead.", "A model found support.", "Decided before"):
        expect(main).to_contain_text(words)
    expect(main).to_contain_text("you can ask the authority to look at the decision again")
    walk.look()
    page.get_by_role("link", name="The public record", exact=True).click()
    heading(page, "The public record")
    expect(main).to_contain_text("The report of a consultation was published")
    walk.look()


def check_files(walk: Walk, told: Told, folder: Path) -> None:
    """What a browser saves is re-checked without the service, and belongs together."""
    trail = save(walk.page, "Download the record", folder)
    walk.page.goto(f"{told.pages['Ballot 2, open']}/outcome")
    archive = save(walk.page, re.compile(r"^Archive .*\.bel$"), folder)

    report = run(verify_trail_command, str(trail), "--holds", str(archive), "--json")
    assert (report["kinds"]["decided"], report["notes"]) == (2, [])
    assert report["kinds"]["consultation-opened"] == report["kinds"]["report-published"] == 2
    assert report["kinds"]["published"] == 3
    assert run(verify_command, str(archive), "--workers", "1", "--json")["valid"] is True


def save(page: Page, name: str | re.Pattern[str], folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).first.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def run(command: Command, *arguments: str) -> dict[str, object]:
    """What a command of `voting` prints when it finds nothing wrong."""
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.output)
    return found
