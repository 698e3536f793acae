"""What the verifier says of each check is told in Welsh, whichever check it is."""

from __future__ import annotations

import inspect
import re

import pytest

from voting import mail
from voting.belenios import verify
from voting.domain.check_words import NAMES, tell_check


def test_every_check_of_the_verifier_has_its_name() -> None:
    checked = re.findall(r'self\._check\(\s*"([^"]+)"', inspect.getsource(verify))
    assert set(checked) == set(NAMES)
    welsh = mail.translator("cy")
    assert all(tell_check(name, welsh) not in (None, name) for name in NAMES)


@pytest.mark.parametrize(
    "found",
    [
        "412 events in an unbroken chain",
        "fingerprint 3Fz+a/8Qb0WkGg",
        "1 single; every key proved, together the election key",
        "1 single, 2 of 3; every key proved, together the election key",
        "110 credentials, total weight 112",
        "96 ballots, 93 of them a voter's last",
        "93 ballots with a total weight of 95, recomputed",
        "3, every one proved",
        "2 of 3, every one proved",
        "every count is what the tally opens to",
    ],
)
def test_what_a_check_found_keeps_its_numbers(found: str) -> None:
    told = tell_check(found, mail.translator("cy"))
    assert told
    assert told != found
    assert re.findall(r"\d+", told) == re.findall(r"\d+", found)
    assert " of " not in told


def test_what_is_not_known_is_left_to_stand_in_english() -> None:
    assert tell_check("the election key is not the product of the trustees' keys", str) is None
