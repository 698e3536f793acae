"""More than one account organises a proposal, named by one that does; the record tells of each."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.organiser_ground import Clerk, follow, list_errors, make_proposal, sign_in
from voting.store.accounts import ensure_role, find_account
from voting.store.database import db, transaction
from voting.store.proposals import find_proposal, list_acts


@pytest.fixture
def path(clerk: Clerk) -> str:
    """The page of a proposal that the clerk alone organises."""
    return make_proposal(clerk)


def list_kinds(app: Flask, path: str) -> list[str]:
    with app.app_context():
        proposal = find_proposal(db.session(), path.rpartition("/")[2])
        assert proposal is not None
        return [act.kind for act in list_acts(db.session(), proposal.id)]


def test_a_second_organiser_is_named_works_and_leaves(app: Flask, clerk: Clerk, path: str) -> None:
    second = sign_in(app)
    assert f'href="{path}/organisers"' in clerk.get(path).text
    assert "Withdraw" not in clerk.get(f"{path}/organisers").text  # nobody else could go on
    assert second.get(path).status_code == 404
    for _twice_is_once in range(2):
        follow(clerk.post(f"{path}/organisers", {"email": f" {second.email.upper()} "}))
    assert second.email in clerk.get(f"{path}/organisers").text
    follow(second.post(f"{path}/new-constituency", {"name": "Users"}))
    assert path in second.get("/organiser/").text

    with app.app_context():
        account = find_account(db.session(), clerk.email)
        assert account is not None
        leaving = f"{path}/organisers/{account.id}/withdraw"
    assert clerk.email not in second.get(leaving).text.partition("<h1")[0]
    assert clerk.get(path).status_code == 200  # a GET changed nothing
    follow(second.post(leaving))
    assert clerk.get(path).status_code == 404
    assert follow(second.post(leaving)) == f"{path}/organisers"
    assert list_kinds(app, path).count("organiser-named") == 1
    assert list_kinds(app, path)[-1] == "organiser-withdrawn"


def test_the_last_organiser_stays(app: Flask, clerk: Clerk, path: str) -> None:
    with app.app_context():
        account = find_account(db.session(), clerk.email)
        assert account is not None
        own = f"{path}/organisers/{account.id}/withdraw"
    refused = clerk.post(own)
    assert refused.status_code == 409
    assert "Name somebody else first" in refused.text
    assert clerk.get(path).status_code == 200


def test_who_has_another_part_cannot_organise(app: Flask, clerk: Clerk, path: str) -> None:
    commissioner, custodian = sign_in(app, "commissioner"), sign_in(app)
    with app.app_context(), transaction(db.session()) as session:
        for person, more in ((commissioner, "organiser"), (custodian, "commissioner")):
            account = find_account(session, person.email)
            assert account is not None
            account.roles.append(ensure_role(session, more))
    follow(clerk.post(f"{path}/commissioners", {"email": commissioner.email}))
    held = follow(clerk.post(f"{path}/consultations/new", {"title": "Your views"}))
    follow(clerk.post(f"{held}/analysis/custodian", {"email": custodian.email}))
    poll = follow(clerk.post(f"{path}/new-vote", {"title": "Shall we form a mutual?"}))
    holding = {"key_holding": "scrutineers", "key_size": "3", "threshold": "2"}
    follow(clerk.post(f"{poll}/scrutineers/arrangement", holding))
    scrutineer = sign_in(app)
    named = {"name": "Jo", "email": scrutineer.email, "organisation": "The union"}
    follow(clerk.post(f"{poll}/scrutineers/new", named))

    before = list_kinds(app, path)
    for email, told in (
        (commissioner.email, "This account is the proposal's commissioner"),
        (custodian.email, "This account is the proposal's custodian"),
        (scrutineer.email, "This account belongs to a scrutineer of this proposal"),
        (sign_in(app, "commissioner").email, "There is no organiser with this address"),
        ("nobody@northmoor.example", "There is no organiser with this address"),
        ("", "Enter the email address of the organiser"),
    ):
        refused = clerk.post(f"{path}/organisers", {"email": email})
        assert refused.status_code == 422
        assert [each[: len(told)] for each in list_errors(refused)] == [told]
        assert f'value="{email}"' in refused.text
    deciding = clerk.post(f"{path}/commissioners", {"email": custodian.email})
    assert deciding.status_code == 422
    assert list_errors(deciding)[0].startswith("This account is the proposal's custodian")
    assert list_kinds(app, path) == before


def test_only_who_organises_names_and_withdraws(app: Flask, clerk: Clerk, path: str) -> None:
    other, commissioner = sign_in(app), sign_in(app, "commissioner")
    for person, status in ((other, 404), (commissioner, 403)):
        assert person.get(f"{path}/organisers").status_code == status
        sent = person.post(f"{path}/organisers", {"email": other.email})
        assert sent.status_code == status
        assert person.post(f"{path}/organisers/1/withdraw").status_code == status
    assert other.get(path).status_code == 404
