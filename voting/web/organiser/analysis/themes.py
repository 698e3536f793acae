"""The code book."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from voting.services import analysis
from voting.store import analysis as store
from voting.store.analysis import Theme
from voting.store.consultations import Consultation
from voting.store.database import db
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.analysis import blueprint, room
from voting.web.organiser.fields import Pick, line, paragraph


class ThemeForm(Form):
    """A theme of the code book."""

    name = line("Name", missing="Enter the name of the theme", longest=120)
    name_cy = line("Name in Welsh", longest=120)
    meaning = paragraph(
        "What belongs here (optional)",
        longest=1_000,
        rows=3,
        hint="For the coders: what is in, what is out, and an example.",
    )
    parent = Pick("Under", missing="Select a theme, or none", choices={})


@blueprint.get("/themes")
def book(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Every theme, how often it is used, and whether it has an answer."""
    consultation = room.get_consultation(slug, consultation_slug)
    uses = store.count_uses(db.session(), consultation.id)
    return room.show(
        "themes.html",
        consultation,
        themes=room.list_book(consultation),
        uses=uses,
        stances=analysis.STANCES,
    )


@blueprint.route("/themes/new", methods=["GET", "POST"])
def add_theme(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Add a theme."""
    return _edit(room.get_consultation(slug, consultation_slug), None)


@blueprint.route("/themes/<int:theme_id>", methods=["GET", "POST"])
def edit_theme(slug: str, consultation_slug: str, theme_id: int) -> ResponseReturnValue:
    """Change a theme's words or its place."""
    consultation = room.get_consultation(slug, consultation_slug)
    return _edit(consultation, analysis.get_theme(db.session(), consultation, theme_id))


def _edit(consultation: Consultation, theme: Theme | None) -> ResponseReturnValue:
    form = ThemeForm(obj=theme)
    others = [(depth, other) for depth, other in room.list_book(consultation) if other is not theme]
    form.parent.choices = room.name_choices(others, none="No theme: it stands by itself")
    if not form.is_submitted():
        form.parent.data = str(theme.parent_id or "") if theme else ""
    if form.validate_on_submit():
        with desk.faults_shown(form):
            analysis.save_theme(
                db.session(),
                consultation,
                theme=theme,
                name=form.name.data,
                name_cy=form.name_cy.data or "",
                meaning=form.meaning.data or "",
                parent_id=int(form.parent.data) if form.parent.data else None,
                now=desk.get_time(),
            )
            desk.tell(f"The theme is saved.{room.publish_again(consultation)}")
            return redirect(
                url_for(
                    "analysis.book",
                    slug=consultation.proposal.slug,
                    consultation_slug=consultation.slug,
                ),
                303,
            )
    return room.show("theme.html", consultation, form=form, theme=theme)


@blueprint.route("/themes/<int:theme_id>/remove", methods=["GET", "POST"])
def remove_theme(slug: str, consultation_slug: str, theme_id: int) -> ResponseReturnValue:
    """Remove a theme that nothing uses."""
    consultation = room.get_consultation(slug, consultation_slug)
    theme = analysis.get_theme(db.session(), consultation, theme_id)
    form = Form()
    if form.validate_on_submit():
        analysis.remove_theme(db.session(), theme, now=desk.get_time())
        desk.tell(f"The theme is removed.{room.publish_again(consultation)}")
        return redirect(
            url_for("analysis.book", slug=slug, consultation_slug=consultation_slug), 303
        )
    is_used = store.is_used(db.session(), theme_id)
    return room.show("remove_theme.html", consultation, form=form, theme=theme, is_used=is_used)
