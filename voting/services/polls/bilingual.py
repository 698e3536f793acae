"""A poll in two languages: what of it stands in one language alone (requirement W1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voting.domain.rules import BACKGROUND
from voting.store.polls import Option, Poll, Question

ENGLISH, WELSH = "English", "Welsh"
PROPOSAL, CONTACT, DETAILS, QUESTION, GRADES, CONSTITUENCY = (
    "proposal",
    "contact",
    "details",
    "question",
    "grades",
    "constituency",
)
HOLDING, ISSUER = "holding", "issuer"


@dataclass(frozen=True, slots=True)
class Untold:
    """A text that is missing in one language, and the field it is to be written in.

    ``page`` is where that field stands; ``key`` says of which question (its id) or constituency
    (its code).
    """

    what: str
    language: str
    page: str
    field: str
    key: int | str = ""

    @property
    def message(self) -> str:
        """The fault in one sentence."""
        return f"{self.what} is not in {self.language}."


def list_untold(poll: Poll) -> list[Untold]:
    """Every text of *poll* that voters see in one language alone; none for a poll in English."""
    if not poll.proposal.is_bilingual:
        return []
    return list(_list_all(poll))


def _list_all(poll: Poll) -> Iterator[Untold]:
    proposal = poll.proposal
    for name, what in (
        ("title", "The title of the proposal"),
        ("deciding", "What is being decided"),
        ("still_open", "What is still open"),
    ):
        yield from _compare(proposal, name, what, PROPOSAL)
    yield from _compare(proposal, "scrutineer_contact", "The independent contact", CONTACT)
    yield from _compare(poll, "title", "The title of the vote", DETAILS)
    yield from _compare(poll, "introduction", "The introduction", DETAILS)
    why = "The reason why all scrutineers are needed"
    yield from _compare(poll, "all_needed_reason", why, HOLDING)
    yield from _compare(poll, "issuer_contact", "How voters reach the issuer", ISSUER)
    for constituency in proposal.constituencies:
        what = f"The name of the constituency “{constituency.name}”"
        yield from _compare(constituency, "name", what, CONSTITUENCY, constituency.code)
    for question in poll.questions:
        yield from _list_question(question)


def _list_question(question: Question) -> Iterator[Untold]:
    number = question.position + 1
    yield from _compare(question, "text", f"Question {number}", QUESTION, question.id)
    for option in question.options:
        yield from _list_option(number, question.id, option)
    method = question.method
    if method.needs_welsh and not method.grades_cy:
        what = f"The list of grades of question {number}"
        yield Untold(what, WELSH, GRADES, "grades_cy", question.id)


def _list_option(number: int, question_id: int, option: Option) -> Iterator[Untold]:
    place = f"options-{option.position}-"
    named = f"option {option.position + 1} of question {number}"
    if option.text:
        named += f" (“{option.text}”)"
    yield from _compare(option, "text", f"The text of {named}", QUESTION, question_id, place)
    for part in BACKGROUND:
        what = f"The {part} of {named}"
        yield from _compare(option, part, what, QUESTION, question_id, place)


def _compare(
    thing: object, name: str, what: str, page: str, key: int | str = "", before: str = ""
) -> Iterator[Untold]:
    """The text *name* of *thing*, if it stands in one language alone."""
    english, welsh = getattr(thing, name), getattr(thing, f"{name}_cy")
    if english and not welsh:
        yield Untold(what, WELSH, page, f"{before}{name}_cy", key)
    if welsh and not english:
        yield Untold(what, ENGLISH, page, f"{before}{name}", key)
