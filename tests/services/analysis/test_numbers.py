"""D1: the numbers of a report by way and by theme give nobody away, nor do its editions."""

from __future__ import annotations

import json
import random
import secrets
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from sqlalchemy.orm import Session

from tests.analysis_ground import NOW, make_consultation
from tests.factories import make_proposal
from voting.domain.disclosure import THRESHOLD
from voting.services import analysis
from voting.services.analysis import report as reports
from voting.store.accounts import Account
from voting.store.analysis import Coding, Theme
from voting.store.consultations import Consultation
from voting.store.responses import Answer, Response, insert_responses

People = list[dict[str, Any]]
STAFF, PUBLIC = 0, 1


def respond(session: Session, made: Consultation, people: People, coder: Account) -> None:
    """Add responses: each has an audience's place, a way, a first answer and names of themes."""
    themes = {theme.name: theme.id for theme in session.query(Theme)}
    first, last = made.questions[0].id, made.questions[-1].id
    for each in people:
        handle = secrets.token_hex(32)
        row = {
            "consultation_id": made.id,
            "audience_id": made.audiences[each["audience"]].id,
            "handle": handle,
            "source": each.get("way", "online"),
            "submitted_at": NOW,
        }
        given = [{"question_id": first, "value": json.dumps(each.get("site", 0))}]
        insert_responses(session, [(row, [*given, {"question_id": last, "text": "As we are."}])])
        written = (
            session.query(Answer)
            .join(Response)
            .filter(Response.handle == handle, Answer.question_id == last)
            .one()
        )
        for name in each.get("themes", ()):
            tagged = {"theme_id": themes[name], "coder_id": coder.id, "start": 0, "end": 2}
            session.add(Coding(answer_id=written.id, **tagged))
    session.flush()


def make(session: Session, account: Account, *names: str) -> Consultation:
    """A closed consultation without any response, with these themes."""
    made = make_consultation(session, make_proposal(session, account, now=NOW), number=0)
    for name in names:
        theme = analysis.save_theme(
            session, made, theme=None, name=name, meaning="", parent_id=None, now=NOW
        )
        words = {"summary": "Said.", "stance": "accepted", "response": "Done."}
        analysis.answer_theme(session, made, theme, now=NOW, **words)
    return made


def edition(session: Session, made: Consultation) -> dict[str, Any]:
    kept = reports.keep_report(session, made, now=NOW)
    return dict(json.loads(kept.body))


def by_name(report: dict[str, Any]) -> dict[str, Any]:
    told = {way["way"]: (way["responses"], way["by_audience"]) for way in report["ways"]}
    themes = {each["theme"]: (each["responses"], each["by_audience"]) for each in report["themes"]}
    return told | themes


def test_the_report_tells_how_people_answered_and_how_many_said_what(
    session: Session, account: Account
) -> None:
    made = make(session, account, "Hours", "Pensions")
    respond(
        session,
        made,
        [{"audience": PUBLIC, "themes": ["Hours"]}] * 30
        + [{"audience": STAFF, "themes": ["Hours", "Pensions"]}] * 20
        + [{"audience": PUBLIC, "way": "paper"}] * 25
        + [{"audience": STAFF, "way": "paper"}] * 15,
        account,
    )
    report = edition(session, made)
    assert [audience["responses"] for audience in report["audiences"]] == [35, 55]
    assert by_name(report) == {
        "online": (50, [20, 30]),
        "paper": (40, [15, 25]),
        "Hours": (50, [20, 30]),
        "Pensions": (20, [None, None]),  # no one of the public: nought is a small number too
    }


def test_d1_a_way_that_few_took_is_not_told_nor_found_by_subtraction(
    session: Session, account: Account
) -> None:
    made = make(session, account, "Rare")
    respond(
        session,
        made,
        [{"audience": PUBLIC}] * 40
        + [{"audience": PUBLIC, "way": "paper"}] * 20
        + [{"audience": PUBLIC, "way": "telephone", "themes": ["Rare"]}] * 3,
        account,
    )
    told = by_name(edition(session, made))
    assert told["online"][0] == 40
    assert told["paper"][0] is None, "63 less 40 and 20 would tell the three"
    assert told["telephone"][0] is None
    assert told["Rare"] == (None, [None, None])


