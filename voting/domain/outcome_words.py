"""The sentence of an outcome, told again from its figures in the language of whoever reads it.

The sentence in an outcome is English and part of what is hashed at declaration. A reader of another
language is told the same from the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voting.domain.catalogue import Translate


def tell_outcome(outcome: Mapping[str, Any], translate: Translate) -> str:
    """What the constituencies that decide did, from a declared *outcome* as data.

    *translate* gives a pattern in the reader's language; if it gives it back as it is, the sentence
    is the outcome's own.
    """
    place = outcome["rule"]["deciding_question"]
    counted = {part["code"]: part for part in outcome["constituencies"]}
    told = [
        _tell_part(part, counted[part["code"]], place, translate)
        for part in outcome["decision"]["constituencies"]
        if part["standing"] == "decides"
    ]
    return f"{'; '.join(told)}."


def _tell_part(
    part: Mapping[str, Any], counted: Mapping[str, Any], place: int, translate: Translate
) -> str:
    question = counted["questions"][place]
    if "winners" in question:
        return _tell_winners(part, question, translate)
    told = translate("%(verdict)s: %(numbers)s") % {
        "verdict": _tell_verdict(part, translate),
        "numbers": _tell_numbers(part["option"], question, translate),
    }
    if counted["total_weight"] != counted["electors"]:
        return translate("%(told)s, counted by weight") % {"told": told}
    return told


def _tell_winners(
    part: Mapping[str, Any], question: Mapping[str, Any], translate: Translate
) -> str:
    """What a question that is counted came to; names stand in the order of the question."""
    won = [one["text"] for one in question["options"] if one["text"] in question["winners"]]
    if not won:
        pattern = translate("%(who)s chose nothing")
    elif part["verdict"] == "not-quorate":
        pattern = translate("%(who)s chose %(won)s, but too few people voted")
    elif part["verdict"] == "not-carried":
        pattern = translate("%(who)s chose %(won)s and did not carry “%(option)s”")
    else:
        pattern = translate("%(who)s chose %(won)s")
    told = pattern % {
        "who": part["name"],
        "won": ", ".join(f"“{name}”" for name in won),
        "option": part["option"],
    }
    papers = translate("%(valid)s valid papers, %(blank)s blank, %(spoiled)s spoiled") % {
        name: f"{question[name]:,}" for name in ("valid", "blank", "spoiled")
    }
    return translate("%(verdict)s: %(numbers)s") % {"verdict": told, "numbers": papers}


def _tell_verdict(part: Mapping[str, Any], translate: Translate) -> str:
    if part["option"] is None:
        pattern = translate("%(who)s had no option alone in the lead")
    elif part["verdict"] == "carried":
        pattern = translate("%(who)s voted for “%(option)s”")
    elif part["verdict"] == "not-quorate":
        pattern = translate("%(who)s did not carry “%(option)s”, because too few people voted")
    else:
        pattern = translate("%(who)s did not carry “%(option)s”")
    return pattern % {"who": part["name"], "option": part["option"]}


def _tell_numbers(option: str | None, question: Mapping[str, Any], translate: Translate) -> str:
    votes = {one["text"]: one["votes"] for one in question["options"]}
    valid, blank = question["valid"], f"{question['blank']:,}"
    if option is None:
        told = [f"“{text}” {number:,}" for text, number in votes.items()]
        return ", ".join([*told, translate("%(blank)s blank") % {"blank": blank}])
    figures = {
        "votes": f"{votes[option]:,}",
        "against": f"{valid - votes[option]:,}",
        "valid": f"{valid:,}",
        "blank": blank,
    }
    if len(votes) == 2 and sum(votes.values()) == valid:  # each paper chose one of the two
        return translate("%(votes)s for, %(against)s against, %(blank)s blank") % figures
    return translate("%(votes)s of %(valid)s valid papers, %(blank)s blank") % figures
