"""What a report of a problem may say, and how it may be decided."""

from __future__ import annotations

import pytest

from voting.domain.disputes import check_decision, check_report, clean_tracker
from voting.domain.wording import read_words

NUMBER = "12345" * 5


@pytest.mark.parametrize(
    ("kind", "tracker", "words", "contact", "fields"),
    [
        ("not-found", NUMBER, "", "", []),
        ("other", "", "The page never loaded.", "sam@example.org", []),
        ("not-mine", "", "", "", []),
        ("stolen", "", "", "", ["kind"]),
        ("not-found", "", "", "", ["tracker"]),
        ("replaced", NUMBER[:-1], "", "", ["tracker"]),
        ("replaced", "x" * 25, "", "", ["tracker"]),
        ("other", "", "", "", ["words"]),
        ("other", "", "w" * 2001, "", ["words"]),
        ("other", "", "a\x00b", "", ["words"]),
        ("not-mine", "", "", "c" * 255, ["contact"]),
    ],
)
def test_a_report_says_what_went_wrong(
    kind: str, tracker: str, words: str, contact: str, fields: list[str]
) -> None:
    assert [fault.field for fault in check_report(kind, tracker, words, contact)] == fields


def test_blanks_and_dashes_of_a_tracking_number_do_not_matter() -> None:
    assert clean_tracker(" 12345 12345-12345–12345.12345\n") == NUMBER


@pytest.mark.parametrize(
    ("decision", "reason", "fields"),
    [
        ("founded", "A code was sent to the wrong person.", []),
        ("unfounded", "", ["reason"]),
        ("maybe", "Because.", ["decision"]),
        ("", "r" * 1001, ["decision", "reason"]),
    ],
)
def test_a_decision_has_a_reason(decision: str, reason: str, fields: list[str]) -> None:
    words = read_words(reason, "", bilingual=False)
    assert [fault.field for fault in check_decision(decision, words)] == fields


def test_a_reason_is_in_both_languages_where_the_vote_is() -> None:
    words = read_words("It was sent twice.", "", bilingual=True)
    assert [fault.field for fault in check_decision("founded", words)] == ["reason_cy"]
    words = read_words("", "Fe'i hanfonwyd ddwywaith.", bilingual=True)
    assert {fault.field for fault in check_decision("founded", words)} == {"reason"}
    words = read_words("It was sent twice.", "Fe'i hanfonwyd ddwywaith.", bilingual=True)
    assert check_decision("founded", words) == []
    assert words.tell("reason") == {
        "reason": "It was sent twice.",
        "reason_cy": "Fe'i hanfonwyd ddwywaith.",
    }
