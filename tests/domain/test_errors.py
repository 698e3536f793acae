"""Refusals carry words for a person."""

import pytest

from voting.domain.errors import BadInput, FieldError, Refusal, refuse_faults


def test_bad_input_names_every_fault():
    with pytest.raises(BadInput) as caught:
        refuse_faults([FieldError("title", "Enter the title."), FieldError("name", "Too long.")])

    assert [error.field for error in caught.value.errors] == ["title", "name"]
    assert caught.value.message == "Enter the title. Too long."
    assert caught.value.field == "title"
    assert isinstance(caught.value, Refusal)


def test_no_fault_is_no_refusal():
    refuse_faults([])


def test_bad_input_without_a_fault_cannot_be():
    with pytest.raises(ValueError, match="at least one fault"):
        BadInput([])
