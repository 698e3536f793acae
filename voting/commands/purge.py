"""`voting purge`: destroy ballots whose time is over, after showing what that means."""

from __future__ import annotations

import datetime as dt

import click
from flask import current_app
from flask.cli import with_appcontext

from voting.commands.start import require_tables
from voting.domain.errors import Refusal
from voting.services import retention
from voting.store import polls, proposals
from voting.store.database import db, transaction
from voting.store.polls import Poll
from voting.store.retention import list_unpurged

WORDS = {
    "ballots": "sealed ballots with their archives",
    "credentials": "public credentials: who has which, and who voted",
    "letters": "records of letters",
    "link_replacements": "records of replaced links",
    "reports": "reports of problems (what they say; decisions stay)",
}


@click.command("purge")
@click.argument("which", metavar="[PROPOSAL/POLL]", required=False)
@click.option("--confirm", metavar="NUMBER", default=None, help="The number of ballots, to do it.")
@with_appcontext
def purge_command(which: str | None, confirm: str | None) -> None:
    """Show whose ballots are kept until when; with PROPOSAL/POLL, what a purge would destroy.

    Nothing is destroyed without --confirm and the number of ballots. Ballots are kept for 12 months
    after the announcement, and longer on legal hold. The outcome, the hashes of the archives, the
    public trail and the reports of checks stay. Backups are not touched: see docs/operators.md.
    """
    require_tables(current_app)
    now = dt.datetime.now(dt.UTC)
    if which is None:
        if confirm is not None:
            raise click.ClickException("Say whose ballots: PROPOSAL/POLL, as in its address.")
        _list_all(now)
        return
    try:
        if confirm is None:
            _show(_find(which), which, now)
            return
        with transaction(db.session()) as session:
            kept = retention.purge(session, _find(which), typed=confirm, by="operator", now=now)
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.message} Nothing was destroyed.") from None
    click.echo(f"Destroyed {kept['ballots']:,} ballots of {which}. The public trail says so.")


def _find(which: str) -> Poll:
    slug, _, poll_slug = which.partition("/")
    proposal = proposals.find_proposal(db.session(), slug)
    poll = polls.find_poll(db.session(), proposal.id, poll_slug) if proposal else None
    if poll is None:
        raise click.ClickException(f"There is no vote {which}.")
    return poll


def _list_all(now: dt.datetime) -> None:
    found = list_unpurged(db.session())
    if not found:
        click.echo("No vote that is over has ballots left.")
    for poll in found:
        seen = retention.preview(db.session(), poll, now=now)
        until = f"{seen.until:%Y-%m-%d}" if seen.until else "-"
        click.echo(
            f"{poll.proposal.slug}/{poll.slug}: {seen.total:,} ballots, kept until {until}. "
            f"{seen.obstacle or 'May be destroyed.'}"
        )


def _show(poll: Poll, which: str, now: dt.datetime) -> None:
    seen = retention.preview(db.session(), poll, now=now)
    for name, number in seen.kept.items():
        click.echo(f"{number:>12,} {WORDS[name]}")
    click.echo("Stays: the outcome, the hashes of the archives, the trail, the reports, the roll.")
    if seen.obstacle:
        click.echo(seen.obstacle)
    else:
        click.echo(f"To destroy them: voting purge {which} --confirm {seen.total}")
