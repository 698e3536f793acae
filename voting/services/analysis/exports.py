"""Tables and responses as files: CSV, JSON, XLSX and ODS. No cell is taken for a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook
from sqlalchemy.orm import Session

from voting.domain.cells import defuse
from voting.services.analysis.tables import QuestionTable
from voting.store import analysis
from voting.store.consultations import Consultation
from voting.store.responses import TEXT_KINDS

Cell = str | int
HEADER = ("Question", "Part", "Answer", "All")
SUPPRESSED = "fewer than 10, or hidden to protect a smaller number"
BATCH = 1000


def list_rows(tables: list[QuestionTable]) -> Iterator[tuple[Cell, ...]]:
    """The tables as one sheet: a row an answer, a column an audience. Hidden numbers are words."""
    names = tuple(name for name, _ in tables[0].audiences) if tables else ()
    yield (*HEADER, *map(defuse, names))
    for table in tables:
        asked, part = defuse(table.text), defuse(table.part)
        for line in table.lines:
            numbers = (line.total, *line.by_audience)
            yield (asked, part, defuse(line.label), *map(_tell, numbers))
        if table.summary:
            for label, value in zip(("Lower quartile", "Median", "Upper quartile"), table.summary,
                                    strict=True):  # fmt: skip
                yield (asked, part, label, defuse(say_number(value)), *[""] * len(names))


def _tell(number: int | None) -> Cell:
    return SUPPRESSED if number is None else number


def say_number(value: Fraction) -> str:
    """A quartile in figures: exact for halves and hundredths, which is all that can be typed."""
    return f"{float(value):g}"


def tables_csv(tables: list[QuestionTable]) -> str:
    """The tables as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(list_rows(tables))
    return text.getvalue()


def tables_json(tables: list[QuestionTable]) -> str:
    """The tables as JSON; a hidden number is null."""
    return json.dumps([asdict(table) for table in tables], ensure_ascii=False, default=str)


def tables_xlsx(tables: list[QuestionTable]) -> bytes:
    """The tables as an XLSX workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Answers")
    for row in list_rows(tables):
        sheet.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def tables_ods(tables: list[QuestionTable]) -> bytes:
    """The tables as an ODS document of one sheet."""
    book = OpenDocumentSpreadsheet()
    sheet = Table(name="Answers")
    for row in list_rows(tables):
        line = TableRow()
        for cell in row:
            kind = {"valuetype": "float", "value": cell} if isinstance(cell, int) else {
                "valuetype": "string"
            }  # fmt: skip
            made = TableCell(**kind)
            made.addElement(P(text=str(cell)))
            line.addElement(made)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    buffer = io.BytesIO()
    book.write(buffer)
    return buffer.getvalue()


# ------------------------------------------------------------------ responses, for the desk


def iter_responses_csv(session: Session, consultation: Consultation) -> Iterator[str]:
    """Every response that counts as a line of CSV, in batches; memory stays flat."""
    questions = consultation.questions
    yield _write([[*_FACTS, *(question.text for question in questions)]])
    for batch in _iter_batches(session, consultation):
        yield _write(
            [[*facts, *(_say(answers.get(each.id, "")) for each in questions)]
             for facts, answers in batch]
        )  # fmt: skip


def iter_responses_json(session: Session, consultation: Consultation) -> Iterator[str]:
    """Every response that counts as a line of JSON, in batches."""
    for batch in _iter_batches(session, consultation):
        yield "".join(
            json.dumps(dict(zip(_FACTS, facts, strict=True)), ensure_ascii=False)[:-1]
            + ', "answers": {'
            + ", ".join(f'"{question}": {value}' for question, value in answers.items())
            + "}}\n"
            for facts, answers in batch
        )


_FACTS = ("Response", "Audience", "How it came", "Language", "Organisation", "May be published")
_DECLINED = json.dumps("prefers not to say")

Facts = tuple[Cell, ...]
Batch = list[tuple[Facts, dict[int, str]]]
"""Responses: what is known of each, and the JSON text of each of its answers."""


def _iter_batches(session: Session, consultation: Consultation) -> Iterator[Batch]:
    written = {each.id for each in consultation.questions if each.kind in TEXT_KINDS}
    after = 0
    while page := analysis.list_response_page(session, consultation.id, after=after, limit=BATCH):
        after = page[-1].id
        answers: dict[int, dict[int, str]] = {response.id: {} for response in page}
        for row in analysis.list_answer_page(session, list(answers)):
            response_id, question_id, value, text, is_declined = row
            if is_declined:
                value = _DECLINED
            elif question_id in written:
                value = json.dumps(text, ensure_ascii=False)
            answers[response_id][question_id] = value
        yield [
            (
                (number, name, source, language, organisation, "yes" if may else "no"),
                answers[number],
            )
            for number, name, source, language, organisation, may in page
        ]


def _say(value: str) -> str:
    """An answer as a cell: a string in its own words, anything else as its JSON."""
    return str(json.loads(value)) if value.startswith('"') else value


def _write(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(
        [defuse(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue()
