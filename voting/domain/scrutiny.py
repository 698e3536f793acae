"""The scrutineer's report: what is stated about each election, and what a report may say (S1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voting.domain.errors import FieldError
from voting.domain.wording import check_text

STATEMENTS = {
    "rules": "I know of no good ground to believe that a rule of this vote was broken.",
    "safeguards": (
        "Votes were sent out, taken in, kept and counted in a way that left as little room for "
        "unfairness and error as could reasonably be."
    ),
    "freedom": "I could do this work without interference, and was given what I asked for.",
}


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement of a report. ``satisfied`` is None where nothing was chosen."""

    satisfied: bool | None
    reason: str = ""


def check_report(stated: Mapping[str, Stated], signature: str, name: str) -> list[FieldError]:
    """The faults of a report whose texts are cleaned; *name* is whose signature it must bear."""
    faults = []
    for number, code in enumerate(STATEMENTS, 1):
        said = stated.get(code, Stated(None))
        if said.satisfied is None:
            faults.append(
                FieldError(code, f"Select whether you are satisfied of statement {number}.")
            )
        elif said.satisfied is False:
            label = f"the reason why you are not satisfied of statement {number}"
            faults += check_text(f"{code}_reason", label, said.reason, limit=2_000)
    if signature.casefold() != name.casefold():
        faults.append(FieldError("signature", f"Sign with your name as it stands here: {name}."))
    return faults
