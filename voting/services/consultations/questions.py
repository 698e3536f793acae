"""The questions of a draft consultation: checked, added, changed, moved and removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from voting.domain.asking import CHOOSING, LONGEST, Choice, Condition, Kind
from voting.domain.consulting import Stage
from voting.domain.errors import BadInput, Conflict, FieldError, NotFound, refuse_faults
from voting.domain.showing import check_condition
from voting.domain.wording import check_text, clean_line, clean_text
from voting.services.consultations.conduct import require_stage
from voting.services.consultations.draft import touch
from voting.store.consultations import Consultation, ConsultationQuestion, Section, write_choices

MOST_CHOICES, MOST_ROWS, MOST_QUESTIONS = 50, 20, 100
MOST_SCALE = 10


@dataclass(frozen=True, slots=True)
class QuestionInput:
    """A question as typed. *choices* and *rows* are lines, Welsh ones in the same order."""

    kind: str
    text: str
    text_cy: str = ""
    help: str = ""
    help_cy: str = ""
    choices: str = ""
    choices_cy: str = ""
    rows: str = ""
    rows_cy: str = ""
    least: int | None = None
    most: int | None = None
    is_required: bool = False
    is_personal: bool = False
    show_if: Condition | None = None


def save_question(
    session: Session,
    section: Section,
    question: ConsultationQuestion | None,
    given: QuestionInput,
) -> ConsultationQuestion:
    """Add a question at the end of *section*, or change one. Raises BadInput or Conflict."""
    consultation = section.consultation
    require_stage(consultation, Stage.DRAFT)
    if question is None and len(consultation.questions) >= MOST_QUESTIONS:
        raise Conflict(f"A consultation has at most {MOST_QUESTIONS} questions.")
    values = _check_question(consultation, question, given)
    if question is None:
        question = ConsultationQuestion(position=len(section.questions), **values)
        section.questions.append(question)
    else:
        _keep_dependants(consultation, question, given, values)
        for name, value in values.items():
            setattr(question, name, value)
    touch(session, consultation)
    return question


def move_question(session: Session, question: ConsultationQuestion, *, by: int) -> None:
    """Move a question one place up or down, past the end of its section into the next one."""
    section, consultation = question.section, question.section.consultation
    require_stage(consultation, Stage.DRAFT)
    order = list(section.questions)
    at = order.index(question)
    if 0 <= at + by < len(order):
        order.insert(at + by, order.pop(at))
    else:
        sections = list(consultation.sections)
        to = sections.index(section) + by
        if not 0 <= to < len(sections):
            return
        order.remove(question)
        target = list(sections[to].questions)
        target.insert(len(target) if by < 0 else 0, question)
        question.section_id = sections[to].id
        _number(target)
    _number(order)
    touch(session, consultation)
    session.expire_all()


def remove_question(session: Session, question: ConsultationQuestion) -> None:
    """Remove a question. Raises Conflict when another one depends on it."""
    section, consultation = question.section, question.section.consultation
    require_stage(consultation, Stage.DRAFT)
    for other in consultation.questions:
        if other.show_if_id == question.id:
            raise Conflict(f"“{other.text}” depends on this question. Change that one first.")
    section.questions.remove(question)
    _number(section.questions)
    touch(session, consultation)


def find_question(consultation: Consultation, question_id: int) -> ConsultationQuestion:
    """The question with this id; raises NotFound."""
    for question in consultation.questions:
        if question.id == question_id:
            return question
    raise NotFound("This consultation has no such question.")


def _number(questions: Sequence[ConsultationQuestion]) -> None:
    for position, each in enumerate(questions):
        each.position = position


def _check_question(
    consultation: Consultation, question: ConsultationQuestion | None, given: QuestionInput
) -> dict[str, object]:
    """The columns of a question as typed; raises BadInput with every fault."""
    if given.kind not in list(Kind):
        raise BadInput([FieldError("kind", "Select what kind of question this is.")])
    kind = Kind(given.kind)
    values: dict[str, object] = {"kind": str(kind)}
    faults: list[FieldError] = []
    for name, told, limit in (
        ("text", "the question", 500),
        ("text_cy", "the question in Welsh", 500),
        ("help", "the help text", 2_000),
        ("help_cy", "the help text in Welsh", 2_000),
    ):
        text = (clean_line if limit == 500 else clean_text)(getattr(given, name))
        faults += check_text(name, told, text, limit=limit, required=name == "text")
        values[name] = text
    choices = _read_lines("choices", given.choices, given.choices_cy, faults)
    rows = _read_lines("rows", given.rows, given.rows_cy, faults)
    faults += _check_lists(kind, choices, rows)
    faults += _check_bounds(kind, given.least, given.most, len(choices))
    if given.show_if is not None:
        questions = [each.asked for each in consultation.questions]
        faults += check_condition(questions, question.id if question else None, *given.show_if)
    refuse_faults(faults)
    uses_choices = kind in CHOOSING or kind is Kind.RATING
    return values | {
        "choices": write_choices(choices if uses_choices else ()),
        "rows": write_choices(rows if kind is Kind.MATRIX else ()),
        "least": given.least,
        "most": given.most,
        "is_required": given.is_required,
        "is_personal": given.is_personal,
        "show_if_id": given.show_if.question_id if given.show_if else None,
        "show_if_option": given.show_if.option if given.show_if else None,
    }


def _read_lines(
    field: str, english: str, welsh: str, faults: list[FieldError]
) -> tuple[Choice, ...]:
    lines = [clean_line(each) for each in english.splitlines() if each.strip()]
    others = [clean_line(each) for each in welsh.splitlines() if each.strip()]
    if others and len(others) != len(lines):
        told = f"Give as many lines in Welsh as in English: {len(lines)}, not {len(others)}."
        faults.append(FieldError(f"{field}_cy", told))
    for line in lines + others:
        faults += check_text(field, "each line", line, limit=200)
    if len(set(lines)) < len(lines):
        faults.append(FieldError(field, "Two lines are the same. Change one of them."))
    padded = others if len(others) == len(lines) else [""] * len(lines)
    return tuple(Choice(*pair) for pair in zip(lines, padded, strict=True))


def _check_lists(
    kind: Kind, choices: tuple[Choice, ...], rows: tuple[Choice, ...]
) -> list[FieldError]:
    faults = []
    if kind in CHOOSING and not 2 <= len(choices) <= MOST_CHOICES:
        told = f"Give 2 to {MOST_CHOICES} answers to choose from, each on its own line."
        faults.append(FieldError("choices", told))
    if kind is Kind.RATING and len(choices) not in (0, 2):
        told = "Give two lines, what the lowest and the highest number mean, or none."
        faults.append(FieldError("choices", told))
    if kind is Kind.MATRIX and not 1 <= len(rows) <= MOST_ROWS:
        told = f"Give 1 to {MOST_ROWS} statements, each on its own line."
        faults.append(FieldError("rows", told))
    return faults


def _check_bounds(
    kind: Kind, least: int | None, most: int | None, choices: int
) -> list[FieldError]:
    if least is not None and most is not None and least > most:
        return [FieldError("most", "The largest must not be less than the smallest.")]
    if kind is Kind.RATING and not (0 <= (1 if least is None else least) <= 1):
        return [FieldError("least", "A rating begins with 0 or 1.")]
    if kind is Kind.RATING and not 2 <= (5 if most is None else most) <= MOST_SCALE:
        return [FieldError("most", f"A rating ends with a number from 2 to {MOST_SCALE}.")]
    if kind is Kind.SEVERAL and max(least or 0, most or 0) > choices:
        return [FieldError("most", f"There are only {choices} answers to choose from.")]
    if kind in LONGEST and most is not None and not 1 <= most <= LONGEST[kind]:
        return [FieldError("most", f"Enter a number of characters from 1 to {LONGEST[kind]:,}.")]
    return []


def _keep_dependants(
    consultation: Consultation,
    question: ConsultationQuestion,
    given: QuestionInput,
    values: dict[str, object],
) -> None:
    """Raise BadInput when a question that depends on this one would lose its answer."""
    same = (question.kind, question.choices, question.least, question.most)
    if same == (values["kind"], values["choices"], values["least"], values["most"]):
        return
    for other in consultation.questions:
        if other.show_if_id == question.id:
            told = f"“{other.text}” depends on the answers to this question. Change that one first."
            raise BadInput([FieldError("choices" if given.choices else "kind", told)])
