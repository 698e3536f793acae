"""What the desks' forms share: one base class, and what the macros need to know of a field."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField, HiddenField, RadioField, SubmitField
from wtforms.fields import (
    BooleanField,
    FileField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from voting.domain.plain_language import tell_advice, tell_plainly


class Form(FlaskForm):  # type: ignore[misc]
    """A form with a CSRF token, checked on the server alone."""


class ConfirmForm(Form):
    """A button and nothing else."""


KINDS: tuple[tuple[type[Field], str], ...] = (
    (RadioField, "radios"),
    (SelectMultipleField, "checkboxes"),
    (SelectField, "select"),
    (BooleanField, "checkbox"),
    (TextAreaField, "textarea"),
    (FileField, "file"),
    (PasswordField, "password"),
)


def field_kind(field: Field) -> str:
    """Which macro shows *field*: radios, checkboxes, select, checkbox, textarea, file or input."""
    if isinstance(field.widget, CheckboxInput):
        return "checkbox"
    if isinstance(field.widget, ListWidget):
        return "radios" if isinstance(field, RadioField) else "checkboxes"
    return next((kind for cls, kind in KINDS if isinstance(field, cls)), "input")


def list_faults(form: Any) -> list[tuple[str, str]]:
    """Every fault of *form* as (id of the control to go to, message), in the order of the page."""
    faults = [("main", str(message)) for message in form.form_errors]
    for field in form:
        faults += _faults_of(field)
    return faults


def _faults_of(field: Any) -> list[tuple[str, str]]:
    if isinstance(field, FormField):
        return list_faults(field.form)
    if isinstance(field, FieldList):
        inner = [fault for entry in field.entries for fault in _faults_of(entry)]
        own = [(field.id, str(error)) for error in field.errors if isinstance(error, str)]
        return own + inner
    if isinstance(field, (HiddenField, SubmitField)):
        return [("main", str(error)) for error in field.errors]
    return [(first_control(field), str(error)) for error in field.errors]


def first_control(field: Any) -> str:
    """The id of the first control that a person can reach in *field*."""
    if field_kind(field) in ("radios", "checkboxes"):
        return next((str(option.id) for option in field), str(field.id))
    return str(field.id)


def install_forms(app: Flask) -> None:
    """Give templates what they ask of a form."""
    app.jinja_env.globals["field_kind"] = field_kind
    app.jinja_env.globals["list_faults"] = list_faults
    app.jinja_env.globals["tell_advice"] = tell_advice
    app.jinja_env.globals["tell_plainly"] = tell_plainly
