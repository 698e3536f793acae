"""What went wrong, as a page a person can act on, or as JSON where a script asked."""

from __future__ import annotations

from typing import Any

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    SecurityError,
    TooManyRequests,
)

from voting.belenios.errors import ProtocolError
from voting.domain.errors import Refusal
from voting.store.database import CONTENDED, UNAVAILABLE
from voting.web.sentences import in_words_of_reader
from voting.web.typed import list_typed

STATUS = {
    "not-found": 404,
    "forbidden": 403,
    "conflict": 409,
    "not-open": 409,
    "closed": 409,
    "too-large": 413,
    "session-ended": 419,
    "too-many": 429,
    "bad-input": 422,
    "busy": 503,
}
PAGES = frozenset({400, 403, 404, 405, 409, 413, 419, 422, 429, 500, 503})
WORTH_RETRYING = frozenset({429, 500, 503})
LOSING = frozenset({404, 409, 419, 429, 503})  # pages that stand where a form stood


class SessionEnded(Refusal):
    """The form's session is over: nobody is signed in any more, or its token is not known."""

    code = "session-ended"

    def __init__(self) -> None:
        super().__init__(
            _("You have been away for a while, or signed out. Nothing was changed. Go on as below.")
        )


class NotNow(Refusal):
    """It can be tried again, after ``retry_after`` seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooMany(NotNow):
    """Too many tries."""

    code = "too-many"


class Busy(NotNow):
    """The service has its hands full."""

    code = "busy"


def install_errors(app: Flask) -> None:
    """Turn every refusal and every fault into a page of our own."""
    app.register_error_handler(Refusal, tell_refusal)
    app.register_error_handler(ProtocolError, tell_protocol_error)
    app.register_error_handler(CSRFError, lambda _error: tell_refusal(SessionEnded()))
    app.register_error_handler(HTTPException, tell_http_error)
    for kind in UNAVAILABLE:
        app.register_error_handler(kind, tell_unavailable)
    app.register_error_handler(CONTENDED, tell_contended)


def wants_json() -> bool:
    """Whether a script asked, rather than a browser for a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def show_error(status: int, message: str = "", **more: Any) -> ResponseReturnValue:
    """The page for *status* with *message*, or the same as JSON."""
    headers: dict[str, str] = more.pop("headers", {})
    if wants_json():
        told = message or sentence_of(status)
        return jsonify(error=told, retry=status in WORTH_RETRYING, **more), status, headers
    name = status if status in PAGES else (500 if status >= 500 else 400)
    typed = list_typed() if status in LOSING else []
    page = render_template(f"errors/{name}.html", message=message, status=status, typed=typed)
    return page, status, headers


def sentence_of(status: int) -> str:
    """What a script may show a person who has no page for *status*, in the words of that page."""
    sentences: dict[int, str] = {
        403: _("You cannot open this page"),
        404: _("Page not found"),
        405: _("This page does not do that"),
        413: _("What you sent is larger than what we take here. Nothing was stored."),
        429: _(
            "This came too often in a short time, so we are waiting before we answer again. "
            "Try again in 15 minutes."
        ),
        500: _("Nothing that you did on the last page was stored. Try again in a few minutes."),
        503: _("We could not answer in time. Nothing was stored. Try again in a few minutes."),
    }
    other = sentences[500] if status >= 500 else str(_("Something went wrong."))
    return sentences.get(status, other)


def tell_refusal(refusal: Refusal) -> ResponseReturnValue:
    """A rule of the house said no."""
    headers = {}
    if isinstance(refusal, NotNow):
        headers["Retry-After"] = str(refusal.retry_after)
    told = in_words_of_reader(refusal.message)
    return show_error(STATUS.get(refusal.code, 422), told, headers=headers)


def tell_protocol_error(error: ProtocolError) -> ResponseReturnValue:
    """The mathematics said no."""
    return show_error(422, str(error))


def tell_http_error(error: HTTPException) -> ResponseReturnValue:
    """What Flask and Werkzeug raise; a fault of ours was logged before it came here."""
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):  # the host's name is not ours, so no address can be made
        return "This is not the address of this service.\n", 400, {"Content-Type": "text/plain"}
    headers = dict(error.get_headers(request.environ))
    kept = {name: headers[name] for name in ("Allow", "Retry-After") if name in headers}
    if isinstance(error, RateLimitExceeded):
        return tell_refusal(slow_down(error))
    if isinstance(error, TooManyRequests):
        kept.setdefault("Retry-After", "60")
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, UNAVAILABLE):
        return show_error(503, headers=kept)
    return show_error(error.code, headers=kept)


def slow_down(error: RateLimitExceeded) -> TooMany:
    """The limit of ``limits.py`` that was passed, with the time until it is over at the latest."""
    seconds = error.limit.limit.get_expiry() if error.limit else 600
    minutes = max(2, -(-seconds // 60))
    told = _("Too many attempts. Wait %(minutes)s minutes, then try again.", minutes=minutes)
    return TooMany(told, retry_after=seconds)


def tell_unavailable(_error: Exception) -> ResponseReturnValue:
    """The database did not answer in time; nothing was stored."""
    return show_error(503, headers={"Retry-After": "10"})


def tell_contended(_error: Exception) -> ResponseReturnValue:
    """Somebody else did the same at the same moment; nothing of this try was stored."""
    return show_error(409, _("This was changed by someone else at the same moment. Try again."))
