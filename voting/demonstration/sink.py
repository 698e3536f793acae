"""A real SMTP server that keeps each letter as a file, for the demonstration only."""

from __future__ import annotations

import itertools
import re
import socket
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from voting.web.letters_desk import read_letter

__all__ = ["Sink", "find_link", "list_letters", "read_letter", "start_sink"]

_LINK = re.compile(r"https?://\S+/v/(?P<token>[^\s#]+)#(?P<code>\S+)")


class _Keep:
    """Writes each letter that comes in to the folder, numbered in order of arrival."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(len(list(folder.glob("*.eml"))) + 1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        path = self._folder / f"{next(self._numbers):08}.eml"
        content = envelope.content
        draft = path.with_suffix(".part")
        draft.write_bytes(content if isinstance(content, bytes) else (content or "").encode())
        draft.rename(path)
        return "250 kept"


@dataclass(frozen=True, slots=True)
class Sink:
    """A running SMTP sink. ``stop()`` ends it."""

    controller: Any
    host: str
    port: int

    def stop(self) -> None:
        """End the server; letters already kept stay."""
        self.controller.stop()


def start_sink(folder: Path, port: int = 0) -> Sink:
    """Start an SMTP server on 127.0.0.1 (on a free port by default) that keeps mail in *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    port = port or find_free_port()
    controller = Controller(_Keep(folder), hostname="127.0.0.1", port=port)
    controller.start()
    return Sink(controller, "127.0.0.1", port)


def find_free_port() -> int:
    """A TCP port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def list_letters(folder: Path) -> list[Path]:
    """The letters kept so far, oldest first."""
    return sorted(folder.glob("*.eml"))


def find_link(path: Path) -> tuple[str, str] | None:
    """The signed token and the voting code of the personal link in a letter, if it has one.

    Only the plain text is decoded: a demonstration reads hundreds of letters.
    """
    for part in message_from_bytes(path.read_bytes()).walk():
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            text = content.decode() if isinstance(content, bytes) else ""
            match = _LINK.search(text)
            return (match["token"], match["code"]) if match else None
    return None
