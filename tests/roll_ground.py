"""Spreadsheets as people and as strangers make them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook

ROOT = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Sheets = dict[str, Sequence[Sequence[Any]]]


def make_xlsx(sheets: Sheets, *, formats: dict[str, str] | None = None) -> bytes:
    """An Excel workbook with these sheets; *formats* are number formats of cells of the first."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for place, told in (formats or {}).items():
        book.worksheets[0][place].number_format = told
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def make_ods(sheets: Sheets) -> bytes:
    """An OpenDocument spreadsheet; a cell that is a dict has these attributes, text being shown."""
    document = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        document.spreadsheet.addElement(table)
        for cells in rows:
            row = TableRow()
            table.addElement(row)
            for told in cells:
                more = dict(told) if isinstance(told, dict) else {"text": told}
                text = more.pop("text")
                cell = TableCell(**{"valuetype": "string", **more})
                if text:
                    cell.addElement(P(text=text))
                row.addElement(cell)
    kept = io.BytesIO()
    document.write(kept)
    return kept.getvalue()


def make_raw_xlsx(sheet: str, **more: str | bytes) -> bytes:
    """A workbook whose one sheet is this XML; *more* are further parts, by their last name."""
    body = f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>'
    return make_zip(
        {
            "_rels/.rels": f'{ROOT}<Relationship Id="a" Type="{OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="Staff" sheetId="1" r:id="a"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'{ROOT}<Relationship Id="a" Type="{OFFICE}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": body,
            **{f"xl/{name}.xml": part for name, part in more.items()},
        }
    )


def make_zip(parts: dict[str, str | bytes]) -> bytes:
    """A zip file of these parts, pressed as hard as it goes."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return kept.getvalue()


def edit_zip(content: bytes, name: str, old: str, new: str) -> bytes:
    """The same zip file with one text replaced in one of its parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts: dict[str, str | bytes] = {part: file.read(part) for part in file.namelist()}
    told = bytes(parts[name]).decode()  # type: ignore[arg-type]
    assert old in told
    return make_zip({**parts, name: told.replace(old, new)})
