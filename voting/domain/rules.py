"""Which questions, rules and dates may be declared. Rules are evaluated in ``counting``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction

from voting.domain.errors import FieldError
from voting.domain.wording import check_text, clean_line, clean_text

GROUPS = ("Ed25519", "BELENIOS-2048", "RFC-3526-2048")
COMBINATIONS = ("all-deciding", "any-deciding")
MOST_OPTIONS = 50
MOST_QUESTIONS = 20
MOST_GRACE = 10  # minutes
MOST_CHECKING = 7 * 24  # hours
MOST_WEIGHT = 1_000_000_000  # in all of one constituency: what a result can be read up to
LONGEST_VOTE = dt.timedelta(days=366)
LATEST_OPENING = dt.timedelta(days=5 * 366)
SHORT_VOTE = dt.timedelta(minutes=15)
SMALL_CONSTITUENCY = 10  # below this an exact result could reveal votes (D1)


class Standing(StrEnum):
    """Whether a constituency's vote decides or advises."""

    DECIDES = "decides"
    ADVISES = "advises"


class Comparison(StrEnum):
    """How votes are held against the share that is needed."""

    MORE_THAN = "more-than"
    AT_LEAST = "at-least"


class BaseOf(StrEnum):
    """What the share is a share of."""

    VALID = "valid"
    PAPERS = "papers"
    ROLL = "roll"


BACKGROUND = ("description", "benefits", "drawbacks", "source")
"""What voters read about an option, besides its text."""


@dataclass(frozen=True, slots=True)
class OptionInput:
    """One option as it was typed in; what ends in ``_cy`` is Welsh."""

    text: str
    description: str = ""
    benefits: str = ""
    drawbacks: str = ""
    source: str = ""
    text_cy: str = ""
    description_cy: str = ""
    benefits_cy: str = ""
    drawbacks_cy: str = ""
    source_cy: str = ""

    def cleaned(self) -> OptionInput:
        """The same option with stray white space removed."""
        typed = asdict(self)
        lines = {name: clean_line(typed.pop(name)) for name in ("text", "text_cy")}
        return OptionInput(**lines, **{name: clean_text(text) for name, text in typed.items()})


def check_question(
    text: str, minimum: int, maximum: int, options: Sequence[OptionInput], text_cy: str = ""
) -> list[FieldError]:
    """The faults of one question with its (cleaned) options; option n's fields are options-n-..."""
    faults = check_text("text", "the question", text, limit=500)
    faults += check_text("text_cy", "the question in Welsh", text_cy, limit=500, required=False)
    if minimum < 1:
        faults.append(FieldError("minimum", "A voter must choose at least 1 option."))
    if maximum < 1:
        faults.append(FieldError("maximum", "A voter must be able to choose at least 1 option."))
    elif minimum > maximum:
        told = f"The fewest choices ({minimum}) cannot be more than the most choices ({maximum})."
        faults.append(FieldError("minimum", told))
    if maximum > len(options) >= 2:
        told = f"A voter cannot choose {maximum} of {len(options)} options."
        faults.append(FieldError("maximum", told))
    return faults + _check_options(options)


def _check_options(options: Sequence[OptionInput]) -> list[FieldError]:
    faults: list[FieldError] = []
    if len(options) < 2:
        told = "Enter at least two options, staying as we are included."
        faults.append(FieldError("options", told))
    if len(options) > MOST_OPTIONS:
        faults.append(FieldError("options", f"Enter at most {MOST_OPTIONS} options."))
    alike = _check_apart("text", options) + _check_apart("text_cy", options)
    for index, option in enumerate(options):
        faults += _check_option(index, option)
        faults += [fault for fault in alike if fault.field.startswith(f"options-{index}-")]
    return faults


