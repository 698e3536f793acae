"""Reading what was written, tagging it, and comparing two coders."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField

from voting.domain.asking import Kind
from voting.services import analysis
from voting.store import analysis as store
from voting.store.accounts import Account
from voting.store.analysis import Coding, Reading, Wanted
from voting.store.consultations import Consultation
from voting.store.database import db
from voting.store.responses import TEXT_KINDS, Answer
from voting.web.access import current_account
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.analysis import blueprint, room
from voting.web.organiser.fields import Pick, paragraph


class TagForm(Form):
    """A theme for a passage."""

    theme = Pick("Theme", missing="Select a theme", choices={})
    passage = paragraph(
        "Passage (optional)",
        rows=2,
        longest=10_000,
        hint="Copy the words here, or select them in the answer. Empty means the whole answer.",
    )
    start = HiddenField()


class ReadingForm(Form):
    """A note, and whether one has finished with the answer."""

    note = paragraph("Note for the coders (optional)", rows=2, longest=2_000)
    is_done = BooleanField("I have finished with this answer")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of an answer, with the tags that lie on it; of a redaction, its reason."""

    text: str
    tags: tuple[str, ...]
    reason: str = ""


def read_wanted(question_id: int) -> Wanted:
    """What the address asks to be listed."""
    theme = room.read_id(request.args.get("theme"))
    mine = int(current_account().id) if request.args.get("left") else None
    return Wanted(question_id, request.args.get("q", "").strip()[:200], theme, mine)


def kept_search(wanted: Wanted) -> dict[str, str]:
    """What addresses carry so that the next answer is one of those asked for."""
    kept = {
        "q": wanted.search,
        "theme": str(wanted.theme_id) if wanted.theme_id is not None else "",
        "left": "1" if wanted.coder_id is not None else "",
    }
    return {name: text for name, text in kept.items() if text}


def cut(text: str, codings: list[Coding]) -> list[Piece]:
    """*text* in runs at every edge of a tag."""
    edges = sorted({0, len(text), *(e for c in codings for e in (c.start, min(c.end, len(text))))})
    return [
        Piece(
            text[first:last],
            tuple(sorted({c.theme.name for c in codings if c.start <= first and last <= c.end})),
        )
        for first, last in pairwise(edges)
    ]


@blueprint.get("")
def index(slug: str, consultation_slug: str) -> ResponseReturnValue:
    """Where the work stands: the written answers, the tables, the themes and the response."""
    consultation = room.get_closed(slug, consultation_slug)
    session = db.session()
    me = int(current_account().id)
    written = [
        (
            question,
            store.count_written(session, Wanted(question.id)),
            store.count_written(session, Wanted(question.id, coder_id=me)),
        )
        for question in consultation.questions
        if question.kind in TEXT_KINDS
    ]
    return room.show(
        "index.html",
        consultation,
        written=written,
        themes=room.list_book(consultation),
        has_files=any(question.kind == Kind.FILE for question in consultation.questions),
    )


@blueprint.get("/questions/<int:question_id>")
def answers(slug: str, consultation_slug: str, question_id: int) -> ResponseReturnValue:
    """The written answers to one question, searched and filtered, a page at a time."""
    consultation = room.get_closed(slug, consultation_slug)
    question = room.get_question(consultation, question_id)
    session, wanted = db.session(), read_wanted(question_id)
    listed = store.list_written(session, wanted, after=room.read_id(request.args.get("after")) or 0)
    names: dict[int, set[str]] = {}
    for coding in list_seen([answer.id for answer in listed]):
        names.setdefault(coding.answer_id, set()).add(coding.theme.name)
    return room.show(
        "answers.html",
        consultation,
        question=question,
        answers=listed,
        tags=names,
        total=store.count_written(session, wanted),
        wanted=wanted,
        kept=kept_search(wanted),
        more=len(listed) == store.PAGE,
        book=room.list_book(consultation),
    )


@blueprint.route("/answers/<int:answer_id>", methods=["GET", "POST"])
def answer(slug: str, consultation_slug: str, answer_id: int) -> ResponseReturnValue:
    """One answer: its words with the tags on them; POST tags a passage."""
    consultation = room.get_closed(slug, consultation_slug)
    found = analysis.get_answer(db.session(), consultation, answer_id)
    form = make_tag_form(consultation)
    if form.validate_on_submit():
        theme = analysis.get_theme(db.session(), consultation, int(form.theme.data))
        with desk.faults_shown(form):
            analysis.tag(
                db.session(),
                found,
                theme,
                coder=current_account(),
                passage=form.passage.data or "",
                start=room.read_id(form.start.data),
            )
            return redirect(_address(consultation, answer_id), 303)
    return show_answer(consultation, found, form=form)


