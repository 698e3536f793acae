"""The decision rule in words: what was needed, the sum as anyone can redo it, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from voting.counting.plurality import QuestionTally

BASES = {
    "valid": "valid votes",
    "papers": "papers returned, blank ones included",
    "roll": "votes on the roll",
}
COMPARISONS = {"more-than": "more than", "at-least": "at least"}
COMBINATIONS = {
    "all-deciding": "Every constituency that decides had to carry it.",
    "any-deciding": "One of the constituencies that decide was enough.",
}
VERDICTS = {
    "carried": "Carried.",
    "not-carried": "Not carried.",
    "not-quorate": "Not carried: too few people voted.",
}


class Part(Protocol):
    """What the sentence about the whole needs of one constituency."""

    @property
    def name(self) -> str: ...

    @property
    def standing(self) -> str: ...

    @property
    def verdict(self) -> str: ...

    @property
    def option(self) -> str | None: ...


def name_base(base: str, maximum: int) -> str:
    """What votes are held against; a paper that may choose several options is not one vote."""
    return "valid papers" if base == "valid" and maximum > 1 else BASES[base]


def describe_percent(part: int, whole: int, needed: Fraction | None = None) -> str:
    """*part* of *whole* in per cent, with as many decimals as tell it from *needed*, at least one.

    An empty whole gives 0.0%.
    """
    share = Fraction(part, whole) if whole else Fraction(0)
    places = 1
    while True:
        scale: int = 10**places
        units = int(share * 100 * scale + Fraction(1, 2))
        shown = Fraction(units, 100 * scale)
        if needed is None or (shown >= needed) == (share >= needed):
            return f"{units // scale}.{units % scale:0{places}}%"
        places += 1


def describe_part(part: int, whole: int, needed: Fraction | None = None) -> str:
    """``108 of 120 (90.0%)``."""
    return f"{part:,} of {whole:,} ({describe_percent(part, whole, needed)})"


def describe_rule(
    comparison: str, share: Fraction, base: str, turnout: Fraction, option: str | None
) -> str:
    """The rule as a sentence or two; no option means the one with the most votes."""
    held = f"“{option}”" if option else "the option with the most votes, alone in the lead"
    told = f"{COMPARISONS[comparison]} {_fraction(share)} of {BASES[base]} must be for {held}."
    told = told[0].upper() + told[1:]
    if not turnout:
        return f"{told} No turnout is needed."
    return (
        f"{told} At least {_plain_percent(turnout)} of the people on the roll must return a paper, "
        "blank or not."
    )


def describe_count_rule(rule: str, turnout: Fraction, option: str | None) -> str:
    """The rule of a question that is counted: what wins carries; no option means any winner."""
    if option:
        told = f"“{option}” must win the count by {rule}."
    else:
        told = f"What wins the count by {rule} is carried."
    if not turnout:
        return f"{told} No turnout is needed."
    return (
        f"{told} At least {_plain_percent(turnout)} of the people on the roll must return a paper, "
        "blank or not."
    )


def describe_winners(rule: str, winners: Sequence[str]) -> str:
    """Who won the count."""
    if not winners:
        return "No paper had a vote that could be counted, so nothing won."
    names = list_in_words([f"“{name}”" for name in winners])
    return f"{names} won the count by {rule}."


def describe_majority(
    option: str,
    votes: int,
    base: int,
    base_name: str,
    *,
    comparison: str,
    share: Fraction,
    reached: bool,
) -> str:
    """The majority as a sum that anyone can redo with whole numbers."""
    told = f"“{option}”: {votes:,} of {base:,} {base_name} ({describe_percent(votes, base)})."
    if base == 0:
        return f"{told} Without any, nothing is carried."
    left = f"{votes:,} × {share.denominator:,} = {votes * share.denominator:,}"
    right = f"{base * share.numerator:,}"
    if share.numerator != 1:
        right = f"{base:,} × {share.numerator:,} = {right}"
    relation = {
        ("more-than", True): "is more than",
        ("more-than", False): "is not more than",
        ("at-least", True): "is at least",
        ("at-least", False): "is less than",
    }[comparison, reached]
    needed = f"{COMPARISONS[comparison]} {_fraction(share)} is needed"
    return f"{told} {needed[0].upper()}{needed[1:]}: {left} {relation} {right}."


def describe_lead(tally: QuestionTally) -> str:
    """Why no option leads alone."""
    leading = tally.leading
    if not leading:
        return "No option has any vote, so none leads."
    names = list_in_words([f"“{tally.options[place]}”" for place in leading])
    votes = tally.votes[leading[0]]
    return f"{names} are tied with {_number(votes, 'vote')} each, so none leads alone."


def describe_turnout_needed(voters: int, electors: int, turnout: Fraction) -> str:
    """The turnout of all papers returned, and what was needed."""
    told = f"Turnout: {describe_part(voters, electors, turnout or None)}"
    if not turnout:
        return f"{told}, none is needed."
    return f"{told}, at least {_plain_percent(turnout)} is needed."


def describe_decision(
    verdict: str, parts: Sequence[Part], deciding: Sequence[Part], combination: str
) -> str:
    """The verdict, what those that decide did, how they combine, and what the others advise."""
    told = [VERDICTS[verdict], f"{_list_verdicts(deciding)}."]
    options = {part.option for part in deciding if part.verdict == "carried"}
    if verdict != "carried" and len(options) > 1:
        told.append("They did not carry the same option.")
    if len(deciding) > 1:
        told.append(COMBINATIONS[combination])
    advice = [part for part in parts if part not in deciding]
    if advice:
        told.append(f"As advice only: {_list_verdicts(advice)}.")
    return " ".join(told)


def _list_verdicts(parts: Sequence[Part]) -> str:
    return list_in_words([f"{part.name} {_describe_verdict(part)}" for part in parts])


def _describe_verdict(part: Part) -> str:
    if part.verdict == "carried":
        return f"carried “{part.option}”"
    if part.verdict == "not-quorate":
        return "did not reach the turnout"
    return f"did not carry “{part.option}”" if part.option else "had no option alone in the lead"


def list_in_words(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _plain_percent(share: Fraction) -> str:
    percent = share * 100
    return (
        f"{percent}%" if percent.denominator == 1 else describe_percent(*share.as_integer_ratio())
    )


def _fraction(share: Fraction) -> str:
    return f"{share.numerator}/{share.denominator}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