def test_each_theme_is_counted_once_a_response_and_without_those_under_it(
    session: Session, account: Account
) -> None:
    made = make(session, account, "Staff", "Pensions")
    staff, pensions = (
        session.query(Theme).filter_by(name=name).one() for name in ("Staff", "Pensions")
    )
    pensions.parent_id = staff.id
    session.flush()
    people = [{"audience": PUBLIC, "themes": ["Pensions"]}] * 40
    respond(session, made, people + [{"audience": PUBLIC, "themes": ["Staff"]}] * 12, account)
    again = session.query(Coding).first()
    assert again is not None
    tag = {"theme_id": again.theme_id, "coder_id": account.id, "start": 3, "end": 5}
    session.add(Coding(answer_id=again.answer_id, **tag))
    session.flush()
    told = by_name(edition(session, made))
    assert told["Pensions"][0] == 40
    assert told["Staff"][0] == 12, "with those under it 52: the few who said Staff alone are 12"


# ------------------------------------------------------------------ everything published together


class Attacker:
    """Whoever has read all tables of a report: how much, and how little, can a number be?

    One unknown for each audience and for each cell of each table; a table divides every audience.
    """

    def __init__(self, report: dict[str, Any]) -> None:
        self.size = len(report["audiences"])
        self.rows: list[tuple[list[int], int]] = []  # unknowns that add up to a number
        self.names: list[tuple[str, int, str]] = []
        self.same: list[tuple[list[int], list[int]]] = []
        self.audiences = [self.add("all", place, "") for place in range(self.size)]
        self.know(self.audiences, report["total"])
        for place, audience in enumerate(report["audiences"]):
            self.know([self.audiences[place]], audience["responses"])
        ways = [(w["way"], w["responses"], w["by_audience"]) for w in report["ways"]]
        self.add_table("ways", ways)
        for theme in report["themes"]:
            rest = ("others", None, [None] * self.size)
            told = ("carried", theme["responses"], theme["by_audience"])
            self.add_table(theme["theme"], [told, rest])
        for table in report["tables"]:
            if table["exclusive"] and table["lines"]:
                lines = [(x["label"], x["total"], x["by_audience"]) for x in table["lines"]]
                self.add_table(f"{table['question_id']}{table['part']}", lines)

    def add(self, table: str, place: int, label: str) -> int:
        self.names.append((table, place, label))
        return len(self.names) - 1

    def know(self, unknowns: list[int], number: int | None) -> None:
        if number is not None:
            self.rows.append((unknowns, number))

    def add_table(self, name: str, lines: list[tuple[str, int | None, list[int | None]]]) -> None:
        parts: list[list[int]] = [[] for _ in range(self.size)]
        for label, total, by_audience in lines:
            cells = [self.add(name, place, label) for place in range(self.size)]
            self.know(cells, total)
            for place, cell in enumerate(cells):
                self.know([cell], by_audience[place])
                parts[place].append(cell)
        for place, cells in enumerate(parts):
            self.same.append((cells, [self.audiences[place]]))

    def find_range(self, unknowns: list[int]) -> int:
        """How many different values less one the sum of *unknowns* can have."""
        wide = np.zeros((len(self.rows) + len(self.same), len(self.names)))
        right = np.zeros(len(wide))
        for row, (cells, number) in enumerate(self.rows):
            wide[row, cells], right[row] = 1, number
        for row, (cells, whole) in enumerate(self.same, len(self.rows)):
            wide[row, cells], wide[row, whole] = 1, -1
        goal = np.zeros(len(self.names))
        goal[unknowns] = 1
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * goal,
                constraints=LinearConstraint(wide, right, right),
                integrality=np.ones(len(goal)),
                bounds=Bounds(0, 10_000),
            )
            assert found.success, "what is published contradicts itself"
            ends.append(sign * found.fun)
        return round(ends[1] - ends[0])


