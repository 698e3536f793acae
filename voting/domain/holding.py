"""Who holds the keys of a vote: which arrangements are allowed, and what each still needs."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from voting.domain.errors import FieldError
from voting.domain.wording import Words, check_both, check_email, check_text

FEWEST, MOST = 2, 10  # scrutineers of one vote
MINIMUM_COUNTED = 10  # fewer votes in one count could show how someone voted (D1)
LEAST_MINIMUM = 5  # below this nobody may set it (D1)


class Holding(StrEnum):
    """Who can open the sums. ``simple``: the service. ``scrutineers``: t of n people together."""

    SIMPLE = "simple"
    SCRUTINEERS = "scrutineers"


class Step(StrEnum):
    """What a scrutineer does next. ``wait``: it is somebody else's turn."""

    CERTIFICATE = "certificate"  # make a key, and save it
    SAVED_COPY = "saved-copy"  # prove the saved copy by loading it
    CONTRIBUTION = "contribution"  # with everybody's certificate: shares for the others
    OUTPUT = "output"  # with everybody's shares: one's own part of the key
    APPROVAL = "approval"  # the frozen set-up
    COUNT = "count"  # shuffle and decrypt
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one scrutineer stands: what was received from them, and whether they lost the key."""

    has_certificate: bool = False
    has_proved: bool = False
    has_contributed: bool = False
    has_output: bool = False
    has_approved: bool = False
    has_lost: bool = False


def next_step(own: Standing, everyone: list[Standing]) -> Step:
    """What this scrutineer can do now to have the keys made; wait when others come first."""
    if not own.has_certificate:
        return Step.CERTIFICATE
    if not own.has_proved:
        return Step.SAVED_COPY
    if not all(one.has_proved for one in everyone):
        return Step.WAIT
    if not own.has_contributed:
        return Step.CONTRIBUTION
    if not all(one.has_contributed for one in everyone):
        return Step.WAIT
    return Step.WAIT if own.has_output else Step.OUTPUT


def are_keys_proved(everyone: list[Standing], size: int) -> bool:
    """Whether all *size* scrutineers hold their part of the key and proved the saved copy."""
    return len(everyone) == size and all(one.has_output and one.has_proved for one in everyone)


def count_safe(everyone: list[Standing]) -> int:
    """How many scrutineers have not reported their key lost."""
    return sum(not one.has_lost for one in everyone)


def tell_how_many(done: int, size: int) -> str:
    """ "1 of 3 scrutineers has", "2 of 3 scrutineers have": the beginning of a sentence."""
    return f"{done} of {size} scrutineers {'has' if done == 1 else 'have'}"


def check_arrangement(
    *, holding: str, size: int, threshold: int, all_needed_reason: Words
) -> list[FieldError]:
    """The faults of an arrangement: n scrutineers of whom t are needed; n of n needs a reason."""
    if holding not in list(Holding):
        return [FieldError("key_holding", "Choose who holds the keys.")]
    if holding == Holding.SIMPLE:
        return []
    if not FEWEST <= size <= MOST:
        told = f"The number of scrutineers must be from {FEWEST} to {MOST}."
        return [FieldError("key_size", told)]
    if not FEWEST <= threshold <= size:
        told = f"The number of scrutineers needed to count must be from {FEWEST} to {size}."
        return [FieldError("threshold", told)]
    if threshold < size:
        return []
    if not all_needed_reason.english:
        told = (
            f"If all {size} scrutineers are needed, one lost key ends the vote without a result. "
            "Choose a smaller number, or enter the reason, which is published."
        )
        return [FieldError("all_needed_reason", told)]
    return check_both("all_needed_reason", "the reason", all_needed_reason, limit=1_000)


def check_scrutineer(*, name: str, email: str, organisation: str) -> list[FieldError]:
    """The faults of one scrutineer's (cleaned) particulars."""
    return [
        *check_text("name", "the scrutineer's name", name, limit=200),
        *check_email("email", "the scrutineer's email address", email),
        *check_text("organisation", "the organisation they stand for", organisation, limit=200),
    ]


def fold_address(email: str) -> str:
    """One form for every way of writing the same mail address."""
    return unicodedata.normalize("NFKC", email).strip().casefold()
