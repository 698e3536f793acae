"""The zip file that a spreadsheet is: taken apart within limits, so that no bomb goes off.

Only the parts that are asked for are unpacked. What a part says of its own size is not believed:
no more is unpacked than was promised, and the promises are added up first.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from voting.domain.roll.faults import UnreadableFileError

MOST_PACKED = 20 * 1024 * 1024
MOST_UNPACKED = 128 * 1024 * 1024
LOCKED = "The file is locked with a password. Remove the password and upload it again."
_MOST_DIRECTORY = 1024 * 1024
_END = b"PK\x05\x06"  # the record at the end of a zip file
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, RuntimeError,
    ValueError,
)  # fmt: skip


class Damaged(UnreadableFileError):
    """The file is not what it should be inside."""

    def __init__(self) -> None:
        super().__init__(
            "The file is damaged, or is not the spreadsheet that its name says. Open it in your "
            "spreadsheet program, save it again, and upload that."
        )


class Package:
    """A zip file whose parts can be read, all of them together up to a limit.

    Raises UnreadableFileError when it is too large, damaged or locked with a password.
    """

    def __init__(self, content: bytes) -> None:
        if len(content) > MOST_PACKED:
            raise UnreadableFileError(
                f"The spreadsheet is larger than {MOST_PACKED // 1024 // 1024} MB. Delete the "
                "pictures and sheets that are not needed, or save it as 'CSV UTF-8'."
            )
        end = content.rfind(_END)
        if end < 0 or int.from_bytes(content[end + 12 : end + 16], "little") > _MOST_DIRECTORY:
            raise Damaged
        try:
            self._file = zipfile.ZipFile(io.BytesIO(content))
        except _DAMAGE as damage:
            raise Damaged from damage
        self._parts = {_plain(info.filename): info for info in self._file.infolist()}
        self._left = MOST_UNPACKED

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._parts

    def read(self, name: str) -> bytes:
        """The bytes of a part; raises UnreadableFileError."""
        info = self._parts.get(_plain(name))
        if info is None:
            raise Damaged
        self._left -= info.file_size
        if self._left < 0:
            raise UnreadableFileError(
                f"The spreadsheet unpacks to more than {MOST_UNPACKED // 1024 // 1024} MB. Delete "
                "what is not needed, or save it as 'CSV UTF-8'."
            )
        if info.flag_bits & 1:
            raise UnreadableFileError(LOCKED)
        try:
            return self._file.read(info)
        except _DAMAGE as damage:
            raise Damaged from damage


def pack(parts: dict[str, bytes]) -> io.BytesIO:
    """A zip file of these parts and nothing else, not compressed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    packed.seek(0)
    return packed


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
