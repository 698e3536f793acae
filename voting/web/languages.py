"""Which language a page is in, and how times are told in it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, get_locale

from voting import mail

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
NAMES = {"en": "English", "cy": "Cymraeg"}
LANGUAGES = tuple(
    code
    for code in NAMES
    if code == "en" or (TRANSLATIONS / code / "LC_MESSAGES" / "messages.mo").exists()
)


def install_languages(app: Flask) -> None:
    """Choose the language of each request, and give templates the words for it."""
    Babel(
        app,
        default_locale="en",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=find_language,
    )
    app.jinja_env.globals["languages"] = {code: NAMES[code] for code in LANGUAGES}
    app.jinja_env.globals["current_language"] = find_language
    app.jinja_env.filters["when"] = tell_when
    app.jinja_env.filters["day"] = tell_day
    app.jinja_env.filters["groups_of_five"] = group_by_five


def find_language() -> str:
    """The language chosen in this browser, else the best that it asks for, else English."""
    if not has_request_context():
        return "en"
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, default="en") or "en"


def _told_in() -> str:
    locale = get_locale()
    return locale.language if locale is not None and locale.language in NAMES else "en"


def tell_when(at: dt.datetime) -> str:
    """A time in the United Kingdom: "5pm on Friday 13 March 2026"."""
    language = _told_in()
    joined = " ar " if language == "cy" else " on "
    return f"{mail.format_hour(at, language)}{joined}{mail.format_day(at, language)}"


def tell_day(at: dt.datetime) -> str:
    """A day in the United Kingdom: "Friday 13 March 2026"."""
    return mail.format_day(at, _told_in())


def group_by_five(digits: str) -> str:
    """Digits in groups of five: "48213 70952"."""
    return " ".join(digits[start : start + 5] for start in range(0, len(digits), 5))