def _check_apart(name: str, options: Sequence[OptionInput]) -> list[FieldError]:
    """The faults of options that read like an earlier one."""
    faults = []
    seen: dict[str, int] = {}
    for index, option in enumerate(options):
        text: str = getattr(option, name)
        first = seen.setdefault(text.casefold(), index)
        if text and first != index:
            told = f"Option {index + 1} is the same as option {first + 1} ({text[:60]})."
            faults.append(FieldError(f"options-{index}-{name}", told))
    return faults


def _check_option(index: int, option: OptionInput) -> list[FieldError]:
    number = index + 1
    faults = check_text(
        f"options-{index}-text", f"the text of option {number}", option.text, limit=200
    )
    welsh = f"the text of option {number} in Welsh"
    faults += check_text(
        f"options-{index}-text_cy", welsh, option.text_cy, limit=200, required=False
    )
    for part in BACKGROUND:
        for name, label in ((part, part), (f"{part}_cy", f"{part} in Welsh")):
            faults += check_text(
                f"options-{index}-{name}",
                f"the {label} of option {number}",
                getattr(option, name),
                limit=5_000,
                required=False,
            )
    return faults


def check_rule(
    *,
    standing: str,
    comparison: str,
    numerator: int,
    denominator: int,
    base: str,
    turnout_percent: int,
) -> list[FieldError]:
    """The faults of one constituency's decision rule."""
    faults = []
    if standing not in list(Standing):
        faults.append(
            FieldError("standing", "Choose whether this constituency decides or advises.")
        )
    if base not in list(BaseOf):
        told = "Choose what the share is of: valid votes, all papers, or the roll."
        faults.append(FieldError("base", told))
    if not 0 <= turnout_percent <= 100:
        faults.append(FieldError("turnout_percent", "The turnout must be from 0 to 100 per cent."))
    return faults + _check_share(comparison, numerator, denominator)


def _check_share(comparison: str, numerator: int, denominator: int) -> list[FieldError]:
    if comparison not in list(Comparison):
        return [FieldError("comparison", "Choose 'more than' or 'at least'.")]
    if not (1 <= denominator <= 1000 and 0 <= numerator <= 1000):
        told = "Enter the share as a fraction of whole numbers up to 1,000, such as 1/2 or 2/3."
        return [FieldError("numerator", told)]
    share = Fraction(numerator, denominator)
    if comparison == Comparison.MORE_THAN and share >= 1:
        told = f"More than {numerator}/{denominator} can never be reached."
        return [FieldError("numerator", told)]
    if comparison == Comparison.AT_LEAST and not 0 < share <= 1:
        told = f"At least {numerator}/{denominator} would be reached always or never."
        return [FieldError("numerator", told)]
    return []


def check_dates(
    opens_at: dt.datetime | None,
    closes_at: dt.datetime | None,
    grace_minutes: int,
    now: dt.datetime,
) -> list[FieldError]:
    """The faults of a draft's dates. That the opening is past is only a fault when freezing."""
    faults = []
    if not 0 <= grace_minutes <= MOST_GRACE:
        told = f"The grace after closing must be from 0 to {MOST_GRACE} minutes."
        faults.append(FieldError("grace_minutes", told))
    if opens_at is not None and opens_at - now > LATEST_OPENING:
        faults.append(FieldError("opens_at", "Voting must open within the next five years."))
    if opens_at is not None and closes_at is not None:
        faults += _check_span(opens_at, closes_at)
    return faults


def check_checking(hours: int) -> list[FieldError]:
    """The faults of a checking period of so many hours between the close and the count."""
    if 0 <= hours <= MOST_CHECKING:
        return []
    return [FieldError("checking_hours", "The checking period must be from 0 to 7 days.")]


def _check_span(opens_at: dt.datetime, closes_at: dt.datetime) -> list[FieldError]:
    if closes_at <= opens_at:
        return [FieldError("closes_at", "Voting must close after it opens.")]
    if closes_at - opens_at > LONGEST_VOTE:
        return [FieldError("closes_at", "Voting must close within a year of opening.")]
    return []
