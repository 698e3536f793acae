"""Show-if: who is shown what, on which page, and which dependencies are refused."""

from __future__ import annotations

from voting.domain.asking import Asked, Choice, Condition, Given, Kind
from voting.domain.showing import check_condition, find_out_of_order, list_shown, make_pages

YES_NO = (Choice("Yes"), Choice("No"))


def ask(number: int, *, after: tuple[int, int] | None = None, kind: Kind = Kind.SINGLE) -> Asked:
    condition = Condition(*after) if after else None
    return Asked(number, kind, Choice(f"Q{number}"), choices=YES_NO, condition=condition)


CHAIN = [ask(1), ask(2, after=(1, 0)), ask(3, after=(2, 1)), ask(4)]


def ids(questions: list[Asked]) -> list[int]:
    return [question.id for question in questions]


def test_a_question_is_shown_only_to_those_who_chose_its_option() -> None:
    assert ids(list_shown(CHAIN, {})) == [1, 4]
    assert ids(list_shown(CHAIN, {1: Given(0)})) == [1, 2, 4]
    assert ids(list_shown(CHAIN, {1: Given(0), 2: Given(1)})) == [1, 2, 3, 4]
    several = [ask(1, kind=Kind.SEVERAL), ask(2, after=(1, 1))]
    assert ids(list_shown(several, {1: Given([0, 1])})) == [1, 2]


def test_an_answer_to_a_question_not_shown_decides_nothing() -> None:
    assert ids(list_shown(CHAIN, {1: Given(1), 2: Given(1)})) == [1, 4]
    assert ids(list_shown(CHAIN, {1: Given(is_declined=True), 2: Given(1)})) == [1, 4]


def test_the_next_page_decides() -> None:
    assert make_pages([CHAIN], by_section=False) == [[1], [2], [3], [4]]
    assert make_pages([CHAIN], by_section=True) == [[1], [2], [3, 4]]
    assert make_pages([CHAIN[:1], CHAIN[1:2], []], by_section=True) == [[1], [2]]


def told(*args: object) -> str:
    return " ".join(fault.message for fault in check_condition(*args))  # type: ignore[arg-type]


def test_loops_and_forward_references_are_refused_by_name() -> None:
    assert "loop" in told(CHAIN, 1, 3, 0)  # 3 depends on 2, which depends on 1
    assert "loop" in told(CHAIN, 1, 1, 0)
    assert "earlier" in told(CHAIN, 1, 4, 0)
    assert told(CHAIN, 4, 1, 0) == told(CHAIN, None, 4, 1) == ""


def test_only_choices_decide_and_only_options_that_are_there() -> None:
    questions = [ask(1, kind=Kind.LONG), ask(2), ask(3, kind=Kind.RATING), ask(4)]
    assert "choices or a rating" in told(questions, 4, 1, 0)
    assert "answer that this question has" in told(questions, 4, 2, 2)
    assert "of this consultation" in told(questions, 4, 99, 0)
    assert told(questions, 4, 3, 5) == ""


def test_a_question_moved_before_the_one_it_depends_on_is_found() -> None:
    assert find_out_of_order(CHAIN) is None
    assert find_out_of_order([CHAIN[1], CHAIN[0]]) == (CHAIN[1], CHAIN[0])
