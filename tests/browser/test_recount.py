"""Counting a file again in a real browser, without scripts: wide, narrow, with axe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.booth_steps import look_over
from tests.browser.conftest import DESKTOP, PHONE
from tests.counting.ground import CASES

GOVAN = CASES / "scot2007_glasgow_govan" / "ballots.blt"
SCHULZE = CASES / "schulze_wikipedia_45" / "ballots.csv"


def hand_in(page: Page, file: Path, rule: str) -> None:
    page.goto("/count")
    page.get_by_label("File of votes").set_input_files(file)
    page.get_by_label("Counting rule").select_option(rule)
    page.get_by_role("button", name="Count", exact=True).click()


def test_a_file_is_counted_again_without_scripts(open_page: Callable[..., Page]) -> None:
    for size in (DESKTOP, PHONE):
        page = open_page(scripts=False, size=size)
        hand_in(page, GOVAN, "scottish-stv")
        expect(page.locator(".v-sheet-winners li").first).to_have_text("Allison Hunter")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    with page.expect_download() as saved:
        page.get_by_role("button", name="Printable sheet (PDF)").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF-")


def test_the_pages_are_accessible_and_say_what_is_wrong(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page()
    for file, rule in ((GOVAN, "scottish-stv"), (SCHULZE, "schulze")):
        hand_in(page, file, rule)
        look_over(page)
    wrong = tmp_path / "wrong.blt"
    wrong.write_text("2 1\n1 1 1 0\n0\nA\nB\n")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    hand_in(page, wrong, "meek")
    expect(page.get_by_role("alert")).to_contain_text("line 2, column 5")
    look_over(page)
