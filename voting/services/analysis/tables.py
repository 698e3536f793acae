"""Tables of what was answered, by audience and crossed, with small numbers left out (D1).

Every table divides the same people, those whose responses count, so that the totals of all tables
are the same and no difference of two of them tells anything new. "No answer" is a part like others.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from voting.domain.asking import Asked, Kind
from voting.domain.disclosure import (
    THRESHOLD,
    ProtectedTable,
    Shown,
    protect_counts,
    protect_share,
    protect_table,
)
from voting.domain.errors import FieldError, NotFound, refuse_faults
from voting.store import analysis, responses
from voting.store.consultations import Consultation, ConsultationQuestion

TABLED = frozenset({Kind.SINGLE, Kind.SEVERAL, Kind.RATING, Kind.MATRIX, Kind.RANKING})
COUNTED = TABLED | {Kind.NUMBER}
CROSSED = frozenset({Kind.SINGLE, Kind.RATING})
NO_ANSWER = "No answer"
DECLINED = "Prefer not to say"

Split = tuple[list[str], dict[int, int]]
"""Names of the parts, and each response's part."""


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
    alone. A table of numbers has *summary* instead of lines: the quartiles.
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


@dataclass(frozen=True, slots=True)
class CrossTable:
    """Two questions, or a question and the audiences, crossed; *table* None: too few people."""

    across: str
    down: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    table: ProtectedTable | None


class _People:
    """Everyone whose response counts, and the audience of each; *weight* is 1 for each of them."""

    def __init__(self, session: Session, consultation: Consultation) -> None:
        self.session = session
        self.names = [audience.name for audience in consultation.audiences]
        places = consultation.places
        counted = analysis.list_counted(session, consultation.id)
        self.audience = {response: places[audience] for response, audience in counted}
        self.weight = dict.fromkeys(self.audience, 1)

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.weight.values())

    def read(self, question_id: int) -> dict[int, tuple[object, bool]]:
        """What each response says to a question: (value, declined)."""
        parsed: dict[str, object] = {}  # thousands of people give the same few answers
        given = {}
        for response, _, value, declined in responses.list_values(self.session, question_id):
            if value not in parsed:
                parsed[value] = json.loads(value)
            given[response] = (parsed[value], declined)
        return given

    def cross(self, rows: Split, columns: Split) -> list[list[int]]:
        """How many people are in each part of both."""
        cells = [[0] * len(columns[0]) for _ in rows[0]]
        for response in self.audience:
            cells[rows[1][response]][columns[1][response]] += self.weight[response]
        return cells

    @property
    def by_audience(self) -> Split:
        """The audiences as a split."""
        return self.names, self.audience


class _Alike(_People):
    """The same people by what they say to one question: all who say the same stand as one.

    Thousands of responses give a few dozen answers, so a table is made of those.
    """

    def __init__(self, session: Session, consultation: Consultation, question_id: int) -> None:
        self.session = session
        self.names = [audience.name for audience in consultation.audiences]
        left = responses.count_responses(session, consultation.id)
        self.given: dict[int, tuple[object, bool]] = {}
        self.audience, self.weight = {}, {}
        places = consultation.places
        said = responses.count_values(session, question_id)
        for number, (audience, value, declined, times) in enumerate(said):
            self.given[number] = (json.loads(value), declined)
            self.audience[number], self.weight[number] = places[audience], times
            left[audience] -= times
        for audience, times in left.items():  # those who say nothing
            if times:
                number = len(self.audience)
                self.audience[number], self.weight[number] = places[audience], times

    def read(self, question_id: int) -> dict[int, tuple[object, bool]]:
        """What each of them says to their question."""
        return self.given


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
    """The table of one question; of a matrix, one for each row. None for words and files."""
    if Kind(question.kind) not in COUNTED:
        return []
    return _tabulate(_Alike(session, consultation, question.id), question, THRESHOLD)


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
    people = _People(session, consultation)
    columns = _split(people, across.asked)
    rows = _split(people, down.asked) if down is not None else people.by_audience
    return CrossTable(
        across=across.text,
        down=down.text if down is not None else "Audience",
        rows=tuple(rows[0]),
        columns=tuple(columns[0]),
        table=protect_table(people.cross(rows, columns)),
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


def _tabulate(
    people: _People, question: ConsultationQuestion, threshold: int
) -> list[QuestionTable]:
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


def _split(people: _People, asked: Asked) -> Split:
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
    people: _People, asked: Asked, part: str, split: Split, threshold: int
) -> QuestionTable:
    cells = people.cross(people.by_audience, split)
    totals = protect_counts([sum(column) for column in zip(*cells, strict=True)], threshold)
    table = protect_table(cells, threshold) if len(people.names) > 1 else None
    lines = tuple(
        Line(
            label,
            totals[place],
            tuple(row[place] for row in table.cells) if table else (None,) * len(people.names),
        )
        for place, label in enumerate(split[0])
    )
    return QuestionTable(
        asked.id, asked.text.en, part, str(asked.kind), _show_audiences(people, threshold),
        people.total, lines,
    )  # fmt: skip


def _show_audiences(people: _People, threshold: int) -> tuple[tuple[str, Shown], ...]:
    numbers = [0] * len(people.names)
    for who, place in people.audience.items():
        numbers[place] += people.weight[who]
    return tuple(zip(people.names, protect_counts(numbers, threshold), strict=True))


def _tabulate_several(people: _People, asked: Asked, threshold: int) -> QuestionTable:
    """Each choice divides everyone into those who chose it and the others."""
    given = people.read(asked.id)
    lines = []
    for place, choice in enumerate(asked.choices):
        chose = {who: int(place not in _as_list(given, who)) for who in people.audience}
        cells = people.cross(people.by_audience, (["chosen", "not chosen"], chose))
        total = protect_share(sum(row[0] for row in cells), people.total, threshold)
        table = protect_table(cells, threshold) if len(people.names) > 1 else None
        by_audience = tuple(row[0] for row in table.cells) if table else (None,) * len(cells)
        lines.append(Line(choice.en, total, by_audience))
    return QuestionTable(
        asked.id, asked.text.en, "", str(asked.kind), _show_audiences(people, threshold),
        people.total, tuple(lines), exclusive=False,
    )  # fmt: skip


def _as_list(given: Mapping[int, tuple[object, bool]], who: int) -> list[object]:
    value = given.get(who, (None, False))[0]
    return value if isinstance(value, list) else []


def _tabulate_matrix(people: _People, asked: Asked, threshold: int) -> list[QuestionTable]:
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


def _tabulate_number(people: _People, asked: Asked, threshold: int) -> QuestionTable:
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
        asked.id, asked.text.en, "", str(asked.kind), _show_audiences(people, threshold),
        people.total, (), summary=summary,
    )  # fmt: skip


def _median(numbers: Sequence[Fraction]) -> Fraction:
    """The middle one of sorted *numbers*, or the mean of the middle two."""
    half = len(numbers) // 2
    return numbers[half] if len(numbers) % 2 else (numbers[half - 1] + numbers[half]) / 2
