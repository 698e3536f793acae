"""Which files may be published: known by their bytes, not by their names."""

from __future__ import annotations

import io
import re
import zipfile

from voting.domain.errors import BadInput, FieldError

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 300 * 1024 * 1024  # what the parts of one file may say they hold
MOST_PARTS = 5_000
LONGEST_NAME = 120
KINDS = ("background", "business-case", "equality-impact", "consultation-report", "other")
_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
TYPES = {
    "pdf": "application/pdf",
    "docx": f"{_OOXML}.wordprocessingml.document",
    "xlsx": f"{_OOXML}.spreadsheetml.sheet",
    "odt": f"{_ODF}.text",
    "ods": f"{_ODF}.spreadsheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "txt": "text/plain",
    "csv": "text/csv",
}
NAMES = "PDF, DOCX, ODT, TXT, CSV, XLSX, ODS, PNG or JPEG"
_STARTS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
_INSIDE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_MARKUP = re.compile(rb"<\s*(!doctype|html|script|svg|iframe|body|head|\?xml)", re.IGNORECASE)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\\/:*?"<>|]+')


def clean_filename(name: str) -> str:
    """The last part of *name*, without what no file's name should hold; never empty."""
    last = re.split(r"[\\/]", name)[-1]
    kept = " ".join(_UNSAFE.sub(" ", last).split()).strip(". ")
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        return kept[:LONGEST_NAME] or "document"
    return f"{stem[: LONGEST_NAME - len(ending) - 1] or 'document'}.{ending[:10]}"


def check_document(filename: str, content: bytes, *, field: str = "file") -> str:
    """The media type of a file that may be published. Raises BadInput with the fault of *field*."""
    _stem, dot, ending = filename.lower().rpartition(".")
    ending = ending.replace("jpeg", "jpg") if dot else ""
    if ending not in TYPES:
        _refuse(field, f"The file must be {NAMES}.")
    if not content:
        _refuse(field, "The file is empty.")
    if len(content) > MOST_BYTES:
        size = MOST_BYTES // 1024 // 1024
        _refuse(field, f"The file is larger than {size} MB. Make it smaller, or divide it.")
    if not _is_what_it_says(ending, content):
        told = f"The file is called .{ending}, and is something else inside. Save it anew as one."
        _refuse(field, told)
    return TYPES[ending]


def _is_what_it_says(ending: str, content: bytes) -> bool:
    if ending in _STARTS:
        return content.startswith(_STARTS[ending])
    if ending in ("txt", "csv"):
        return _is_text(content)
    return _is_office(ending, content)


def _is_text(content: bytes) -> bool:
    if b"\x00" in content or any(content.startswith(start) for start in _STARTS.values()):
        return False
    if _MARKUP.search(content[:4096]) or content.startswith(b"PK\x03\x04"):
        return False
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not re.search(r"[\x01-\x08\x0e-\x1f]", text)
    return False


def _is_office(ending: str, content: bytes) -> bool:
    """Whether it is a package of this kind, not a bomb, and without macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                return False
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return False
            if ending in _INSIDE:
                return "[Content_Types].xml" in names and _INSIDE[ending] in names
            if "mimetype" not in names or package.getinfo("mimetype").file_size > 200:
                return False
            return package.read("mimetype").strip() == TYPES[ending].encode()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, ValueError, OSError, KeyError):
        return False
    except NotImplementedError:
        return False


def _refuse(field: str, told: str) -> None:
    raise BadInput([FieldError(field, told)])
