"""What a decision rests on, named in Welsh; the evidence itself was hashed in English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from voting.domain.evidence import Evidence
from voting.store.consultations import find_consultation
from voting.store.database import db
from voting.store.documents import find_version
from voting.store.polls import find_poll
from voting.store.proposals import Proposal
from voting.web.languages import find_language

_CHECKED = re.compile(r"(\d+) of (\d+) archives passed every check")


def tell_evidence(proposal: Proposal, pieces: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Each piece with its title and note in Welsh, for whom reads Welsh and where there is any."""
    welsh = find_language() == "cy"
    return [
        {
            "piece": piece,
            "title": _name(proposal, piece) if welsh else "",
            "note": _tell_note(piece.note) if welsh else "",
        }
        for piece in pieces
    ]


def _name(proposal: Proposal, piece: Evidence) -> str:
    """The title of a piece in Welsh; nothing where what it names has none."""
    if piece.kind == "page" and piece.reference:
        return str(_("The proposal, version %(number)s", number=piece.reference))
    if piece.kind == "equality-impact" and piece.is_missing:
        return str(_("The equality impact assessment"))
    title = _find_title(proposal, piece)
    if title and "/" in piece.reference:
        number = piece.reference.rpartition("/")[2]
        return str(_("%(title)s, version %(number)s", title=title, number=number))
    if title and "@" in piece.reference:
        number = piece.reference.rpartition("@")[2]
        return str(_("The report on “%(title)s”, edition %(number)s", title=title, number=number))
    return title


def _find_title(proposal: Proposal, piece: Evidence) -> str:
    """The organisation's own Welsh title of what a piece names."""
    session = db.session()
    name, _mark, number = piece.reference.partition("/")
    if number:
        version = find_version(session, proposal.id, int(name), int(number))
        return version.document.title_cy if version else ""
    if piece.kind == "poll":
        poll = find_poll(session, proposal.id, name)
        return poll.title_cy if poll else ""
    held = find_consultation(session, proposal.id, name.partition("@")[0])
    return held.title_cy if held else ""


def _tell_note(note: str) -> str:
    """What was checked of a vote; nothing where it is said in other words."""
    found = _CHECKED.fullmatch(note)
    if found is None:
        return ""
    passed, every = found.groups()
    told = ngettext(
        "%(passed)s of %(num)s archive passed every check",
        "%(passed)s of %(num)s archives passed every check",
        int(every),
        passed=passed,
    )
    return str(told)
