"""The kinds of input that the organiser's forms are made of."""

from __future__ import annotations

from typing import Any
from unicodedata import category

from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

ALLOWED_BREAKS = frozenset("\n\t")


def clean(text: str | None) -> str:
    """*text* without spaces around it, its lines ended in one way."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


class Readable:
    """Checks typed text: there when it must be, not too long, nothing that cannot be shown."""

    def __init__(self, *, missing: str, longest: int, lines: bool) -> None:
        self.missing = missing
        self.longest = longest
        self.lines = lines

    def __call__(self, _form: Any, field: Field) -> None:
        text = field.data or ""
        name = field.label.text
        if not text:
            if self.missing:
                raise StopValidation(self.missing)
            return
        if len(text) > self.longest:
            raise StopValidation(
                f"{name} must be {self.longest:,} characters or fewer. It has {len(text):,}"
            )
        allowed = ALLOWED_BREAKS if self.lines else frozenset("\t")
        for place, char in enumerate(text, 1):
            if category(char) in ("Cc", "Cs") and char not in allowed:
                raise StopValidation(
                    f"{name} has a character that cannot be shown, at place {place:,}. Remove it"
                )


class Pick(SelectField):
    """One of many, shown as a list; *missing* is said when none of them was sent."""

    def __init__(self, label: str = "", *, missing: str, hint: str = "", **more: Any) -> None:
        super().__init__(label, description=hint, **more)
        self.missing = missing

    def pre_validate(self, form: Any) -> None:
        """What was sent is one of the choices."""
        if self.data not in [value for value, *_ in self.iter_choices()]:
            raise StopValidation(self.missing)


class Choice(Pick, RadioField):
    """One of a few, shown as radios; *missing* is said when none of them was sent."""


def line(label: str, *, missing: str = "", longest: int = 200, hint: str = "", **more: Any) -> Any:
    """One line of text; *missing* is said when it is empty, and without it empty is fine."""
    check = Readable(missing=missing, longest=longest, lines=False)
    return StringField(label, [check], filters=[clean], description=hint, **more)


def paragraph(
    label: str, *, missing: str = "", longest: int = 5000, hint: str = "", rows: int = 5
) -> Any:
    """Several lines of text, as :func:`line`."""
    check = Readable(missing=missing, longest=longest, lines=True)
    return TextAreaField(
        label, [check], filters=[clean], description=hint, render_kw={"rows": rows}
    )


def read_number(text: str | None) -> int | None:
    """A whole number from 0 to 999 as typed, or None."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else None
