"""The organiser writes a vote in two languages: fields, what is missing, previews and letters."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from flask import Flask

from tests import organiser_ground as ground
from tests.bilingual_ground import welsh, write_welsh
from tests.documents_ground import PDF
from tests.organiser_ground import Clerk, follow, question_form
from voting.services import documents
from voting.services.hub import get_hub
from voting.store.accounts import Account
from voting.store.database import db, transaction
from voting.store.letters import Letter

LINK = re.compile(r'<li class="v-break"><a class="v-link" href="([^"]+)">([^<]+)</a></li>')
HUB = {"is_bilingual": "y", "title_cy": "Dyfodol", "deciding_cy": "Beth", "still_open_cy": "Eto"}
WELSH_FIELDS = {
    "text_cy": "A ddylem ffurfio cwmni cydfuddiannol?",
    "options-0-text_cy": "Ffurfio un",
    "options-0-description_cy": "Sefydliad newydd.",
    "options-1-text_cy": "Aros fel yr ydym",
}


@pytest.fixture
def clerk(app: Flask) -> Clerk:
    return ground.sign_in(app)


def make_bilingual(clerk: Clerk, *, told: bool = False) -> str:
    """A complete draft of a proposal in both languages; *told*: every text is in both."""
    poll = ground.make_draft(clerk)
    for _once_to_see_the_fields_and_once_to_fill_them_in in range(2):
        follow(clerk.post(f"{poll.partition('/polls/')[0]}/page/texts", HUB))
    if told:
        with clerk.app.app_context(), transaction(db.session()) as session:
            write_welsh(session, ground.read_poll(session, poll), now=dt.datetime.now(dt.UTC))
    return poll


def list_links(page: str) -> dict[str, str]:
    return {unescape(told): unescape(href) for href, told in LINK.findall(page)}


def read_field(page: str, name: str) -> str:
    """What a field of the page holds."""
    control = re.search(rf'<(input|textarea)[^>]*name="{name}"[^>]*>([^<]*)', page)
    assert control is not None, name
    value = re.search(r'value="([^"]*)"', control[0])
    return unescape(control[2] if control[1] == "textarea" else value[1] if value else "").strip()


def test_w1_every_missing_text_is_listed_with_a_link_to_its_field(clerk: Clerk) -> None:
    poll = make_bilingual(clerk)
    missing = list_links(clerk.get(f"{poll}/languages").text)
    assert len(missing) == 1 + 1 + 1 + 1 + 2 * 5  # contact, title, constituency, question, options
    assert "The title of the vote is not in Welsh." in missing
    assert "The drawbacks of option 2 of question 1 (“Stay as we are”) is not in Welsh." not in (
        clerk.get(poll).text
    )
    assert "14 texts are in one language alone." in clerk.get(poll).text
    for told, href in missing.items():
        address, _, field = href.partition("#")
        page = clerk.get(address)
        assert page.status_code == 200, told
        assert f'id="{field}"' in page.text, told

    page = clerk.get(f"{poll}/freeze")
    assert list_links(page.text) == missing
    refused = clerk.post(f"{poll}/freeze")
    assert refused.status_code == 422
    assert set(missing) <= set(ground.list_errors(refused))
    assert clerk.get(poll).status_code == 200  # a draft still


def test_a_vote_that_is_told_in_both_languages_is_frozen_and_shown_in_both(clerk: Clerk) -> None:
    poll = make_bilingual(clerk, told=True)
    assert "Every text that voters see is in English and in Welsh." in (
        clerk.get(f"{poll}/languages").text
    )
    english, cymraeg = (
        unescape(clerk.get(f"{poll}/preview?language={code}").text) for code in ("en", "cy")
    )
    question = "Shall we form a mutual?"
    for words in (question, "Form a mutual", "Set-up costs.", "Whether the centres become"):
        assert words in english
    assert "Gymraeg" not in english
    for words in (question, "Form a mutual", "Set-up costs."):
        assert welsh(words) in cymraeg
    assert "Pleidlais wag: gadael" in cymraeg
    assert '<div lang="cy">' in cymraeg
    assert welsh("Set-up costs.") in unescape(clerk.get(f"{poll}/freeze").text)
    follow(clerk.post(f"{poll}/freeze"))
    for code in ("cy", "xx"):
        assert clerk.get(f"{poll}/preview?language={code}").status_code == 200


def test_welsh_stays_with_its_option_when_options_are_added_moved_and_removed(
    clerk: Clerk,
) -> None:
    poll = make_bilingual(clerk)
    form = question_form(**WELSH_FIELDS, act="add")
    page = clerk.post(f"{poll}/questions/new", form).text
    for name, text in WELSH_FIELDS.items():
        assert read_field(page, name) == text
    assert read_field(page, "options-2-text_cy") == ""
    page = clerk.post(f"{poll}/questions/new", {**form, "act": "down-0"}).text
    assert read_field(page, "options-1-text_cy") == "Ffurfio un"
    assert read_field(page, "options-1-description_cy") == "Sefydliad newydd."
    assert read_field(page, "options-0-text_cy") == "Aros fel yr ydym"
    third = {"options-2-text": "Wait", "options-2-text_cy": "Aros"}
    page = clerk.post(f"{poll}/questions/new", {**form, **third, "act": "remove-0"}).text
    assert read_field(page, "options-0-text_cy") == "Aros fel yr ydym"
    assert read_field(page, "options-1-text_cy") == "Aros"


def test_bad_welsh_is_told_beside_its_field_and_what_was_typed_is_kept(clerk: Clerk) -> None:
    poll = make_bilingual(clerk)
    alike = {**WELSH_FIELDS, "options-1-text_cy": "Ffurfio un"}
    page = clerk.post(f"{poll}/questions/new", question_form(**alike))
    assert page.status_code == 422
    assert ground.list_errors(page) == ["Option 2 is the same as option 1 (Ffurfio un)."]
    assert 'href="#options-1-text_cy"' in page.text
    assert read_field(page.text, "text_cy") == WELSH_FIELDS["text_cy"]
    with clerk.app.app_context():
        assert len(ground.read_poll(db.session(), poll).questions) == 1
    long = clerk.post(f"{poll}/details", {"title": "Vote", "title_cy": "x" * 201})
    assert long.status_code == 422
    assert read_field(long.text, "title_cy") == "x" * 201
    follow(clerk.post(f"{poll}/questions/new", question_form(**WELSH_FIELDS)))
    follow(clerk.post(f"{poll}/questions/new", question_form(**WELSH_FIELDS)))  # sent twice
    with clerk.app.app_context():
        stored = ground.read_poll(db.session(), poll)
        assert len(stored.questions) == 2
        assert stored.questions[1].options[0].description_cy == "Sefydliad newydd."


def test_welsh_is_carried_along_while_the_proposal_is_in_english_alone(clerk: Clerk) -> None:
    poll = make_bilingual(clerk, told=True)
    follow(clerk.post(f"{poll.partition('/polls/')[0]}/page/texts", {"title_cy": "Dyfodol"}))
    with clerk.app.app_context():
        question = ground.read_poll(db.session(), poll).questions[0].id
    page = clerk.get(f"{poll}/questions/{question}").text
    assert "in Welsh" not in page
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+_cy)" value="([^"]*)"', page))
    assert len(hidden) == 1 + 2 * 5
    kept = {name: unescape(text) for name, text in hidden.items()}
    follow(clerk.post(f"{poll}/questions/{question}", question_form(**kept)))
    follow(clerk.post(f"{poll}/details", {"title": "Another title"}))
    with clerk.app.app_context():
        stored = ground.read_poll(db.session(), poll)
        assert stored.title_cy == welsh("Shall we form a mutual?")
        assert stored.questions[0].options[1].source_cy == welsh("Page 14")


def test_the_proposals_options_come_with_their_welsh(clerk: Clerk) -> None:
    poll = make_bilingual(clerk)
    proposal = poll.partition("/polls/")[0]
    option = {"name": "Trust", "name_cy": "Ymddiriedolaeth", "drawbacks_cy": "Anfantais"}
    refused = clerk.post(f"{proposal}/page/options/new", option)
    assert ground.list_errors(refused) == ["Enter the drawbacks in English as well."]
    option["drawbacks"] = "A drawback"
    follow(clerk.post(f"{proposal}/page/options/new", option))
    page = clerk.get(f"{poll}/questions/new?from=options").text
    assert read_field(page, "options-0-text_cy") == "Ymddiriedolaeth"
    assert read_field(page, "options-0-drawbacks_cy") == "Anfantais"
    assert read_field(page, "options-1-text_cy") == "Aros fel yr ydym"
    assert read_field(page, "options-2-text_cy") == "Dim un o’r rhain"


def test_a_letter_is_previewed_and_tested_in_both_languages(clerk: Clerk) -> None:
    poll = make_bilingual(clerk, told=True)
    follow(clerk.post(f"{poll}/freeze"))
    page = unescape(clerk.get(f"{poll}/letters/send/invitation").text)
    assert "0 in Welsh, 10 in English." in page
    assert "Northmoor Leisure Trust asks you to vote: Shall we form a mutual?" in page
    assert f"gofyn i chi bleidleisio: {welsh('Shall we form a mutual?')}" in page
    follow(clerk.post(f"{poll}/letters/test/invitation"))
    with clerk.app.app_context():
        tests = db.session.query(Letter).filter_by(kind="test").order_by(Letter.id).all()
        assert [letter.language for letter in tests] == ["en", "cy"]
    assert "Test letters in both languages are on the way" in clerk.get(f"{poll}/letters").text


def test_a_public_reason_is_asked_for_in_both_languages_and_read_in_one(clerk: Clerk) -> None:
    poll = make_bilingual(clerk, told=True)
    place = poll.partition("/polls/")[0]
    public = place.replace("/organiser/proposals/", "/p/")
    now = dt.datetime.now(dt.UTC)
    with clerk.app.app_context(), transaction(db.session()) as session:
        proposal = ground.read_poll(session, poll).proposal
        get_hub(session, proposal).opened_at = now
        paper = {"kind": "background", "filename": "case.pdf", "content": PDF}
        title = {"title": "The case", "title_cy": "Yr achos"}
        account = session.query(Account).first()
        documents.add_document(session, proposal, account=account, now=now, **paper, **title)
    withdraw = f"{place}/documents/1/withdraw"
    assert 'lang="cy"' in clerk.get(withdraw).text
    assert 'data-plain-for="reason_cy"' in clerk.get(withdraw).text
    refused = clerk.post(withdraw, {"reason": "Its figures were wrong."})
    assert refused.status_code == 422
    assert 'href="#reason_cy"' in refused.text
    assert read_field(refused.text, "reason") == "Its figures were wrong."
    welsh_reason = "Roedd ei ffigurau'n anghywir."
    follow(clerk.post(withdraw, {"reason": "Its figures were wrong.", "reason_cy": welsh_reason}))
    for language, shown, hidden in (
        ("en", "Its figures were wrong.", welsh_reason),
        ("cy", welsh_reason, "Its figures were wrong."),
    ):
        page = clerk.app.test_client().get(
            f"{public}/documents", headers={"Accept-Language": language}
        )
        assert shown in unescape(page.text)
        assert hidden not in unescape(page.text)
    untold = [{"title": "Wait"}, {"title": "Wait", "title_cy": ""}]
    for words in untold:
        days = clerk.post(f"{place}/page/dates", {"on": "2027-03-01", **words})
        assert 'id="title_cy-error"' in days.text
