"""The page that checks an archive: in the browser, and from a saved copy with the network off."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Worker, expect

from tests.belenios.ground import PLAIN, make_ground
from tests.browser.conftest import PATIENCE, PHONE, Witness
from tests.browser.scrutineer_steps import (
    fits,
    in_both_windows,
    look_twice,
    without_our_scripts,
)

pytestmark = pytest.mark.browser

VECTORS = Path(__file__).parents[1] / "vectors/belenios/vectors"
VALID, TAMPERED = "o01-ed-h-1q", "x-result-changed--o01-ed-h-1q"
TRUNCATED, OLD = "x-truncated-mid-record--o01-ed-h-1q", "o09-b2048-threshold-tool20"


def archive_of(case: str) -> Path:
    """The archive of a case of the test vectors."""
    (path,) = (VECTORS / case).glob("*.bel")
    return path


def check(page: Page, case: str, sentence: str) -> None:
    """Choose an archive by the file field, and wait for the verdict."""
    page.get_by_label("Choose an archive").set_input_files(archive_of(case))
    expect(page.locator("#check-verdict h2")).to_have_text(sentence)
    expect(page.locator("#check-progress")).to_be_hidden()


DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  const zone = document.getElementById("check-tool");
  const tell = (kind) =>
    zone.dispatchEvent(
      new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }),
    );
  const wentOn = [tell("dragover"), zone.classList.contains("v-drop--over"), tell("drop")];
  return [...wentOn, zone.classList.contains("v-drop--over")];
}"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of so many ballots that workers help each other."""
    made = make_ground("Ed25519", (PLAIN,), weights=(1,) * 24)
    for voter in range(24):
        made.vote(voter, [[voter % 2, 1 - voter % 2]])
    made.finish()
    path = tmp_path_factory.mktemp("large") / "large.bel"
    path.write_bytes(made.archive())
    return path


def check_large(page: Page, large: Path) -> list[Worker]:
    """The workers that the check of a larger archive takes."""
    workers: list[Worker] = []
    page.on("worker", lambda worker: workers.append(worker))
    page.get_by_label("Choose an archive").set_input_files(large)
    expect(page.locator("#check-verdict h2")).to_have_text("This archive passed every check.")
    expect(page.locator("#check-verdict")).to_contain_text("[[12,12]]")
    return workers


def drop(page: Page, case: str, sentence: str) -> None:
    """Drop an archive on the page as a person does: it does not leave for the file."""
    archive = archive_of(case)
    carried = [archive.name, base64.b64encode(archive.read_bytes()).decode()]
    # Both events are taken (dispatchEvent is false), and the zone shows while a file is over it.
    assert page.evaluate(DROP, carried) == [False, True, False, False]
    expect(page.locator("#check-verdict h2")).to_have_text(sentence)
    expect(page.locator("#check-verdict")).to_contain_text(archive.name)


def check_all(page: Page) -> None:
    """The verdicts on archives that are valid, tampered with, cut short and too old."""
    check(page, VALID, "This archive passed every check.")
    expect(page.locator("#check-list li")).to_have_count(8)
    expect(page.locator("#check-verdict")).to_contain_text("[[2,1,4]]")
    check(page, TAMPERED, "This archive is refused: do not rely on it.")
    expect(page.locator("#check-list .v-check--bad")).to_have_count(1)
    expect(page.locator("#check-verdict")).to_contain_text("not what the tally opens to")
    check(page, TRUNCATED, "This archive is refused: do not rely on it.")
    expect(page.locator("#check-list li")).to_have_count(1)
    check(
        page,
        OLD,
        "This archive needs something that this page does not support. That is no verdict.",
    )


def test_an_archive_is_checked_in_the_browser_and_never_sent(
    open_page: Callable[..., Page], witness: Witness, large: Path
) -> None:
    page = open_page(size=PHONE)
    page.goto("/check")
    look_twice(page)
    check_all(page)
    helpers = page.evaluate("Math.min(8, navigator.hardwareConcurrency)")
    assert len(check_large(page, large)) == (1 + helpers if helpers > 1 else 1)
    drop(page, TAMPERED, "This archive is refused: do not rely on it.")
    look_twice(page)
    drop(page, VALID, "This archive passed every check.")
    look_twice(page)
    assert "public_key" not in witness.sent()
    assert {request.method for request in witness.requests} == {"GET"}


def test_a_saved_copy_checks_without_a_network(
    browser: Browser, open_page: Callable[..., Page], tmp_path: Path, large: Path
) -> None:
    page = open_page()
    page.goto("/check")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download this page").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert saved.suffix == ".html"
    context = browser.new_context(offline=True)
    alone = context.new_page()
    alone.set_default_timeout(PATIENCE)
    asked, faults = [], []
    alone.on("request", lambda request: asked.append(request.url))
    alone.on("console", lambda message: faults.append(message.text))
    alone.on("pageerror", lambda error: faults.append(str(error)))
    alone.goto(saved.as_uri())
    check_all(alone)
    assert len(check_large(alone, large)) == 1
    assert {url.partition(":")[0] for url in asked} <= {"file", "blob"}
    assert faults == []
    context.close()


def test_without_scripts_the_page_names_the_programs(open_page: Callable[..., Page]) -> None:
    page = open_page(scripts=False)
    page.goto("/check")
    expect(page.get_by_text("voting verify FILE.bel")).to_be_visible()
    expect(page.get_by_text("needs JavaScript")).to_be_visible()
    expect(page.get_by_label("Choose an archive")).to_be_hidden()
    in_both_windows(page, fits)
    page = without_our_scripts(open_page())
    page.goto("/check")
    look_twice(page)
