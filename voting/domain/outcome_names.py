"""A declared outcome in Welsh: its names as they were frozen beside the English ones.

The outcome is hashed as it was declared, in English. A reader of Welsh is shown the same figures
under the Welsh names of the vote, its questions and options and the constituencies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Data = Mapping[str, Any]
KEPT = frozenset(
    {"sentence", "rule", "version", "options", "how", "purpose", "key", "kind", "grades"}
)
"""What of a count is no name of anybody, even where it reads like one."""


def put_in_welsh(outcome: Data, frozen: Data) -> dict[str, Any]:
    """*outcome* under the Welsh names of the *frozen* definition; as it is where there are none."""
    if not has_welsh(frozen):
        return dict(outcome)
    places = {part["name"]: part["name_cy"] for part in frozen["constituencies"]}
    rule, decision, asked = outcome["rule"], outcome["decision"], frozen["questions"]
    deciding = asked[rule["deciding_question"]]
    options = _name_options(deciding)
    return {
        **outcome,
        "title": frozen["poll"]["title_cy"],
        "rule": {**rule, "question": deciding["text_cy"]},
        "decision": {
            **decision,
            "option": options.get(decision["option"], decision["option"]),
            "constituencies": [
                {
                    **part,
                    "name": places[part["name"]],
                    "option": options.get(part["option"], part["option"]),
                }
                for part in decision["constituencies"]
            ],
        },
        "constituencies": [
            {
                **part,
                "name": places[part["name"]],
                "questions": put_questions_in_welsh(part["questions"], asked),
            }
            for part in outcome["constituencies"]
        ],
    }


def put_figures_in_welsh(figures: Data, frozen: Data) -> dict[str, Any]:
    """The figures of one constituency in a scrutineer's report, under the Welsh names."""
    if not has_welsh(frozen):
        return dict(figures)
    places = {part["name"]: part["name_cy"] for part in frozen["constituencies"]}
    questions = put_questions_in_welsh(figures["questions"], frozen["questions"])
    return {**figures, "constituency": places[figures["constituency"]], "questions": questions}


def has_welsh(frozen: Data) -> bool:
    """Whether the *frozen* definition is in English and in Welsh."""
    return "cy" in frozen.get("languages", ())


def put_questions_in_welsh(questions: list[Any], asked: list[Any]) -> list[dict[str, Any]]:
    """Counted questions under the Welsh names of the questions *asked*, in the same order."""
    return [_name_question(one, was) for one, was in zip(questions, asked, strict=True)]


def _name_question(question: Data, asked: Data) -> dict[str, Any]:
    names = _name_options(asked)
    told = {**question, "text": asked["text_cy"]}
    told["options"] = [{**option, "text": names[option["text"]]} for option in question["options"]]
    if "winners" in question:
        told["winners"] = [names[name] for name in question["winners"]]
    if question.get("count"):
        told["count"] = {**_rename(question["count"], names), "title": asked["text_cy"]}
    return told


def _name_options(asked: Data) -> dict[str, str]:
    return {option["text"]: option["text_cy"] for option in asked["options"]}


def _rename(value: Any, names: Mapping[str, str]) -> Any:
    """*value* with every name in it, whether key or value, in Welsh."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [_rename(each, names) for each in value]
    if isinstance(value, dict):
        return {
            names.get(key, key): each if key in KEPT else _rename(each, names)
            for key, each in value.items()
        }
    return value
