"""What scrutineers watch: problems that voters reported, the archives, their report on the count.

It stands beside the desk where their keys are made and used, and needs no key.
"""

from __future__ import annotations

from flask import Blueprint

from voting.web.access import guard
from voting.web.scrutiny import problems, reports

blueprint = Blueprint("scrutiny", __name__, url_prefix="/scrutineer/<int:scrutineer_id>/watch")
guard(blueprint, "scrutineer")

for rule, name, view, method in (
    ("/problems", "problems", problems.index, "GET"),
    ("/problems/<reference>", "problem", problems.show, "GET"),
    ("/problems/<reference>", "decide", problems.decide, "POST"),
    ("/reports", "reports", reports.index, "GET"),
    ("/reports/<code>", "report", reports.show, "GET"),
    ("/reports/<code>", "sign", reports.sign, "POST"),
    ("/reports/<code>/archive.bel", "archive", reports.archive, "GET"),
):
    blueprint.add_url_rule(rule, name, view, methods=[method])
