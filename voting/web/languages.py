"""Which language a page is in, and how times are told in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale, gettext, refresh

from voting import mail
from voting.domain.check_words import tell_check
from voting.domain.declared_words import list_names, tell_declared
from voting.domain.outcome_names import put_in_welsh
from voting.domain.outcome_words import tell_outcome
from voting.web.sentences import name_grades

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
NAMES = {"en": "English", "cy": "Cymraeg"}
LANGUAGES = tuple(
    code
    for code in NAMES
    if code == "en" or (TRANSLATIONS / code / "LC_MESSAGES" / "messages.mo").exists()
)
TRANSLATED = frozenset(
    {
        None,
        "answered",
        "answers",
        "booth",
        "check",
        "consulting",
        "information",
        "problems",
        "public",
        "reading",
        "recount",
        "reminders",
    }
)
"""The desks in every language, and what belongs to none; the other desks are in English alone."""


def install_languages(app: Flask) -> None:
    """Choose the language of each request, and give templates the words for it."""
    Babel(
        app,
        default_locale="en",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=find_language,
    )
    app.context_processor(lambda: {"languages": find_choice()})
    app.jinja_env.globals["current_language"] = find_language
    app.jinja_env.globals["in_language"] = show_in
    app.jinja_env.globals["tell_words"] = tell_words
    app.jinja_env.globals["tell_checked"] = tell_checked
    app.jinja_env.globals["name_grades"] = name_grades
    app.jinja_env.filters["when"] = tell_when
    app.jinja_env.filters["day"] = tell_day
    app.jinja_env.filters["groups_of_five"] = group_by_five
    app.jinja_env.filters["in_one_sentence"] = tell_in_one_sentence
    app.jinja_env.filters["as_share"] = tell_share
    app.jinja_env.filters["in_bytes"] = tell_size
    app.jinja_env.filters["date_day"] = tell_date
    app.jinja_env.filters["iso_day"] = lambda text: tell_date(dt.date.fromisoformat(text))
    app.jinja_env.filters["own"] = tell_own
    app.jinja_env.filters["language_of"] = find_language_of


def find_choice() -> dict[str, str]:
    """The languages this page can be read in, each with its own name for itself."""
    return {code: NAMES[code] for code in LANGUAGES if code == "en" or _is_translated()}


def find_language() -> str:
    """The language chosen in this browser, else that of the reader's letter, else the best that
    the browser asks for, else English."""
    if not _is_translated():
        return "en"
    for chosen in (session.get("language"), g.get("language_of_letter")):
        if chosen in LANGUAGES:
            return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, default="en") or "en"


def greet_in(language: str) -> None:
    """Answer in the language a letter was written in, unless this browser chose another.

    English is what a roll without a column of languages says of everyone, so it decides nothing.
    """
    if language != "en":
        g.language_of_letter = language
        refresh()


def _is_translated() -> bool:
    return has_request_context() and request.blueprint in TRANSLATED


def _told_in() -> str:
    locale = get_locale()
    return locale.language if locale is not None and locale.language in NAMES else "en"


def tell_when(at: dt.datetime) -> str:
    """A time in the United Kingdom: "5pm on Friday 13 March 2026"."""
    language = _told_in()
    joined = ", " if language == "cy" else " on "
    return f"{mail.format_hour(at, language)}{joined}{mail.format_day(at, language)}"


def tell_day(at: dt.datetime) -> str:
    """A day in the United Kingdom: "Friday 13 March 2026"."""
    return mail.format_day(at, _told_in())


def tell_in_one_sentence(outcome: Mapping[str, Any]) -> str:
    """The sentence of a declared outcome."""
    return str(outcome["sentence"]) if _told_in() == "en" else tell_outcome(outcome, gettext)


def in_own_names(outcome: Mapping[str, Any], frozen: Mapping[str, Any]) -> dict[str, Any]:
    """A declared outcome with the names of the *frozen* definition in the reader's language."""
    own = put_in_welsh(outcome, frozen) if _told_in() == "cy" else dict(outcome)
    return {**own, "names": list_names(outcome, own)}


def tell_words(text: str, names: Mapping[str, str]) -> str:
    """Words of a declared outcome in the reader's language; nothing where they are English."""
    return "" if _told_in() == "en" else tell_declared(text, names, gettext) or ""


def tell_checked(text: str) -> str:
    """A check of the verifier, or what it found, in the reader's language; "" where it is not."""
    return "" if _told_in() == "en" else tell_check(text, gettext) or ""


def tell_share(share: str) -> str:
    """A part and its whole, given as an outcome has them: "108 of 120 (90.0%)"."""
    part, _, whole = share.partition(" of ")
    return str(gettext("%(part)s of %(whole)s", part=part, whole=whole))


def tell_date(on: dt.date) -> str:
    """A day of the calendar: "Friday 13 March 2026"."""
    return tell_day(dt.datetime.combine(on, dt.time(12), tzinfo=dt.UTC))


def tell_size(number: int) -> str:
    """A number of bytes: "412 KB", "3.1 MB"."""
    if number < 1_000_000:
        return f"{max(1, round(number / 1000))} KB"
    return f"{number / 1_000_000:.1f} MB"


def tell_own(thing: Any, name: str) -> str:
    """The organiser's own text *name* of *thing* in the reader's language, else in English."""
    english = thing[name] if isinstance(thing, Mapping) else getattr(thing, name)
    return str(_welsh_of(thing, name) or english)


def show_in(language: str, caller: Callable[[], str]) -> str:
    """A part of a page as readers of *language* see it, for ``{% call in_language("cy") %}``."""
    with force_locale(language):
        return caller()


def find_language_of(thing: Any, name: str) -> str:
    """The language that :func:`tell_own` answers in."""
    return "cy" if _welsh_of(thing, name) else "en"


def _welsh_of(thing: Any, name: str) -> str:
    if _told_in() != "cy":
        return ""
    name = f"{name}_cy"
    return str(thing.get(name, "") if isinstance(thing, Mapping) else getattr(thing, name, ""))


def group_by_five(digits: str) -> str:
    """Digits in groups of five: "48213 70952"."""
    return " ".join(digits[start : start + 5] for start in range(0, len(digits), 5))
