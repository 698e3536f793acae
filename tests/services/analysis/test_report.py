"""The report of a consultation: no number in it gives anybody away."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.orm import Session

from tests.analysis_ground import NOW, make_consultation
from tests.factories import make_proposal
from voting.services.analysis import report as reports
from voting.store.accounts import Account


@pytest.mark.parametrize(("responses", "total"), [(1, None), (9, None), (10, 10), (40, 40)])
def test_d1_a_total_under_ten_is_in_no_form_of_the_report(
    session: Session, account: Account, responses: int, total: int | None
) -> None:
    proposal = make_proposal(session, account, now=NOW)
    made = make_consultation(session, proposal, number=responses)
    report = reports.describe_report(session, made)
    assert report["total"] == total
    assert {table["total"] for table in report["tables"]} == {total}
    kept = reports.keep_report(session, made, now=NOW)
    assert kept.pdf.startswith(b"%PDF")
    assert json.loads(kept.body)["total"] == total
