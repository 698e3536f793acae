"""Tables and responses as files: CSV, JSON, XLSX and ODS. No cell is taken for a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from functools import lru_cache

from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook
from sqlalchemy.orm import Session

from voting.domain.asking import Kind
from voting.domain.cells import defuse
from voting.services.analysis.sheets import Cell, stream_ods, stream_xlsx
from voting.services.analysis.tables import QuestionTable
from voting.services.analysis.telling import Teller
from voting.store import analysis
from voting.store.consultations import Consultation
from voting.store.responses import TEXT_KINDS, name_files

HEADER = ("Question", "Part", "Answer", "All")
SUPPRESSED = "fewer than 10, or hidden to protect a smaller number"
BATCH = 1000


def list_rows(tables: list[QuestionTable]) -> Iterator[tuple[Cell, ...]]:
    """The tables as one sheet: a row an answer, a column an audience. Hidden numbers are words."""
    names = tuple(name for name, _ in tables[0].audiences) if tables else ()
    yield (*HEADER, *map(defuse, names))
    for table in tables:
        asked, part = defuse(table.text), defuse(_tell_part(table))
        for line in table.lines:
            numbers = (line.total, *line.by_audience)
            yield (asked, part, defuse(line.label), *map(_tell, numbers))
        if table.summary:
            for label, value in zip(("Lower quartile", "Median", "Upper quartile"), table.summary,
                                    strict=True):  # fmt: skip
                yield (asked, part, label, defuse(say_number(value)), *[""] * len(names))


def _tell_part(table: QuestionTable) -> str:
    """Which row of a matrix it is, and after which answer alone the question was asked."""
    after = "asked after “{}” to “{}”".format(*table.after) if table.after else ""
    return ". ".join(part for part in (table.part, after) if part)


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

_FACTS = ("Response", "Audience", "How it came", "Language", "Organisation", "May be published")
DECLINED = "prefers not to say"

Facts = tuple[int, str, str, str, str, str]
Batch = list[tuple[Facts, dict[int, str | None]]]
"""What is known of each response, and its answers by question: the words, or the JSON text of
anything but words; None when declined."""

_ABOUT = ", ".join(f'"{name}": %s' for name in _FACTS)
_encode = json.JSONEncoder(ensure_ascii=False).encode
_encode_short = lru_cache(maxsize=4096)(_encode)


def iter_responses_csv(session: Session, consultation: Consultation) -> Iterator[str]:
    """Every response that counts as a line of CSV, in batches; memory stays flat."""
    return map(_write, _iter_rows(session, consultation))


def iter_responses_xlsx(session: Session, consultation: Consultation) -> Iterator[bytes]:
    """Every response that counts as a row of an XLSX workbook, in batches."""
    return stream_xlsx(_iter_rows(session, consultation))


def iter_responses_ods(session: Session, consultation: Consultation) -> Iterator[bytes]:
    """Every response that counts as a row of an ODS document, in batches."""
    return stream_ods(_iter_rows(session, consultation))


def _iter_rows(session: Session, consultation: Consultation) -> Iterator[list[list[Cell]]]:
    """The responses as the rows of a sheet, the heading first."""
    questions = consultation.questions
    written, ids = _find_written(consultation), [question.id for question in questions]
    tellers = _make_tellers(session, consultation)
    yield [[*_FACTS, *(defuse(question.text) for question in questions)]]
    for batch in _iter_batches(session, consultation, written):
        rows: list[list[Cell]] = []
        for facts, answers in batch:
            number, name, source, language, organisation, may = facts
            row: list[Cell] = [
                number, _defuse(name), source, language, _defuse(organisation), may
            ]  # fmt: skip
            for question_id in ids:
                answer = answers.get(question_id, "")
                if answer is None:
                    row.append(DECLINED)
                elif question_id in written:
                    row.append(defuse(answer))
                else:
                    row.append(tellers[question_id].to_cell(answer) if answer else "")
            rows.append(row)
        yield rows


def iter_responses_json(session: Session, consultation: Consultation) -> Iterator[str]:
    """Every response that counts as a line of JSON, in batches; answers by their question's words.

    Of two questions in the same words the second has its number after them.
    """
    written, declined = _find_written(consultation), _encode(DECLINED)
    tellers, names = _make_tellers(session, consultation), _name_questions(consultation)
    for batch in _iter_batches(session, consultation, written):
        lines = []
        for facts, answers in batch:
            given = [
                f"{names[question_id]}: {declined}" if answer is None
                else f"{names[question_id]}: {_encode(answer)}" if question_id in written
                else f"{names[question_id]}: {tellers[question_id].to_json(answer)}"
                for question_id, answer in answers.items()
            ]  # fmt: skip
            about = _ABOUT % (facts[0], *map(_encode_short, facts[1:]))
            lines.append(f'{{{about}, "answers": {{{", ".join(given)}}}}}\n')
        yield "".join(lines)


def _make_tellers(session: Session, consultation: Consultation) -> dict[int, Teller]:
    """What tells the answers to each question that is not answered in words."""
    asked = [each.asked for each in consultation.questions if each.kind not in TEXT_KINDS]
    has_files = any(each.kind is Kind.FILE for each in asked)
    files = name_files(session, consultation.id) if has_files else {}
    return {each.id: Teller(each, files) for each in asked}


def _name_questions(consultation: Consultation) -> dict[int, str]:
    """The words of each question as a JSON string, no two alike."""
    names: dict[int, str] = {}
    for number, question in enumerate(consultation.questions, start=1):
        encoded = _encode(question.text)
        again = encoded in names.values()
        names[question.id] = _encode(f"{question.text} ({number})") if again else encoded
    return names


def _find_written(consultation: Consultation) -> frozenset[int]:
    return frozenset(each.id for each in consultation.questions if each.kind in TEXT_KINDS)


def _iter_batches(
    session: Session, consultation: Consultation, written: frozenset[int]
) -> Iterator[Batch]:
    names = {audience.id: audience.name for audience in consultation.audiences}
    after = 0
    while page := analysis.list_response_page(session, consultation.id, after=after, limit=BATCH):
        first, after = page[0][0], page[-1][0]
        given: dict[int, dict[int, str | None]] = {row[0]: {} for row in page}
        rows = analysis.list_answer_page(session, first, after)
        for response_id, question_id, value, text, is_declined in rows:
            answers = given.get(response_id)
            if answers is not None:
                words = text if question_id in written else value
                answers[question_id] = None if is_declined else words
        yield [
            (
                (number, names[audience], source, language, organisation, "yes" if may else "no"),
                given[number],
            )
            for number, audience, source, language, organisation, may in page
        ]


_defuse = lru_cache(maxsize=4096)(defuse)  # of names, which are short and few


def _write(rows: list[list[Cell]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
