"""The last button and what comes after it: casting, the receipt, and voting again."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.belenios.ballot import display_tracker
from voting.belenios.errors import ProtocolError
from voting.domain.errors import Refusal
from voting.services import casting
from voting.services.casting import AlreadyCast, Receipt
from voting.store.database import db
from voting.web.sentences import in_words_of_reader
from voting.web.voter.booth import paper, plain
from voting.web.voter.booth.answers import find_missing
from voting.web.voter.booth.visit import (
    RECEIPT,
    Elsewhere,
    Visit,
    check_open,
    find_receipt,
    get_open_visit,
    get_visit,
)


def keep_receipt(poll_id: int, digits: str, *, replaced: bool) -> str:
    """Keep the tracking number for the receipt page, whose address is returned."""
    plain.drop_paper()
    session[RECEIPT] = {"poll": poll_id, "digits": digits, "replaced": replaced}
    return url_for("booth.receipt", poll_id=poll_id)


def cast(poll_id: int) -> ResponseReturnValue:
    """Take a ballot sealed in the browser; answers JSON with the next page or what went wrong."""
    visit = get_open_visit(poll_id)
    raw = request.form.get("ballot", "").encode()
    try:
        receipt = casting.cast_ballot(
            db.session(),
            visit.election.id,
            visit.elector.id,
            raw,
            now=visit.now,
            begun_at=visit.begun_at,
        )
    except AlreadyCast as refusal:
        if refusal.replaced:
            raise
        location = keep_receipt(poll_id, refusal.digits, replaced=False)
        return jsonify(error=in_words_of_reader(refusal.message), location=location), 409
    return jsonify(location=keep_receipt(poll_id, receipt.digits, replaced=receipt.replaced))


def seal(poll_id: int) -> ResponseReturnValue:
    """Seal and cast the vote of a voter without JavaScript."""
    visit = get_open_visit(poll_id)
    kept = plain.find_paper(visit)
    if kept is None or find_missing(visit.poll, kept):
        return redirect(url_for("booth.check", poll_id=poll_id), 303)
    try:
        receipt = _seal(visit, kept)
    except (Refusal, ProtocolError) as refusal:
        return paper.show_check(visit, kept, error=_describe(refusal)), 422
    return redirect(keep_receipt(poll_id, receipt.digits, replaced=receipt.replaced), 303)


def _seal(visit: Visit, kept: plain.PlainPaper) -> Receipt:
    vectors = [
        casting.marks_to_vector(asked.method, len(asked.options), kept.choices[place])
        if asked.method.is_sealed_whole
        else casting.choices_to_vector(asked, kept.choices[place])
        for place, asked in enumerate(visit.poll.questions)
    ]
    return casting.seal_and_cast(
        db.session(),
        visit.election.id,
        visit.elector.id,
        kept.code,
        vectors,
        now=visit.now,
        begun_at=visit.begun_at,
    )


def _describe(refusal: Refusal | ProtocolError) -> str:
    if isinstance(refusal, Refusal):
        return in_words_of_reader(refusal.message)
    return str(_("Your vote could not be sealed. Check your voting code and cast your vote again."))


def receipt(poll_id: int) -> ResponseReturnValue:
    """The tracking number of the last vote cast in this browser, and what to do with it."""
    visit = get_visit(poll_id)
    kept = find_receipt(poll_id)
    if kept is None:
        raise Elsewhere("no_receipt", visit.poll)
    return render_template(
        "voter/booth/receipt.html",
        visit=visit,
        poll=visit.poll,
        digits=display_tracker(kept["digits"]),
        replaced=kept["replaced"],
        may_vote=_may_vote(visit),
    )


def _may_vote(visit: Visit) -> bool:
    try:
        check_open(visit.poll, visit.now, visit.begun_at)
    except Elsewhere:
        return False
    return True


def again(poll_id: int) -> ResponseReturnValue:
    """Vote again: the voting paper is opened once more, and the last ballot will count."""
    get_open_visit(poll_id)
    if kept := find_receipt(poll_id):
        session[RECEIPT] = {**kept, "again": True}
    return redirect(url_for("booth.background", poll_id=poll_id, number=1), 303)
