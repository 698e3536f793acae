"""What an answer may be, for each kind of question."""

from __future__ import annotations

from typing import Any

import pytest

from voting.domain.asking import (
    AnswerFault,
    Asked,
    Choice,
    Given,
    Kind,
    check_value,
    parse_given,
    read_answer,
    write_parts,
)

CHOICES = (Choice("Yes", "Ie"), Choice("No", "Na"), Choice("Not sure"))


def ask(kind: Kind, **more: Any) -> Asked:
    return Asked(1, kind, Choice("What do you think?"), **{"choices": CHOICES, **more})


def fault_of(asked: Asked, parts: dict[str, list[str]]) -> str:
    with pytest.raises(AnswerFault) as caught:
        read_answer(asked, parts)
    return caught.value.code


@pytest.mark.parametrize(
    ("asked", "parts", "value"),
    [
        (ask(Kind.SINGLE), {"answer": ["2"]}, 2),
        (ask(Kind.SEVERAL), {"answer": ["2", "0", "2"]}, [0, 2]),
        (ask(Kind.RATING, least=0, most=10), {"answer": ["10"]}, 10),
        (ask(Kind.RATING), {"answer": ["1"]}, 1),
        (ask(Kind.MATRIX, rows=CHOICES[:2]), {"row-1": ["0"]}, [None, 0]),
        (ask(Kind.RANKING), {"rank-0": ["2"], "rank-2": ["1"]}, [2, 0]),
        (ask(Kind.NUMBER), {"answer": [" 1,234.5 "]}, "1234.5"),
        (ask(Kind.NUMBER), {"answer": ["-3"]}, "-3"),
        (ask(Kind.DATE), {"day": ["29"], "month": ["2"], "year": ["2028"]}, "2028-02-29"),
        (ask(Kind.SHORT), {"answer": [" one\r\n line "]}, "one line"),
        (ask(Kind.LONG), {"answer": ["two\r\nlines "]}, "two\nlines"),
    ],
)
def test_each_kind_is_read_and_written_back(
    asked: Asked, parts: dict[str, list[str]], value: Any
) -> None:
    given = read_answer(asked, parts)
    assert given == Given(value)
    assert read_answer(asked, write_parts(asked, given)) == given
    assert parse_given(given.to_json()) == given == check_value(asked, given)


@pytest.mark.parametrize(
    ("asked", "parts", "code"),
    [
        (ask(Kind.SINGLE), {"answer": ["3"]}, "unknown"),
        (ask(Kind.SINGLE), {"answer": ["x"]}, "unknown"),
        (ask(Kind.SINGLE, is_required=True), {}, "missing"),
        (ask(Kind.SEVERAL, most=1), {"answer": ["0", "1"]}, "many"),
        (ask(Kind.SEVERAL, least=2), {"answer": ["0"]}, "few"),
        (ask(Kind.RATING), {"answer": ["6"]}, "unknown"),
        (ask(Kind.MATRIX, rows=CHOICES, is_required=True), {"row-0": ["0"]}, "row"),
        (ask(Kind.RANKING), {"rank-0": ["1"], "rank-1": ["1"]}, "twice"),
        (ask(Kind.RANKING), {"rank-0": ["1"], "rank-1": ["3"]}, "gap"),
        (ask(Kind.RANKING), {"rank-0": ["first"]}, "rank"),
        (ask(Kind.NUMBER), {"answer": ["many"]}, "number"),
        (ask(Kind.NUMBER), {"answer": ["1e9"]}, "number"),
        (ask(Kind.NUMBER), {"answer": ["NaN"]}, "number"),
        (ask(Kind.NUMBER, least=1), {"answer": ["0"]}, "small"),
        (ask(Kind.NUMBER, most=9), {"answer": ["9.5"]}, "large"),
        (ask(Kind.DATE), {"day": ["30"], "month": ["2"], "year": ["2028"]}, "date"),
        (ask(Kind.DATE), {"day": ["3"], "month": ["2"]}, "date-year"),
        (ask(Kind.DATE), {"day": ["3"], "month": ["2"], "year": ["28"]}, "date-year"),
        (ask(Kind.SHORT, most=5), {"answer": ["123456"]}, "long"),
        (ask(Kind.LONG), {"answer": ["a\x00b"]}, "unreadable"),
        (ask(Kind.SINGLE), {"declined": ["1"]}, "unknown"),
        (ask(Kind.SINGLE, is_personal=True), {"declined": ["1"], "answer": ["0"]}, "both"),
    ],
)
def test_each_fault_has_a_name(asked: Asked, parts: dict[str, list[str]], code: str) -> None:
    assert fault_of(asked, parts) == code


def test_answers_are_optional_unless_said_and_personal_ones_can_be_declined() -> None:
    assert read_answer(ask(Kind.SINGLE), {}) == Given()
    required = ask(Kind.DATE, is_required=True, is_personal=True)
    assert read_answer(required, {"declined": ["1"]}) == Given(is_declined=True)


@pytest.mark.parametrize("value", [7, "0; drop", ["9"], {"a": 1}, True])
def test_a_value_that_no_form_gives_is_refused(value: Any) -> None:
    with pytest.raises(AnswerFault):
        check_value(ask(Kind.MATRIX, rows=CHOICES), Given(value))


def test_words_fall_back_to_english() -> None:
    assert [each.read("cy") for each in CHOICES] == ["Ie", "Na", "Not sure"]
