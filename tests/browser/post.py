"""Letters that really travel over SMTP into a folder, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from html import unescape
from pathlib import Path

from voting.demonstration.sink import list_letters, read_letter, start_sink

ADDRESS = re.compile(r"https?://[^\s<>\"']+")
HREF = re.compile(r'href="([^"]+)"')


@contextmanager
def running_post(folder: Path) -> Iterator[dict[str, str]]:
    """A mail server that keeps letters in *folder*/mail; the settings by which it is used."""
    sink = start_sink(folder / "mail")
    try:
        yield {
            "VOTING_MAIL_HOST": sink.host,
            "VOTING_MAIL_PORT": str(sink.port),
            "VOTING_MAIL_SECURITY": "none",
            "VOTING_MAIL_PER_MINUTE": "0",
            "VOTING_MAIL_FROM": "votes@northmoor.example",
        }
    finally:
        sink.stop()


def read_letters(folder: Path, *, to: str = "", about: str = "") -> list[EmailMessage]:
    """The letters with *to* in their address and *about* in their subject, oldest first."""
    found = [read_letter(path) for path in list_letters(folder / "mail")]
    return [one for one in found if to in str(one["To"]) and about in str(one["Subject"])]


def parts_of(letter: EmailMessage) -> tuple[str, str]:
    """The plain text and the HTML of a letter."""
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def list_links(letter: EmailMessage) -> list[str]:
    """Every address in either part of a letter and in its headers."""
    plain, html = parts_of(letter)
    headers = " ".join(str(value) for value in letter.values())
    found = [*ADDRESS.findall(plain), *map(unescape, HREF.findall(html)), *ADDRESS.findall(headers)]
    return sorted({link.rstrip(".,)>") for link in found if link.startswith("http")})


def find_link(folder: Path, part: str, *, to: str, about: str = "") -> str:
    """The link with *part* in it, which stops nothing, in the newest of these letters."""
    letter = read_letters(folder, to=to, about=about)[-1]
    return next(link for link in list_links(letter) if part in link and "/stop" not in link)
