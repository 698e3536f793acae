"""English that was left on a Welsh page or in a Welsh letter: sentences of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).parents[1] / "voting/translations/cy/LC_MESSAGES/messages.po"
GAP = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
ENOUGH = 12  # letters of a pattern that cannot be met by chance
VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "path", "rect"})
READ_OUT = re.compile(r"aria-label|alt|title|placeholder|data-(text|error|copied)")


def read_catalogue() -> Catalog:
    """The Welsh catalogue as its source has it."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="cy")


def _make_patterns() -> list[re.Pattern[str]]:
    ids = [m.id if isinstance(m.id, tuple) else (m.id,) for m in read_catalogue() if m.id]
    told = {" ".join(one.replace("%%", "%").split()) for pair in ids for one in pair}
    split = [GAP.split(one) for one in told]
    kept = [parts for parts in split if len(parts) == 1 or len("".join(parts)) >= ENOUGH]
    return [re.compile(".+".join(map(re.escape, parts))) for parts in kept]


_ENGLISH = _make_patterns()


def find_english(texts: Iterable[str], *, ours: Iterable[str] = ()) -> list[str]:
    """Those of *texts* that are an English sentence of the catalogue, whatever stands in its gaps.

    *ours* are the organiser's own texts.
    """
    told = {" ".join(text.split()) for text in texts} - set(ours)
    return sorted(text for text in told if any(p.fullmatch(text) for p in _ENGLISH))


class Reader(HTMLParser):
    """The words of a page, and its labels; not what the page itself says is in English."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        hidden = tag in ("script", "style") or dict(attrs).get("lang") == "en"
        hidden = hidden or self._is_hidden()
        if not hidden:
            self.texts += [v for name, v in attrs if v and READ_OUT.match(name)]
        if tag not in VOID:
            self._open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._is_hidden():
            self.texts.append(data)

    def _is_hidden(self) -> bool:
        return bool(self._open) and self._open[-1][1]
