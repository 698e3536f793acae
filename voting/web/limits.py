"""Coarse limits per network address, in each process: on guessing links, searches, reports.

Exact limits on signing in are kept in the database (``sign_in.py``). A network address is a counter
in memory here, and is written nowhere.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

MOST_GUESSES = 60
MOST_SEARCHES = 120
MOST_REPORTS = 20
GUESSED = (  # only links that do not exist count
    "booth.landing",
    "booth.begin",
    "reminders.ask",
    "reminders.stop",
    "trustee.landing",
    "trustee.begin",
    "reading.confirm",
    "reading.stop",
    "reading.ask",
    "answers.landing",
    "answers.begin",
    "answers.ask_to_stop",
    "answers.stop",
)
SEARCHED = ("public.check_vote", "recount.count", "recount.download")
REPORTED = ("problems.report", "reading.updates", "reading.questions", "consulting.join")


def install_limits(app: Flask) -> None:
    """Limit the views that could be used to guess; after the desks are registered."""
    limiter = Limiter(
        key_func=get_remote_address,
        app=app,
        storage_uri="memory://",
        strategy="fixed-window",
        headers_enabled=False,
    )
    guesses = limiter.shared_limit(
        f"{MOST_GUESSES} per 10 minutes", scope="links", deduct_when=was_not_found
    )
    searches = limiter.shared_limit(
        f"{MOST_SEARCHES} per minute", scope="searches", methods=["POST"]
    )
    reports = limiter.shared_limit(
        f"{MOST_REPORTS} per 10 minutes", scope="reports", methods=["POST"]
    )
    limited = frozenset(GUESSED + SEARCHED + REPORTED)
    limiter.request_filter(lambda: request.endpoint not in limited)  # it would take its time
    for endpoints, limit in ((GUESSED, guesses), (SEARCHED, searches), (REPORTED, reports)):
        for endpoint in endpoints:
            view: Any = limit(app.view_functions[endpoint])
            app.view_functions[endpoint] = view


def was_not_found(response: Response) -> bool:
    """Whether a link was asked for that does not exist."""
    return response.status_code == 404
