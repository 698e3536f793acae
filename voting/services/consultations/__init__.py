"""Consultations: drafted, opened, answered, closed."""

from voting.services.consultations.conduct import (
    Turnout,
    close,
    close_due,
    extend,
    list_turnout,
    open_consultation,
)
from voting.services.consultations.draft import (
    create_consultation,
    find_section,
    mark_tested,
    move_section,
    remove_section,
    save_section,
    set_audiences,
    set_dates,
    update_words,
)
from voting.services.consultations.questions import (
    QuestionInput,
    find_question,
    move_question,
    remove_question,
    save_question,
)
from voting.services.consultations.readiness import Check, list_checks, list_reasons_needed

__all__ = [
    "Check",
    "QuestionInput",
    "Turnout",
    "close",
    "close_due",
    "create_consultation",
    "extend",
    "find_question",
    "find_section",
    "list_checks",
    "list_reasons_needed",
    "list_turnout",
    "mark_tested",
    "move_question",
    "move_section",
    "open_consultation",
    "remove_question",
    "remove_section",
    "save_question",
    "save_section",
    "set_audiences",
    "set_dates",
    "update_words",
]
