"""The demonstration's letters: what was really sent over SMTP, to be read and followed.

This desk exists only when the service runs as a demonstration. It shows letters to anybody, which a
real service never does.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from voting.domain.errors import NotFound
from voting.web.access import guard

blueprint = Blueprint("letters_desk", __name__, url_prefix="/letters")
guard(blueprint, "public")

PAGE = 50
MOST = 99_999_999  # letters that the sink can number
_URL = re.compile(r"(https?://[^\s<>\"]+)")


def get_folder() -> Path:
    """Where the demonstration's mail sink keeps its letters."""
    return Path(current_app.extensions["voting.settings"].data_dir) / "mail"


def read_letter(path: Path) -> EmailMessage:
    """One kept letter, parsed."""
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def find_letters(wanted: str) -> Iterator[tuple[Path, EmailMessage]]:
    """Letters with *wanted* in their address or subject, newest first."""
    for path in sorted(get_folder().glob("*.eml"), reverse=True):
        message = read_letter(path)
        told = f"{message['To']} {message['Subject']}"
        if wanted.lower() in told.lower():
            yield path, message


@blueprint.get("/")
def inbox() -> ResponseReturnValue:
    """The newest letters first; ``?find=`` keeps those with a text in address or subject."""
    wanted = request.args.get("find", "").strip()
    page = min(max(request.args.get("page", 1, type=int), 1), MOST)
    first = (page - 1) * PAGE
    found = itertools.islice(find_letters(wanted), first, first + PAGE + 1)
    rows = [(path.stem, message) for path, message in found]
    more = len(rows) > PAGE
    return render_template(
        "letters_desk/inbox.html", rows=rows[:PAGE], wanted=wanted, page=page, more=more
    )


@blueprint.get("/<int:number>")
def letter(number: int) -> ResponseReturnValue:
    """One letter as plain text, its addresses made into links."""
    path = get_folder() / f"{number:08}.eml"
    if number > MOST or not path.is_file():
        raise NotFound("There is no letter with this number.")
    message = read_letter(path)
    body = message.get_body(("plain",))
    parts = _URL.split(body.get_content() if body else "")
    return render_template("letters_desk/letter.html", message=message, parts=parts)
