"""The report of a consultation: no number in it gives anybody away."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests.analysis_ground import NOW, make_consultation
from tests.factories import make_proposal
from voting.services.analysis import report as reports
from voting.services.analysis import report_words
from voting.store.accounts import Account
from voting.store.analysis import Theme


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


def test_the_layout_says_only_what_the_catalogue_has_and_all_of_it() -> None:
    used = set(re.findall(r'say\(\s*"([a-z-]+)"', reports.LAYOUT.read_text()))
    assert used == report_words.LAYOUT.keys()
    english, welsh = (report_words.tell_layout(language) for language in ("en", "cy"))
    assert english.keys() == welsh.keys()
    assert [name for name in english if english[name] == welsh[name]] == []


def test_a_report_is_the_same_in_welsh_number_by_number(session: Session, account: Account) -> None:
    proposal = make_proposal(session, account, now=NOW)
    made = make_consultation(session, proposal)
    made.is_bilingual, made.title_cy, made.introduction_cy = True, "Eich barn", "Cyflwyniad"
    for question in made.questions:
        question.text_cy = f"{question.text} (cy)"
        told = [[english, f"{english} (cy)"] for english, _ in json.loads(question.choices)]
        question.choices = json.dumps(told)
    theme = Theme(
        consultation_id=made.id,
        name="Hours",
        name_cy="Oriau",
        summary="Sundays",
        summary_cy="Dyddiau Sul",
        stance="accepted",
        response="From May",
        response_cy="O fis Mai",
    )
    session.add(theme)
    session.flush()
    kept = reports.keep_report(session, made, now=NOW)
    english = json.loads(kept.body)
    welsh = english.pop("cy")
    assert (welsh["title"], welsh["introduction"]) == ("Eich barn", "Cyflwyniad")
    assert (welsh["opened"], welsh["total"]) == ("dydd Mawrth 3 Mawrth 2026", english["total"])
    [said] = welsh["themes"]
    assert (said["theme"], said["said"], said["answer"]) == ("Oriau", "Dyddiau Sul", "O fis Mai")
    assert said["stance_words"] == "Derbyniwyd"
    assert "Y cyhoedd" in [audience["name"] for audience in welsh["audiences"]]
    assert welsh["limits"] != english["limits"]
    labels = {line["label"] for table in welsh["tables"] for line in table["lines"]}
    assert "North pool (cy)" in labels
    assert "North pool" not in labels
    assert list(walk_numbers(welsh)) == list(walk_numbers(english))
    assert kept.pdf_cy is not None
    assert kept.pdf_cy.startswith(b"%PDF")
    assert b"(cy)" in kept.pdf_cy or b"/Lang" in kept.pdf_cy
    assert hashlib.sha256(kept.pdf_cy).hexdigest() == kept.sha256_cy != kept.sha256
    again = reports.keep_report(session, made, now=NOW)
    assert json.loads(again.body)["cy"]["edition"] == 2


def walk_numbers(value: object) -> Iterator[object]:
    """Every value that is no word, in order."""
    if isinstance(value, dict):
        for name in sorted(value):
            if not name.endswith("_cy"):
                yield from walk_numbers(value[name])
    elif isinstance(value, list):
        for part in value:
            yield from walk_numbers(part)
    elif not isinstance(value, str):
        yield value
