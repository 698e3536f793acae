"""What a voter has answered: whether it can be counted, and which page comes next."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from voting.domain.errors import NotFound
from voting.domain.marks import BLANK, find_faults
from voting.domain.methods import Kind
from voting.store.polls import Poll, Question
from voting.web.voter.booth.plain import PlainPaper


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


def is_answered(question: Question, kept: list[str]) -> bool:
    """Whether what was kept for a question can be counted."""
    if question.method.kind == Kind.CHOOSE:
        return find_fault(question, kept) is None
    return not find_faults(question.method, len(question.options), kept)


def is_ordered(question: Question) -> bool:
    """Whether its options are ranked one after the other, so that one can be moved."""
    return question.method.kind == Kind.RANK and not question.method.equal_ranks


def find_next_page(poll: Poll, number: int, paper: PlainPaper) -> str:
    """The page after question *number*: the next one unanswered, or the page to check."""
    changing = request.args.get("change") == "1"
    missing = find_missing(poll, paper)
    if missing is None or (number == len(poll.questions) and not changing):
        return url_for("booth.check", poll_id=poll.id)
    following = missing if changing else number + 1
    return url_for("booth.question", poll_id=poll.id, number=following)


def find_missing(poll: Poll, paper: PlainPaper) -> int | None:
    """The first question, counted from 1, without an answer that can be counted."""
    for number, asked in enumerate(poll.questions, start=1):
        if not is_answered(asked, paper.choices.get(number - 1, [])):
            return number
    return None
