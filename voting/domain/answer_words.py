"""An answer to a consultation in words, as pages and letters tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voting.domain.asking import Asked, Given, Kind


def tell_answer(
    asked: Asked,
    given: Given,
    language: str,
    files: Mapping[int, str],
    translate: Callable[[str], str],
) -> list[str]:
    """An answer in words, one line for each part of it; none when it was not given."""
    if given.is_declined:
        return [str(translate("Prefer not to say"))]
    if given.value is None:
        return []
    match asked.kind:
        case Kind.SINGLE:
            return [asked.choices[given.value].read(language)]
        case Kind.SEVERAL:
            return [asked.choices[each].read(language) for each in given.value]
        case Kind.RANKING:
            ranked = enumerate(given.value, start=1)
            return [f"{n}. {asked.choices[each].read(language)}" for n, each in ranked]
        case Kind.MATRIX:
            return [
                f"{row.read(language)}: {asked.choices[at].read(language)}"
                for row, at in zip(asked.rows, given.value, strict=False)
                if at is not None
            ]
        case Kind.FILE:
            return [files.get(given.value, "")]
        case _:
            return [str(given.value)]
