"""Tables of what was answered, by audience and crossed, with small numbers left out (D1).

Every table divides the same people, those whose responses count, so that the totals of all tables
are the same and no difference of two of them tells anything new. "No answer" is a part like others.
A question that was asked after one answer alone divides those who gave that answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from voting.domain.asking import Asked, Condition, Kind
from voting.domain.disclosure import (
    THRESHOLD,
    ProtectedTable,
    Shown,
    protect_counts,
    protect_share,
    protect_table,
)
from voting.domain.errors import FieldError, NotFound, refuse_faults
from voting.services.analysis.counted import Alike, Asking, People, Split
from voting.store.consultations import Consultation, ConsultationQuestion

TABLED = frozenset({Kind.SINGLE, Kind.SEVERAL, Kind.RATING, Kind.MATRIX, Kind.RANKING})
COUNTED = TABLED | {Kind.NUMBER}
CROSSED = frozenset({Kind.SINGLE, Kind.RATING})
NO_ANSWER = "No answer"
DECLINED = "Prefer not to say"


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: how many gave it in all and in each audience; None where that is not shown."""

    label: str
    total: Shown
    by_audience: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class QuestionTable:
    """The answers to one question, or to one row of a matrix.

    *audiences* are names with their numbers of responses. *exclusive*: each response is in one line
    alone. A table of numbers has *summary* instead of lines: the quartiles. *after*: the answer
    after which alone it was asked, and the question that it answers.
    """

    question_id: int
    text: str
    part: str
    kind: str
    audiences: tuple[tuple[str, Shown], ...]
    total: int
    lines: tuple[Line, ...]
    exclusive: bool = True
    summary: tuple[Fraction, Fraction, Fraction] | None = None
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CrossTable:
    """Two questions, or a question and the audiences, crossed; *table* None: too few people."""

    across: str
    down: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    table: ProtectedTable | None


def list_tables(session: Session, consultation: Consultation) -> list[QuestionTable]:
    """The tables of every question that is not answered in words, in the order asked."""
    return [
        table
        for question in consultation.questions
        for table in tabulate(session, consultation, question)
    ]


def tabulate(
    session: Session, consultation: Consultation, question: ConsultationQuestion
) -> list[QuestionTable]:
    """The table of one question; of a matrix, one for each row. None for words and files, nor for
    what was asked after an answer of which it is not told how many gave it."""
    if Kind(question.kind) not in COUNTED:
        return []
    asked, asking = question.asked, None
    if asked.condition is not None:
        asking = _find_asking(session, consultation, asked.condition)
        if asking is None:
            return []
    people = Alike(session, consultation, asked, asking)
    return _tabulate(people, question, THRESHOLD)


def _find_asking(
    session: Session, consultation: Consultation, condition: Condition
) -> Asking | None:
    """Of how many a question was asked, as the table of the question before it tells; or None."""
    number, option = condition
    trigger = next(each for each in consultation.questions if each.id == number)
    choices = trigger.asked.choices
    label = choices[option].en if choices and trigger.kind != Kind.RATING else str(option)
    for table in tabulate(session, consultation, trigger):
        for line in table.lines:
            if line.label == label and line.total is not None:
                alone = len(table.audiences) == 1
                shown = (line.total,) if alone else line.by_audience
                return Asking(line.total, shown, (label, table.text))
    return None


def cross_tabulate(
    session: Session, consultation: Consultation, across_id: int, down_id: int | None
) -> CrossTable:
    """A question crossed with another, or with the audiences when *down_id* is None.

    Raises BadInput, naming ``across`` or ``down``, for questions that cannot be crossed.
    """
    across = _get_crossed(consultation, across_id, "across")
    down = _get_crossed(consultation, down_id, "down") if down_id is not None else None
    if down is not None and down.id == across.id:
        refuse_faults([FieldError("down", "Select two different questions.")])
    if across.asked.condition is not None or (down is not None and down.asked.condition):
        return _cross_some(session, consultation, across, down)
    people = People(session, consultation)
    columns = _split(people, across.asked)
    rows = _split(people, down.asked) if down is not None else people.by_audience
    return CrossTable(
        across=across.text,
        down=down.text if down is not None else "Audience",
        rows=tuple(rows[0]),
        columns=tuple(columns[0]),
        table=protect_table(people.cross(rows, columns)),
    )


def _cross_some(
    session: Session,
    consultation: Consultation,
    across: ConsultationQuestion,
    down: ConsultationQuestion | None,
) -> CrossTable:
    """A question that was asked of some, by audience. Raises BadInput for any other crossing: its
    parts, held against those of everyone, would tell of the few who were not asked."""
    if down is not None:
        some = "across" if across.asked.condition is not None else "down"
        told = "This was not asked of everyone. It can be shown by audience alone."
        refuse_faults([FieldError(some, told)])
    names = tuple(audience.name for audience in consultation.audiences)
    tables = tabulate(session, consultation, across)
    if not tables or len(names) < 2:
        return CrossTable(across.text, "Audience", names, (), None)
    (table,) = tables
    shown = ProtectedTable(
        tuple(zip(*(line.by_audience for line in table.lines), strict=True)),
        tuple(number for _, number in table.audiences),
        tuple(line.total for line in table.lines),
        table.total,
    )
    return CrossTable(
        across.text, "Audience", names, tuple(line.label for line in table.lines), shown
    )


def _get_crossed(consultation: Consultation, question_id: int, field: str) -> ConsultationQuestion:
    for question in consultation.questions:
        if question.id == question_id:
            if question.kind not in CROSSED:
                told = "Select a question with one answer, or a rating."
                refuse_faults([FieldError(field, told)])
            return question
    raise NotFound("This consultation has no such question.")


