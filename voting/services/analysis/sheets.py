"""A sheet of many rows as XLSX or ODS, written row by row: memory does not grow with their number.

Both kinds are a zip of XML. What stands in a cell is always text or a whole number, never a
formula. Only what a spreadsheet program needs to open the sheet is in the file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

Cell = str | int
Rows = Iterable[Sequence[Sequence[Cell]]]  # in batches
SHORT = 200  # characters of a cell that is worth remembering: many are alike
LONGEST = 32_767  # characters in a cell that every program reads
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML has no way to say them
_SPACES = re.compile("(?:^ | {2,}| $)")  # which a paragraph would lose
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_XLSX = "http://schemas.openxmlformats.org/"
_MAIN = f"{_XLSX}spreadsheetml/2006/main"
_REL = f"{_XLSX}officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"

XLSX_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_XLSX}package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_XLSX}package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_XLSX}package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>'
    '<sheet name="Responses" sheetId="1" r:id="r1"/></sheets></workbook>',
}
ODS_PARTS = {
    "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0" '
    f'manifest:version="1.2"><manifest:file-entry manifest:full-path="/" '
    f'manifest:media-type="{_ODS}"/><manifest:file-entry manifest:full-path="content.xml" '
    'manifest:media-type="text/xml"/></manifest:manifest>',
}


def stream_xlsx(batches: Rows) -> Iterator[bytes]:
    """The rows as an XLSX workbook of one sheet, piece by piece."""
    before = f'<worksheet xmlns="{_MAIN}"><sheetData>'
    after = "</sheetData></worksheet>"
    pages = ("".join(map(_xlsx_row, batch)) for batch in batches)
    return _stream(XLSX_PARTS, "xl/worksheets/sheet1.xml", before, pages, after)


def stream_ods(batches: Rows) -> Iterator[bytes]:
    """The rows as an ODS document of one sheet, piece by piece."""
    before = (
        f'<office:document-content xmlns:office="{_ODF}:office:1.0" '
        f'xmlns:table="{_ODF}:table:1.0" xmlns:text="{_ODF}:text:1.0" office:version="1.2">'
        '<office:body><office:spreadsheet><table:table table:name="Responses">'
    )
    after = "</table:table></office:spreadsheet></office:body></office:document-content>"
    pages = ("".join(map(_ods_row, batch)) for batch in batches)
    return _stream(ODS_PARTS, "content.xml", before, pages, after, mimetype=_ODS)


def _xlsx_row(row: Sequence[Cell]) -> str:
    cells = [
        _xlsx_short(cell) if isinstance(cell, int) or len(cell) < SHORT else _xlsx_cell(cell)
        for cell in row
    ]  # fmt: skip
    return f"<row>{''.join(cells)}</row>"


def _xlsx_cell(cell: Cell) -> str:
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    if not cell:
        return "<c/>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{_clean(cell)}</t></is></c>'


def _ods_row(row: Sequence[Cell]) -> str:
    cells = [
        _ods_short(cell) if isinstance(cell, int) or len(cell) < SHORT else _ods_cell(cell)
        for cell in row
    ]  # fmt: skip
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _ods_cell(cell: Cell) -> str:
    if isinstance(cell, int):
        return (
            f'<table:table-cell office:value-type="float" office:value="{cell}">'
            f"<text:p>{cell}</text:p></table:table-cell>"
        )
    if not cell:
        return "<table:table-cell/>"
    lines = _clean(cell).replace("\n", "</text:p><text:p>").replace("\t", "<text:tab/>")
    lines = _SPACES.sub(lambda run: f'<text:s text:c="{len(run[0])}"/>', lines)
    return (
        f'<table:table-cell office:value-type="string"><text:p>{lines}</text:p></table:table-cell>'
    )


_xlsx_short = lru_cache(maxsize=4096)(_xlsx_cell)
_ods_short = lru_cache(maxsize=4096)(_ods_cell)


def _clean(text: str) -> str:
    """*text* as XML holds it."""
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    return escape(_UNWRITABLE.sub("�", text), quote=False)


class _Pipe(io.RawIOBase):
    """What a zip is written into, and taken out of again in between."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, piece: object) -> int:
        """Keep a piece until it is taken."""
        kept = bytes(piece)  # type: ignore[call-overload]
        self.waiting.append(kept)
        return len(kept)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self.waiting)
        self.waiting.clear()
        return taken


def _stream(
    parts: dict[str, str],
    name: str,
    before: str,
    pages: Iterable[str],
    after: str,
    *,
    mimetype: str = "",
) -> Iterator[bytes]:
    """A zip of *parts* and of the long one called *name*; its pages are taken one at a time."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED, compresslevel=1) as book:
        if mimetype:
            book.writestr(ZipInfo("mimetype"), mimetype, ZIP_STORED)
        for part, text in parts.items():
            book.writestr(ZipInfo(part), _HEAD + text, ZIP_DEFLATED)
        whole = ZipInfo(name)
        whole.compress_type = ZIP_DEFLATED
        with book.open(whole, "w") as file:
            file.write((_HEAD + before).encode())
            for page in pages:
                file.write(page.encode())
                yield pipe.take()
            file.write(after.encode())
    yield pipe.take()
