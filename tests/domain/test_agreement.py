"""How far two coders agree."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.domain.agreement import describe_kappa, find_kappa

pairs = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=40)


def test_a_worked_example() -> None:
    """20 both yes, 5 and 10 apart, 15 both no: (0.7 - 0.5) / (1 - 0.5)."""
    said = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert find_kappa(said) == Fraction(2, 5)


@given(pairs)
def test_the_order_of_passages_and_of_coders_does_not_matter(said: list[tuple[str, str]]) -> None:
    kappa = find_kappa(said)
    assert kappa == find_kappa(reversed(said))
    assert kappa == find_kappa([(second, first) for first, second in said])
    assert kappa is None or -1 <= kappa <= 1


def test_full_agreement_is_one_and_nothing_to_compare_is_none() -> None:
    assert find_kappa([("a", "a"), ("b", "b")]) == 1
    assert find_kappa([]) is None
    assert find_kappa([("a", "a"), ("a", "a")]) is None


@pytest.mark.parametrize(
    ("kappa", "word"),
    [
        (Fraction(1), "almost perfect"),
        (Fraction(3, 5), "moderate"),
        (Fraction(0), "slight"),
        (Fraction(-1, 5), "less than by chance"),
    ],
)
def test_the_usual_words(kappa: Fraction, word: str) -> None:
    assert describe_kappa(kappa) == word
