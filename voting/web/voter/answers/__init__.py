"""Answering a consultation, from the link in a letter to the receipt.

Nothing here knows of votes. Opening a page never changes anything: what changes is a POST.
"""

from __future__ import annotations

from flask import Blueprint
from flask_wtf.csrf import CSRFError

from voting.web.access import guard
from voting.web.voter.answers import landing, pages, sending, visit
from voting.web.voter.answers.visit import Elsewhere

stop = landing.stop

blueprint = Blueprint("answers", __name__)
guard(blueprint, "respondent")

_ANSWER = "/answer/<int:participant_id>"

for rule, get_view, post_view in (
    ("/c/<token>", landing.landing, landing.begin),
    ("/c/<token>/stop", landing.ask_to_stop, landing.stop),
    (f"{_ANSWER}/start", pages.start, pages.begin_answers),
    (f"{_ANSWER}/page/<int:number>", pages.page, pages.save),
    (f"{_ANSWER}/about", pages.about, pages.save_about),
    (f"{_ANSWER}/check", sending.check, sending.send),
    (f"{_ANSWER}/sent", sending.sent, None),
    (f"{_ANSWER}/equality", sending.equality, sending.count_equality),
    (f"{_ANSWER}/thanks", sending.thanks, None),
):
    blueprint.add_url_rule(rule, view_func=get_view, methods=["GET"])
    if post_view is not None:
        blueprint.add_url_rule(rule, view_func=post_view, methods=["POST"])

blueprint.register_error_handler(Elsewhere, visit.show_elsewhere)
blueprint.register_error_handler(CSRFError, visit.show_expired)
