"""Questions of a consultation as pages show and read them, at whichever desk they are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict

from voting.domain import answer_words
from voting.domain.asking import (
    DECLINED,
    AnswerFault,
    Asked,
    Given,
    Kind,
    Parts,
    read_answer,
    write_parts,
)
from voting.domain.drafting import Draft
from voting.domain.errors import BadInput
from voting.domain.showing import list_shown, make_pages
from voting.store.consultations import Consultation, Section
from voting.web.sentences import in_words_of_reader

UPLOADED, REMOVED = "file", "remove"


@dataclass(slots=True)
class Shown:
    """One question on a page: what was typed or saved, and what is wrong with it."""

    asked: Asked
    parts: Parts
    fault: str = ""
    file: str = ""  # the name of a file that was sent
    section: Section | None = None

    @property
    def name(self) -> str:
        """What the names of its controls begin with."""
        return f"q{self.asked.id}"

    @property
    def first_control(self) -> str:
        """The id of the control that an error leads to."""
        ends = {
            Kind.MATRIX: "row-0-0",
            Kind.RANKING: "rank-0",
            Kind.DATE: "day",
            Kind.FILE: UPLOADED,
        }
        choosing = self.asked.kind in (Kind.SINGLE, Kind.SEVERAL)
        first = "answer-0" if choosing else "answer"
        if self.asked.kind is Kind.RATING:
            first = f"answer-{self.asked.scale[0]}"
        return f"{self.name}-{ends.get(self.asked.kind, first)}"

    def has(self, part: str, value: object) -> bool:
        """Whether *value* was chosen in *part*."""
        return str(value) in self.parts.get(part, ())

    def first(self, part: str) -> str:
        """What was typed in *part*."""
        return next(iter(self.parts.get(part, ())), "")


@dataclass(slots=True)
class Reading:
    """What came of reading a page: answers that can be taken, and questions with faults."""

    answers: dict[int, Given] = field(default_factory=dict)
    uploads: dict[int, FileStorage] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Each fault with the control to go to."""
        return [(each.first_control, each.fault) for each in self.shown if each.fault]


def list_sections(consultation: Consultation) -> list[list[Asked]]:
    """The questions of each section."""
    return [[each.asked for each in section.questions] for section in consultation.sections]


def find_page(consultation: Consultation, draft: Draft, number: int) -> list[Asked]:
    """The questions shown on page *number*, counted from 1; none when there is no such page."""
    sections = list_sections(consultation)
    pages = make_pages(sections, by_section=consultation.by_section)
    if not 1 <= number <= len(pages):
        return []
    every = [asked for section in sections for asked in section]
    return [asked for asked in list_shown(every, draft.answers) if asked.id in pages[number - 1]]


def find_next(consultation: Consultation, draft: Draft, number: int, by: int = 1) -> int | None:
    """The nearest page after (or before) *number* with a question that is shown, or None."""
    total = count_pages(consultation)
    at = number + by
    while 1 <= at <= total:
        if find_page(consultation, draft, at):
            return at
        at += by
    return None


def count_pages(consultation: Consultation) -> int:
    """How many pages there are, shown or not."""
    return len(make_pages(list_sections(consultation), by_section=consultation.by_section))


def find_page_of(consultation: Consultation, question_id: int) -> int:
    """The page that a question stands on."""
    pages = make_pages(list_sections(consultation), by_section=consultation.by_section)
    return next((n for n, page in enumerate(pages, start=1) if question_id in page), 1)


def show_page(
    consultation: Consultation, questions: Sequence[Asked], draft: Draft, files: Mapping[int, str]
) -> list[Shown]:
    """The questions of a page with the answers saved so far."""
    heads = {
        section.questions[0].id: section for section in consultation.sections if section.questions
    }
    shown = []
    for asked in questions:
        given = draft.answers.get(asked.id, Given())
        name = files.get(given.value, "") if asked.kind is Kind.FILE and given.value else ""
        parts = write_parts(asked, given)
        shown.append(Shown(asked, parts, file=name, section=heads.get(asked.id)))
    return shown


