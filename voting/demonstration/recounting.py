"""Counting again: whether what an archive opens to is what outcome.json says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voting.counting.winners import WinnersTally
from voting.services.declaration import count_question


def agrees(part: Mapping[str, Any], result: Sequence[Any] | None) -> bool:
    """Whether the opened *result* of one constituency gives the figures of its *part*."""
    questions = part["questions"]
    return (
        result is not None
        and len(result) == len(questions)
        and all(
            _agrees(question, opened, part["papers"])
            for question, opened in zip(questions, result, strict=True)
        )
    )


def _agrees(question: Mapping[str, Any], opened: Sequence[Any], papers: int) -> bool:
    if "winners" not in question:
        figures = [question["blank"], *(option["votes"] for option in question["options"])]
        return [int(number) for number in opened] == figures
    count = question["count"] or {"options": {}}
    seed = str(count["options"].get("tie", "")).removeprefix("lot:")
    asked = {**question, "maximum": 1}
    again = count_question(asked, opened, papers=papers, weighted=False, seed=seed)
    return (
        isinstance(again.tally, WinnersTally)
        and [again.tally.options[place] for place in again.tally.winners] == question["winners"]
        and (again.tally.valid, again.tally.blank) == (question["valid"], question["blank"])
        and (again.outcome.to_json() if again.outcome else None) == question["count"]
    )
