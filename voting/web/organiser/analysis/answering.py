"""We asked, you said, we did."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from voting.services import analysis
from voting.store.database import db
from voting.store.responses import list_unchecked
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.analysis import blueprint, room
from voting.web.organiser.fields import Choice, paragraph


class AnswerForm(Form):
    """What people said under a theme, and what the organisation does about it."""

    summary = paragraph("You said", missing="Enter what people said", rows=4)
    summary_cy = paragraph("You said, in Welsh", rows=4)
    stance = Choice(
        "The organisation’s answer",
        missing="Select what the organisation’s answer is",
        choices=analysis.STANCES,
    )
    response = paragraph(
        "We did, or why not",
        missing="Enter the organisation’s answer",
        rows=4,
        hint="What is done and by when; or why it is not done; or what it depends on.",
    )
    response_cy = paragraph("We did, or why not, in Welsh", rows=4)


class UpdateForm(Form):
    """What happened since."""

    text = paragraph("What happened since", missing="Enter what happened since", rows=4)
    text_cy = paragraph("What happened since, in Welsh", rows=4)


class PublishForm(Form):
    """What becomes of typed answers that nobody has checked."""

    unchecked = BooleanField("Publish without them; they will never count")


@blueprint.route("/themes/<int:theme_id>/answer", methods=["GET", "POST"])
def answer_theme(slug: str, consultation_slug: str, theme_id: int) -> ResponseReturnValue:
    """Answer one theme."""
    consultation = room.get_closed(slug, consultation_slug)
    theme = analysis.get_theme(db.session(), consultation, theme_id)
    form = AnswerForm(obj=theme)
    if form.validate_on_submit():
        with desk.faults_shown(form):
            analysis.answer_theme(
                db.session(),
                consultation,
                theme,
                summary=form.summary.data,
                stance=form.stance.data,
                response=form.response.data,
                summary_cy=form.summary_cy.data or "",
                response_cy=form.response_cy.data or "",
                now=desk.get_time(),
            )
            again = room.publish_again(consultation)
            desk.tell(f"The answer to “{theme.name}” is saved.{again}")
            return redirect(
                url_for("analysis.book", slug=slug, consultation_slug=consultation_slug), 303
            )
    return room.show("answer_theme.html", consultation, form=form, theme=theme)


@blueprint.route("/themes/<int:theme_id>/update", methods=["GET", "POST"])
def update_theme(slug: str, consultation_slug: str, theme_id: int) -> ResponseReturnValue:
    """Say publicly what came of a theme since the response."""
    consultation = room.get_closed(slug, consultation_slug)
    theme = analysis.get_theme(db.session(), consultation, theme_id)
    form = UpdateForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            analysis.add_update(
                db.session(),
                theme,
                text=form.text.data,
                text_cy=form.text_cy.data or "",
                now=desk.get_time(),
            )
            desk.tell("The update is published.")
            return redirect(
                url_for("analysis.book", slug=slug, consultation_slug=consultation_slug), 303
            )
    return room.show("update_theme.html", consultation, form=form, theme=theme)


@blueprint.route("/publish", methods=["GET", "POST"])
def publish(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Publish the response to all themes, with the report."""
    consultation = room.get_closed(slug, consultation_slug)
    form = PublishForm()
    if form.validate_on_submit():
        with desk.faults_shown(form):
            analysis.publish_response(
                db.session(), consultation, now=desk.get_time(), unchecked=form.unchecked.data
            )
            desk.tell("The response is published.")
            return redirect(
                url_for("analysis.index", slug=slug, consultation_slug=consultation_slug), 303
            )
    return room.show(
        "publish.html",
        consultation,
        form=form,
        themes=room.list_book(consultation),
        stances=analysis.STANCES,
        waiting=list_unchecked(db.session(), consultation.id),
    )
