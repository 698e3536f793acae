"""The decision rule of a draft: what each constituency must reach, and how they combine."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field, ValidationError

from voting.services import polls as desk_polls
from voting.store.database import db
from voting.store.polls import DecisionRule, Poll
from voting.store.proposals import Constituency
from voting.web.access import guard
from voting.web.forms import Form
from voting.web.organiser import desk
from voting.web.organiser.fields import Choice, Pick, line, read_number

blueprint = Blueprint("rules", __name__, url_prefix="/organiser/proposals/<slug>/polls/<poll_slug>")
guard(blueprint, "organiser")

SHARES = {"1/2": "one half", "3/5": "three fifths", "2/3": "two thirds", "3/4": "three quarters"}
BASES = {
    "valid": "the valid votes (blank votes left out)",
    "papers": "all papers (blank votes counted in)",
    "roll": "everyone on the roll, voted or not",
}
COMBINATIONS = {
    "all-deciding": "Every constituency that decides must carry the proposal",
    "any-deciding": "One constituency that decides is enough",
}
MOST_VOTES = "the option with the most votes"
LEADING = "leading"  # no one option carries: the one with the most votes is held to the rule


class RuleForm(Form):
    """What one constituency must reach."""

    standing = Choice(
        "What is this constituency’s vote?",
        missing="Select whether this constituency decides or advises",
        choices={"decides": "It decides", "advises": "It advises"},
        default="decides",
    )
    comparison = Choice(
        "How much of the vote is needed?",
        missing="Select “More than” or “At least”",
        choices={"more-than": "More than", "at-least": "At least"},
        default="more-than",
    )
    share = Pick(
        "This share",
        missing="Select a share from the list",
        choices={s: f"{s} ({name})" for s, name in SHARES.items()} | {"other": "Another share"},
        default="1/2",
    )
    other_share = line(
        "Another share (optional)",
        longest=9,
        hint="Only if you chose “Another share”. Write it as a fraction, for example 55/100.",
    )
    base = Choice(
        "Of what?",
        missing="Select what the share is a share of",
        choices=BASES,
        default="valid",
    )
    turnout_percent = line(
        "Turnout needed, in per cent (optional)",
        longest=3,
        hint="For example 50. Leave it empty if no turnout is needed.",
        render_kw={"inputmode": "numeric"},
    )

    def validate_other_share(self, field: Field) -> None:
        """A fraction of whole numbers, when another share was chosen."""
        if self.share.data == "other" and read_share(field.data) is None:
            raise ValidationError("Enter a fraction of whole numbers, for example 55/100")

    def validate_turnout_percent(self, field: Field) -> None:
        """A whole number of per cent."""
        if field.data and read_number(field.data) is None:
            raise ValidationError("Enter a whole number from 0 to 100, for example 50")

    def to_rule(self) -> dict[str, Any]:
        """The rule as the service takes it."""
        text = self.other_share.data if self.share.data == "other" else self.share.data
        numerator, denominator = read_share(text) or (0, 0)
        return {
            "standing": self.standing.data,
            "comparison": self.comparison.data,
            "numerator": numerator,
            "denominator": denominator,
            "base": self.base.data,
            "turnout_percent": read_number(self.turnout_percent.data) or 0,
        }


class CombinationForm(Form):
    """How the constituencies combine, and which option has to reach the rule."""

    combination = Choice(
        "How do the constituencies combine?",
        missing="Select how the constituencies combine",
        choices=COMBINATIONS,
    )
    carries = Choice(
        "Which option must reach the rule?",
        missing="Select the option that must reach the rule",
    )

    def read_carries(self) -> tuple[int, int | None]:
        """The question that is held to the rule and its option; None: the leading option."""
        if self.carries is None:
            return 0, None
        question, _, option = self.carries.data.partition(":")
        return int(question), None if option == LEADING else int(option)


def read_share(text: str | None) -> tuple[int, int] | None:
    """Numerator and denominator of a fraction as typed, or None."""
    above, slash, below = (text or "").partition("/")
    numerator, denominator = read_number(above), read_number(below)
    if not slash or numerator is None or not denominator:
        return None
    return numerator, denominator


def find_rule(poll: Poll, constituency: Constituency) -> DecisionRule | None:
    """The rule of this constituency, if one is set."""
    return next((r for r in poll.rules if r.constituency_id == constituency.id), None)


@blueprint.route("/rules", methods=["GET", "POST"])
def index(slug: str, poll_slug: str) -> ResponseReturnValue:
    """Each constituency's rule, how they combine, and which option carries."""
    poll = desk.get_draft(slug, poll_slug)
    form = make_combination_form(poll)
    if form.validate_on_submit():
        question, option = form.read_carries()
        with desk.faults_shown(form, carrying_option="carries", deciding_question="carries"):
            desk_polls.update_poll(
                db.session(),
                poll,
                combination=form.combination.data,
                now=desk.get_time(),
                deciding_question=question,
                carrying_option=option,
            )
            desk.tell("The decision rule is saved.")
            return redirect(url_for("polls.show", slug=slug, poll_slug=poll_slug), 303)
    rows = [(c, find_rule(poll, c)) for c in poll.proposal.constituencies]
    return desk.show("rules/index.html", poll=poll, rows=rows, form=form)


def make_combination_form(poll: Poll) -> CombinationForm:
    """The form with the options that this draft has; without questions there are none to choose."""
    stored = LEADING if poll.carrying_option is None else poll.carrying_option
    form = CombinationForm(
        combination=poll.combination, carries=f"{poll.deciding_question}:{stored}"
    )
    form.carries.choices = list_carriers(poll)
    if not form.carries.choices:
        del form.carries
    return form


def list_carriers(poll: Poll) -> dict[str, str]:
    """Each option of each question as a choice, and the leading option of each question."""
    choices = {}
    for question in poll.questions:
        prefix = f"Question {question.position + 1}: " if len(poll.questions) > 1 else ""
        for option in question.options:
            choices[f"{question.position}:{option.position}"] = prefix + option.text
        first = "what wins the count" if question.method.is_counted else MOST_VOTES
        leading = f"{prefix}{first}, whichever it is"
        choices[f"{question.position}:{LEADING}"] = leading[0].upper() + leading[1:]
    return choices


@blueprint.route("/rules/<code>", methods=["GET", "POST"])
def edit(slug: str, poll_slug: str, code: str) -> ResponseReturnValue:
    """Set what one constituency must reach."""
    poll = desk.get_draft(slug, poll_slug)
    constituency = desk.get_constituency(slug, code)
    form = RuleForm(data=describe(find_rule(poll, constituency)))
    if form.validate_on_submit():
        names = {"numerator": "other_share" if form.share.data == "other" else "share"}
        with desk.faults_shown(form, **names):
            desk_polls.set_rule(db.session(), poll, constituency, **form.to_rule())
            desk.tell(f"The rule of {constituency.name} is saved.")
            return redirect(url_for("rules.index", slug=slug, poll_slug=poll_slug), 303)
    return desk.show("rules/edit.html", poll=poll, constituency=constituency, form=form)


def describe(rule: DecisionRule | None) -> dict[str, Any] | None:
    """A stored rule as the form's starting values."""
    if rule is None:
        return None
    share = f"{rule.numerator}/{rule.denominator}"
    listed = next((s for s in SHARES if Fraction(s) == Fraction(share)), None)
    return {
        "standing": rule.standing,
        "comparison": rule.comparison,
        "share": listed or "other",
        "other_share": "" if listed else share,
        "base": rule.base,
        "turnout_percent": str(rule.turnout_percent or ""),
    }
