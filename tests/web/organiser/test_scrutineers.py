"""The organiser's pages on who holds the keys: forms, refusals, invitations, reminders."""

from __future__ import annotations

import re

import pytest

from tests.organiser_ground import Clerk, follow, list_errors, make_draft, sign_in
from tests.trustee_ground import PEOPLE

ARRANGEMENT = {"key_holding": "scrutineers", "key_size": "3", "threshold": "2"}


def person_form(index: int, **changes: str) -> dict[str, str]:
    name, email, organisation = PEOPLE[index]
    typed = {"name": name, "email": email, "organisation": organisation, "language": "en"}
    return typed | changes


@pytest.fixture
def desk(clerk: Clerk) -> str:
    """The scrutineers' page of a draft."""
    return f"{make_draft(clerk)}/scrutineers"


def name_all(clerk: Clerk, desk: str) -> None:
    follow(clerk.post(f"{desk}/arrangement", ARRANGEMENT))
    for index in range(3):
        follow(clerk.post(f"{desk}/new", person_form(index)))


def test_two_of_three_scrutineers_are_named_and_invited(clerk: Clerk, desk: str) -> None:
    assert "This service holds the key" in clerk.get(desk).text
    name_all(clerk, desk)
    page = clerk.get(desk).text
    assert "2 of 3 scrutineers" in page
    assert "Leisure Workers’ Union" in page
    assert "Name a scrutineer" not in page
    sample = clerk.get(f"{desk}/invite").text
    assert "If 2 of the 3 scrutineers lose theirs, the votes can never be counted." in sample

    wrong = clerk.post(f"{desk}/invite", {"typed": "2"})
    assert wrong.status_code == 422
    assert list_errors(wrong)[0].startswith("Enter 3")
    assert "Invite them" in clerk.get(desk).text

    follow(clerk.post(f"{desk}/invite", {"typed": "3"}))
    page = clerk.get(desk).text
    assert "0 of 3 scrutineers have done their part" in re.sub(r"\s+", " ", page)
    assert page.count("Asked to make a key") == 3
    follow(clerk.post(f"{desk}/remind"))
    assert clerk.post(f"{desk}/arrangement", ARRANGEMENT).status_code == 409
    follow(clerk.post(f"{desk}/end", {"reason": "One scrutineer resigned."}))
    assert "Invite them" in clerk.get(desk).text


def test_all_of_all_needs_a_reason_beside_its_field(clerk: Clerk, desk: str) -> None:
    refused = clerk.post(f"{desk}/arrangement", ARRANGEMENT | {"threshold": "3"})
    assert refused.status_code == 422
    assert "one lost key ends the vote" in list_errors(refused)[0]
    assert 'id="all_needed_reason-error"' in refused.text
    follow(
        clerk.post(
            f"{desk}/arrangement",
            ARRANGEMENT | {"threshold": "3", "all_needed_reason": "The union insists."},
        )
    )
    assert "The union insists." in clerk.get(desk).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"organisation": " "}, "organisation"),
        ({"email": "nobody"}, "email"),
        ({"email": PEOPLE[0][1].upper()}, "email"),
        ({"language": "fr"}, "language"),
    ],
)
def test_a_scrutineer_who_cannot_be_written_to_is_refused(
    clerk: Clerk, desk: str, changes: dict[str, str], field: str
) -> None:
    follow(clerk.post(f"{desk}/arrangement", ARRANGEMENT))
    follow(clerk.post(f"{desk}/new", person_form(0)))
    refused = clerk.post(f"{desk}/new", person_form(1) | changes)
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert "Pat Okafor" not in clerk.get(desk).text


def test_the_organiser_cannot_be_a_scrutineer(clerk: Clerk, desk: str) -> None:
    follow(clerk.post(f"{desk}/arrangement", ARRANGEMENT))
    refused = clerk.post(f"{desk}/new", person_form(0, email=clerk.email.upper()))
    assert refused.status_code == 422
    assert "organiser and scrutineer" in list_errors(refused)[0]


def test_a_draft_without_its_keys_cannot_be_frozen(clerk: Clerk, desk: str) -> None:
    name_all(clerk, desk)
    poll = desk.removesuffix("/scrutineers")
    refused = clerk.post(f"{poll}/freeze")
    assert refused.status_code == 422
    assert "Invite the scrutineers to make their keys." in refused.text


def test_another_organiser_sees_nothing(clerk: Clerk, desk: str) -> None:
    other_clerk = sign_in(clerk.app)
    for path in ("", "/arrangement", "/new", "/invite", "/end"):
        assert other_clerk.get(f"{desk}{path}").status_code == 404
