"""What a scrutineer's machine made, as a file: sent by the page's script, or chosen by hand."""

from __future__ import annotations

from typing import Any

from wtforms import FileField, TextAreaField
from wtforms.validators import StopValidation

from voting.domain.errors import BadInput
from voting.web.forms import Form


def need_file(_form: Any, field: Any) -> None:
    """A file was chosen, and there is something in it."""
    if not field.data or not getattr(field.data, "filename", ""):
        raise StopValidation("Choose the file that your computer made")


class UploadForm(Form):
    """One file."""

    answer = FileField("The file that your computer made", [need_file])


class GiveForm(UploadForm):
    """One file, and why few votes are opened all the same."""

    reason = TextAreaField("Why so few votes are opened all the same", render_kw={"rows": 3})


def read_upload(form: UploadForm) -> bytes:
    """The bytes of the file."""
    return bytes(form.answer.data.read())


def place_faults(form: UploadForm, refusal: BadInput) -> None:
    """Put each fault beside its field."""
    for fault in refusal.errors:
        field = next((f for f in form if f.name == fault.field), form.answer)
        field.errors = [*field.errors, fault.message]
