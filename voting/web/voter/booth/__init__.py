"""The voter's booth, from the link in a letter to the receipt.

No choice and no voting code reaches the server from a browser that runs scripts; without scripts
the voter is told first. Opening a page never changes anything: what changes is a POST.
"""

from __future__ import annotations

from flask import Blueprint
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge

from voting.belenios.errors import ProtocolError
from voting.domain.errors import Refusal
from voting.web.access import guard
from voting.web.voter.booth import cast, landing, marks, paper, plain, refusals
from voting.web.voter.booth.visit import Elsewhere

blueprint = Blueprint("booth", __name__)
guard(blueprint, "elector")

_VOTE = "/vote/<int:poll_id>"

for rule, get_view, post_view in (
    ("/v/<token>", landing.landing, landing.begin),
    (f"{_VOTE}/start", paper.start, plain.enter),
    (f"{_VOTE}/background/<int:number>", paper.background, None),
    (f"{_VOTE}/plain", plain.plain, plain.agree),
    (f"{_VOTE}/code", paper.code, None),
    (f"{_VOTE}/question/<int:number>", paper.question, paper.answer),
    (
        f"{_VOTE}/question/<int:number>/choice/<int:place>",
        marks.preference,
        marks.answer_preference,
    ),
    (f"{_VOTE}/question/<int:number>/order", None, marks.rearrange),
    (f"{_VOTE}/check", paper.check, cast.seal),
    (f"{_VOTE}/cast", None, cast.cast),
    (f"{_VOTE}/receipt", cast.receipt, None),
    (f"{_VOTE}/again", None, cast.again),
):
    if get_view is not None:
        blueprint.add_url_rule(rule, view_func=get_view, methods=["GET"])
    if post_view is not None:
        blueprint.add_url_rule(rule, view_func=post_view, methods=["POST"])

blueprint.register_error_handler(Elsewhere, refusals.show_elsewhere)
blueprint.register_error_handler(Refusal, refusals.tell_refusal)
blueprint.register_error_handler(ProtocolError, refusals.tell_protocol_error)
blueprint.register_error_handler(CSRFError, refusals.show_expired)
blueprint.register_error_handler(RequestEntityTooLarge, refusals.tell_too_large)
