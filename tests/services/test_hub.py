"""What a proposal tells the public: G1 and G2, versions in the trail, both languages."""

from __future__ import annotations

import hashlib
import json

import pytest
from sqlalchemy.orm import Session

from tests.factories_polls import NOW, make_account, make_draft, make_proposal
from tests.factories_polls import open_page as open_written
from voting.domain.errors import BadInput, Conflict
from voting.domain.governance import MODELS, PARTS
from voting.domain.wording import NEEDED
from voting.services import hub, library, polls
from voting.store.hub import list_options, list_versions
from voting.store.proposals import list_acts


@pytest.fixture
def session(engine):
    """A session on an empty database."""
    with Session(engine) as session:
        yield session


def choose(session, proposal, *codes):
    return hub.choose_models(session, proposal, codes or ("in-house", "consortium"), now=NOW)


def open_page(session, proposal):
    return open_written(session, proposal, make_account(session))


def write(session, proposal, *, bilingual=False, **texts):
    flags = {"is_bilingual": bilingual, "public_may_ask": False, "now": NOW}
    return hub.update_hub(session, proposal, **flags, **texts)


def tell_gaps(session, proposal):
    return [gap.told for gap in hub.list_gaps(session, proposal)]


def kinds(session, proposal):
    return [act.kind for act in list_acts(session, proposal.id)]


def test_g1_a_page_without_what_is_decided_and_two_options_cannot_open(session):
    proposal = make_proposal(session)
    proposal.deciding, proposal.still_open = " ", ""

    with pytest.raises(BadInput) as refusal:
        hub.open_hub(session, proposal, actor=make_account(session), now=NOW)

    assert len(refusal.value.errors) == 6
    assert hub.get_hub(session, proposal).opened_at is None
    assert "page-opened" not in kinds(session, proposal)


def test_g1_two_options_without_staying_as_we_are_do_not_open_a_page(session):
    proposal = make_proposal(session)
    choose(session, proposal, "consortium", "partnership")
    write(session, proposal, summary="A trust.", who_decides="The council.")

    assert tell_gaps(session, proposal) == ["One of the options must be staying as we are."]

    whole = {part: f"Its {part}" for part in NEEDED}
    hub.save_option(session, proposal, None, name="Leave it", is_staying=True, now=NOW, **whole)
    assert tell_gaps(session, proposal) == []


def test_a_page_opens_with_what_is_proposed_and_who_decides_and_never_loses_them(session):
    proposal, account = make_proposal(session), make_account(session)
    choose(session, proposal)
    write(session, proposal, summary=" \n", who_decides="")
    proposed = hub.Gap("texts", "The page does not say what is proposed.")
    decides = hub.Gap("texts", "The page does not say who decides, and under what rule.")

    def refuse() -> str:
        with pytest.raises(BadInput) as refusal:
            hub.open_hub(session, proposal, actor=account, now=NOW)
        assert hub.get_hub(session, proposal).opened_at is None
        return refusal.value.message

    assert hub.list_gaps(session, proposal) == [proposed, decides]
    assert refuse() == f"{proposed.told} {decides.told}"
    write(session, proposal, summary="A trust.")
    assert refuse() == decides.told
    write(session, proposal, who_decides="The council.")
    hub.open_hub(session, proposal, actor=account, now=NOW)
    with pytest.raises(BadInput) as refusal:
        write(session, proposal, summary="", who_decides=" ")
    assert [(each.field, each.message) for each in refusal.value.errors] == [
        ("summary", "Enter what is proposed. The page is open to the public."),
        ("who_decides", "Enter who decides. The page is open to the public."),
    ]
    write(session, proposal)  # what is not given stays as it is
    assert hub.get_hub(session, proposal).summary == "A trust."


def test_a_page_in_both_languages_opens_with_both_texts_in_both(session):
    proposal, account = make_proposal(session), make_account(session)
    choose(session, proposal)
    welsh = {"title_cy": "Dyfodol", "deciding_cy": "A fydd.", "still_open_cy": "Pwy."}
    write(session, proposal, bilingual=True, summary="A trust.", who_decides="Us.", **welsh)
    assert hub.list_gaps(session, proposal) == [
        hub.Gap("texts", "Not in Welsh yet: what is proposed."),
        hub.Gap("texts", "Not in Welsh yet: who decides."),
    ]
    with pytest.raises(BadInput, match="Not in Welsh yet: who decides"):
        hub.open_hub(session, proposal, actor=account, now=NOW)
    told = {"summary_cy": "Ymddiriedolaeth.", "who_decides_cy": "Ni."}
    write(session, proposal, bilingual=True, **told)
    hub.open_hub(session, proposal, actor=account, now=NOW)


def test_g1_staying_cannot_be_taken_out_of_an_open_page(session):
    proposal = make_proposal(session)
    open_page(session, proposal)
    [staying] = [o for o in list_options(session, proposal.id) if o.is_staying]

    with pytest.raises(Conflict):
        hub.remove_option(session, proposal, staying, now=NOW)


def test_g1_a_vote_that_offers_no_way_to_stay_is_not_ready(session):
    draft = make_draft(session)
    models = [polls.OptionInput("Society"), polls.OptionInput("Trust")]
    polls.update_question(session, draft.questions[0], text="Which?", maximum=1, options=models)

    def purpose():
        return next(t for t in polls.list_tasks(session, draft, now=NOW) if t.code == "purpose")

    assert "Staying as we are" in purpose().problems[0]
    choose(session, draft.proposal, "in-house")
    assert purpose().problems == []


