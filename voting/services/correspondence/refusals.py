"""Why a letter is not sent."""

from __future__ import annotations


class Unwanted(Exception):
    """The letter should no longer be sent; the text says why."""
