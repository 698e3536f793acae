"""Sentences that stand in one place and are put into another language in another.

Such a sentence is found again in what was said with it: each of its gaps, as ``%(number)s``, has a
shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Translate = Callable[[str], str]
"""The reader's own words for a sentence; the sentence itself where there are none."""

_GAP = re.compile(r"%\((\w+)\)s")


def marked(sentence: str) -> str:
    """*sentence* as it is; the name tells ``pybabel extract`` to put it into the catalogue."""
    return sentence


def find_gaps(
    sentence: str, text: str, shapes: Mapping[str, str], usual: str
) -> dict[str, str] | None:
    """What stands in each gap of *sentence* where *text* was said with it; None where it was not.

    *shapes* are patterns by gap; a gap that is not there has the *usual* one.
    """
    pattern = "".join(
        f"(?P<{part}>{shapes.get(part, usual)})" if place % 2 else re.escape(part)
        for place, part in enumerate(_GAP.split(sentence))
    )
    found = re.fullmatch(pattern, text)
    return found.groupdict() if found else None
