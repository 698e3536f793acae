"""Opening a file of people, whatever its kind: what it is is told from its bytes, not its name."""

from __future__ import annotations

from voting.domain.roll.delimited import open_delimited
from voting.domain.roll.faults import UnreadableFileError
from voting.domain.roll.source import Source
from voting.domain.roll.workbook import open_workbook

MOST_BYTES = 64 * 1024 * 1024
KINDS = "CSV, XLSX or ODS"


def open_file(content: bytes) -> Source:
    """The file as a table; raises UnreadableFileError, which says what to do about it."""
    if len(content) > MOST_BYTES:
        raise UnreadableFileError(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
    if not content.strip():
        raise UnreadableFileError("The file is empty.")
    if content.startswith(b"PK"):
        return open_workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFileError(
            "This is an Excel file of the old kind, or one that is locked with a password. Remove "
            "the password, and save it as XLSX, ODS or 'CSV UTF-8'."
        )
    if content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"\x1f\x8b")):
        raise UnreadableFileError(f"This is not a {KINDS} file. Save the list as one of these.")
    return open_delimited(content)