def test_g2_what_is_missing_stops_the_opening_and_what_is_lopsided_is_warned_about(session):
    proposal, account = make_proposal(session), make_account(session)
    choose(session, proposal)
    option = hub.save_option(
        session,
        proposal,
        None,
        name="Trust",
        is_staying=False,
        description="What it is",
        benefits="b" * 41,
        drawbacks="d" * 20,
        now=NOW,
    )

    [lopsided] = hub.list_warnings(session, proposal)
    assert "41 characters" in lopsided
    assert "more than twice" in lopsided
    with pytest.raises(BadInput, match=r"“Trust” has no cost or impact and source\."):
        hub.open_hub(session, proposal, actor=account, now=NOW)

    write(session, proposal, summary="A trust.", who_decides="The council.")
    given = {"is_staying": False, "now": NOW}
    hub.save_option(session, proposal, option, cost="Much", source="Page 2", **given)
    hub.open_hub(session, proposal, actor=account, now=NOW)  # the warning does not stop it
    with pytest.raises(BadInput) as refusal:
        hub.save_option(session, proposal, option, drawbacks=" ", **given)
    assert [fault.field for fault in refusal.value.errors] == ["drawbacks"]


def test_each_fault_of_a_text_in_both_languages_is_told_once_by_its_name(session):
    proposal = make_proposal(session)
    write(session, proposal, bilingual=True)

    with pytest.raises(BadInput) as refusal:
        write(
            session, proposal, bilingual=True,
            summary="A trust.", summary_cy="x" * 5001, who_decides="", who_decides_cy="Ni.",
        )  # fmt: skip

    assert [(each.field, each.message) for each in refusal.value.errors] == [
        (
            "summary_cy",
            "What is proposed in Welsh must be 5,000 characters or fewer. It has 5,001.",
        ),
        ("who_decides", "Enter who decides in English as well."),
    ]


def test_chosen_models_are_copies_and_are_chosen_once(session):
    proposal, account = make_proposal(session), make_account(session)
    first, second = choose(session, proposal)
    assert choose(session, proposal) == []
    assert (first.is_staying, second.is_staying) == (True, False)
    assert second.benefits_cy == MODELS[13].welsh.benefits

    texts = {part: f"new {part}" for part in PARTS}
    library.edit_model(session, "consortium", account=account, now=NOW, **texts)

    assert second.name == "Consortium co-operative"
    assert choose(session, make_proposal(session), "consortium")[0].name == "new name"
    library.restore_model(session, "consortium")
    library.restore_model(session, "consortium")
    assert library.get_model(session, "consortium") == (MODELS[13], None)


def test_a_model_needs_every_part_in_english(session):
    with pytest.raises(BadInput) as refusal:
        library.edit_model(session, "consortium", account=make_account(session), now=NOW)

    assert [error.field for error in refusal.value.errors] == list(PARTS)


def test_every_change_of_an_open_page_is_a_version_whose_hash_is_in_the_trail(session):
    proposal = make_proposal(session)
    hub.save_term(session, proposal, None, term="Mutual", meaning="Owned by members", now=NOW)
    assert list_versions(session, proposal.id) == []
    open_page(session, proposal)

    words = {"summary": "New", "summary_cy": "Newydd", "who_decides_cy": "Y cyngor"}
    for _again in range(2):
        hub.update_hub(session, proposal, is_bilingual=True, public_may_ask=True, now=NOW, **words)

    versions = list_versions(session, proposal.id)
    acts = [act for act in list_acts(session, proposal.id) if act.kind.startswith("page-")]
    assert [act.kind for act in acts] == ["page-opened", "page-changed"]
    assert [json.loads(act.body)["hash"] for act in acts] == [v.hash for v in versions]
    assert [v.hash for v in versions] == [hashlib.sha256(v.content).hexdigest() for v in versions]
    assert json.loads(versions[1].content)["page"]["summary"] == "New"


def test_options_change_places(session):
    proposal = make_proposal(session)
    first, second = choose(session, proposal)

    hub.move_option(session, proposal, second, -1, now=NOW)
    hub.move_option(session, proposal, second, -1, now=NOW)

    assert list_options(session, proposal.id) == [second, first]


def test_w1_what_is_not_in_welsh_is_listed(session):
    proposal = make_proposal(session)
    choose(session, proposal)
    hub.save_term(session, proposal, None, term="Mutual", meaning="Owned by members", now=NOW)
    hub.update_hub(
        session,
        proposal,
        is_bilingual=True,
        public_may_ask=False,
        title_cy="Dyfodol Hamdden",
        deciding_cy="A fydd.",
        now=NOW,
    )

    assert hub.list_untold(session, proposal) == [
        "what is still open",
        "the word “Mutual”",
        "the meaning of “Mutual”",
    ]
    assert hub.Gap("texts", "Not in Welsh yet: what is still open.") in hub.list_gaps(
        session, proposal
    )
    assert hub.Gap("glossary", "Not in Welsh yet: the word “Mutual”.") in hub.list_gaps(
        session, proposal
    )
    assert hub.list_warnings(session, proposal) == []
    hub.get_hub(session, proposal).opened_at = NOW
    assert "Not in Welsh yet: what is still open." in hub.list_warnings(session, proposal)


def test_two_options_of_one_name_and_texts_without_end_are_refused(session):
    proposal = make_proposal(session)
    choose(session, proposal)

    with pytest.raises(BadInput) as refusal:
        hub.save_option(
            session,
            proposal,
            None,
            name="consortium  co-operative",
            is_staying=False,
            benefits="x" * 5001,
            now=NOW,
        )

    assert [error.field for error in refusal.value.errors] == ["benefits", "name"]
