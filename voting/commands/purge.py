"""`voting purge`: destroy ballots, or answers to a consultation, whose time is over, once shown."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from voting.commands.start import require_tables
from voting.domain.errors import Refusal
from voting.services import expiry, retention
from voting.store import polls, proposals
from voting.store.consultations import Consultation, find_consultation
from voting.store.database import db, transaction
from voting.store.expiry import list_unpurged as list_consultations_unpurged
from voting.store.polls import Poll
from voting.store.retention import list_unpurged

WORDS = {
    "ballots": "sealed ballots with their archives",
    "credentials": "public credentials: who has which, and who voted",
    "letters": "records of letters",
    "link_replacements": "records of replaced links",
    "reports": "reports of problems (what they say; decisions stay)",
}


ANSWER_WORDS = {
    "responses": "responses, drafts included",
    "answers": "answers, with tags and notes",
    "files": "files that were sent as answers",
    "participants": "records of who was asked, with the addresses of the public",
    "letters": "records of letters",
    "published": "published answers (these stay)",
}


@click.command("purge")
@click.argument("which", metavar="[PROPOSAL/POLL]", required=False)
@click.option("--confirm", metavar="NUMBER", default=None, help="The number of them, to do it.")
@with_appcontext
def purge_command(which: str | None, confirm: str | None) -> None:
    """Show what is kept until when; with PROPOSAL/POLL, what a purge of a vote would destroy.

    PROPOSAL/consultations/NAME is a consultation. Nothing is destroyed without --confirm and the
    number of ballots or responses. Ballots are kept for 12 months after the announcement, answers
    as long as people were told, and both longer on legal hold. Outcomes, reports, what was
    published and the public trail stay. Backups are not touched: see docs/operators.md.
    """
    require_tables(current_app)
    now = dt.datetime.now(dt.UTC)
    if which is None:
        if confirm is not None:
            raise click.ClickException("Say which: PROPOSAL/POLL, as in its address.")
        _list_all(now)
        return
    thing, act = _find(which)
    try:
        if confirm is None:
            _show(thing, act, which, now)
            return
        with transaction(db.session()) as session:
            kept = act.service.purge(
                session, _find(which)[0], typed=confirm, by="operator", now=now
            )
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.message} Nothing was destroyed.") from None
    number = f"{kept[act.name]:,} {act.name}"
    click.echo(f"Destroyed {number} of {which}. The public trail says so.")


@dataclass(frozen=True, slots=True)
class Act:
    """What is destroyed, by which service, and in which words."""

    name: str
    service: Any
    words: dict[str, str]
    stays: str


BALLOTS = Act(
    "ballots", retention, WORDS, "the outcome, the hashes of the archives, the trail, the reports,"
    " the roll"
)  # fmt: skip
RESPONSES = Act(
    "responses", expiry, ANSWER_WORDS, "the report, the response, published answers, the trail,"
    " the roll"
)  # fmt: skip


def _find(which: str) -> tuple[Poll | Consultation, Act]:
    slug, _, name = which.partition("/")
    session = db.session()
    proposal = proposals.find_proposal(session, slug)
    found: Poll | Consultation | None = None
    if proposal is not None:
        place, _, consultation = name.partition("/")
        if place == "consultations" and consultation:
            found = find_consultation(session, proposal.id, consultation)
            if found is not None:
                return found, RESPONSES
        found = polls.find_poll(session, proposal.id, name)
    if found is None:
        raise click.ClickException(f"There is no vote or consultation {which}.")
    return found, BALLOTS


def _list_all(now: dt.datetime) -> None:
    """Everything that is over and still kept."""
    session = db.session()
    kept: list[tuple[str, Any, Act]] = [
        (f"{poll.proposal.slug}/{poll.slug}", poll, BALLOTS) for poll in list_unpurged(session)
    ]
    kept += [
        (f"{held.proposal.slug}/consultations/{held.slug}", held, RESPONSES)
        for held in list_consultations_unpurged(session)
    ]
    if not kept:
        click.echo("No vote that is over has ballots left, and no consultation answers.")
    for which, thing, act in kept:
        seen = act.service.preview(session, thing, now=now)
        until = f"{seen.until:%Y-%m-%d}" if seen.until else "-"
        told = seen.obstacle or "May be destroyed."
        click.echo(f"{which}: {seen.total:,} {act.name}, kept until {until}. {told}")


def _show(thing: Poll | Consultation, act: Act, which: str, now: dt.datetime) -> None:
    seen = act.service.preview(db.session(), thing, now=now)
    for name, number in seen.kept.items():
        click.echo(f"{number:>12,} {act.words[name]}")
    click.echo(f"Stays: {act.stays}.")
    if seen.obstacle:
        click.echo(seen.obstacle)
    else:
        click.echo(f"To destroy them: voting purge {which} --confirm {seen.total}")
