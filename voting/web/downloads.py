"""Answers that a browser saves as files instead of showing them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, stream_with_context

from voting.domain.wording import make_slug
from voting.services import publication
from voting.store.board import NO_END
from voting.store.database import db
from voting.store.polls import Election

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"  # whatever is in the file


def download(
    body: str | bytes | Iterator[str] | Iterator[bytes], media_type: str, filename: str
) -> Response:
    """A file that the service wrote; its name is letters, digits, dots and dashes."""
    answer = Response(body, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer


def download_sent(body: bytes, media_type: str, filename: str) -> Response:
    """A file that somebody sent, under the name it had, to be saved and never run."""
    answer = Response(body, mimetype=media_type)
    answer.headers["Content-Disposition"] = name_attachment(filename)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def download_archive(election: Election, *, before: int = NO_END) -> Response:
    """The archive of a constituency up to an event, streamed byte for byte from the board."""
    stream = publication.archive_stream(db.session(), election, before=before)
    name = f"{election.uuid}.bel"
    answer = download(stream_with_context(stream), "application/octet-stream", name)
    answer.content_length = publication.archive_size(db.session(), election, before=before)
    return answer


def name_attachment(filename: str) -> str:
    """A header that has browsers save a file: a plain name, and the real one in RFC 8187's form."""
    stem, _dot, ending = filename.rpartition(".")
    plain = f"{make_slug(stem, fallback='document')}.{make_slug(ending, fallback='bin')}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
