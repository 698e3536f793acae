"""The demonstration's votes are told in Welsh to the last word."""

from __future__ import annotations

from dataclasses import asdict

from voting.demonstration import consulting_story, consulting_welsh, story
from voting.demonstration.consulting_story import THEMES
from voting.demonstration.welsh import WELSH, in_welsh, write_option


def test_every_text_of_every_vote_has_its_welsh() -> None:
    asks = (story.FORM, story.MODEL, story.PRIORITIES, story.NAMES, story.SPENDING)
    texts = {ask.text for ask in asks} | {group.name for group in story.GROUPS}
    texts.add(story.SCRUTINEER)
    for ask in asks:
        for choice in ask.choices:
            texts |= set(filter(None, asdict(choice).values()))
    assert texts <= WELSH.keys()
    assert all(in_welsh(text) for text in texts)


def test_the_finished_consultation_is_in_both_languages() -> None:
    told = consulting_story.BEFORE
    assert all(told.welsh.values())
    for kind, _text, more in told.questions:
        assert more["text_cy"], kind
        assert more.get("choices", "").count("\n") == more.get("choices_cy", "").count("\n")
        assert bool(more.get("choices")) == bool(more.get("choices_cy"))
    texts = {text for theme in THEMES for text in (theme.name, theme.summary, theme.response)}
    assert texts <= consulting_welsh.BEFORE.keys()


def test_an_option_is_written_in_both() -> None:
    choice = story.MODEL.choices[0]
    option = write_option(choice.text, choice.description)
    assert (option.text_cy, option.description_cy) == (
        WELSH[choice.text],
        WELSH[choice.description],
    )
    assert (option.benefits, option.benefits_cy) == ("", "")
