"""The words of equality monitoring, in the reader’s language; no desk of its own."""

from __future__ import annotations

from flask_babel import gettext as _

from voting.domain.equality import QUESTIONS


def list_equality_questions() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Each question: its code, its words, and ``(code, words)`` of its answers."""
    asked = _questions()
    answers = _answers()
    return [
        (code, asked[code], [(each, answers[each]) for each in question.answers])
        for code, question in QUESTIONS.items()
    ]


def _questions() -> dict[str, str]:
    return {
        "age": _("How old are you?"),
        "disability": _("Do you have a disability or a long-term health condition?"),
        "ethnic-group": _("What is your ethnic group?"),
        "sex": _("What is your sex?"),
        "gender-identity": _("Is your gender the same as the sex you were registered with?"),
        "sexual-orientation": _("What is your sexual orientation?"),
        "religion": _("What is your religion or belief?"),
        "caring": _("Do you look after somebody who needs support?"),
        "pregnancy": _("Are you pregnant, or have you had a child in the last 6 months?"),
        "marital-status": _("What is your marital or civil partnership status?"),
    }


def _answers() -> dict[str, str]:
    return {
        "under-25": _("Under 25"),
        "25-34": _("25 to 34"),
        "35-44": _("35 to 44"),
        "45-54": _("45 to 54"),
        "55-64": _("55 to 64"),
        "65-or-over": _("65 or over"),
        "yes": _("Yes"),
        "no": _("No"),
        "asian": _("Asian, Asian Welsh or Asian British"),
        "black": _("Black, African or Caribbean"),
        "mixed": _("More than one ethnic group"),
        "white": _("White"),
        "other": _("Another answer"),
        "female": _("Female"),
        "male": _("Male"),
        "same": _("The same"),
        "different": _("Different"),
        "heterosexual": _("Heterosexual or straight"),
        "gay-or-lesbian": _("Gay or lesbian"),
        "bisexual": _("Bisexual"),
        "none": _("No religion"),
        "buddhist": _("Buddhist"),
        "christian": _("Christian"),
        "hindu": _("Hindu"),
        "jewish": _("Jewish"),
        "muslim": _("Muslim"),
        "sikh": _("Sikh"),
        "single": _("Single"),
        "married": _("Married"),
        "civil-partnership": _("In a civil partnership"),
        "prefer-not-to-say": _("Prefer not to say"),
    }
