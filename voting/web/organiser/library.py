"""The library of governance models: read, edited, and put back as it was built in."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from voting.domain.governance import PARTS, GovernanceModel
from voting.services import library
from voting.store.database import db
from voting.web.access import current_account, guard
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.fields import line, paragraph

blueprint = Blueprint("library", __name__, url_prefix="/organiser/models")
guard(blueprint, "organiser")

FIELDS = tuple(name for part in PARTS for name in (part, f"{part}_cy"))


class ModelForm(Form):
    """One model in both languages; every part is needed in English."""

    name = line("Name", missing="Enter the name")
    name_cy = line("Name in Welsh")
    description = paragraph("Description", missing="Enter the description", rows=3)
    description_cy = paragraph("Description in Welsh", rows=3)
    owners = line(
        "Who owns and controls it (short)", missing="Enter who owns and controls it", longest=5000
    )
    owners_cy = line("Who owns and controls it, in Welsh", longest=5000)
    assets = line(
        "What happens to the assets (short)", missing="Enter what happens to assets", longest=5000
    )
    assets_cy = line("What happens to the assets, in Welsh", longest=5000)
    benefits = paragraph("Benefits", missing="Enter the benefits", rows=3)
    benefits_cy = paragraph("Benefits in Welsh", rows=3)
    drawbacks = paragraph("Drawbacks", missing="Enter the drawbacks", rows=3)
    drawbacks_cy = paragraph("Drawbacks in Welsh", rows=3)
    cost = paragraph("Cost or impact", missing="Enter the cost or impact", rows=2)
    cost_cy = paragraph("Cost or impact in Welsh", rows=2)
    source = line("Source", missing="Enter the source", longest=5000)
    source_cy = line("Source in Welsh", longest=5000)


def describe(model: GovernanceModel) -> dict[str, str]:
    """A model as the form's starting values."""
    texts = {part: getattr(model.english, part) for part in PARTS}
    return texts | {f"{part}_cy": getattr(model.welsh, part) for part in PARTS}


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The sixteen models."""
    return desk.show("library/index.html", rows=library.list_models(db.session()))


@blueprint.route("/<code>", methods=["GET", "POST"])
def edit(code: str) -> ResponseReturnValue:
    """Change a model, or put its built-in text back."""
    session = db.session()
    model, changed = library.get_model(session, code)
    if request.method == "POST" and request.form.get("act") == "restore":
        library.restore_model(session, code)
        desk.tell(f"“{library.get_model(session, code)[0].english.name}” is as it was built in.")
        return redirect(url_for("library.index"), 303)
    form = ModelForm(data=None if request.method == "POST" else describe(model))
    if form.validate_on_submit():
        with desk.faults_shown(form):
            typed = {name: form[name].data or "" for name in FIELDS}
            library.edit_model(
                session, code, account=current_account(), now=desk.get_time(), **typed
            )
            desk.tell("The model is saved. Options chosen from it before are as they were.")
            return redirect(url_for("library.index"), 303)
    return desk.show("library/edit.html", form=form, model=model, edit=changed)
