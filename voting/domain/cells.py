"""Cells of exported sheets: a spreadsheet must never take what people wrote for a formula."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Characters with which a formula may begin."""


def defuse(cell: str) -> str:
    """*cell* with an apostrophe in front when a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) or cell.startswith(FORMULA) else cell
