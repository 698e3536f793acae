"""The page behind the link in a letter, and the one that stops reminders."""

from __future__ import annotations

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from voting.services import answering
from voting.store.database import db
from voting.store.participants import Participant
from voting.web.languages import find_language
from voting.web.voter.answers import visit


def mask(participant: Participant) -> str:
    """Enough of a name or address to know oneself, too little to learn one."""
    if participant.elector is not None:
        return " ".join(f"{part[0]}••" for part in participant.elector.name.split())
    local, _, domain = participant.email.partition("@")
    return f"{local[:1]}••@{domain}"


def landing(token: str) -> ResponseReturnValue:
    """Who asks whom for what, and a button; nothing is begun."""
    participant = visit.read_link(token)
    visit.check_open(participant.consultation, visit.get_time())
    return render_template(
        "voter/answers/landing.html",
        consultation=participant.consultation,
        masked=mask(participant),
        token=token,
    )


def begin(token: str) -> ResponseReturnValue:
    """Begin the visit of the person the link was sent to; it confirms an address of the public."""
    participant = visit.read_link(token)
    now = visit.get_time()
    visit.check_open(participant.consultation, now)
    answering.confirm(db.session(), participant, now=now)
    visit.begin(participant)
    if find_language() == participant.language:
        session["language"] = participant.language
    return redirect(url_for("answers.start", participant_id=participant.id), 303)


def ask_to_stop(token: str) -> ResponseReturnValue:
    """Ask whether reminders shall stop; opening the page stops nothing."""
    participant = visit.read_link(token)
    return render_template(
        "voter/answers/stop.html",
        consultation=participant.consultation,
        token=token,
        stopped=participant.stops_reminders,
    )


def stop(token: str) -> ResponseReturnValue:
    """Stop reminders with one POST, from the page or from a mail program (RFC 8058)."""
    participant = visit.read_link(token)
    answering.stop_reminders(db.session(), participant)
    return render_template(
        "voter/answers/stop.html",
        consultation=participant.consultation,
        token=token,
        stopped=True,
    )
