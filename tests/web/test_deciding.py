"""From the evidence to the decision: named commissioners alone, in its time, on what was read."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from tests import organiser_ground as ground
from tests.organiser_ground import EVIDENCE, Clerk, follow, list_errors
from voting.domain.trail import check_trail
from voting.jobs.letters import LetterPost
from voting.services.correspondence import write_letter
from voting.store.analysis import Theme
from voting.store.consultations import Consultation
from voting.store.database import db, transaction
from voting.store.decisions import Decision
from voting.store.letters import Letter
from voting.store.proposals import find_proposal, list_acts

PAYLOAD = "\"'></title></textarea><script>alert(1)</script><img src=x onerror=alert(1)>"
GIVEN = {
    "outcome": "with-conditions",
    "reasons": "Most people asked for it, and the figures hold.",
    "conditions": "The pool at Northgate stays open.",
    "dissent": "Councillor Price would have waited.",
    "next_steps": "A shadow board is elected in May.",
    "without_equality": "It is carried out before the transfer.",
    "decided_by": "Cai Morgan, Cabinet Member for Leisure",
    "attested": "y",
}


@dataclass(slots=True)
class Case:
    """An open proposal with one vote, its organiser, and a commissioner who was named."""

    organiser: Clerk
    commissioner: Clerk
    proposal: str
    poll: str

    @property
    def slug(self) -> str:
        return self.proposal.rpartition("/")[2]

    @property
    def desk(self) -> str:
        return f"/commissioner/proposals/{self.slug}"

    @property
    def public(self) -> str:
        return f"/p/{self.slug}/decision"


def make_case(app: Flask) -> Case:
    organiser, commissioner = ground.sign_in(app), ground.sign_in(app, "commissioner")
    poll = ground.make_draft(organiser)
    proposal = poll.partition("/polls/")[0]
    ground.open_page(organiser, proposal)
    follow(organiser.post(f"{proposal}/commissioners", {"email": commissioner.email}))
    return Case(organiser, commissioner, proposal, poll)


@pytest.fixture
def case(app: Flask) -> Case:
    return make_case(app)


def decide(case: Case, clerk: Clerk | None = None, origin: str = "", **changes: str):
    clerk = clerk or case.commissioner
    found = EVIDENCE.search(case.commissioner.get(f"{case.desk}/decide").text)
    form = GIVEN | {"typed": "10", "evidence": found[1] if found else ""} | changes
    data = {"csrf_token": clerk.read_token(), **{k: v for k, v in form.items() if v}}
    return clerk.client.post(f"{case.desk}/decide", data=data, headers={"Origin": origin})


def count_decisions(case: Case) -> int:
    with case.organiser.app.app_context():
        return db.session.query(Decision).count()


def test_a_reasoned_decision_is_public_and_a_letter_goes_to_all(case: Case) -> None:
    app = case.organiser.app
    told = case.commissioner.get(case.desk).text
    assert "The equality impact assessment" in told
    assert "Missing" in told
    follow(decide(case))
    stranger = app.test_client()

    record = unescape(stranger.get(case.public).text)

    for words in (*GIVEN.values(), "goes ahead, with conditions", "Missing", "28 days", "read it"):
        if words not in ("with-conditions", "y", "28 days"):
            assert words in record
    assert "goes ahead, with conditions" in stranger.get(case.public.rpartition("/")[0]).text
    with app.app_context():
        session = db.session()
        [decision] = session.query(Decision).all()
        assert decision.challenge_until - decision.decided_at == dt.timedelta(days=28)
        acts = list_acts(session, decision.proposal_id)
        [act] = [json.loads(a.body) for a in acts if a.kind == "decided"]
        assert act["hash"] == decision.hash
        owed = list(session.scalars(select(Letter.id).where(Letter.kind == "decision")))
        assert len(owed) == 10
        message = write_letter(session, owed[0], post=LetterPost(app), now=dt.datetime.now(dt.UTC))
        told = " ".join(message.get_body(("plain",)).get_content().split())
        assert f"Decided by {GIVEN['decided_by']} on " in told
        assert "write to the contact below and say what you think is wrong." in told
        text = message.get_body(("plain",)).get_content()
        assert "The proposal goes ahead, with conditions." in text
        assert f"http://localhost{case.public}" in text
        assert message["List-Unsubscribe"] is None
    trail = stranger.get(f"/p/{case.slug}/trail.jsonl").data.splitlines(keepends=True)
    assert check_trail(trail).kinds["decided"] == 1


def test_g4_no_decision_before_a_vote_has_its_outcome(case: Case) -> None:
    follow(case.organiser.post(f"{case.poll}/freeze"))

    refused = decide(case)

    assert refused.status_code == 409
    assert "is not published" in refused.text
    assert "is not published" in case.commissioner.get(f"{case.desk}/decide").text
    assert count_decisions(case) == 0
    follow(case.organiser.post(f"{case.poll}/conduct/cancel", {"reason": "More time."}))
    follow(decide(case))


def test_g4_no_decision_while_a_theme_has_no_response(case: Case) -> None:
    with case.organiser.app.app_context(), transaction(db.session()) as session:
        proposal = find_proposal(session, case.slug)
        assert proposal is not None
        asked = Consultation(
            proposal_id=proposal.id,
            slug="what-matters",
            title="What matters",
            state="closed",
            created_at=proposal.created_at,
        )
        session.add(asked)
        session.flush()
        session.add(Theme(consultation_id=asked.id, name="Opening hours"))

    refused = decide(case)

    assert refused.status_code == 409
    assert "The theme “Opening hours” is neither accepted nor declined" in refused.text
    assert "What you typed" not in refused.text  # it did not come from a page of the service
    refused = decide(case, origin="http://localhost")
    for words in (GIVEN["reasons"], GIVEN["next_steps"]):
        assert words in unescape(refused.text)  # to copy: no decision, but no lost hour either
    with case.organiser.app.app_context(), transaction(db.session()) as session:
        theme = session.query(Theme).one()
        theme.stance, theme.response = "accepted", "They will be longer."
    assert "The response to the consultation “What matters” is not published." in (
        decide(case).text
    )
    with case.organiser.app.app_context(), transaction(db.session()) as session:
        asked = session.query(Consultation).one()
        asked.answered_at = asked.created_at
    follow(decide(case))


def test_a_decided_proposal_is_decided_again_once_something_newer_was_published(case: Case) -> None:
    follow(decide(case))
    refused = decide(case)
    assert refused.status_code == 409
    assert "This proposal has been decided" in refused.text
    with case.organiser.app.app_context(), transaction(db.session()) as session:
        proposal = find_proposal(session, case.slug)
        assert proposal is not None
        now = dt.datetime.now(dt.UTC)
        told = {"created_at": now, "opened_at": now, "closed_at": now, "answered_at": now}
        session.add(
            Consultation(
                proposal_id=proposal.id, slug="again", title="Again", state="closed", **told
            )
        )

    follow(decide(case, outcome="refused", reasons="The figures do not hold any more."))

    record = unescape(case.organiser.app.test_client().get(case.public).text)
    assert record.index("The proposal does not go ahead.") < record.index("Decided before")
    for words in (GIVEN["reasons"], GIVEN["conditions"], GIVEN["dissent"]):
        assert words in record.partition("Decided before")[2]
    assert count_decisions(case) == 2


def test_g4_no_decision_without_the_attestation(case: Case) -> None:
    refused = decide(case, attested="")

    assert refused.status_code == 422
    assert "Confirm that you have read the evidence" in " ".join(list_errors(refused))
    assert "Most people asked for it" in refused.text
    assert count_decisions(case) == 0


def test_a_decision_before_anything_was_put_to_the_public_is_refused(app: Flask) -> None:
    organiser, commissioner = ground.sign_in(app), ground.sign_in(app, "commissioner")
    proposal = ground.make_proposal(organiser)
    follow(organiser.post(f"{proposal}/commissioners", {"email": commissioner.email}))
    early = Case(organiser, commissioner, proposal, "")

    assert decide(early, typed="0").status_code == 409
    assert "nothing was put to the public" in commissioner.get(early.desk).text


def test_what_was_not_read_cannot_be_attested(case: Case) -> None:
    found = EVIDENCE.search(case.commissioner.get(f"{case.desk}/decide").text)
    assert found is not None
    texts = ground.PAGE_TEXTS | {"summary": "Something new."}
    follow(case.organiser.post(f"{case.proposal}/page/texts", texts))

    refused = decide(case, evidence=found[1])

    assert list_errors(refused) == [
        "The evidence has changed since you opened this page. Read what is new first."
    ]
    assert count_decisions(case) == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"outcome": ""}, "Select what was decided"),
        ({"outcome": "maybe"}, "Select what was decided"),
        ({"reasons": ""}, "Enter the reasons"),
        ({"reasons": "x" * 10_001}, "must be 10,000 characters or fewer"),
        ({"conditions": ""}, "Enter the conditions"),
        ({"next_steps": ""}, "Enter what happens next"),
        ({"without_equality": ""}, "Enter why there is no equality impact assessment"),
        ({"decided_by": ""}, "Enter your name and office"),
        ({"typed": "3"}, "Enter 10, the number of people this letter goes to"),
    ],
)
def test_bad_input_is_named_and_nothing_is_stored(
    case: Case, changes: dict[str, str], told: str
) -> None:
    refused = decide(case, **changes)

    assert refused.status_code == 422
    assert any(told in error for error in list_errors(refused))
    assert count_decisions(case) == 0


def test_it_is_decided_once_unless_it_was_put_off(case: Case) -> None:
    follow(decide(case, outcome="deferred"))
    follow(decide(case))
    assert decide(case).status_code == 409
    assert count_decisions(case) == 2
    assert "Decided before" in case.organiser.client.get(case.public).text


def test_what_follows_is_told_in_public(case: Case) -> None:
    assert case.commissioner.get(f"{case.desk}/implementation").status_code == 404
    follow(decide(case))
    step = {"title": "Elect the board", "due_on": "2031-05-02", "state": "planned", "note": ""}
    follow(case.commissioner.post(f"{case.desk}/implementation", step))
    done = step | {"state": "done", "note": "Nine people were elected."}
    follow(case.commissioner.post(f"{case.desk}/implementation/1", done))
    record = case.organiser.client.get(case.public).text
    for words in ("Elect the board", "Done", "Nine people were elected.", "Friday 2 May 2031"):
        assert words in record
    for wrong, told in (
        ({"title": ""}, "Enter what is to be done"),
        ({"due_on": "2031-02-30"}, "Enter a day that exists"),
        ({"state": "lost"}, "Select how it stands"),
    ):
        refused = case.commissioner.post(f"{case.desk}/implementation", step | wrong)
        assert refused.status_code == 422
        assert told in " ".join(list_errors(refused))


def test_only_a_commissioner_who_was_named_decides(case: Case) -> None:
    app = case.organiser.app
    other, stranger = ground.sign_in(app, "commissioner"), Clerk(app, app.test_client(), "")
    for clerk, status in ((other, 404), (case.organiser, 403), (stranger, 419)):
        assert decide(case, clerk).status_code == status
        assert clerk.post(f"{case.desk}/implementation", {"title": "x"}).status_code == status
    assert other.get(case.desk).status_code == 404
    assert count_decisions(case) == 0


def test_who_organises_cannot_be_named_to_decide(case: Case) -> None:
    path = f"{case.proposal}/commissioners"
    for email in ("nobody@northmoor.example", case.organiser.email, ""):
        assert case.organiser.post(path, {"email": email}).status_code == 422
    assert case.commissioner.post(path, {"email": case.commissioner.email}).status_code == 403
    other = ground.sign_in(case.organiser.app)
    assert other.post(path, {"email": case.commissioner.email}).status_code == 404
    follow(case.organiser.post(path, {"email": case.commissioner.email}))
    assert "Morgan Ellis" in case.organiser.get(path).text


def test_scripts_in_a_decision_are_inert(case: Case) -> None:
    texts = ("reasons", "conditions", "dissent", "next_steps", "without_equality")
    follow(decide(case, **dict.fromkeys(texts, PAYLOAD), decided_by=PAYLOAD))
    step = {"title": PAYLOAD, "state": "planned", "note": PAYLOAD}
    follow(case.commissioner.post(f"{case.desk}/implementation", step))
    pages = [
        case.commissioner.get(path).text for path in (case.desk, f"{case.desk}/implementation")
    ]
    pages.append(case.organiser.client.get(case.public).text)
    for told in pages:
        assert "<script>alert" not in told
        assert "<img src=x" not in told


def test_a_decision_in_welsh(case: Case) -> None:
    follow(decide(case))
    told = case.organiser.app.test_client().get(case.public, headers={"Accept-Language": "cy"}).text
    assert "Y penderfyniad" in told


IN_WELSH = {
    "reasons_cy": "Gofynnodd y rhan fwyaf o bobl amdano.",
    "conditions_cy": "Mae pwll Northgate yn aros ar agor.",
    "dissent_cy": "Byddai'r Cynghorydd Price wedi aros.",
    "next_steps_cy": "Etholir bwrdd cysgodol ym mis Mai.",
    "without_equality_cy": "Fe'i cynhelir cyn y trosglwyddo.",
}


def test_a_decision_on_a_proposal_in_two_languages_is_told_in_both(case: Case) -> None:
    page = {"is_bilingual": "y", "title_cy": "Dyfodol", "deciding_cy": "Beth", "still_open_cy": "E"}
    page |= ground.PAGE_TEXTS | {"summary_cy": "Ymddiriedolaeth.", "who_decides_cy": "Y cyngor."}
    for _to_see_the_fields_and_to_fill_them_in in range(2):
        follow(case.organiser.post(f"{case.proposal}/page/texts", page))

    refused = decide(case)
    assert refused.status_code == 422
    assert list_errors(refused) == [
        f"Enter {label} in Welsh."
        for label in (
            "the reasons",
            "the conditions",
            "the dissent",
            "what happens next",
            "why there is no equality impact assessment",
        )
    ]
    assert GIVEN["reasons"] in unescape(refused.text)  # what was typed is kept
    alone = decide(case, dissent="", **IN_WELSH)
    assert list_errors(alone) == ["Enter the dissent in English as well."]
    assert IN_WELSH["dissent_cy"] in unescape(alone.text)
    assert count_decisions(case) == 0

    follow(decide(case, **IN_WELSH))
    step = {"title": "Elect the board", "state": "planned", "note": "In May."}
    address = f"{case.desk}/implementation"
    assert list_errors(case.commissioner.post(address, step)) == [
        "Enter what is to be done in Welsh.",
        "Enter the note in Welsh.",
    ]
    follow(case.commissioner.post(address, {**step, "title_cy": "Ethol", "note_cy": "Ym Mai."}))
    client = case.organiser.app.test_client()
    english, cymraeg = (
        unescape(client.get(case.public, headers={"Accept-Language": code}).text)
        for code in ("en", "cy")
    )
    names = ("reasons", "conditions", "dissent", "next_steps", "without_equality")
    for name in names:
        assert GIVEN[name] in english
        assert IN_WELSH[f"{name}_cy"] in cymraeg
        assert f'lang="cy">{IN_WELSH[f"{name}_cy"]}' in cymraeg
        assert GIVEN[name] not in cymraeg
    assert "Elect the board" not in cymraeg
    assert "Ym Mai." in cymraeg
    with case.organiser.app.app_context():
        [decision] = db.session.query(Decision).all()
        content = json.loads(decision.content)
        assert {name: content[name] for name in IN_WELSH} == IN_WELSH
        assert content["reasons"] == GIVEN["reasons"]


def test_a_decision_in_english_alone_has_no_welsh_in_its_record(case: Case) -> None:
    follow(decide(case, **IN_WELSH))
    with case.organiser.app.app_context():
        [decision] = db.session.query(Decision).all()
        assert "reasons_cy" not in json.loads(decision.content)
        assert decision.reasons_cy == ""
