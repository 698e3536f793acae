"""The voting paper: the background, one question on a page, and the page to check it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from voting.domain.marks import list_order
from voting.domain.methods import Kind
from voting.store.polls import Poll, Question
from voting.web.hub import is_of_models
from voting.web.languages import tell_own
from voting.web.voter.booth import marks, plain, words
from voting.web.voter.booth.answers import (
    faults_of,
    find_fault,
    find_missing,
    find_next_page,
    get_question,
)
from voting.web.voter.booth.visit import Visit, find_receipt, get_open_visit, get_paper_visit


def start(poll_id: int) -> ResponseReturnValue:
    """What the vote is for, who runs it, how long it takes, and under which rule it counts."""
    visit = get_open_visit(poll_id)
    if visit.has_voted:
        has_receipt = find_receipt(poll_id) is not None
        return render_template(
            "voter/booth/voted.html", visit=visit, poll=visit.poll, has_receipt=has_receipt
        )
    return render_template("voter/booth/start.html", visit=visit, poll=visit.poll)


def background(poll_id: int, number: int) -> ResponseReturnValue:
    """The options of one question, each with what speaks for and against it."""
    visit = get_paper_visit(poll_id)
    question = get_question(visit.poll, number)
    return render_template(
        "voter/booth/background.html",
        visit=visit,
        poll=visit.poll,
        question=question,
        of_models=is_of_models(question),
        number=number,
    )


def code(poll_id: int) -> ResponseReturnValue:
    """The field for the code, where scripts run but the link was opened without its end."""
    visit = get_paper_visit(poll_id)
    return render_template("voter/booth/code.html", visit=visit, poll=visit.poll)


def question(poll_id: int, number: int) -> ResponseReturnValue:
    """One question, to be answered in the browser or, where agreed, on the server."""
    visit = get_paper_visit(poll_id)
    asked, paper = get_question(visit.poll, number), plain.find_paper(visit)
    if asked.method.is_paged(len(asked.options)):
        return marks.show_preference(visit, asked, 1, paper)
    if asked.method.is_sealed_whole:
        return marks.show_marks(visit, asked, paper)
    return _show_question(visit, number, paper)


def answer(poll_id: int, number: int) -> ResponseReturnValue:
    """Take the answer of a voter without JavaScript; anyone else is told what that means first."""
    visit = get_paper_visit(poll_id)
    paper = plain.find_paper(visit)
    if paper is None:
        return redirect(url_for("booth.plain", poll_id=poll_id), 303)
    asked = get_question(visit.poll, number)
    if asked.method.is_paged(len(asked.options)):
        return marks.answer_preference(poll_id, number, 1)
    if asked.method.is_sealed_whole:
        return marks.answer_marks(visit, asked, paper)
    selected = sorted(set(request.form.getlist("choice")))
    if fault := find_fault(asked, selected):
        return _show_question(visit, number, paper, selected=selected, fault=fault), 422
    paper.choices[number - 1] = selected
    plain.keep_paper(visit, paper)
    return redirect(find_next_page(visit.poll, number, paper), 303)


def _show_question(
    visit: Visit,
    number: int,
    paper: plain.PlainPaper | None,
    *,
    selected: list[str] | None = None,
    fault: str | None = None,
) -> str:
    asked = get_question(visit.poll, number)
    if selected is None:
        selected = paper.choices.get(number - 1, []) if paper else []
    return render_template(
        "voter/booth/question.html",
        visit=visit,
        poll=visit.poll,
        question=asked,
        number=number,
        plain=paper is not None,
        selected=selected,
        fault=fault,
        faults=faults_of(asked),
    )


def check(poll_id: int) -> ResponseReturnValue:
    """Check your vote: what was chosen, with a way to change each answer, and the last button."""
    visit = get_paper_visit(poll_id)
    paper = plain.find_paper(visit)
    if paper is not None and (missing := find_missing(visit.poll, paper)):
        return redirect(url_for("booth.question", poll_id=poll_id, number=missing, change=1), 303)
    return show_check(visit, paper)


def show_check(visit: Visit, paper: plain.PlainPaper | None, error: str | None = None) -> str:
    """The page to check, with what went wrong when casting was tried."""
    return render_template(
        "voter/booth/check.html",
        visit=visit,
        poll=visit.poll,
        paper=paper,
        error=error,
        moved=_tell_moved(visit.poll, paper),
        orders=[_list_order(asked, paper) for asked in visit.poll.questions],
        order_texts=words.texts_of_order(),
        ordinals=[words.ordinal(place) for place in range(1, _longest(visit.poll) + 1)],
        election_text=visit.election.definition.decode(),
        questions=[_describe(asked) for asked in visit.poll.questions],
    )


def _list_order(asked: Question, paper: plain.PlainPaper | None) -> list[list[int]]:
    if paper is None or asked.method.kind != Kind.RANK:
        return []
    return list_order(paper.choices.get(asked.position, []))


def _longest(poll: Poll) -> int:
    return max(len(asked.options) for asked in poll.questions)


def _tell_moved(poll: Poll, paper: plain.PlainPaper | None) -> str:
    """What the button pressed before did, to be announced once."""
    if paper is None or paper.moved is None:
        return ""
    number, place = paper.moved
    asked = poll.questions[number]
    return words.tell_move(asked, marks.read_order(paper.choices.get(number, [])), place)


def _describe(asked: Question) -> dict[str, object]:
    """A question as the page's script reads it."""
    return {
        "text": tell_own(asked, "text"),
        "answers": [tell_own(option, "text") for option in asked.options],
        "blank": True,
        "min": asked.minimum,
        "max": asked.maximum,
        **words.describe_marks(asked),
    }