def count_truth(session: Session, made: Consultation) -> Iterator[tuple[str, int, str, int]]:
    """Every true number that a report divides people into: table, audience's place, label."""
    places = made.places
    said = dict(
        session.query(Answer.response_id, Answer.value)
        .filter(Answer.question_id == made.questions[0].id)
        .all()
    )
    carried: dict[str, set[int]] = {theme.name: set() for theme in session.query(Theme)}
    for name, response in (
        session.query(Theme.name, Answer.response_id)
        .join(Coding, Coding.theme_id == Theme.id)
        .join(Answer, Answer.id == Coding.answer_id)
    ):
        carried[name].add(response)
    sites = [choice.en for choice in made.questions[0].asked.choices]
    numbers: dict[tuple[str, int, str], int] = {}
    for response in session.query(Response):
        place = places[response.audience_id]
        keys = [("all", place, ""), ("ways", place, response.source)]
        keys.append((f"{made.questions[0].id}", place, sites[json.loads(said[response.id])]))
        for name, those in carried.items():
            keys.append((name, place, "carried" if response.id in those else "others"))
        for key in keys:
            numbers[key] = numbers.get(key, 0) + 1
    for key, number in numbers.items():
        yield (*key, number)


@pytest.mark.parametrize("seed", range(5))
def test_d1_all_tables_of_a_report_together_leave_each_small_number_open(
    session: Session, account: Account, seed: int
) -> None:
    chance = random.Random(seed)
    made = make(session, account, "Hours", "Pensions")
    weights = [chance.choice((3, 8, 40, 90)) for _ in range(2)]
    people = [
        {
            "audience": chance.choices((STAFF, PUBLIC), weights)[0],
            "way": chance.choices(("online", "paper", "telephone"), (80, 15, 5))[0],
            "site": chance.choices(range(3), (60, 30, 10))[0],
            "themes": [name for name in ("Hours", "Pensions") if chance.random() < 0.4],
        }
        for _ in range(chance.choice((30, 70, 120)))
    ]
    respond(session, made, people, account)
    attacker = Attacker(edition(session, made))
    small = [told for told in count_truth(session, made) if told[3] < THRESHOLD]
    assert small
    for table, place, label, _number in small:
        unknown = attacker.names.index((table, place, label))
        assert attacker.find_range([unknown]) >= THRESHOLD, (table, place, label)


# ------------------------------------------------------------------ one edition after another


def flatten(value: Any, name: str = "") -> Iterator[tuple[str, int]]:
    """Every number of people in a report by where it stands."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in ("question_id", "id", "edition", "invited", "published"):
                yield from flatten(part, f"{name}/{key}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from flatten(part, f"{name}/{place}")
    elif type(value) is int:
        yield name, value


def test_d1_no_two_editions_can_be_subtracted(session: Session, account: Account) -> None:
    made = make(session, account, "Hours", "Pensions")
    crowd = [{"audience": PUBLIC, "themes": ["Hours"]}, {"audience": STAFF, "site": 1}] * 30
    respond(session, made, crowd, account)
    told = [edition(session, made)]
    late = [{"audience": PUBLIC, "way": "paper", "site": 1, "themes": ["Pensions", "Hours"]}]
    respond(session, made, late * 3, account)  # checked by the second person after the first report
    told.append(edition(session, made))
    assert dict(flatten(told[1]["tables"])) == dict(flatten(told[0]["tables"]))
    assert told[1]["total"] == 60
    assert by_name(told[1])["Hours"] == (30, [None, None])
    respond(session, made, late * 20, account)
    told.append(edition(session, made))
    assert told[2]["total"] == 83
    assert by_name(told[2])["Pensions"][0] == 23
    for before, after in ((0, 1), (1, 2), (0, 2)):
        earlier = dict(flatten(told[before]))
        for name, number in flatten(told[after]):
            assert abs(number - earlier.get(name, number)) in {0, *range(THRESHOLD, 1000)}, name
