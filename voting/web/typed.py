"""What somebody had typed into a form that can no longer be taken, so that they can copy it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

SHORTEST = 20  # characters: what is shorter is quickly typed again
MOST = 100
# Where people write at length. Never a ballot, a voting code or a password.
PLACES = ("/organiser/", "/commissioner/", "/answer/", "/p/")

CARRIED = ("answers", "carried")  # what a page takes along by itself


def list_typed() -> list[str]:
    """The long texts of the form that was sent, in its order, if it came from a page of ours."""
    if request.method != "POST" or not request.path.startswith(PLACES) or not _is_ours():
        return []
    return [
        text
        for name, texts in request.form.lists()
        for text in texts
        if name not in CARRIED
        and len(text) >= SHORTEST
        and " " in text.strip()  # written, not a token or a choice
    ][:MOST]


def _is_ours() -> bool:
    """Whether the browser says that the form stood on a page of this service."""
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(origin).netloc == request.host
