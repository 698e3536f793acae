"""(g) The page /check in headless Chromium: time, memory, and whether the page stays awake."""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from benchmarks.papers import write_archive
from voting.app import create_app
from voting.config import load_settings

SIZES = (2000, 5000)
CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
PATIENCE = 3_600_000  # milliseconds
VALID = "This archive passed every check."
WATCH = """() => {
  window.longest = 0;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    window.longest = Math.max(window.longest, now - last);
    last = now;
  }, 20);
}"""


@dataclass(frozen=True, slots=True)
class Checked:
    """One archive: seconds to the verdict, the page's longest pause, the largest process (MB)."""

    seconds: float
    processor: float
    pause: float
    before: float
    megabytes: float


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The service on a free port, for as long as it is needed; its address."""
    environment = {
        "VOTING_DATA_DIR": str(folder),
        "VOTING_BASE_URL": "http://127.0.0.1",
        "VOTING_SECRET_KEYS": "a-secret-for-benchmarks-that-is-long-enough",
        "VOTING_SEALING_KEYS": "Hc5xq3hvJYQ7vJrUiTnCB1v1yXy0s0G2VZJr6uNwBqQ=",
    }
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, create_app(load_settings(environment)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


def find_largest(browser_pid: int) -> tuple[float, float]:
    """The most memory (MB) that a page process of this browser ever had, and its processor time.

    The workers of a page run in its process.
    """
    found = [(0.0, 0.0)]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            command = (status.parent / "cmdline").read_bytes()
            peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
            fields = (status.parent / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if b"--type=renderer" in command and browser_pid in list_ancestors(status.parent):
            ticks = int(fields[11]) + int(fields[12])
            found.append((int(peak[1]) / 1024 if peak else 0.0, ticks / os.sysconf("SC_CLK_TCK")))
    return max(found)


def list_ancestors(process: Path) -> list[int]:
    """The processes that a process came from, nearest first."""
    found: list[int] = []
    pid = int(process.name)
    while pid > 1:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            break
        pid = int(stat.rpartition(")")[2].split()[1])
        found.append(pid)
    return found


def check(page: Page, archive: Path, browser_pid: int) -> Checked:
    """Choose the archive on the page, and wait for the verdict."""
    page.evaluate(WATCH)
    before, spent = find_largest(browser_pid)
    began = time.perf_counter()
    page.get_by_label("Choose an archive").set_input_files(archive)
    page.locator("#check-verdict h2").wait_for(timeout=PATIENCE)
    seconds = time.perf_counter() - began
    told = page.locator("#check-verdict h2").inner_text()
    if told != VALID:
        raise RuntimeError(told)
    after, processor = find_largest(browser_pid)
    return Checked(seconds, processor - spent, page.evaluate("window.longest"), before, after)


def find_pid(browser: Browser) -> int:
    """The process of the browser."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return next(int(one["id"]) for one in processes if one["type"] == "browser")


def measure(sizes: Sequence[int]) -> None:
    """One line for each size; every archive in a browser of its own."""
    print("(g) /check in headless Chromium, Ed25519, two questions (3 + 7 ciphertexts)", flush=True)
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as address:
        for size in sizes:
            archive = write_archive("Ed25519", size, Path(name))
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
                page = browser.new_page()
                page.goto(f"{address}/check")
                found = check(page, archive, find_pid(browser))
                browser.close()
            print(
                f"    {size:6} ballots, {archive.stat().st_size / 1e6:.0f} MB: "
                f"{found.seconds:.1f} s, {found.seconds * 1000 / size:.1f} ms a ballot, "
                f"{found.processor * 1000 / size:.1f} ms of processors; "
                f"longest pause of the page {found.pause:.0f} ms; "
                f"largest process {found.before:.0f} MB before, {found.megabytes:.0f} MB after",
                flush=True,
            )


def main() -> None:
    """Measure the sizes that are given."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=json.loads, default=list(SIZES))
    measure(parser.parse_args().sizes)


if __name__ == "__main__":
    main()
