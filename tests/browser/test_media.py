"""What the design promises of media: print, forced colours, less motion; and the error pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.booth_steps import fill_paper, heading, look_over, press, reach_first_question
from tests.browser.conftest import PHONE, LiveServer
from tests.poll_ground import CHOICES, Ground
from voting.web.errors import PAGES, show_error

pytestmark = pytest.mark.browser

STYLE = "(at, name) => getComputedStyle(at)[name]"


def style(page: Page, selector: str, name: str) -> str:
    return str(page.locator(selector).first.evaluate(STYLE, name))


def test_a_printed_receipt_shows_the_number_where_to_check_it_and_nothing_to_press(
    page: Page, open_poll: Ground
) -> None:
    reach_first_question(page, open_poll.electors[0].link)
    fill_paper(page)
    press(page, "Cast your vote")
    heading(page, "Your vote is in the ballot box")
    page.emulate_media(media="print")
    expect(page.locator("#digits")).to_be_visible()
    expect(page.locator(".v-print-only")).to_contain_text("/check-vote")
    for hidden in (".v-header__nav", ".v-footer", ".v-button", ".v-skip-link", ".v-no-print"):
        for found in page.locator(hidden).all():
            expect(found).to_be_hidden()
    assert style(page, ".v-panel", "backgroundColor") == "rgba(0, 0, 0, 0)"
    assert CHOICES[0] not in page.locator("body").inner_text()


def test_with_forced_colours_every_choice_button_and_focus_can_be_told(
    page: Page, open_poll: Ground
) -> None:
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    reach_first_question(page, open_poll.electors[0].link)
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    page.get_by_label(CHOICES[0]).focus()
    page.keyboard.press("Space")
    assert page.get_by_label(CHOICES[0]).is_checked()
    seen = page.evaluate(
        """() => {
          const part = (n, pseudo) => getComputedStyle(
            document.querySelectorAll(".v-radios__label")[n], pseudo);
          return [0, 1].map((n) => part(n, "::before").borderTopWidth)
            .concat([part(0, "::before").outlineStyle, part(0, "::after").opacity,
              part(1, "::after").opacity]);
        }"""
    )
    edges, outline, chosen, other = seen[:2], seen[2], seen[3], seen[4]
    assert all(float(edge.removesuffix("px")) > 0 for edge in edges)
    assert outline != "none", "the focus is drawn by a shadow alone, which forced colours remove"
    assert (chosen, other) == ("1", "0"), "a chosen button looks like one that is not"
    assert float(style(page, ".v-button", "borderTopWidth").removesuffix("px")) > 0
    for name in ("animationName", "transitionDuration"):
        assert style(page, ".v-button", name) in ("none", "0s")


def answer(route: Route, *, status: int, body: str) -> None:
    route.fulfill(status=status, body=body, content_type="text/html; charset=utf-8")


def test_every_error_page_is_accessible_and_fits_a_narrow_window(
    open_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = open_page(size=PHONE)
    for status in sorted(PAGES):
        with live_server.app.test_request_context("/nowhere"):
            body = show_error(status)[0]  # type: ignore[index]
        page.route("**/an-error", partial(answer, status=status, body=body))
        page.goto("/an-error")
        look_over(page)
        expect(page.get_by_role("link", name="Go to the home page")).to_be_visible()
        page.unroute("**/an-error")
