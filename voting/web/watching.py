"""Which scrutineer is at the desk: the visit that a personal link began, kept in the cookie."""

from __future__ import annotations

import datetime as dt

from flask import current_app, session

from voting.domain.errors import Forbidden, NotFound
from voting.store.database import db
from voting.store.trustees import Scrutineer
from voting.web.access import Links

KEPT = "scrutineer"
ENDED = "Your visit has ended. Open the link in your letter again."
REPLACED = "This link has been replaced by a newer one. Use the link in your newest letter."


def get_time() -> dt.datetime:
    """The present moment; the one clock of scrutineers' pages."""
    return dt.datetime.now(dt.UTC)


def read_link(token: str) -> Scrutineer:
    """The scrutineer a link was made for; raises NotFound or Forbidden for a link that is void."""
    links: Links = current_app.extensions["voting.links"]
    link = links.read_scrutineer_token(token)
    scrutineer = db.session.get(Scrutineer, link.scrutineer_id)
    if scrutineer is None:
        raise NotFound("This link does not work any more: the scrutineer was taken off the list.")
    if scrutineer.link_generation != link.generation:
        raise Forbidden(REPLACED)
    return scrutineer


def begin(scrutineer: Scrutineer) -> None:
    """Begin a visit. One browser may hold visits of several votes."""
    kept = dict(session.get(KEPT, {}))
    kept[str(scrutineer.id)] = scrutineer.link_generation
    session[KEPT] = kept
    session.permanent = True


def get_scrutineer(scrutineer_id: int) -> Scrutineer:
    """The scrutineer this browser is on a visit of; raises Forbidden when there is none."""
    generation = session.get(KEPT, {}).get(str(scrutineer_id))
    scrutineer = db.session.get(Scrutineer, scrutineer_id) if generation else None
    if scrutineer is None:
        raise Forbidden(ENDED)
    if scrutineer.link_generation != generation:
        raise Forbidden(REPLACED)
    return scrutineer
