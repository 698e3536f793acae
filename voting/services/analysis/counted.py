"""Who is counted in a table: everyone whose response counts, or those a question was asked of.

A question that was asked after one answer alone (show-if) divides those who gave that answer. How
many they are stands in the table of the earlier question, so it is told here where it is told
there, and nowhere else: were the others counted in with those who left it empty, the difference
of the two tables would be the few who were asked and did not answer.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from voting.domain.asking import Asked, Given
from voting.domain.disclosure import Shown, protect_counts, protect_table
from voting.domain.showing import holds
from voting.store import analysis, responses
from voting.store.consultations import Consultation

Split = tuple[list[str], dict[int, int]]
"""Names of the parts, and each response's part."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Of how many a question was asked, as far as that is told: in all, and of each audience.

    *after*: the answer that led to it, and the question it answers.
    """

    total: int
    by_audience: tuple[Shown, ...]
    after: tuple[str, str]


class People:
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


class Alike(People):
    """The same people by what they say to one question: all who say the same stand as one.

    Thousands of responses give a few dozen answers, so a table is made of those.
    """

    def __init__(
        self,
        session: Session,
        consultation: Consultation,
        asked: Asked,
        asking: Asking | None = None,
    ) -> None:
        self.session, self.asking = session, asking
        self.names = [audience.name for audience in consultation.audiences]
        left = count_asked(session, consultation, asked)
        self.given: dict[int, tuple[object, bool]] = {}
        self.audience, self.weight = {}, {}
        places = consultation.places
        said = responses.count_values(session, asked.id)
        for number, (audience, value, declined, times) in enumerate(said):
            self.given[number] = (json.loads(value), declined)
            self.audience[number], self.weight[number] = places[audience], times
            left[audience] -= times
        for audience, times in left.items():  # those who say nothing
            if times > 0:
                number = len(self.audience)
                self.audience[number], self.weight[number] = places[audience], times

    def read(self, question_id: int) -> dict[int, tuple[object, bool]]:
        """What each of them says to their question."""
        return self.given

    @property
    def after(self) -> tuple[str, ...]:
        """The answer that they all gave before, with its question; nothing for everyone."""
        return self.asking.after if self.asking else ()

    def show_audiences(self, threshold: int) -> tuple[tuple[str, Shown], ...]:
        """How many there are of each audience."""
        if self.asking is not None:
            return tuple(zip(self.names, self.asking.by_audience, strict=True))
        numbers = [0] * len(self.names)
        for who, place in self.audience.items():
            numbers[place] += self.weight[who]
        return tuple(zip(self.names, protect_counts(numbers, threshold), strict=True))

    def protect(self, cells: Sequence[Sequence[int]], threshold: int) -> list[tuple[Shown, ...]]:
        """What may be shown of *cells*, a row for each audience.

        Audiences of which it is not told how many were asked are protected as one: what they add
        up to can be worked out, and no more of them than that.
        """
        hidden: tuple[Shown, ...] = (None,) * len(cells[0])
        apart = [
            place for place in range(len(cells))
            if self.asking is None or self.asking.by_audience[place] is not None
        ]  # fmt: skip
        together = [row for place, row in enumerate(cells) if place not in apart]
        rows = [list(cells[place]) for place in apart]
        if together:
            rows.append([sum(column) for column in zip(*together, strict=True)])
        table = protect_table(rows, threshold) if len(rows) > 1 else None
        shown = [hidden] * len(cells)
        if table is not None:
            for place, row in zip(apart, table.cells, strict=False):
                shown[place] = row
        return shown


def count_asked(session: Session, consultation: Consultation, asked: Asked) -> Counter[int]:
    """Of how many of each audience, by its id, a question was asked."""
    if asked.condition is None:
        return Counter(responses.count_responses(session, consultation.id))
    trigger = find_asked(consultation, asked.condition.question_id)
    counted: Counter[int] = Counter()
    for audience, value, declined, times in responses.count_values(session, trigger.id):
        if holds(trigger, Given(json.loads(value), declined), asked.condition.option):
            counted[audience] += times
    return counted


def find_asked(consultation: Consultation, question_id: int) -> Asked:
    """A question of the consultation."""
    return next(each.asked for each in consultation.questions if each.id == question_id)
