"""Texts that may stand in two languages."""

from __future__ import annotations


class InTwoLanguages:
    """What has texts in English, and in Welsh under the same names with ``_cy`` behind them."""

    def read(self, name: str, language: str) -> str:
        """The text called *name* in *language*, in English if not in Welsh."""
        english = str(getattr(self, name))
        return (str(getattr(self, f"{name}_cy")) or english) if language == "cy" else english
