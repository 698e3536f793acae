"""Every text that people read has its Welsh, and every field for one has the hint beside it.

A new column or field fails here until it is in both languages, or stands in a list of those that
need not be, under the reason why.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import String, Text
from wtforms import StringField, TextAreaField
from wtforms.fields.core import UnboundField

import voting.store
import voting.web.commissioner
import voting.web.organiser
from voting.store.database import db
from voting.web.forms import Form

ROOT = Path(__file__).resolve().parent.parent
DESKS = (voting.web.organiser, voting.web.commissioner)
WRITTEN = (StringField, TextAreaField)
CODES = re.compile(
    r"(^|_)(hash|sha256|key|slug|state|kind|code|uuid|language|group|email|type|token)$"
)
"""Names of columns that hold no words."""
COLUMNS = {
    "what a machine reads: a code, a fingerprint, a measure, JSON that holds both languages": """
        act.body answer.value board_event.credential board_event.digits board_event.payload
        consultation.frozen_json consultation_question.choices consultation_question.rows
        consultation_report.body credential.public_credential decision.outcome decision_rule.base
        decision_rule.comparison decision_rule.standing dispute.decision dispute.finding
        dispute.reference dispute.tracker election.fingerprint
        equality_count.answer equality_count.question letter.details letter.last_error
        letter.lease_holder library_edit.english library_edit.welsh poll.ceremony poll.combination
        poll.key_holding proposal_option.model proposal_role.role question.method_json
        response.draft response.handle response.seen response.source roll_import.layout
        theme.stance
    """,
    "the name of a person, a body, an office or a file, the same in each language": """
        answer_file.name decision.decided_by document_version.filename elector.name enquiry.asker
        enquiry.answered_by poll.issuer proposal.contact_name proposal.contact_phone
        proposal.organisation response.organisation roll_import.filename scrutineer.name
        scrutineer.organisation
    """,
    "said by somebody else than the organiser, and shown as they said it": """
        answer.text dispute.contact dispute.words enquiry.text
    """,
    "never shown to the public, voters or those who answer": """
        answer_release.reason coding_reading.note elector.reference enquiry.declined_because
        link_replacement.reason moderation.reason respondent_link_replacement.reason
        response.reference theme.meaning
    """,
    "its Welsh is kept with the public page": """
        proposal.deciding proposal.still_open proposal.title
    """,
}
FIELDS = {
    "a number, a date, an address, or what is typed to confirm": """
        closes_hour closes_on contact_email contact_phone due_on email evidence heading_row highest
        least maximum minimum most most_ranks on opens_hour opens_on other_share report
        retention_months seats seen sheet start turnout_percent typed
    """,
    "the name of a person, a body or an office": """
        answered_by contact_name decided_by issuer organisation ScrutineerForm.name
    """,
    "never shown to the public, voters or those who answer": """
        DeclineForm.reason LookForm.reason ReleaseForm.reason ReplaceForm.reason meaning note
        passage reference
    """,
    "its Welsh is asked for on a page of its own, and nothing is published without": """
        ProposalForm.deciding ProposalForm.still_open ProposalForm.title TitleForm.title
    """,
}


PRIVATE = frozenset(
    {
        "analysis/original.html reason",
        "analysis/release.html reason",
        "analysis/theme.html meaning",
        "consultation_letters/replace.html reason",
        "enquiries/show.html decline.reason",
        "entering/new.html source",
        "letters/replace.html reason",
        "scrutineers/edit.html name",
    }
)
"""Fields of these names that hold no words, or that nobody but the desk reads."""


def list_excepted(lists: dict[str, str]) -> set[str]:
    return {name for names in lists.values() for name in names.split()}


def load(package: ModuleType) -> None:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(found.name)


def list_forms(kind: type = Form) -> Iterator[type]:
    for form in kind.__subclasses__():
        yield form
        yield from list_forms(form)


def list_written() -> list[tuple[str, set[str]]]:
    """The fields that words are typed into, by form."""
    for desk in DESKS:
        load(desk)
    desks = tuple(desk.__name__ for desk in DESKS)
    return [
        (form.__name__, {name for name in dir(form) if is_written(getattr(form, name))})
        for form in list_forms()
        if form.__module__.startswith(desks)
    ]


def is_written(field: object) -> bool:
    return isinstance(field, UnboundField) and issubclass(field.field_class, WRITTEN)


def test_every_text_that_is_kept_has_its_welsh_or_a_reason_why_not() -> None:
    load(voting.store)
    alone = set()
    for table in db.metadata.tables.values():
        if table.name in ("account", "role", "sign_in_attempt"):
            continue
        for column in table.columns:
            paired = column.name.endswith("_cy") or f"{column.name}_cy" in table.columns
            words = isinstance(column.type, String | Text) and not CODES.search(column.name)
            if words and not paired:
                alone.add(f"{table.name}.{column.name}")
    excepted = list_excepted(COLUMNS)
    assert alone - excepted == set(), "without Welsh"
    assert excepted - alone == set(), "excepted for nothing"


def test_every_field_of_a_desk_has_its_welsh_or_a_reason_why_not() -> None:
    excepted, used, alone = list_excepted(FIELDS), set(), set()
    for form, fields in list_written():
        for name in fields:
            if name.endswith("_cy") or f"{name}_cy" in fields:
                continue
            known = {name, f"{form}.{name}"} & excepted
            used |= known
            if not known:
                alone.add(f"{form}.{name}")
    assert alone == set(), "without Welsh"
    assert excepted - used == set(), "excepted for nothing"


@pytest.mark.parametrize("folder", ["organiser", "commissioner"])
def test_the_hint_stands_beside_every_text_that_people_read(folder: str) -> None:
    """Such a field is shown by ``both.pair`` or ``both.plain``, never by the bare macro."""
    forms = [fields for _form, fields in list_written()]
    paired = {name for fields in forms for name in fields if f"{name}_cy" in fields}
    bare = re.compile(r"(?:\bfield\(\s*form(?:s(?=\.))?\.)((?:decline\.|answer\.|merge\.)?)(\w+)")
    pages = sorted((ROOT / "templates" / folder).rglob("*.html"))
    assert pages
    found = {
        f"{page.parent.name}/{page.name} {which}{name}"
        for page in pages
        for which, name in bare.findall(page.read_text())
        if name in paired
    }
    assert found - PRIVATE == set()