# ------------------------------------------------------------------ one question


def _tabulate(people: Alike, question: ConsultationQuestion, threshold: int) -> list[QuestionTable]:
    asked = question.asked
    match asked.kind:
        case Kind.SINGLE | Kind.RATING | Kind.RANKING:
            return [_tabulate_split(people, asked, "", _split(people, asked), threshold)]
        case Kind.SEVERAL:
            return [_tabulate_several(people, asked, threshold)]
        case Kind.MATRIX:
            return _tabulate_matrix(people, asked, threshold)
        case Kind.NUMBER:
            return [_tabulate_number(people, asked, threshold)]
        case _:
            return []


def _split(people: People, asked: Asked) -> Split:
    """Everyone in one part: what they answered (of a ranking: first), declined, or no answer."""
    names = _name_parts(asked)
    given = people.read(asked.id)
    parts = {}
    for response in people.audience:
        value, declined = given.get(response, (None, False))
        parts[response] = _find_part(asked, value, declined, names)
    return _drop_empty((names, parts))


def _name_parts(asked: Asked) -> list[str]:
    if asked.kind is Kind.RATING:
        names = [str(number) for number in asked.scale]
    else:
        names = [choice.en for choice in asked.choices]
    return [*names, DECLINED, NO_ANSWER]


def _find_part(asked: Asked, value: object, declined: bool, names: Sequence[str]) -> int:
    if declined:
        return len(names) - 2
    if asked.kind is Kind.RANKING and isinstance(value, list):
        value = value[0]
    if not isinstance(value, int):
        return len(names) - 1
    return value - asked.scale.start if asked.kind is Kind.RATING else value


def _drop_empty(split: Split, names: frozenset[str] = frozenset({DECLINED, NO_ANSWER})) -> Split:
    """Leave out "No answer" and "Prefer not to say" where nobody is in them.

    A part without anybody would be a small number, and would take a large one with it.
    """
    used = set(split[1].values())
    kept = [place for place, name in enumerate(split[0]) if place in used or name not in names]
    places = {place: number for number, place in enumerate(kept)}
    return [split[0][place] for place in kept], {w: places[p] for w, p in split[1].items()}


def _tabulate_split(
    people: Alike, asked: Asked, part: str, split: Split, threshold: int
) -> QuestionTable:
    cells = people.cross(people.by_audience, split)
    totals = protect_counts([sum(column) for column in zip(*cells, strict=True)], threshold)
    rows = people.protect(cells, threshold)
    lines = tuple(
        Line(label, totals[place], tuple(row[place] for row in rows))
        for place, label in enumerate(split[0])
    )
    return QuestionTable(
        asked.id, asked.text.en, part, str(asked.kind), people.show_audiences(threshold),
        people.total, lines, after=people.after,
    )  # fmt: skip


def _tabulate_several(people: Alike, asked: Asked, threshold: int) -> QuestionTable:
    """Each choice divides everyone into those who chose it and the others."""
    given = people.read(asked.id)
    lines = []
    for place, choice in enumerate(asked.choices):
        chose = {who: int(place not in _as_list(given, who)) for who in people.audience}
        cells = people.cross(people.by_audience, (["chosen", "not chosen"], chose))
        total = protect_share(sum(row[0] for row in cells), people.total, threshold)
        by_audience = tuple(row[0] for row in people.protect(cells, threshold))
        lines.append(Line(choice.en, total, by_audience))
    return QuestionTable(
        asked.id, asked.text.en, "", str(asked.kind), people.show_audiences(threshold),
        people.total, tuple(lines), exclusive=False, after=people.after,
    )  # fmt: skip


def _as_list(given: Mapping[int, tuple[object, bool]], who: int) -> list[object]:
    value = given.get(who, (None, False))[0]
    return value if isinstance(value, list) else []


def _tabulate_matrix(people: Alike, asked: Asked, threshold: int) -> list[QuestionTable]:
    given = people.read(asked.id)
    names = [*(choice.en for choice in asked.choices), NO_ANSWER]
    tables = []
    for place, row in enumerate(asked.rows):
        parts = {}
        for who in people.audience:
            values = _as_list(given, who)
            value = values[place] if place < len(values) else None
            parts[who] = value if isinstance(value, int) else len(names) - 1
        tables.append(
            _tabulate_split(people, asked, row.en, _drop_empty((names, parts)), threshold)
        )
    return tables


def _tabulate_number(people: Alike, asked: Asked, threshold: int) -> QuestionTable:
    """The quartiles of a number: no single answer is shown, and none when few answered."""
    given = people.read(asked.id)
    counted: Counter[str] = Counter()
    for who, (value, _) in given.items():
        if who in people.audience and value:
            counted[str(value)] += people.weight[who]
    exact = sorted((Fraction(text), times) for text, times in counted.items())
    numbers = [number for number, times in exact for _ in range(times)]
    summary = None
    if len(numbers) >= 2 * threshold:
        half = len(numbers) // 2
        summary = (
            _median(numbers[:half]),
            _median(numbers),
            _median(numbers[-half:]),
        )
    return QuestionTable(
        asked.id, asked.text.en, "", str(asked.kind), people.show_audiences(threshold),
        people.total, (), summary=summary, after=people.after,
    )  # fmt: skip


def _median(numbers: Sequence[Fraction]) -> Fraction:
    """The middle one of sorted *numbers*, or the mean of the middle two."""
    half = len(numbers) // 2
    return numbers[half] if len(numbers) % 2 else (numbers[half - 1] + numbers[half]) / 2
