"""How a question of a draft is counted: the named rule, how many are elected, what is left open."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Field, ValidationError

from voting.domain.errors import NotFound
from voting.domain.methods import (
    CHOICES,
    DEFAULT_POINTS,
    MOST_GRADES,
    MOST_POINTS,
    PAPERS_FROM,
    Kind,
    Method,
)
from voting.services import polls as desk_polls
from voting.store.database import db
from voting.store.polls import Poll, Question
from voting.web.access import guard
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.fields import Choice, Pick, line, paragraph, read_number

blueprint = Blueprint(
    "counting", __name__, url_prefix="/organiser/proposals/<slug>/polls/<poll_slug>"
)
guard(blueprint, "organiser")

RULES = {
    "irv": "Instant runoff (alternative vote): one winner whom more than half of the papers that "
    "still count prefer. The last option goes out, round by round.",
    "scottish-stv": "Scottish single transferable vote, 2007: several places, shared out in "
    "proportion. The rule of Scottish council elections. The usual choice for a board.",
    "ers97": "ERS97 single transferable vote: several places, counted as on paper. Many unions and "
    "societies name it in their rule books.",
    "meek": "Meek’s single transferable vote: several places, the most exact. Needs a computer to "
    "count.",
    "wigm-prf": "WIGM-PRF single transferable vote: several places, a plain weighted transfer.",
    "belenios-stv": "Single transferable vote as belenios-tool counts it, for auditors who "
    "must get the same winners from that program.",
    "schulze": "Schulze (Condorcet): one winner, who beats each other option in pairs where anyone "
    "does. Equal ranks can be allowed. Good for choosing among models.",
    "ranked-pairs": "Ranked pairs (Condorcet): as Schulze, with the clearest majorities locked in "
    "first.",
    "borda": "Borda’s count: points for places. Simple, but adding similar options can change the "
    "winner.",
}
NAMES = {
    "until": "Stop when",
    "exclude": "Take out",
    "variant": "Way of Meek’s rule",
    "strength": "What makes a majority strong",
    "middle": "With an even number of papers, the middle grade is",
}
VALUES = {
    "majority": "an option has more than half of the papers that still count",
    "two": "two options are left",
    "single": "one option in each round",
    "batch": "all options together that can no longer win",
    "prf": "the reference rule of the Proportional Representation Foundation",
    "hww": "Hill, Wichmann and Woodall, 1987",
    "winning": "the votes of the winning side",
    "margins": "the difference between the sides",
    "lower": "the lower of the two in the middle (Balinski and Laraki)",
    "upper": "the better of the two in the middle (Belenios)",
}
USED_BY = {
    "until": "Only for the instant runoff.",
    "exclude": "Only for the instant runoff.",
    "variant": "Only for Meek’s rule.",
    "strength": "Only for Schulze and ranked pairs.",
    "middle": "",
}


def pick(name: str) -> Any:
    """The field for something that a rule leaves open."""
    values = next(given[name] for given in CHOICES.values() if name in given)
    return Pick(
        NAMES[name],
        missing="Select a value from the list",
        hint=USED_BY[name],
        choices={value: VALUES[value][0].upper() + VALUES[value][1:] for value in values},
        default=values[0],
    )


class MethodForm(Form):
    """What every way of counting has."""

    seats = line(
        "How many options are elected?",
        hint="1 for a decision. For a board, the number of places.",
        render_kw={"inputmode": "numeric"},
        default="1",
    )
    shuffled = BooleanField("Show the options in one random order, the same for everyone")

    def validate_seats(self, field: Field) -> None:
        """A whole number."""
        if read_number(field.data) is None:
            raise ValidationError("Enter how many options are elected, for example 1")

    def read(self, kind: str) -> dict[str, Any]:
        """What was typed, as the parts of a method."""
        names = {name for given in CHOICES.values() for name in given}
        return {
            "kind": kind,
            "seats": read_number(self.seats.data) or 0,
            "shuffled": self.shuffled.data,
            "options": {field.name: field.data for field in self if field.name in names},
        }


class SealedForm(MethodForm):
    """What the kinds have whose papers are sealed whole."""

    papers = BooleanField(
        f"Publish every paper after the count, where at least {PAPERS_FROM} people are on the roll"
    )

    def read(self, kind: str) -> dict[str, Any]:
        """What was typed, as the parts of a method."""
        return {**super().read(kind), "papers": self.papers.data}


class RankForm(SealedForm):
    """How ranked papers are counted."""

    rule = Choice("Counting rule", missing="Select a counting rule", choices=RULES, default="irv")
    most_ranks = line(
        "How many options may a voter rank? (optional)",
        hint="Leave it empty to let people rank as many as they like.",
        render_kw={"inputmode": "numeric"},
    )
    equal_ranks = BooleanField(
        "Voters may give several options the same rank (Schulze, ranked pairs and Borda only)"
    )
    until, exclude = pick("until"), pick("exclude")
    variant, strength = pick("variant"), pick("strength")

    def validate_most_ranks(self, field: Field) -> None:
        """A whole number or nothing."""
        if field.data and not read_number(field.data):
            raise ValidationError("Enter a whole number, for example 3, or leave this empty")

    def read(self, kind: str) -> dict[str, Any]:
        """What was typed, as the parts of a method."""
        return {
            **super().read(kind),
            "rule": self.rule.data,
            "most_ranks": read_number(self.most_ranks.data),
            "equal_ranks": self.equal_ranks.data,
        }


class GradeForm(SealedForm):
    """How graded papers are counted: by majority judgment."""

    grades = paragraph(
        "Grades, from the worst to the best",
        missing="Enter the grades, one on each line",
        hint=f"One on each line, 2 to {MOST_GRADES} of them. Those there at first are also "
        "shown in Welsh.",
        rows=7,
    )
    grades_cy = paragraph(
        "Grades in Welsh",
        hint="In the same order as in English. Only if a grade has a name of your own.",
        rows=7,
    )
    middle = pick("middle")

    def read(self, kind: str) -> dict[str, Any]:
        """What was typed, as the parts of a method."""
        return {
            **super().read(kind),
            "rule": "majority-judgment",
            "grades": tuple(self.grades.data.split("\n")),
            "grades_cy": tuple((self.grades_cy.data or "").split("\n")),
        }


class ScoreForm(SealedForm):
    """How papers of points are counted: the points are added up."""

    highest = line(
        "The most points an option may get",
        hint=f"From 1 to {MOST_POINTS}. The fewest are 0.",
        render_kw={"inputmode": "numeric"},
        default=str(DEFAULT_POINTS),
    )

    def validate_highest(self, field: Field) -> None:
        """A whole number."""
        if read_number(field.data) is None:
            raise ValidationError("Enter the most points an option may get, for example 5")

    def read(self, kind: str) -> dict[str, Any]:
        """What was typed, as the parts of a method."""
        highest = read_number(self.highest.data) or 0
        return {**super().read(kind), "rule": "score", "highest": highest}


FORMS: dict[str, type[MethodForm]] = {
    Kind.CHOOSE: MethodForm,
    Kind.RANK: RankForm,
    Kind.GRADE: GradeForm,
    Kind.SCORE: ScoreForm,
}


@blueprint.route("/questions/<int:question_id>/counting", methods=["GET", "POST"])
def edit(slug: str, poll_slug: str, question_id: int) -> ResponseReturnValue:
    """Choose the counting rule of a question and what it leaves open."""
    poll = desk.get_draft(slug, poll_slug)
    question = find_question(poll, question_id)
    method = question.method
    form = FORMS[method.kind](data=describe(method))
    if form.validate_on_submit():
        with desk.faults_shown(form):
            desk_polls.set_method(db.session(), question, Method(**form.read(method.kind)))
            desk.tell("How the question is counted is saved.")
            return redirect(url_for("questions.index", slug=slug, poll_slug=poll_slug), 303)
    return desk.show(
        "questions/counting.html",
        poll=poll,
        form=form,
        question=question,
        method=method,
        bilingual=poll.proposal.is_bilingual,
    )


def find_question(poll: Poll, question_id: int) -> Question:
    """The question of this poll with this id; raises NotFound."""
    for question in poll.questions:
        if question.id == question_id:
            return question
    raise NotFound("This vote has no such question.")


def describe(method: Method) -> dict[str, Any]:
    """A stored method as the form's starting values."""
    return {
        "rule": method.rule,
        "seats": str(method.seats),
        "most_ranks": "" if method.most_ranks is None else str(method.most_ranks),
        "equal_ranks": method.equal_ranks,
        "grades": "\n".join(method.grades),
        "grades_cy": "\n".join(method.grades_cy),
        "highest": str(method.highest),
        "shuffled": method.shuffled,
        "papers": method.papers,
        **method.options,
    }
