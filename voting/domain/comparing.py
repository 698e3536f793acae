"""What changed between two versions of a proposal's public page, told sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from voting.domain.governance import PARTS

SAME, GONE, NEW = "same", "gone", "new"
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
TEXTS = (  # name of the part, and where its English and its Welsh stand
    ("title", "proposal"), ("organisation", "proposal"), ("summary", "page"),
    ("deciding", "proposal"), ("still_open", "proposal"), ("who_decides", "page"),
)  # fmt: skip
_BOUNDARY = re.compile(r"(?<=[.!?…]\s)|(?<=\n)")

Part = Mapping[str, Any]
Key = Callable[[Part], str]


@dataclass(frozen=True, slots=True)
class Run:
    """Some sentences that stayed (``same``), were taken out (``gone``) or put in (``new``)."""

    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One text of a part, in both languages; no run where a language has nothing or kept it."""

    name: str
    english: tuple[Run, ...]
    welsh: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A part that was added, removed or changed. ``part`` is a text's name, option, date ..."""

    part: str
    what: str
    name: str = ""
    name_cy: str = ""
    fields: tuple[Compared, ...] = ()


def split_sentences(text: str) -> list[str]:
    """*text* in pieces of a sentence or a line each; joined they are *text* again."""
    return [piece for piece in _BOUNDARY.split(text) if piece]


def compare_texts(before: str, after: str) -> tuple[Run, ...]:
    """The sentences of both texts in reading order; nothing when the texts are the same."""
    if before == after:
        return ()
    old, new = split_sentences(before), split_sentences(after)
    matcher = SequenceMatcher(None, [p.strip() for p in old], [p.strip() for p in new])
    runs = []
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            runs.append(Run(SAME, "".join(new[k:m])))
            continue
        runs.append(Run(GONE, "".join(old[i:j])))
        runs.append(Run(NEW, "".join(new[k:m])))
    return tuple(run for run in runs if run.text.strip())


def compare_versions(before: Part, after: Part) -> list[Change]:
    """What changed between two versions of the page, as it describes itself when it is kept."""
    changes = [*_compare_own_texts(before, after)]
    changes += _compare_parts(before, after, "option", "options", "name", PARTS[1:], _name_option)
    changes += _compare_order(before, after)
    changes += _compare_parts(before, after, "date", "dates", "title", ("on",), None)
    changes += _compare_parts(before, after, "term", "glossary", "term", ("meaning",), None)
    old, new = before["constituencies"], after["constituencies"]
    changes += [Change("constituency", REMOVED, name) for name in old if name not in new]
    changes += [Change("constituency", ADDED, name) for name in new if name not in old]
    return changes


def _compare_own_texts(before: Part, after: Part) -> Iterable[Change]:
    for name, place in TEXTS:
        english = compare_texts(before[place][name], after[place][name])
        welsh = compare_texts(
            before["page"].get(f"{name}_cy", ""), after["page"].get(f"{name}_cy", "")
        )
        if english or welsh:
            yield Change(name, CHANGED, fields=(Compared(name, english, welsh),))


def _name_option(option: Part) -> str:
    """What an option is known by: its model, since a name may be improved."""
    return str(option["model"] or option["name"].casefold())


def _compare_order(before: Part, after: Part) -> list[Change]:
    old, new = [[_name_option(o) for o in version["options"]] for version in (before, after)]
    moved = old != new and sorted(old) == sorted(new)
    return [Change("order", CHANGED)] if moved else []


def _compare_parts(
    before: Part,
    after: Part,
    part: str,
    place: str,
    title: str,
    fields: Sequence[str],
    key: Key | None,
) -> list[Change]:
    """The parts of one kind that are new, gone or differ, in the order of the later version."""
    name = key or (lambda thing: str(thing[title]).casefold())
    old, new = _by_key(before[place], name), _by_key(after[place], name)
    changes = []
    for each, thing in new.items():
        told = _compare_fields(old.get(each, {}), thing, (title, *fields))
        if each not in old:
            told = tuple(field for field in told if field.name != title)
        if told or each not in old:
            what = CHANGED if each in old else ADDED
            changes.append(Change(part, what, thing[title], thing[f"{title}_cy"], told))
    for each, thing in old.items():
        if each not in new:
            told = _compare_fields(thing, {}, fields)
            changes.append(Change(part, REMOVED, thing[title], thing[f"{title}_cy"], told))
    return changes


def _by_key(things: Iterable[Part], key: Key) -> dict[tuple[str, int], Part]:
    found: dict[tuple[str, int], Part] = {}
    for thing in things:
        name = key(thing)
        found[name, sum(other == name for other, _ in found)] = thing
    return found


def _compare_fields(before: Part, after: Part, names: Iterable[str]) -> tuple[Compared, ...]:
    told = []
    for name in names:
        english, welsh = (
            compare_texts(str(before.get(each, "")), str(after.get(each, "")))
            for each in (name, f"{name}_cy")
        )
        if english or welsh:
            told.append(Compared(name, english, welsh))
    return tuple(told)
