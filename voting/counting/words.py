"""What a count says, kept as a pattern and what stands in it: other languages have other patterns.

``pybabel extract`` finds the patterns by the names of the functions here. A count itself speaks
English: ``str`` of a sentence is what stands on its sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A pattern, such as "%(names)s is elected.", and its figures.

    ``many`` is the pattern for a ``number`` that is not 1, empty where no number matters. A figure
    is text, a tuple of names, or other sayings in a row.
    """

    pattern: str
    figures: Mapping[str, str | tuple[str, ...] | tuple[Said, ...]]
    many: str = ""
    number: int = 1

    def __str__(self) -> str:
        pattern = self.many if self.many and self.number != 1 else self.pattern
        return pattern % {name: _show(figure) for name, figure in self.figures.items()}

    def to_json(self) -> dict[str, object]:
        """The saying as a JSON object: ``key`` is the pattern, names are lists of texts."""
        plural = {"many": self.many, "number": self.number} if self.many else {}
        figures = {name: _write(figure) for name, figure in self.figures.items()}
        return {"key": self.pattern, **plural, "figures": figures}


def phrase(pattern: str, /, **figures: str | tuple[str, ...] | tuple[Said, ...]) -> Said:
    """A saying without numbers that decide its form."""
    return Said(pattern, figures)


def phrase_many(
    one: str, many: str, number: int, /, **figures: str | tuple[str, ...] | tuple[Said, ...]
) -> Said:
    """A saying whose form depends on *number*; the patterns have it as ``number``."""
    return Said(one, {"number": f"{number:,}", **figures}, many, number)


def in_words(names: Sequence[str]) -> str:
    """Names as a sentence lists them: A, B and C."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _show(figure: str | Sequence[str] | Sequence[Said]) -> str:
    if isinstance(figure, str):
        return figure
    if all(isinstance(one, str) for one in figure):
        return in_words([str(one) for one in figure])
    return ", ".join(map(str, figure))


def _write(figure: str | tuple[str, ...] | tuple[Said, ...]) -> object:
    if isinstance(figure, str):
        return figure
    return [one.to_json() if isinstance(one, Said) else one for one in figure]
