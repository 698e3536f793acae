"""Rolls from files: CSV, XLSX or ODS, column by column, with every fault in its place."""

from voting.domain.roll.columns import (
    FIELDS,
    MOST_COLUMNS,
    Column,
    Layout,
    Sight,
    check_layout,
    look_at,
    parse_layout,
)
from voting.domain.roll.faults import RowFault, UnreadableFileError, name_column
from voting.domain.roll.files import MOST_BYTES, open_file
from voting.domain.roll.reading import (
    MOST_FAULTS,
    RollReport,
    RollRow,
    parse_roll,
    require_addresses,
)
from voting.domain.roll.source import Source

__all__ = [
    "FIELDS",
    "MOST_BYTES",
    "MOST_COLUMNS",
    "MOST_FAULTS",
    "Column",
    "Layout",
    "RollReport",
    "RollRow",
    "RowFault",
    "Sight",
    "Source",
    "UnreadableFileError",
    "check_layout",
    "look_at",
    "name_column",
    "open_file",
    "parse_layout",
    "parse_roll",
    "require_addresses",
]