def read_page(
    shown: Sequence[Shown],
    form: MultiDict[str, str],
    files: MultiDict[str, FileStorage],
    draft: Draft,
) -> Reading:
    """Read the answers to the questions of a page; the input is kept beside each fault."""
    reading = Reading(shown=list(shown))
    for each in shown:
        start = f"{each.name}-"
        typed = {
            key.removeprefix(start): values for key, values in form.lists() if key.startswith(start)
        }
        each.parts = typed
        try:
            given = read_answer(each.asked, typed)
        except AnswerFault as fault:
            each.fault = tell_fault(fault, each.asked)
            continue
        if each.asked.kind is Kind.FILE:
            given = _read_file(each, typed, files, draft, reading)
        reading.answers[each.asked.id] = given
    return reading


def _read_file(
    each: Shown,
    typed: Parts,
    files: MultiDict[str, FileStorage],
    draft: Draft,
    reading: Reading,
) -> Given:
    """A new file, the one sent before, or none when it is to be removed."""
    if DECLINED in typed:
        return Given(is_declined=True)
    upload = files.get(f"{each.name}-{UPLOADED}")
    if upload is not None and upload.filename:
        reading.uploads[each.asked.id] = upload
    before = draft.answers.get(each.asked.id, Given())
    return Given() if REMOVED in typed else before


def find_foreign(shown: Sequence[Shown], form: MultiDict[str, str], every: Sequence[Asked]) -> bool:
    """Whether *form* answers a question of the consultation that is not on this page."""
    here = {each.name for each in shown}
    others = {f"q{asked.id}" for asked in every} - here
    return any(key.partition("-")[0] in others and value for key, value in form.items(multi=True))


def place_refusal(shown: Sequence[Shown], refusal: BadInput) -> None:
    """Put a service's faults beside the questions they are about."""
    from_name = {each.name: each for each in shown}
    for fault in refusal.errors:
        if fault.field in from_name:
            from_name[fault.field].fault = tell_refusal(fault.message)


def tell_refusal(message: str) -> str:
    """What a service said, in the reader's language."""
    if message.startswith("The file is called"):
        return str(_("The file is something else inside than its name says. Save it anew."))
    return in_words_of_reader(message)


def tell_fault(fault: AnswerFault, asked: Asked) -> str:
    """A fault of an answer in the reader's language."""
    words = {
        "missing": _("Answer this question"),
        "unknown": _("Select one of the answers shown"),
        "both": _("Answer the question or say that you prefer not to, not both"),
        "few": _("Select at least %(least)s answers", least=fault.numbers.get("least", "")),
        "many": _("Select no more than %(most)s answers", most=fault.numbers.get("most", "")),
        "row": _("Select an answer for every line"),
        "rank": _(
            "Enter whole numbers from 1 to %(most)s, or leave a box empty",
            most=fault.numbers.get("most", ""),
        ),
        "twice": _("You gave the number %(rank)s twice", rank=fault.numbers.get("rank", "")),
        "gap": _("No choice has the number %(rank)s", rank=fault.numbers.get("rank", "")),
        "number": _("Enter a number, for example 12 or 4.5"),
        "small": _(
            "Enter a number that is %(least)s or more", least=fault.numbers.get("least", "")
        ),
        "large": _("Enter a number that is %(most)s or less", most=fault.numbers.get("most", "")),
        "date": _("Enter a real date, for example 27 3 2027"),
        "date-day": _("Enter the day as well"),
        "date-month": _("Enter the month as well"),
        "date-year": _("Enter the year as well, with four figures"),
        "long": _(
            "Write %(most)s characters or fewer. You have written %(has)s",
            most=fault.numbers.get("most", ""),
            has=fault.numbers.get("has", ""),
        ),
        "unreadable": _("Your answer has a character that cannot be shown. Remove it"),
    }
    return str(words[fault.code])


def tell_answer(asked: Asked, given: Given, language: str, files: Mapping[int, str]) -> list[str]:
    """An answer in words, one line for each part of it; none when it was not given."""
    return answer_words.tell_answer(asked, given, language, files, _)
