"""Consultations: drafted, opened, answered, closed."""

from voting.services.consultations.conduct import (
    Turnout,
    close,
    close_due,
    extend,
    list_turnout,
    open_consultation,
)
from voting.services.consultations.readiness import Check, list_checks, list_reasons_needed

__all__ = [
    "Check",
    "Turnout",
    "close",
    "close_due",
    "extend",
    "list_checks",
    "list_reasons_needed",
    "list_turnout",
    "open_consultation",
]
