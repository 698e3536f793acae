"""The cells of one row of a roll: what each column may hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from email_validator import EmailNotValidError, validate_email

from voting.domain.wording import find_unreadable

REQUIRED = ("name", "email")
COLUMNS = (*REQUIRED, "reference", "language", "weight", "weight_reason", "weight_reason_cy")
LONGEST_CELL = 10_000
LIMITS = {
    "name": 200,
    "email": 254,
    "reference": 100,
    "weight_reason": 500,
    "weight_reason_cy": 500,
}
NAMES = {"weight_reason_cy": "weight reason in Welsh"}
LANGUAGES = {
    "en": "en", "eng": "en", "english": "en", "saesneg": "en", "": "en",
    "cy": "cy", "cym": "cy", "welsh": "cy", "cymraeg": "cy",
}  # fmt: skip
MOST_WEIGHT = 1_000_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LOCAL = re.compile(r"[A-Za-z0-9_]+(?:[.+'-][A-Za-z0-9_]+)*")
_WEIGHT = re.compile(r"[0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class CellFault:
    """One fault of one cell."""

    column: str
    message: str


@dataclass(slots=True)
class RowValues:
    """The values of one row; each is only to be used when ``faults`` is empty."""

    name: str = ""
    email: str = ""
    email_key: str = ""
    reference: str = ""
    language: str = "en"
    weight: int = 1
    weight_reason: str = ""
    weight_reason_cy: str = ""
    faults: list[CellFault] = field(default_factory=list)


class CellReader:
    """Reads rows; remembers the mail domains it has checked.

    *mixed* looks for cells in UTF-8 within a file that was read as Windows-1252.
    """

    def __init__(self, *, mixed: bool = False) -> None:
        self._mixed = mixed
        self._domains: dict[str, str | None] = {}

    def read(self, cells: dict[str, str], unusable: Sequence[CellFault] = ()) -> RowValues:
        """The row's values and faults; a missing optional cell means its default.

        *unusable* are cells that have a fault already, whatever they hold.
        """
        values = RowValues(faults=list(unusable))
        faulty = {fault.column for fault in unusable}
        texts = {
            column: "" if column in faulty else self._read_text(column, cells, values)
            for column in COLUMNS
        }
        faulty = {fault.column for fault in values.faults}
        values.name, values.reference = texts["name"], texts["reference"]
        values.weight_reason = texts["weight_reason"]
        values.weight_reason_cy = texts["weight_reason_cy"]
        if not values.name and "name" not in faulty:
            values.faults.append(CellFault("name", "the name is missing."))
        if "email" not in faulty:
            self._read_email(texts["email"], values)
        if "language" not in faulty:
            _read_language(texts["language"], values)
        if "weight" not in faulty:
            _read_weight(texts["weight"], values, explained="weight_reason" in faulty)
        return values

    def _read_text(self, column: str, cells: dict[str, str], values: RowValues) -> str:
        raw = cells.get(column, "")
        if raw.isalnum() and raw.isascii() and len(raw) <= 100:
            return raw
        text = " ".join(raw.split()) if raw.isprintable() else " ".join(raw.split(" "))
        text = text.replace("\xa0", " ").strip()
        message = self._find_fault(column, raw, text)
        if message:
            values.faults.append(CellFault(column, message))
            return ""
        return text

    def _find_fault(self, column: str, raw: str, text: str) -> str | None:
        label = name_field(column)
        limit = LIMITS.get(column, LONGEST_CELL)
        if len(raw) > LONGEST_CELL or len(text) > limit:
            return f"the {label} has {len(raw):,} characters. At most {limit:,} are allowed."
        if column in LIMITS and (raw.startswith(FORMULA) or text.startswith(FORMULA)):
            first = _show(raw.lstrip(" ")[0])
            return f"the {label} begins with {first}, which a spreadsheet would run. Remove it."
        return self._find_odd_character(label, raw)

    def _find_odd_character(self, label: str, raw: str) -> str | None:
        if raw.isascii() and raw.isprintable():
            return None
        if "\n" in raw or "\r" in raw:
            return f"the {label} has a line break in it."
        unreadable = find_unreadable(raw.replace("\t", " "))
        if unreadable:
            return f"the {label} has a character that cannot be shown ({unreadable})."
        if self._mixed and _is_utf8_misread(raw):
            return f"the {label} is in another encoding than the rest of the file ('{raw[:40]}')."
        return None

    def _read_email(self, text: str, values: RowValues) -> None:
        if not text:
            values.faults.append(CellFault("email", "the address is missing."))
            return
        address = self._check_address(text)
        if address is None:
            told = f"'{text[:60]}' is not a mail address."
            values.faults.append(CellFault("email", told))
            return
        values.email = address
        values.email_key = address.casefold()

    def _check_address(self, text: str) -> str | None:
        local, at, domain = text.rpartition("@")
        if not at or len(local) > 64 or not _LOCAL.fullmatch(local):
            return _validate(text)
        if domain not in self._domains:
            checked = _validate(f"a@{domain}")
            self._domains[domain] = checked and checked.removeprefix("a@")
        known = self._domains[domain]
        return known and f"{local}@{known}"


def _validate(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def _read_language(text: str, values: RowValues) -> None:
    language = LANGUAGES.get(text.casefold())
    if language:
        values.language = language
        return
    told = f"the language '{text[:20]}' is not offered. Use en (English) or cy (Welsh)."
    values.faults.append(CellFault("language", told))


def _read_weight(text: str, values: RowValues, *, explained: bool) -> None:
    weight = int(text) if _WEIGHT.fullmatch(text) else 0
    if text and not 1 <= weight <= MOST_WEIGHT:
        told = f"the weight '{text[:20]}' is not a whole number from 1 to {MOST_WEIGHT:,}."
        values.faults.append(CellFault("weight", told))
        return
    values.weight = weight or 1
    if values.weight != 1 and not (values.weight_reason or explained):
        told = "a weight other than 1 needs a reason. The reason is published."
        values.faults.append(CellFault("weight_reason", told))


def _is_utf8_misread(text: str) -> bool:
    try:
        return not text.encode("cp1252").decode("utf-8").isascii()
    except UnicodeError:
        return False


def _show(character: str) -> str:
    return {"\t": "a tab", "\r": "a line break"}.get(character, f"'{character}'")


def name_field(column: str) -> str:
    """What a column is called in the middle of a sentence."""
    return NAMES.get(column) or column.replace("_", " ")


def mask_address(email: str) -> str:
    """Enough of an address to find it again, too little to learn it: ``s...@example.org``."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}...@{domain}"
