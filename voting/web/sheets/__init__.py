"""Result sheets: one count as pages, pictures, a printable document and files show it.

All of them are made from the stored JSON of an outcome (``Outcome.to_json``), so that a sheet shown
years later says what was declared.
"""

from voting.web.sheets.view import Sheet, make_sheet

__all__ = ["Sheet", "make_sheet"]
