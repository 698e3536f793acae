"""What was selected on a form, as the vector that is sealed."""

from __future__ import annotations

import pytest

from tests.election_ground import AIMS, FORM
from voting.domain.errors import Refusal
from voting.services.casting import choices_to_vector
from voting.store.polls import Option, Question


def question(maximum: int) -> Question:
    options = [Option(text=text) for text in AIMS[2]]
    return Question(text=FORM[0], maximum=maximum, options=options)


@pytest.mark.parametrize(
    ("maximum", "selected", "vector"),
    [
        (1, ["0"], [0, 1, 0, 0, 0]),
        (1, ["3"], [0, 0, 0, 0, 1]),
        (1, ["blank"], [1, 0, 0, 0, 0]),
        (2, ["2", "0"], [0, 1, 0, 1, 0]),
        (2, ["1"], [0, 0, 1, 0, 0]),
        (2, ["1", "1"], [0, 0, 1, 0, 0]),
    ],
)
def test_what_was_selected_becomes_bits(maximum, selected, vector):
    assert choices_to_vector(question(maximum), selected) == vector


@pytest.mark.parametrize(
    ("maximum", "selected", "message"),
    [
        (1, [], "Choose an option, or blank"),
        (2, ["0", "1", "2"], "You chose 3 options. Choose up to 2"),
        (1, ["0", "1"], "You chose 2 options. Choose only 1"),
        (2, ["blank", "0"], "Choose blank alone, or options without blank"),
        (2, ["4"], "Choose from the options on this page"),
        (2, ["00"], "Choose from the options on this page"),
        (2, ["-1"], "Choose from the options on this page"),
    ],
)
def test_a_selection_that_cannot_be_counted_is_refused_in_words(maximum, selected, message):
    with pytest.raises(Refusal) as caught:
        choices_to_vector(question(maximum), selected)
    assert caught.value.message == message
    assert caught.value.field == "choice"
