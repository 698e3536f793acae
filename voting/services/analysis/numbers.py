"""How many answered in which way, and how many said what: the numbers of a report (D1).

Like every other table they divide all whose responses count, and by audience have the same totals,
so that they add nothing that could be subtracted. A theme divides them into those who carry it and
the others, by itself: were those under a theme counted with it, the difference of the two would be
the few who said the one and not the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from voting.domain.disclosure import Shown, is_apart, protect_counts, protect_share, protect_table
from voting.store import analysis
from voting.store.consultations import Consultation
from voting.store.responses import count_responses, count_sources

WAYS = {"online": "Online", "paper": "On paper", "telephone": "By telephone"}
COUNTED = ("audiences", "total", "ways", "tables")  # what the people are counted in, all at once


def count_ways(session: Session, consultation: Consultation) -> list[dict[str, Any]]:
    """How many answered online, on paper and by telephone; a way that nobody took is left out."""
    places = consultation.places
    cells = {way: [0] * len(places) for way in WAYS}
    for audience, way, number in count_sources(session, consultation.id):
        cells[way][places[audience]] += number
    taken = {way: row for way, row in cells.items() if sum(row)}
    if not taken:
        return []
    totals = protect_counts([sum(row) for row in taken.values()])
    rows = _protect(list(taken.values()))
    return [
        {"way": way, "words": WAYS[way], "responses": total, "by_audience": row}
        for way, total, row in zip(taken, totals, rows, strict=True)
    ]


def count_themes(session: Session, consultation: Consultation) -> dict[int, dict[str, Any]]:
    """How many responses carry each theme, by the theme's number; those under it not counted."""
    places = consultation.places
    everyone = [0] * len(places)
    for audience, number in count_responses(session, consultation.id).items():
        everyone[places[audience]] = number
    themes = analysis.list_themes(session, consultation.id)
    carried = {theme.id: [0] * len(places) for theme in themes}
    for theme_id, audience, number in analysis.count_theme_responses(session, consultation.id):
        carried[theme_id][places[audience]] = number
    return {theme: _share(row, everyone) for theme, row in carried.items()}


def _share(row: list[int], everyone: list[int]) -> dict[str, Any]:
    others = [whole - part for whole, part in zip(everyone, row, strict=True)]
    return {
        "responses": protect_share(sum(row), sum(everyone)),
        "by_audience": _protect([row, others])[0],
    }


def _protect(rows: list[list[int]]) -> list[list[Shown]]:
    """What of each row may be shown by audience; nothing where there is one audience alone."""
    table = protect_table(rows) if len(rows[0]) > 1 else None
    if table is None:
        return [[None] * len(row) for row in rows]
    return [list(row) for row in table.cells]


# ------------------------------------------------------------------ one edition after another


def hold_numbers(report: dict[str, Any], earlier: list[dict[str, Any]]) -> dict[str, Any]:
    """The next edition, so that no earlier one can be subtracted from it.

    *earlier*: the editions before, the newest last. Where a number would differ from one of them by
    a few people, it stays as the newest has it: the people all together, and each theme by itself.
    """
    if not earlier:
        return report
    newest = earlier[-1]
    if not _are_apart(_flatten_people(report), map(_flatten_people, earlier)):
        report = report | {name: newest[name] for name in COUNTED if name in newest}
    told = [{theme.get("id"): theme for theme in edition["themes"]} for edition in earlier]
    report["themes"] = [_hold_theme(theme, told) for theme in report["themes"]]
    return report


def _hold_theme(theme: dict[str, Any], told: list[dict[int, dict[str, Any]]]) -> dict[str, Any]:
    before = [edition[theme["id"]] for edition in told if theme["id"] in edition]
    if _are_apart(_flatten_theme(theme), map(_flatten_theme, before)):
        return theme
    return theme | {name: before[-1][name] for name in ("responses", "by_audience")}


def _are_apart(numbers: dict[Any, Shown], earlier: Iterable[Mapping[Any, Shown]]) -> bool:
    return all(
        is_apart(number, before[name])
        for before in earlier
        for name, number in numbers.items()
        if name in before
    )


def _flatten_theme(theme: Mapping[str, Any]) -> dict[Any, Shown]:
    return dict(enumerate([theme.get("responses"), *theme.get("by_audience", ())]))


def _flatten_people(report: Mapping[str, Any]) -> dict[Any, Shown]:
    """Every number of people in a report by what it is of, but those of the themes."""
    return dict(_walk_people(report))


def _walk_people(report: Mapping[str, Any]) -> Iterator[tuple[Any, Shown]]:
    yield "total", report["total"]
    for place, audience in enumerate(report["audiences"]):
        yield ("audience", place), audience["responses"]
    for way in report.get("ways", ()):
        for place, number in enumerate([way["responses"], *way["by_audience"]]):
            yield ("way", way["way"], place), number
    for table in report["tables"]:
        for line in table["lines"]:
            for place, number in enumerate([line["total"], *line["by_audience"]]):
                yield (table["question_id"], table["part"], line["label"], place), number