def make_tag_form(consultation: Consultation) -> TagForm:
    """The form with the code book in it."""
    form = TagForm()
    form.theme.choices = room.name_choices(room.list_book(consultation))
    return form


def show_answer(consultation: Consultation, found: Answer, *, form: Any) -> ResponseReturnValue:
    """The page of one answer."""
    session = db.session()
    me = int(current_account().id)
    wanted = read_wanted(found.question_id)
    codings = list_seen([found.id])
    reading = store.find_reading(session, found.id, me)
    reading_form = ReadingForm(
        formdata=None,
        note=reading.note if reading else "",
        is_done=bool(reading and reading.is_done),
    )
    return room.show(
        "answer.html",
        consultation,
        form=form,
        reading_form=reading_form,
        answer=found,
        pieces=cut(found.text, codings),
        codings=codings,
        coders=_name_coders(codings),
        me=me,
        notes=list_others_notes(found.id, me) if reading and reading.is_done else [],
        kept=kept_search(wanted),
        before=store.find_neighbour(session, wanted, found.id, step=-1),
        after=store.find_neighbour(session, wanted, found.id, step=1),
    )


def list_seen(answer_ids: list[int]) -> list[Coding]:
    """The tags on these answers that the account may see: its own, and of what it has finished
    with everyone's. Whoever sees another's before giving their own does not judge for themselves,
    and how far the two agree would say nothing."""
    session, me = db.session(), int(current_account().id)
    done = store.list_done(session, answer_ids, me)
    return [
        each
        for each in store.list_codings(session, answer_ids)
        if each.coder_id == me or each.answer_id in done
    ]


def list_others_notes(answer_id: int, me: int) -> list[Reading]:
    """What other coders noted on an answer."""
    return [each for each in store.list_notes(db.session(), answer_id) if each.coder_id != me]


def _name_coders(codings: list[Coding]) -> dict[int, str]:
    ids = {coding.coder_id for coding in codings}
    found = [db.session.get(Account, coder) for coder in ids]
    return {int(account.id): account.full_name for account in found if account is not None}


def _address(consultation: Consultation, answer_id: int) -> str:
    parts: dict[str, Any] = {
        "slug": consultation.proposal.slug,
        "consultation_slug": consultation.slug,
        "answer_id": answer_id,
    }
    return url_for("analysis.answer", **(parts | kept_search(read_wanted(0))))


@blueprint.post("/answers/<int:answer_id>/tags/<int:coding_id>/remove")
def untag(slug: str, consultation_slug: str, answer_id: int, coding_id: int) -> ResponseReturnValue:
    """Take one's own tag away."""
    consultation = room.get_closed(slug, consultation_slug)
    found = analysis.get_answer(db.session(), consultation, answer_id)
    analysis.untag(db.session(), found, coding_id, coder=current_account())
    return redirect(_address(consultation, answer_id), 303)


@blueprint.post("/answers/<int:answer_id>/reading")
def read(slug: str, consultation_slug: str, answer_id: int) -> ResponseReturnValue:
    """Keep the note; finishing leads to the next answer."""
    consultation = room.get_closed(slug, consultation_slug)
    session = db.session()
    found = analysis.get_answer(session, consultation, answer_id)
    form = ReadingForm()
    wanted = read_wanted(found.question_id)
    if form.validate_on_submit():
        after = store.find_neighbour(session, wanted, found.id, step=1)
        analysis.keep_reading(
            session,
            found,
            coder=current_account(),
            note=form.note.data or "",
            is_done=form.is_done.data,
        )
        is_next = form.is_done.data and after is not None
        return redirect(_address(consultation, after if is_next and after else answer_id), 303)
    return show_answer(consultation, found, form=make_tag_form(consultation))


@blueprint.get("/questions/<int:question_id>/agreement")
def agreement(slug: str, consultation_slug: str, question_id: int) -> ResponseReturnValue:
    """How far each two coders agree, theme by theme."""
    consultation = room.get_closed(slug, consultation_slug)
    question = room.get_question(consultation, question_id)
    pairs = analysis.compare_coders(db.session(), consultation, question_id)
    ids = {coder for pair in pairs for coder in pair.coders}
    names = {
        coder: account.full_name for coder in ids if (account := db.session.get(Account, coder))
    }
    return room.show("agreement.html", consultation, question=question, pairs=pairs, names=names)
