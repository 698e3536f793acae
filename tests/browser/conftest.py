"""A running service, real browsers with and without scripts, and an open poll to vote in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright
from werkzeug.serving import make_server

from tests.poll_ground import Ground, make_open_poll
from tests.ports import free_port
from voting.app import create_app
from voting.config import load_settings
from voting.store.database import db

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000  # milliseconds: a busy machine is slow, and a test that waits is not wrong
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}


@dataclass(slots=True)
class LiveServer:
    """The service, listening on this machine."""

    address: str
    app: Flask


@dataclass(slots=True)
class Witness:
    """Everything the test's browsers asked for."""

    requests: list[Request] = field(default_factory=list)

    def sent(self) -> str:
        """All addresses and bodies that left the browser, as one text."""
        return "\n".join(f"{r.method} {r.url} {r.post_data or ''}" for r in self.requests)


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service keeps everything."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def more_settings() -> dict[str, str]:
    """What a module's service is told beside the usual settings."""
    return {}


@pytest.fixture(scope="module")
def live_server(data_folder: Path, more_settings: dict[str, str]) -> Iterator[LiveServer]:
    """The service on a free port with a database of its own."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    app = create_app(load_settings(make_environment(data_folder, address) | more_settings))
    with app.app_context():
        db.create_all()
    server = make_server("127.0.0.1", port, answer_whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield LiveServer(address, app)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


def answer_whole(app: WSGIApplication) -> WSGIApplication:
    """*app*, with each answer read and closed before it is sent.

    The server of these tests forgets to close an answer when the browser leaves while it is sent;
    an open file would then be found, and told as a fault of whichever test runs next.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    return answer


def make_environment(directory: Path, address: str) -> dict[str, str]:
    """The settings of a small service in *directory*."""
    return {
        "VOTING_DATA_DIR": str(directory),
        "VOTING_BASE_URL": address,
        "VOTING_ORGANISATION": "Northmoor Leisure Trust",
        "VOTING_SECRET_KEYS": "a-secret-for-tests-that-is-long-enough-to-be-taken",
        "VOTING_SEALING_KEYS": "Hc5xq3hvJYQ7vJrUiTnCB1v1yXy0s0G2VZJr6uNwBqQ=",
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_poll(live_server: LiveServer) -> Ground:
    """An open poll of two questions, with links for two electors."""
    return make_open_poll(live_server.app)


@pytest.fixture
def witness() -> Witness:
    """What the test's browsers asked for."""
    return Witness()


@pytest.fixture
def open_page(
    browser: Browser, live_server: LiveServer, witness: Witness
) -> Iterator[Callable[..., Page]]:
    """A maker of pages, each in a browser profile of its own: ``open_page(scripts=, size=)``."""
    contexts: list[BrowserContext] = []

    def make(*, scripts: bool = True, size: dict[str, int] = DESKTOP) -> Page:
        context = browser.new_context(
            base_url=live_server.address,
            java_script_enabled=scripts,
            viewport={"width": size["width"], "height": size["height"]},
            locale="en-GB",
        )
        contexts.append(context)
        context.on("request", lambda request: witness.requests.append(request))
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page in a desktop window, with scripts."""
    return open_page()


@pytest.fixture
def narrow_page(open_page: Callable[..., Page]) -> Page:
    """A page 320 pixels wide, with scripts."""
    return open_page(size=PHONE)


@pytest.fixture
def plain_page(open_page: Callable[..., Page]) -> Page:
    """A page in a desktop window, without scripts."""
    return open_page(scripts=False)
