"""The library of governance models: whole, fair, and the same in both languages."""

from __future__ import annotations

import pytest

from voting.domain.governance import MODELS, PARTS, STAY, GovernanceModel
from voting.domain.wording import has_staying, is_unbalanced


def test_there_are_sixteen_and_one_is_staying():
    assert len({model.code for model in MODELS}) == 16
    [staying] = [model for model in MODELS if model.code == STAY]
    assert has_staying([staying.english.name])
    assert has_staying([staying.welsh.name])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.code)
def test_g2_each_model_is_whole_and_balanced_in_both_languages(model):
    for text in (model.english, model.welsh):
        assert all(getattr(text, part).strip() for part in PARTS)
        assert not is_unbalanced(text.benefits, text.drawbacks)
    assert all(getattr(model.english, part) != getattr(model.welsh, part) for part in PARTS)


def test_a_model_survives_being_written_down():
    model = MODELS[3]

    assert GovernanceModel.parse(model.code, model.english.to_json(), model.welsh.to_json()) == (
        model
    )
