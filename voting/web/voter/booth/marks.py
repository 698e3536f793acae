"""Ranking, grading and scoring: one page for each preference, or one control for each option."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.domain.errors import NotFound
from voting.domain.marks import BLANK, from_order, list_order, move
from voting.store.polls import Question
from voting.web.languages import tell_own
from voting.web.voter.booth import plain, words
from voting.web.voter.booth.answers import find_next_page, get_question, is_ordered
from voting.web.voter.booth.plain import PlainPaper
from voting.web.voter.booth.visit import Visit, get_paper_visit

END = "end"  # the voter does not want to rank any more
ACTS = ("up", "down", "remove")


def read_order(marks: list[str]) -> list[int]:
    """The options that a paper ranks one after the other, best first."""
    return [group[0] for group in list_order(marks)]


# ------------------------------------------------------------------ a page for each preference


def get_ranked(visit: Visit, number: int, place: int) -> Question:
    """Question *number* if preference *place* has a page there; raises NotFound."""
    asked = get_question(visit.poll, number)
    size = len(asked.options)
    if not asked.method.is_paged(size) or not 1 <= place <= asked.method.ranks_for(size):
        raise NotFound(_("There is no question with this number in this vote."))
    return asked


def preference(poll_id: int, number: int, place: int) -> ResponseReturnValue:
    """The page for one preference; the ones before it come first."""
    visit = get_paper_visit(poll_id)
    asked = get_ranked(visit, number, place)
    kept = plain.find_paper(visit)
    if kept is not None:
        order = read_order(kept.choices.get(number - 1, []))
        if place > len(order) + 1:
            return redirect(_address(visit, number, len(order) + 1), 302)
    return show_preference(visit, asked, place, kept)


def answer_preference(poll_id: int, number: int, place: int) -> ResponseReturnValue:
    """Take one preference of a voter without JavaScript."""
    visit = get_paper_visit(poll_id)
    asked = get_ranked(visit, number, place)
    kept = plain.find_paper(visit)
    if kept is None:
        return redirect(url_for("booth.plain", poll_id=poll_id), 303)
    order = read_order(kept.choices.get(number - 1, []))
    if place > len(order) + 1:
        return redirect(_address(visit, number, len(order) + 1), 303)
    selected = request.form.get("choice", "")
    if selected not in list_choices(asked, order, place):
        return show_preference(visit, asked, place, kept, faulty=True), 422
    kept.choices[number - 1], goes_on = take(asked, order, place, selected)
    plain.keep_paper(visit, kept)
    if goes_on:
        return redirect(_address(visit, number, place + 1), 303)
    return redirect(find_next_page(visit.poll, number, kept), 303)


def list_choices(asked: Question, order: list[int], place: int) -> list[str]:
    """What may be selected on the page for one preference: what is not ranked before, or none."""
    taken = set(order[: place - 1])
    rest = [str(at) for at in range(len(asked.options)) if at not in taken]
    return [*rest, BLANK if place == 1 else END]


def take(asked: Question, order: list[int], place: int, selected: str) -> tuple[list[str], bool]:
    """The marks after one preference, and whether the page for the next one follows.

    A preference that stays as it was keeps those after it; another one asks for them again.
    """
    size = len(asked.options)
    if selected == BLANK:
        return [BLANK], False
    if selected == END:
        return from_order(size, order[: place - 1]), False
    chosen = int(selected)
    if order[place - 1 : place] != [chosen]:
        order = [*order[: place - 1], chosen]
    return from_order(size, order), place < asked.method.ranks_for(size)


def _address(visit: Visit, number: int, place: int) -> str:
    changing = 1 if request.args.get("change") == "1" else None
    poll_id = visit.poll.id
    if place == 1:
        return url_for("booth.question", poll_id=poll_id, number=number, change=changing)
    return url_for("booth.preference", poll_id=poll_id, number=number, place=place, change=changing)


def show_preference(
    visit: Visit, asked: Question, place: int, kept: PlainPaper | None, *, faulty: bool = False
) -> str:
    """One preference: what is not ranked yet, and a way to stop."""
    number = asked.position + 1
    marks = kept.choices.get(asked.position, []) if kept else []
    order = read_order(marks)
    shown = list_choices(asked, order if kept else [], place)
    selected = BLANK if BLANK in marks else str(order[place - 1]) if place <= len(order) else ""
    last = place >= asked.method.ranks_for(len(asked.options))
    return render_template(
        "voter/booth/rank.html",
        visit=visit,
        poll=visit.poll,
        question=asked,
        number=number,
        place=place,
        plain=kept is not None,
        shown=[(int(at), tell_own(asked.options[int(at)], "text")) for at in shown[:-1]],
        selected=selected,
        heading=words.name_preference(place),
        fault=words.fault_of_preference(place) if faulty else None,
        told=words.fault_of_preference(place),
        here=_address(visit, number, place),
        before=None if place == 1 else _address(visit, number, place - 1),
        following=None if last else _address(visit, number, place + 1),
    )


# ------------------------------------------------------------------ a control for each option


def read_marks(asked: Question) -> list[str]:
    """What was sent for each option, and whether the blank vote was."""
    sent = [request.form.get(f"mark-{at}", "").strip()[:10] for at in range(len(asked.options))]
    if request.form.get("blank"):
        return [*sent, BLANK] if any(sent) else [BLANK]
    return sent


def answer_marks(visit: Visit, asked: Question, kept: PlainPaper) -> ResponseReturnValue:
    """Take the ranks, grades or points of a voter without JavaScript."""
    marks = read_marks(asked)
    if faults := words.tell_faults(asked, marks):
        return show_marks(visit, asked, kept, marks=marks, faults=faults), 422
    kept.choices[asked.position] = marks
    plain.keep_paper(visit, kept)
    return redirect(find_next_page(visit.poll, asked.position + 1, kept), 303)


def show_marks(
    visit: Visit,
    asked: Question,
    kept: PlainPaper | None,
    *,
    marks: list[str] | None = None,
    faults: list[tuple[int | None, str]] | None = None,
) -> str:
    """Every option with a control for its rank, grade or points."""
    if marks is None:
        marks = kept.choices.get(asked.position, []) if kept else []
    return render_template(
        "voter/booth/marks.html",
        visit=visit,
        poll=visit.poll,
        question=asked,
        number=asked.position + 1,
        plain=kept is not None,
        marks=[mark for mark in marks if mark != BLANK] or [""] * len(asked.options),
        blank=BLANK in marks,
        faults=faults or [],
        method=words.describe_marks(asked),
        texts=words.faults_of_marks(asked),
    )


# ------------------------------------------------------------------ the buttons of a ranking


def rearrange(poll_id: int, number: int) -> ResponseReturnValue:
    """Move or remove one option of a ranking, as its button says, and show the list again."""
    visit = get_paper_visit(poll_id)
    asked = get_question(visit.poll, number)
    kept = plain.find_paper(visit)
    if kept is None:
        return redirect(url_for("booth.plain", poll_id=poll_id), 303)
    act, _sign, place = request.form.get("act", "").partition("-")
    known = place.isdecimal() and place.isascii() and int(place[:3]) < len(asked.options)
    if act in ACTS and known and is_ordered(asked):
        kept.choices[number - 1] = move(kept.choices.get(number - 1, []), int(place), act)
        kept.moved = (number - 1, int(place))
        plain.keep_paper(visit, kept)
        if act != "remove":
            where = f"rank-{number - 1}-{int(place)}"
            return redirect(url_for("booth.check", poll_id=poll_id, _anchor=where), 303)
    return redirect(url_for("booth.check", poll_id=poll_id), 303)
