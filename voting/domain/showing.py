"""Which questions a person is shown: show-if, and how questions stand on pages.

A question depends on an earlier one, and stands on a later page than that one, so the next page
decides and no script is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voting.domain.asking import DECIDING, Asked, Given, Kind
from voting.domain.errors import FieldError

Answers = Mapping[int, Given]


def holds(trigger: Asked, given: Given, option: int) -> bool:
    """Whether *option* was chosen at *trigger*."""
    chosen: Any = given.value
    if chosen is None:
        return False
    return option in chosen if trigger.kind is Kind.SEVERAL else bool(chosen == option)


def list_shown(questions: Sequence[Asked], answers: Answers) -> list[Asked]:
    """The questions that a person with these answers is shown, in order.

    An answer to a question that is not shown decides nothing.
    """
    shown: dict[int, Asked] = {}
    for question in questions:
        condition = question.condition
        if condition is not None:
            trigger = shown.get(condition.question_id)
            if trigger is None:
                continue
            given = answers.get(trigger.id, Given())
            if not holds(trigger, given, condition.option):
                continue
        shown[question.id] = question
    return list(shown.values())


def make_pages(sections: Sequence[Sequence[Asked]], *, by_section: bool) -> list[list[int]]:
    """The ids of the questions on each page, whoever they are shown to.

    A page has one question, or a section's; a question that depends on one of the same page
    begins a new page.
    """
    pages: list[list[int]] = []
    for section in sections:
        page: list[int] = []
        for question in section:
            depends = question.condition is not None and question.condition.question_id in page
            if page and (not by_section or depends):
                pages.append(page)
                page = []
            page.append(question.id)
        if page:
            pages.append(page)
    return pages


def check_condition(
    questions: Sequence[Asked], question_id: int | None, trigger_id: int, option: int
) -> list[FieldError]:
    """The faults of letting a question depend on *option* at *trigger_id*.

    *questions* are all, in order; *question_id* is None for a new one, asked last.
    """
    by_id = {question.id: question for question in questions}
    trigger = by_id.get(trigger_id)
    if trigger is None:
        return [FieldError("show_if", "Select a question of this consultation.")]
    if question_id is not None and _leads_to(by_id, trigger, question_id):
        told = (
            "This would make a loop: that question depends, directly or through others, on this "
            "one. Select another question."
        )
        return [FieldError("show_if", told)]
    order = [question.id for question in questions]
    if question_id is not None and order.index(trigger_id) > order.index(question_id):
        return [FieldError("show_if", "Select a question that is asked earlier than this one.")]
    if trigger.kind not in DECIDING:
        told = "Select a question with choices or a rating: other answers cannot decide."
        return [FieldError("show_if", told)]
    options = trigger.scale if trigger.kind is Kind.RATING else range(len(trigger.choices))
    if option not in options:
        return [FieldError("show_if", "Select an answer that this question has.")]
    return []


def _leads_to(by_id: Mapping[int, Asked], start: Asked, wanted: int) -> bool:
    """Whether *start* is *wanted*, or depends on it through others."""
    seen: set[int] = set()
    at: Asked | None = start
    while at is not None and at.id not in seen:
        if at.id == wanted:
            return True
        seen.add(at.id)
        at = by_id.get(at.condition.question_id) if at.condition else None
    return False


def find_out_of_order(questions: Sequence[Asked]) -> tuple[Asked, Asked] | None:
    """The first question asked before the one it depends on, with that one; None if all is well."""
    by_id = {question.id: question for question in questions}
    asked: set[int] = set()
    for question in questions:
        condition = question.condition
        if condition is not None and condition.question_id not in asked:
            trigger = by_id.get(condition.question_id)
            if trigger is not None:
                return question, trigger
        asked.add(question.id)
    return None
