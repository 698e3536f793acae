"""The scrutineer's desk: make a key, prove the copy, approve, count, report a lost key.

A scrutineer comes by a personal link. Opening a page changes nothing; what changes is a POST. The
private key never reaches the server: what is posted was made in the browser, or by
``voting trustee`` on the scrutineer's own computer, and is checked before it is kept.
"""

from __future__ import annotations

from flask import Blueprint

from voting.web.access import guard
from voting.web.trustee import consent, counting, keys, visit

blueprint = Blueprint("trustee", __name__)
guard(blueprint, "scrutineer")

_DESK = "/scrutineer/<int:scrutineer_id>"

for rule, get_view, post_view in (
    ("/s/<token>", visit.landing, visit.begin),
    (_DESK, visit.home, None),
    (f"{_DESK}/key", keys.key, keys.answer),
    (f"{_DESK}/ceremony.json", keys.task, None),
    (f"{_DESK}/approve", consent.approve, consent.give_approval),
    (f"{_DESK}/lost", consent.lost, consent.report_lost),
    (f"{_DESK}/count/<uuid>", counting.count, counting.give),
    (f"{_DESK}/<uuid>.bel", counting.archive, None),
):
    blueprint.add_url_rule(rule, view_func=get_view, methods=["GET"])
    if post_view is not None:
        blueprint.add_url_rule(rule, view_func=post_view, methods=["POST"])
