"""Voting without JavaScript: what the voter agreed to, kept in their own cookie under seal.

The server seals the vote and so sees it for that moment; the interruption page says so first. Until
the vote is cast, the code and the choices live in the voter's session cookie and nowhere else,
sealed so that neither the cookie nor a log of it tells anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from flask import current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from voting.belenios.credential import parse_credential
from voting.domain.errors import Refusal
from voting.sealing import Sealer
from voting.services import casting
from voting.web.sentences import in_words_of_reader
from voting.web.voter.booth.visit import PLAIN, Visit, get_paper_visit

CODE_LONGEST = 500  # a whole link may be pasted


@dataclass(slots=True)
class PlainPaper:
    """A voting paper filled in on the server: the code, and by question what was selected.

    ``moved`` is the question and the option of the button pressed last, to be announced once.
    """

    code: str = field(repr=False)
    choices: dict[int, list[str]] = field(default_factory=dict, repr=False)
    moved: tuple[int, int] | None = field(default=None, repr=False)


def _sealer() -> Sealer:
    sealer: Sealer = current_app.extensions["voting.sealer"]
    return sealer


def find_paper(visit: Visit) -> PlainPaper | None:
    """The paper this voter is filling in without JavaScript, if they agreed to that."""
    sealed = session.get(PLAIN)
    if sealed is None:
        return None
    try:
        kept = json.loads(_sealer().unseal(sealed.encode()))
    except Refusal:
        return None
    if (kept["poll"], kept["elector"]) != (visit.poll.id, visit.elector.id):
        return None
    choices = {int(n): chosen.split(",") for n, chosen in kept["choices"].items()}
    moved = kept.get("moved")
    return PlainPaper(kept["code"], choices, (moved[0], moved[1]) if moved else None)


def keep_paper(visit: Visit, paper: PlainPaper) -> None:
    """Keep the paper, sealed, in the voter's own session cookie."""
    kept = {
        "poll": visit.poll.id,
        "elector": visit.elector.id,
        "code": paper.code,
        "choices": {number: ",".join(chosen) for number, chosen in paper.choices.items()},
        "moved": paper.moved,
    }
    session[PLAIN] = _sealer().seal(json.dumps(kept).encode()).decode()


def drop_paper() -> None:
    """Forget the code and the choices."""
    session.pop(PLAIN, None)


def read_code(visit: Visit, text: str) -> str:
    """The voting code in *text*, which may be the whole link; raises Refusal naming the fault."""
    code = text[:CODE_LONGEST].rsplit("#", 1)[-1].strip()
    if not code:
        raise Refusal(_("Enter your voting code"), field="code")
    public = casting.check_code(visit.election, code)
    if visit.credential.public_credential != public:
        raise Refusal(
            _("This code belongs to another person or another vote. Check it against your letter"),
            field="code",
        )
    return parse_credential(code)


def plain(poll_id: int) -> ResponseReturnValue:
    """The interruption page: what voting without JavaScript means, and the field for the code."""
    return render_template(
        "voter/booth/plain.html", visit=get_paper_visit(poll_id), error=None, typed=""
    )


def enter(poll_id: int) -> ResponseReturnValue:
    """Come from a page whose script did not run: to the interruption page, or on if agreed."""
    visit = get_paper_visit(poll_id)
    if find_paper(visit) is None:
        return redirect(url_for("booth.plain", poll_id=poll_id), 303)
    return redirect(url_for("booth.question", poll_id=poll_id, number=1), 303)


def agree(poll_id: int) -> ResponseReturnValue:
    """Agree that the server seals the vote, and give the code."""
    visit = get_paper_visit(poll_id)
    typed = request.form.get("code", "")
    try:
        code = read_code(visit, typed)
    except Refusal as refusal:
        page = render_template(
            "voter/booth/plain.html",
            visit=visit,
            error=in_words_of_reader(refusal.message),
            typed=typed[:CODE_LONGEST],
        )
        return page, 422
    keep_paper(visit, PlainPaper(code))
    return redirect(url_for("booth.question", poll_id=poll_id, number=1), 303)
