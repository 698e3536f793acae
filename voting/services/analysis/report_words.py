"""The report of a consultation in Welsh: the same numbers, and every word of it again.

The words of the layout stand here by name, in English; the catalogue has their Welsh.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from voting import mail
from voting.domain.catalogue import marked
from voting.services.analysis.answering import describe_in_welsh
from voting.services.analysis.tables import DECLINED, NO_ANSWER
from voting.store.analysis import Theme
from voting.store.consultations import Consultation

ENGLISH, WELSH = "en", "cy"


LAYOUT: Mapping[str, str] = MappingProxyType(
    {
        "edition": marked("Edition %(number)s, published on %(day)s."),
        "who": marked("Who was asked, and how"),
        "open": marked("The consultation was open from %(first)s to %(last)s."),
        "everyone": marked("everyone could answer"),
        "invited": marked("%(number)s invited"),
        "few": marked("fewer than 10 responses, or not shown to protect a smaller number"),
        "responses": marked("%(number)s responses"),
        "total-few": marked("Fewer than 10 responses count."),
        "total": marked("In all %(number)s responses count."),
        "ways": marked("How they answered"),
        "said-and-done": marked("What people said, and what we do"),
        "themes": marked(
            "A response can carry several themes. Each number is of the theme itself, without "
            "those under it. Numbers under 10 are not shown (–), nor others from which they could "
            "be worked out."
        ),
        "theme": marked("Theme"),
        "under": marked("Part of “%(theme)s”."),
        "you-said": marked("You said"),
        "numbers": marked("The answers in numbers"),
        "hidden": marked(
            "Numbers under 10 are not shown (–), nor others from which they could be worked out."
        ),
        "first": marked("First choice"),
        "answer": marked("Answer"),
        "after": marked("Asked of those who answered “%(answer)s” to “%(question)s”."),
        "several": marked(
            "Several answers could be given, so the shares can add up to more than 100%%."
        ),
        "quartiles": marked(
            "A quarter answered %(first)s at most, half %(second)s, three quarters %(third)s."
        ),
        "too-few": marked("Too few people answered this to show it."),
        "limits": marked("Limits"),
        "fingerprints": marked("Fingerprints"),
        "questions-hash": marked("Questions as opened:"),
        "response-hash": marked("Answers to the themes:"),
        "all": marked("All"),
        "not-shown": marked("not shown"),
        "of": marked("%(part)s of %(whole)s"),
        "bars": marked("Bars, each as long as its share of all responses."),
        "bars-of": marked(
            "%(audience)s: bars, each as long as its share of the responses of this audience."
        ),
    }
)
_SAID = (
    marked("Those who answered chose to. Their answers are not a sample of everyone."),
    marked("Written answers were read and given themes by people, who can differ."),
    marked("Small numbers are left out so that nobody can be recognised."),
    marked(
        "A number that would differ from an earlier edition by fewer than 10 people stays as it "
        "was."
    ),
    marked("Accepted"),
    marked("Not accepted, because"),
    marked("Still open"),
    marked("Online"),
    marked("On paper"),
    marked("By telephone"),
    marked("No answer"),
    marked("Prefer not to say"),
)
"""What the report itself says in English, put here into the catalogue."""


def tell_layout(language: str) -> dict[str, str]:
    """The words of the layout in *language*, by name."""
    in_welsh = mail.translator(language)
    told = {name: in_welsh(sentence).replace("%%", "%") for name, sentence in LAYOUT.items()}
    return told | {"language": language, "pages": "1 o 1" if language == WELSH else "1 of 1"}


def tell_day(moment: dt.datetime | None, language: str) -> str:
    """A day as the report tells it."""
    if moment is None:
        return ""
    if language == ENGLISH:
        return f"{moment.day} {moment:%B %Y}"
    return mail.format_day(moment, language)


def tell_in_welsh(
    report: Mapping[str, Any], consultation: Consultation, themes: list[Theme], now: dt.datetime
) -> dict[str, Any]:
    """*report* with its words in Welsh, in English where there is none; no number is touched."""
    in_welsh = mail.translator(WELSH)
    told = copy.deepcopy(dict(report))
    told |= {
        "title": consultation.read("title", WELSH),
        "proposal": consultation.proposal.read("title", WELSH),
        "introduction": consultation.read("introduction", WELSH),
        "opened": tell_day(consultation.opened_at, WELSH),
        "closed": tell_day(consultation.closed_at, WELSH),
        "published": tell_day(now, WELSH),
        "limits": [in_welsh(limit) for limit in report["limits"]],
    }
    names = {each.name: each.name_cy or each.name for each in consultation.audiences}
    for audience in told["audiences"]:
        audience["name"] = names.get(audience["name"], audience["name"])
    for way in told["ways"]:
        way["words"] = in_welsh(way["words"])
    answers = {
        theme.id: each for theme, each in zip(themes, describe_in_welsh(themes), strict=True)
    }
    for theme in told["themes"]:
        theme |= answers[theme["id"]]
        theme["stance_words"] = in_welsh(theme["stance_words"])
    words = {
        question.id: _list_words(question.asked, in_welsh) for question in consultation.questions
    }
    before = {each.id: each.asked.condition for each in consultation.questions}
    for table in told["tables"]:
        condition = before[table["question_id"]]
        _tell_table(table, words[table["question_id"]], names)
        if condition is not None and table.get("after"):
            said = words[condition.question_id]
            table["after"] = [said.get(each, each) for each in table["after"]]
    return told


def _list_words(asked: Any, in_welsh: Callable[[str], str]) -> dict[str, str]:
    """Every word in the table of a question, with its Welsh."""
    parts = (asked.text, *asked.choices, *asked.rows)
    words = {each.en: each.cy for each in parts if each.cy}
    return words | {name: in_welsh(name) for name in (DECLINED, NO_ANSWER)}


def _tell_table(table: dict[str, Any], words: Mapping[str, str], names: Mapping[str, str]) -> None:
    for name in ("text", "part"):
        table[name] = words.get(table[name], table[name])
    for line in table["lines"]:
        line["label"] = words.get(line["label"], line["label"])
    table["audiences"] = [[names.get(name, name), shown] for name, shown in table["audiences"]]
