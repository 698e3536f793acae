"""The roll of a constituency: who is on it, and taking people off it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from voting.services import roll as desk_roll
from voting.store import roll
from voting.store.database import db
from voting.store.proposals import Constituency
from voting.store.roll import Elector
from voting.web.access import guard
from voting.web.forms import ConfirmForm
from voting.web.organiser import desk

blueprint = Blueprint("roll", __name__, url_prefix="/organiser")
guard(blueprint, "organiser")

PAGE = 50  # electors on one page


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a roll. ``next_after`` is None on the last; ``first`` tells the first page."""

    electors: list[Elector]
    next_after: int | None
    first: bool


@blueprint.get("/proposals/<slug>/roll/<code>")
def show(slug: str, code: str) -> ResponseReturnValue:
    """The people on the roll, a page at a time, or those that a search finds."""
    constituency = desk.get_constituency(slug, code)
    session = db.session()
    searched = request.args.get("find", "").strip()[:200]
    return desk.show(
        "roll/show.html",
        proposal=constituency.proposal,
        constituency=constituency,
        total=roll.count_electors(session, constituency.id),
        page=read_page(constituency, searched),
        waits=roll.list_waiting_imports(session, constituency.id),
        searched=searched,
    )


def read_page(constituency: Constituency, searched: str) -> Page:
    """The page of the roll that the address asks for."""
    after = max(0, request.args.get("after", 0, type=int))
    found = roll.search_electors(
        db.session(), constituency.id, searched, after=after, limit=PAGE + 1
    )
    more = len(found) > PAGE
    return Page(found[:PAGE], found[PAGE - 1].id if more else None, after == 0)


@blueprint.route(
    "/proposals/<slug>/roll/<code>/electors/<int:elector_id>/remove", methods=["GET", "POST"]
)
def remove(slug: str, code: str, elector_id: int) -> ResponseReturnValue:
    """Ask, then take one person off the roll. Removing them twice is no fault."""
    constituency = desk.get_constituency(slug, code)
    elector = roll.find_elector(db.session(), constituency.id, elector_id)
    if elector is None:
        return redirect(url_for("roll.show", slug=slug, code=code), 303)
    form = ConfirmForm()
    if form.validate_on_submit():
        desk_roll.remove_elector(db.session(), elector, now=desk.get_time())
        desk.tell("The person is off the roll.")
        return redirect(url_for("roll.show", slug=slug, code=code), 303)
    return desk.show("roll/remove.html", form=form, constituency=constituency, elector=elector)


@blueprint.route("/proposals/<slug>/roll/<code>/clear", methods=["GET", "POST"])
def clear(slug: str, code: str) -> ResponseReturnValue:
    """Ask, then empty the roll."""
    constituency = desk.get_constituency(slug, code)
    form = ConfirmForm()
    if form.validate_on_submit():
        number = desk_roll.clear_roll(db.session(), constituency, now=desk.get_time())
        people = "1 person was" if number == 1 else f"{number:,} people were"
        desk.tell(f"The roll is empty. {people} taken off it.")
        return redirect(url_for("roll.show", slug=slug, code=code), 303)
    total = roll.count_electors(db.session(), constituency.id)
    return desk.show("roll/clear.html", form=form, constituency=constituency, total=total)
