"""The rule and the sum of a declared outcome in the reader's language.

They were declared and hashed in English, in the sentences of ``counting/decision_words.py``. Each
sentence is known here as a pattern; one that is not known stays in English, and so does all of the
text that it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from voting.domain.catalogue import Translate, find_gaps, marked

SENTENCES = (
    # the rule
    marked("More than %(share)s of %(base)s must be for %(held)s."),
    marked("At least %(share)s of %(base)s must be for %(held)s."),
    marked("%(option)s must win the count by %(rule)s."),
    marked("What wins the count by %(rule)s is carried."),
    marked("No turnout is needed."),
    marked("At least %(share)s of the people on the roll must return a paper, blank or not."),
    # the sum
    marked("%(option)s: %(votes)s of %(whole)s %(base)s (%(percent)s)."),
    marked("Without any, nothing is carried."),
    marked("More than %(share)s is needed: %(left)s is more than %(right)s."),
    marked("More than %(share)s is needed: %(left)s is not more than %(right)s."),
    marked("At least %(share)s is needed: %(left)s is at least %(right)s."),
    marked("At least %(share)s is needed: %(left)s is less than %(right)s."),
    marked("No option has any vote, so none leads."),
    marked("%(options)s are tied with 1 vote each, so none leads alone."),
    marked("%(options)s are tied with %(number)s votes each, so none leads alone."),
    marked("No paper had a vote that could be counted, so nothing won."),
    marked("%(options)s won the count by %(rule)s."),
    marked("Turnout: %(voters)s of %(electors)s (%(percent)s), none is needed."),
    marked("Turnout: %(voters)s of %(electors)s (%(percent)s), at least %(share)s is needed."),
    marked("Votes are counted by weight, turnout in people."),
    # the verdict
    marked("Carried."),
    marked("Not carried."),
    marked("Not carried: too few people voted."),
    marked("They did not carry the same option."),
    marked("Every constituency that decides had to carry it."),
    marked("One of the constituencies that decide was enough."),
    marked("As advice only: %(verdicts)s."),
)
VERDICTS = (
    marked("%(who)s carried %(option)s"),
    marked("%(who)s did not carry %(option)s"),
    marked("%(who)s did not reach the turnout"),
    marked("%(who)s had no option alone in the lead"),
)
BASES = (
    marked("valid votes"),
    marked("valid papers"),
    marked("papers returned, blank ones included"),
    marked("votes on the roll"),
)
HELD = marked("the option with the most votes, alone in the lead")
RULES = (
    marked("most votes"),
    marked("approval"),
    marked("instant runoff"),
    marked("the Scottish single transferable vote of 2007"),
    marked("the ERS97 single transferable vote"),
    marked("Meek’s single transferable vote"),
    marked("the WIGM-PRF single transferable vote"),
    marked("the single transferable vote of belenios-tool"),
    marked("Schulze’s rule"),
    marked("ranked pairs"),
    marked("Borda’s count"),
    marked("majority judgment"),
    marked("score voting"),
)

NAME = r"⟦\d+⟧"
NAMES = rf"{NAME}(?:(?:, | and ){NAME})*"
NUMBER = r"[\d,./×= %-]+?"
VERDICT = rf"{NAME} (?:carried {NAME}|did not [^⟦,]+?(?: {NAME})?|had no [^⟦,]+?)"
GAPS = {
    "option": NAME,
    "who": NAME,
    "options": NAMES,
    "held": f"(?:{NAME}|{re.escape(HELD)})",
    "base": "|".join(map(re.escape, BASES)),
    "rule": "|".join(map(re.escape, RULES)),
    "verdicts": rf"{VERDICT}(?:(?:, | and ){VERDICT})*",
}


def tell_declared(text: str, names: Mapping[str, str], translate: Translate) -> str | None:
    """*text* of an outcome in the reader's language, None where a part of it is not known.

    *names* are the constituencies and options in English, each with what the reader calls it.
    """
    hidden = sorted(names, key=len, reverse=True)
    told: list[str] = []
    for sentence in re.split(r"(?<=\.) ", _hide(text, hidden)):
        words = _tell(sentence, translate)
        if words is None:
            return None
        told.append(words)
    return _show(" ".join(told), [names[name] for name in hidden])


def list_names(outcome: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, str]:
    """The names in a declared *outcome*, each with the one in *own*, the same for its reader."""
    place = outcome["rule"]["deciding_question"]
    names: dict[str, str] = {}
    for part, mine in zip(outcome["constituencies"], own["constituencies"], strict=True):
        names[part["name"]] = mine["name"]
        asked, told = (each["questions"][place] for each in (part, mine))
        options = {
            option["text"]: other["text"]
            for option, other in zip(asked["options"], told["options"], strict=True)
        }
        names |= {_quote(option): _quote(other) for option, other in options.items()}
        won = [option for option in options if option in asked.get("winners", ())]
        if len(won) > 1:  # told as one, in the order of the question: “A and B”
            names[_quote(" and ".join(won))] = ", ".join(_quote(options[each]) for each in won)
    return names


def _quote(name: str) -> str:
    return f"“{name}”"


def _hide(text: str, names: list[str]) -> str:
    """*text* with a number for each name: options in their quotes, constituencies as subjects."""
    for number, name in enumerate(names):
        if name.startswith("“"):
            text = text.replace(name, f"⟦{number}⟧")
    for number, name in enumerate(names):
        subject = re.compile(rf"(?<!\w){re.escape(name)}(?= (?:carried|did not|had no) )")
        text = subject.sub(f"⟦{number}⟧", text)
    return text


def _show(text: str, names: list[str]) -> str:
    return re.sub(r"⟦(\d+)⟧", lambda found: names[int(found[1])], text)


def _tell(sentence: str, translate: Translate) -> str | None:
    for pattern, found in _match(SENTENCES, sentence):
        gaps = {name: _fill(name, value, translate) for name, value in found.items()}
        return translate(pattern) % gaps
    if re.fullmatch(rf"{GAPS['verdicts']}\.", sentence):
        return f"{_tell_verdicts(sentence[:-1], translate)}."
    return None


def _match(patterns: tuple[str, ...], text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for pattern in patterns:
        gaps = find_gaps(pattern, text, GAPS, NUMBER)
        if gaps is not None:
            yield pattern, gaps


def _fill(name: str, value: str, translate: Translate) -> str:
    if name == "verdicts":
        return _tell_verdicts(value, translate)
    if name == "options":
        return _join(re.findall(NAME, value), translate)
    return translate(value) if name in ("base", "rule") or value == HELD else value


def _tell_verdicts(text: str, translate: Translate) -> str:
    told = []
    for each in re.findall(VERDICT + rf"(?=, {NAME}| and {NAME}|$)", text):
        told += [translate(pattern) % gaps for pattern, gaps in _match(VERDICTS, each)]
    return _join(told, translate)


def _join(items: list[str], translate: Translate) -> str:
    if len(items) < 2:
        return "".join(items)
    ends = {"rest": ", ".join(items[:-1]), "last": items[-1]}
    return translate(marked("%(rest)s and %(last)s")) % ends
