"""The voting paper: the background, one question on a page, and the page to check it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from voting.domain.errors import NotFound
from voting.store.polls import Poll, Question
from voting.web.voter.booth import plain
from voting.web.voter.booth.visit import Visit, find_receipt, get_open_visit, get_paper_visit

BLANK = "blank"


def get_question(poll: Poll, number: int) -> Question:
    """Question *number* counted from 1; raises NotFound."""
    if not 1 <= number <= len(poll.questions):
        raise NotFound(_("There is no question with this number in this vote."))
    return poll.questions[number - 1]


def faults_of(question: Question) -> dict[str, str]:
    """What is said of a selection that cannot be counted: nothing, too many, blank and more."""
    least, most = question.minimum, question.maximum
    if most == 1:
        none = _("Select an answer, or leave this question blank")
    elif least <= 1:
        none = _("Select at least one answer, or leave this question blank")
    else:
        none = _("Select at least %(least)s answers, or leave this question blank", least=least)
    many = ngettext("Select only %(num)d answer", "Select no more than %(num)d answers", most)
    return {
        "none": none,
        "many": many,
        "blank": _("Select your answers or the blank vote, not both"),
    }


def find_fault(question: Question, selected: list[str]) -> str | None:
    """What is wrong with *selected* ("blank" or positions of options), or None."""
    faults = faults_of(question)
    known = {BLANK, *(str(place) for place in range(len(question.options)))}
    if not selected or not known.issuperset(selected):
        return faults["none"]
    if BLANK in selected:
        return faults["blank"] if len(selected) > 1 else None
    if len(selected) < question.minimum:
        return faults["none"]
    return faults["many"] if len(selected) > question.maximum else None


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
        number=number,
    )


def code(poll_id: int) -> ResponseReturnValue:
    """The field for the code, where scripts run but the link was opened without its end."""
    visit = get_paper_visit(poll_id)
    return render_template("voter/booth/code.html", visit=visit, poll=visit.poll)


def question(poll_id: int, number: int) -> ResponseReturnValue:
    """One question, to be answered in the browser or, where agreed, on the server."""
    visit = get_paper_visit(poll_id)
    return _show_question(visit, number, plain.find_paper(visit))


def answer(poll_id: int, number: int) -> ResponseReturnValue:
    """Take the answer of a voter without JavaScript; anyone else is told what that means first."""
    visit = get_paper_visit(poll_id)
    paper = plain.find_paper(visit)
    if paper is None:
        return redirect(url_for("booth.plain", poll_id=poll_id), 303)
    asked = get_question(visit.poll, number)
    selected = sorted(set(request.form.getlist("choice")))
    if fault := find_fault(asked, selected):
        return _show_question(visit, number, paper, selected=selected, fault=fault), 422
    paper.choices[number - 1] = selected
    plain.keep_paper(visit, paper)
    return redirect(_next_page(visit.poll, number, paper), 303)


def _next_page(poll: Poll, number: int, paper: plain.PlainPaper) -> str:
    """The page after question *number*: the next one unanswered, or the page to check."""
    changing = request.args.get("change") == "1"
    missing = find_missing(poll, paper)
    if missing is None or (number == len(poll.questions) and not changing):
        return url_for("booth.check", poll_id=poll.id)
    following = missing if changing else number + 1
    return url_for("booth.question", poll_id=poll.id, number=following)


def find_missing(poll: Poll, paper: plain.PlainPaper) -> int | None:
    """The first question, counted from 1, without an answer that can be counted."""
    for number, asked in enumerate(poll.questions, start=1):
        if find_fault(asked, paper.choices.get(number - 1, [])):
            return number
    return None


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
        election_text=visit.election.definition.decode(),
        questions=[_describe(asked) for asked in visit.poll.questions],
    )


def _describe(asked: Question) -> dict[str, object]:
    """A question as the page's script reads it."""
    return {
        "text": asked.text,
        "answers": [option.text for option in asked.options],
        "blank": True,
        "min": asked.minimum,
        "max": asked.maximum,
    }
