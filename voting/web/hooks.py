"""Around each request: one transaction, size limits, security headers, one line in the log.

A view reads freely. What a writing request changed is committed once, after its view, if and only
if the view answered without an error; anything else is rolled back. A safe method never commits.
"""

from __future__ import annotations

import hashlib
import secrets
import time
import traceback
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask.wrappers import Response as FlaskResponse

from voting.config import Settings
from voting.store.database import begin_writing, db
from voting.web.access import SAFE_METHODS

KIB = 1024
DEFAULT_LIMIT = 64 * KIB
LIMITS = {
    "booth.cast": 1024 * KIB,
    "recount.count": 8 * 1024 * KIB + DEFAULT_LIMIT,
    "recount.download": 6 * 1024 * KIB,
    "uploads.new": 64 * 1024 * KIB + DEFAULT_LIMIT,
    "issuer.receive": 256 * 1024 * KIB,
    "trustee.answer": 1024 * KIB,
    "trustee.give": 64 * 1024 * KIB,  # a shuffle of twenty thousand ranked votes is half of it
    "questions.add": 1024 * KIB,  # long backgrounds for many options
    "questions.edit": 1024 * KIB,
    "decision.decide": 512 * KIB,
    "documents.add": 64 * 1024 * KIB,  # larger than any document may be, to say so on its page
    "documents.add_version": 64 * 1024 * KIB,
    "hub.texts": 1024 * KIB,
    "hub.add_option": 1024 * KIB,
    "hub.edit_option": 1024 * KIB,
    "library.edit": 1024 * KIB,
    "answers.save": 64 * 1024 * KIB,  # larger than any file may be, to say so on its page
    "answers.send": 4096 * KIB,
    "entering.save": 4096 * KIB,
    "rehearsal.page": 64 * 1024 * KIB,
    "inquiry.add": 256 * KIB,
    "inquiry.edit": 256 * KIB,
}

MOST_DRAINED = 256 * 1024 * KIB

# These read first and begin to write by themselves, so that no lock is held during slow work.
READING_FIRST = frozenset(
    {
        "recount.count",
        "recount.download",
        "booth.cast",
        "booth.seal",
        "trustee.give",
        "uploads.choose",
        "uploads.new",
        "security.login",
        "security.forgot_password",
    }
)
YEAR = 365 * 24 * 3600
NO_FEATURES = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
        "encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid",
        "identity-credentials-get", "idle-detection", "local-fonts", "magnetometer", "microphone",
        "midi", "payment", "picture-in-picture", "publickey-credentials-get", "screen-wake-lock",
        "serial", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip

log = structlog.get_logger("voting.web")


class Door(Flask):
    """Flask, with one transaction around each view."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Call the view; commit what a writing request changed, or roll it back."""
        if request.method in SAFE_METHODS or request.routing_exception is not None:
            return super().dispatch_request()
        if request.endpoint not in READING_FIRST:
            begin_writing(db.session())
        answer = self.make_response(super().dispatch_request())
        if answer.status_code < 400:
            db.session.commit()
        else:
            db.session.rollback()
        return answer

    def handle_user_exception(self, e: Exception) -> Any:
        """Undo what the view had done before its error page is made."""
        db.session.rollback()
        return super().handle_user_exception(e)

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Log where a fault happened: its route and its lines of code.

        Neither the address nor the fault's own words are told, for either may hold what was typed.
        """
        log.error(
            "fault",
            route=route_name(),
            method=request.method,
            faults=[type(fault).__name__ for fault in list_causes(exc_info[1])],
            lines=list_lines(exc_info[1]),
        )


def list_causes(fault: BaseException | None) -> list[BaseException]:
    """The fault and what it came from, the newest first."""
    causes: list[BaseException] = []
    while fault is not None and fault not in causes:
        causes.append(fault)
        fault = fault.__cause__ or fault.__context__
    return causes


def list_lines(fault: BaseException | None) -> list[str]:
    """Where each cause was raised: "file:line function", the innermost last."""
    return [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for cause in reversed(list_causes(fault))
        for frame in traceback.extract_tb(cause.__traceback__)[-8:]
    ]


def route_name() -> str:
    """The route that was asked for, with placeholders where an address may be secret."""
    return request.url_rule.rule if request.url_rule else "(no such page)"


def install_hooks(app: Flask) -> None:
    """Attach all that happens around each request; before anything that reads a form."""
    app.before_request(begin_request)
    app.after_request(finish_request)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.url_defaults(add_version)


def begin_request() -> None:
    """Limit the body, and start the clock."""
    g.started = time.perf_counter()
    request.max_content_length = LIMITS.get(request.endpoint or "", DEFAULT_LIMIT)
    request.max_form_memory_size = request.max_content_length


def csp_nonce() -> str:
    """This answer's nonce for scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def finish_request(response: Response) -> Response:
    """Set the headers of every answer, and write its line in the log."""
    if response.status_code == 413:
        drain_body()
    settings: Settings = current_app.extensions["voting.settings"]
    headers = response.headers
    if "Content-Security-Policy" not in headers:  # a document says its own, which is stricter
        headers["Content-Security-Policy"] = content_policy()
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = NO_FEATURES
    if settings.is_https:
        headers["Strict-Transport-Security"] = f"max-age={2 * YEAR}; includeSubDomains"
    set_caching(response)
    write_line(response)
    return response


def drain_body() -> None:
    """Take in what is left of a body that was refused: until then a browser reads no answer.

    A connection that is closed on somebody who is still sending shows as a broken one.
    """
    left = MOST_DRAINED
    while left > 0 and (taken := request.environ["wsgi.input"].read(min(left, 64 * KIB))):
        left -= len(taken)


def content_policy() -> str:
    """Only our own scripts, styles and pictures; no frames; forms go nowhere else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{csp_nonce()}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )


def set_caching(response: FlaskResponse) -> None:
    """Nothing is kept but static files; those asked for by version are kept for a year."""
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    elif request.args.get("v"):
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "public, no-cache"


def write_line(response: FlaskResponse) -> None:
    """One line: the route, not the address; nothing that was typed, and no network address."""
    if request.endpoint in ("static", "health.healthz", "health.readyz"):
        return
    taken = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
    log.info(
        "request",
        method=request.method,
        route=route_name(),
        status=response.status_code,
        ms=round(taken, 1),
    )


def add_version(endpoint: str, values: dict[str, Any]) -> None:
    """Put the hash of a static file into its address, so that browsers may keep it."""
    if endpoint == "static" and "v" not in values and current_app.static_folder:
        version = file_version(Path(current_app.static_folder) / values.get("filename", ""))
        if version:
            values["v"] = version


@lru_cache(maxsize=256)
def file_version(path: Path) -> str:
    """The first letters of the file's hash, or nothing when there is no such file."""
    if not path.is_file():
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
