"""Who may hold the keys: the numbers, the people, the reason for n of n, and beginning anew."""

import json

import pytest

from tests.factories_polls import NOW, make_account
from tests.trustee_ground import PEOPLE, arrange, invite
from voting.domain.errors import BadInput, Conflict
from voting.domain.holding import Step
from voting.services import polls, proposals, trustees
from voting.store.letters import Letter
from voting.store.proposals import list_acts
from voting.store.trustees import list_scrutineers


def set_numbers(session, draft, size, threshold, reason=""):
    trustees.set_arrangement(
        session,
        draft,
        holding="scrutineers",
        size=size,
        threshold=threshold,
        with_service_key=False,
        all_needed_reason=reason,
    )


def test_the_service_holds_the_key_unless_scrutineers_are_chosen_and_two_of_three_is_usual(draft):
    assert draft.key_holding == "simple"
    assert (draft.threshold, draft.key_size) == (2, 3)


def test_all_of_all_is_refused_without_a_reason(session, draft):
    with pytest.raises(BadInput, match="one lost key ends the vote") as refused:
        set_numbers(session, draft, 3, 3)
    assert refused.value.field == "all_needed_reason"
    assert draft.key_holding == "simple"
    set_numbers(session, draft, 3, 3, "The staff side asked for it.")
    assert draft.all_needed_reason == "The staff side asked for it."


@pytest.mark.parametrize(
    ("size", "threshold", "field"), [(1, 1, "key_size"), (11, 2, "key_size"), (3, 1, "threshold")]
)
def test_numbers_out_of_range_are_refused(session, draft, size, threshold, field):
    with pytest.raises(BadInput) as refused:
        set_numbers(session, draft, size, threshold)
    assert refused.value.field == field


def test_nobody_is_organiser_and_scrutineer_of_one_proposal_whatever_the_letters_case(
    session, draft
):
    set_numbers(session, draft, 3, 2)
    account = make_account(session, "alex@northmoor.example")
    proposals.add_organiser(session, draft.proposal, account.id)
    with pytest.raises(BadInput, match="organiser of this proposal"):
        trustees.add_scrutineer(
            session, draft, name="Alex", email="ALEX@Northmoor.example", organisation="Union"
        )
    arrange(session, draft)
    other = make_account(session, PEOPLE[0][1].upper())
    with pytest.raises(Conflict, match="scrutineer of this proposal"):
        proposals.add_organiser(session, draft.proposal, other.id)


def test_an_address_is_named_once_and_no_more_people_than_are_wanted(session, draft):
    arrange(session, draft)
    with pytest.raises(Conflict, match="All 3"):
        trustees.add_scrutineer(session, draft, name="X", email="x@y.example", organisation="Z")
    first, *_ = list_scrutineers(session, draft.id)
    with pytest.raises(BadInput, match="Another scrutineer"):
        trustees.update_scrutineer(
            session, first, name="X", email=PEOPLE[1][1].upper(), organisation="Z"
        )
    trustees.remove_scrutineer(session, first)
    assert [person.position for person in list_scrutineers(session, draft.id)] == [1, 2]


def test_inviting_fixes_people_numbers_and_group_until_the_ceremony_is_ended(session, draft):
    people = arrange(session, draft)
    with pytest.raises(BadInput, match="Enter 3"):
        trustees.owe_invitations(session, draft, people, typed="4", now=NOW)
    invite(session, draft)
    letters = session.query(Letter).all()
    assert [letter.kind for letter in letters] == ["scrutineer-invitation"] * 3
    assert [letter.scrutineer_id for letter in letters] == [person.id for person in people]
    assert trustees.find_step(session, people[0]) is Step.CERTIFICATE
    for forbidden in (
        lambda: set_numbers(session, draft, 4, 2),
        lambda: trustees.remove_scrutineer(session, people[0]),
        lambda: invite(session, draft),
    ):
        with pytest.raises(Conflict):
            forbidden()
    with pytest.raises(BadInput, match="are making keys for Ed25519"):
        polls.update_poll(session, draft, group="BELENIOS-2048", now=NOW)
    polls.update_poll(session, draft, title="Another title", now=NOW)

    with pytest.raises(BadInput, match="the reason"):
        trustees.end_ceremony(session, draft, reason=" ", actor=None, now=NOW)
    trustees.end_ceremony(session, draft, reason="A share did not fit.", actor=None, now=NOW)
    act = list_acts(session, draft.proposal_id)[-1]
    assert (act.kind, json.loads(act.body)["reason"]) == ("ceremony-ended", "A share did not fit.")
    set_numbers(session, draft, 4, 2)


def test_another_address_voids_the_link(session, draft):
    person, *_ = arrange(session, draft)
    invite(session, draft)
    kept = {"name": person.name, "organisation": person.organisation}
    trustees.update_scrutineer(session, person, email=person.email, **kept)
    assert person.link_generation == 1
    trustees.update_scrutineer(session, person, email="new@watchers.example", **kept)
    assert person.link_generation == 2


def test_the_task_list_says_what_the_keys_still_lack(session, draft):
    def problems():
        (task,) = [t for t in polls.list_tasks(session, draft, now=NOW) if t.code == "keys"]
        return task.problems

    assert problems() == []
    set_numbers(session, draft, 3, 2)
    assert problems() == ["Name 3 scrutineers. So far there are 0."]
    arrange(session, draft)
    assert problems() == ["Invite the scrutineers to make their keys."]
    invite(session, draft)
    told = "0 of 3 scrutineers have made their key and proved their copy."
    assert problems() == [told]
    with pytest.raises(BadInput, match="0 of 3 scrutineers"):
        polls.freeze(session, draft, actor=None, now=NOW, prepare_election=lambda *_a, **_k: None)


def test_reminders_go_to_those_waited_for_once_a_day(session, draft):
    arrange(session, draft)
    with pytest.raises(Conflict, match="anything to do"):
        trustees.remind(session, draft, actor=None, now=NOW)
    invite(session, draft)
    assert trustees.remind(session, draft, actor=None, now=NOW) == 3
    assert trustees.remind(session, draft, actor=None, now=NOW) == 0
