"""Small files of every kind that may be published, and some that may not."""

from __future__ import annotations

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
JPEG = b"\xff\xd8\xff\xe0" + bytes(40)


def make_package(**parts: bytes) -> bytes:
    """A zip with these parts; a name's ``__`` stands for a slash, ``_dot_`` for a dot."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return target.getvalue()


def make_office(inside: str, **more: bytes) -> bytes:
    """An Office Open XML file whose main part is *inside*."""
    types = {"[Content_Types]_dot_xml": b"<Types/>"}
    return make_package(**types, **{inside: b"<x/>"}, **more)


def make_open_document(kind: str) -> bytes:
    """An OpenDocument file of this kind: text or spreadsheet."""
    return make_package(
        mimetype=f"application/vnd.oasis.opendocument.{kind}".encode(), content_dot_xml=b"<x/>"
    )


GOOD = {
    "a.pdf": PDF,
    "a.docx": make_office("word__document_dot_xml"),
    "a.xlsx": make_office("xl__workbook_dot_xml"),
    "a.odt": make_open_document("text"),
    "a.ods": make_open_document("spreadsheet"),
    "a.PNG": PNG,
    "a.jpg": JPEG,
    "b.jpeg": JPEG,
    "a.txt": "Hydref ŵ – tŷ\n".encode(),
    "b.txt": "caf\xe9".encode("cp1252"),
    "a.csv": b"\xef\xbb\xbfname,value\n=1,<5\n",
}
DISGUISED = {
    "page.pdf": b"<!DOCTYPE html><script>alert(1)</script>",
    "page.txt": b"\n <HTML><body onload=alert(1)>",
    "drawing.csv": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "program.png": b"MZ\x90\x00" + bytes(60),
    "picture.txt": PNG,
    "nul.txt": b"a\x00b",
    "bell.txt": b"a\x07b",
    "zip.docx": make_package(readme=b"x"),
    "sheet.docx": make_office("xl__workbook_dot_xml"),
    "macro.docx": make_office("word__document_dot_xml", word__vbaProject_dot_bin=b"x"),
    "sheet.odt": make_open_document("spreadsheet"),
    "broken.xlsx": b"PK\x03\x04" + bytes(30),
    "many.docx": make_office(
        "word__document_dot_xml", **{f"p{number}": b"" for number in range(5000)}
    ),
}
