"""Letters to many go out once their number was typed, and to that number alone (M3)."""

from __future__ import annotations

from voting.domain.errors import BadInput, FieldError

FIELD = "typed"


def check_typed(typed: str, number: int) -> list[FieldError]:
    """The fault of a confirmation unless *typed* says *number*; "1,204" and "1 204" do too."""
    if "".join(typed.split()).replace(",", "") == str(number):
        return []
    told = f"Enter {number}, the number of people this letter goes to, to confirm"
    return [FieldError(FIELD, told)]


def require_unchanged(owed: int, confirmed: int) -> None:
    """Raise BadInput unless as many letters are owed as were confirmed.

    Someone came or went in between; whoever calls gives up the whole act, so nothing is sent.
    """
    if owed != confirmed:
        told = "Who gets a letter has changed just now. Nothing was sent. Type the new number."
        raise BadInput([FieldError(FIELD, told)])
