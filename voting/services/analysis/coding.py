"""Tagging what was written: passages, notes, and how far two coders agree."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from sqlalchemy.orm import Session

from voting.domain.agreement import describe_kappa, find_kappa
from voting.domain.errors import FieldError, NotFound, refuse_faults
from voting.domain.wording import check_text, clean_text
from voting.store import analysis
from voting.store.accounts import Account
from voting.store.analysis import Coding, Reading, Theme
from voting.store.consultations import Consultation
from voting.store.responses import Answer

NOTE_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two coders on one theme; *kappa* is None when there is nothing that chance leaves open."""

    theme: Theme
    compared: int
    kappa: Fraction | None

    @property
    def word(self) -> str:
        """The usual word for this much agreement."""
        return "not known" if self.kappa is None else describe_kappa(self.kappa)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two coders, by account id, and their agreement theme by theme and over all themes."""

    coders: tuple[int, int]
    compared: int
    overall: Fraction | None
    themes: tuple[Agreement, ...]


def get_answer(session: Session, consultation: Consultation, answer_id: int) -> Answer:
    """A written answer that counts; raises NotFound, also for one that was changed since."""
    answer = analysis.find_answer(session, consultation.id, answer_id)
    if answer is None:
        raise NotFound("This answer is not there. It may have been changed by who gave it.")
    return answer


def tag(
    session: Session,
    answer: Answer,
    theme: Theme,
    *,
    coder: Account,
    passage: str = "",
    start: int | None = None,
) -> Coding:
    """Give a passage of an answer a theme; without a passage, the whole answer.

    *passage* is the passage's own words, which must stand in the answer; *start* says where, for
    words that stand there more than once. Repeating it changes nothing. Raises BadInput.
    """
    first, last = _find_passage(answer.text, passage, start)
    for known in analysis.list_codings(session, [answer.id]):
        if (known.theme_id, known.coder_id, known.start, known.end) == (
            theme.id, int(coder.id), first, last,
        ):  # fmt: skip
            return known
    made = Coding(
        answer_id=answer.id, theme_id=theme.id, coder_id=int(coder.id), start=first, end=last
    )
    session.add(made)
    session.flush()
    return made


def _find_passage(text: str, passage: str, start: int | None) -> tuple[int, int]:
    passage = clean_text(passage)
    if not passage:
        return 0, len(text)
    if start is not None and text[start : start + len(passage)] == passage:
        return start, start + len(passage)
    found = text.find(passage)
    if found < 0:
        told = "These words are not in the answer. Copy them exactly, or leave this empty."
        refuse_faults([FieldError("passage", told)])
    return found, found + len(passage)


def untag(session: Session, answer: Answer, coding_id: int, *, coder: Account) -> None:
    """Take one's own tag away; raises NotFound for a tag that is not there or not one's own."""
    coding = session.get(Coding, coding_id)
    if coding is None or coding.answer_id != answer.id or coding.coder_id != int(coder.id):
        raise NotFound("This tag is not there, or it is another coder's.")
    session.delete(coding)
    session.flush()


def keep_reading(
    session: Session, answer: Answer, *, coder: Account, note: str, is_done: bool
) -> Reading:
    """Keep a coder's note on an answer, and whether they have finished with it."""
    note = clean_text(note)
    refuse_faults(check_text("note", "the note", note, limit=NOTE_LIMIT, required=False))
    reading = analysis.find_reading(session, answer.id, int(coder.id))
    if reading is None:
        reading = Reading(answer_id=answer.id, coder_id=int(coder.id))
        session.add(reading)
    reading.note, reading.is_done = note, is_done
    session.flush()
    return reading


def compare_coders(session: Session, consultation: Consultation, question_id: int) -> list[Pair]:
    """Cohen's kappa of each two coders, over the answers that both have finished with."""
    themes = analysis.list_themes(session, consultation.id)
    finished: dict[int, set[int]] = {}
    for answer_id, coder_id in analysis.list_finished(session, question_id):
        finished.setdefault(coder_id, set()).add(answer_id)
    tags = set(analysis.list_codings_of(session, question_id))
    return [
        pair
        for one, other in combinations(sorted(finished), 2)
        if (pair := _compare(one, other, finished[one] & finished[other], tags, themes))
    ]


def _compare(
    one: int,
    other: int,
    answers: set[int],
    tags: set[tuple[int, int, int]],
    themes: list[Theme],
) -> Pair | None:
    if not answers:
        return None
    said = {
        theme.id: [
            ((answer, one, theme.id) in tags, (answer, other, theme.id) in tags)
            for answer in sorted(answers)
        ]
        for theme in themes
    }
    every = [pair for pairs in said.values() for pair in pairs]
    agreements = tuple(
        Agreement(theme, len(answers), find_kappa(said[theme.id])) for theme in themes
    )
    return Pair((one, other), len(answers), find_kappa(every), agreements)
