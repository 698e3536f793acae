"""What a person may be told when a rule of the house says no."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class Refusal(Exception):
    """A rule of the house says no. ``message`` is a whole sentence that a person can read.

    ``field`` names the input that is at fault, when there is one. ``code`` names the kind.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFound(Refusal):
    """There is no such thing, or not for this person."""

    code = "not-found"


class Forbidden(Refusal):
    """The person may not do this."""

    code = "forbidden"


class Conflict(Refusal):
    """It can no longer be done, or not yet, because of the state that things are in."""

    code = "conflict"


class NotOpen(Refusal):
    """Voting has not opened."""

    code = "not-open"


class Closed(Refusal):
    """Voting has closed, or was cancelled."""

    code = "closed"


class TooLarge(Refusal):
    """What was sent is over the limit."""

    code = "too-large"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of one input; ``message`` is a sentence, shown beside the field."""

    field: str
    message: str


class BadInput(Refusal):
    """One or more inputs are at fault; nothing was stored. ``errors`` holds each, in order."""

    code = "bad-input"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        if not errors:
            raise ValueError("BadInput needs at least one fault")
        super().__init__(" ".join(error.message for error in errors), field=errors[0].field)
        self.errors: list[FieldError] = list(errors)


def refuse_faults(errors: Sequence[FieldError]) -> None:
    """Raise BadInput with *errors*; nothing happens when there are none."""
    if errors:
        raise BadInput(errors)
