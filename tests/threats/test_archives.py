"""Attacks on archives: every kind of field spoilt in every way, with all hashes right again.

Only the check of the field itself can catch such a forgery. None may pass, crash or hang.
"""

from __future__ import annotations

import copy
import gzip
import json
import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

from tests.belenios.ground import PLAIN, Ground, make_ground, verify_bytes
from voting.belenios.board import EventType
from voting.belenios.election import NonHomomorphicQuestion
from voting.belenios.encoding import hex_digest
from voting.belenios.groups import Group

ORDER_TWO = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"
ORDER_FOUR = "0" * 64
NEUTRAL_WITH_SIGN = "8" + "0" * 62 + "1"
HUGE = b"[" * 100_000, b'"' + b"x" * 10**6 + b'"', b"9" * 10**6, b'{"a":' * 5000
RANKED = NonHomomorphicQuestion("Which?", ("A", "B", "C"))
Place = tuple[str | int, ...]


@lru_cache(maxsize=2)
def finished(group: str) -> Ground:
    """Both kinds of question, a single trustee and two of three, two shuffles: the whole of it."""
    made = make_ground(group, (PLAIN, RANKED), threshold=(2, 3), weights=(1, 1))
    made.vote(0, [[1, 0], [1, 2, 3]])
    made.vote(1, [[0, 1], [3, 2, 1]])
    made.vote(0, [[0, 1], [2, 1, 3]])
    made.finish(1, 2, 4)
    assert verify_bytes(made.archive()).valid
    return made


def spoil_text(group: Group, text: str) -> Iterator[Any]:
    yield from (0, 1, True, None, 1.0, [], {}, "", "0", "1", "-0", "+1", "\u0661", "\u00b2")
    yield from (f"0{text}", f"+{text}", f"-{text}", f"{text}\n", f"{text}\0", f" {text}", "\ud800")
    yield from (text.swapcase() if text.swapcase() != text else f"{text}A", "1" * 10_000)
    if text.isdigit():
        yield from (str(int(text) + group.order), str(group.order), int(text))
    if len(text) == 64:
        yield from (ORDER_TWO, ORDER_FOUR, NEUTRAL_WITH_SIGN, "f" * 64)


def spoil_value(group: Group, value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        yield from spoil_text(group, value)
    elif isinstance(value, int):
        yield from (value + 1, -value - 1, float(value), str(value), True, None, [value], 10**18)
        yield value + group.order
    elif isinstance(value, list):
        yield from (None, {}, "", 0, [], value[:-1], [*value, *value[:1]], [value])
    else:
        yield from (None, [], "", 0, {}, value | {"extra": 1})
        yield from ({k: v for k, v in value.items() if k != name} for name in value)
        if len(value) > 1:
            yield dict(reversed(list(value.items())))


def list_places(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    yield place, value
    if isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            yield from list_places(part, (*place, key))


def put(value: Any, place: Place, new: Any) -> Any:
    if not place:
        return new
    whole = inner = copy.deepcopy(value)
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = new
    return whole


def forge(ground: Ground, step: int, number: int, raw: bytes) -> bytes:
    """Put *raw* in place of a data record, and make every hash right again."""
    made = ground.copy()
    records = made.steps[step][1]
    old, records[number] = records[number], raw
    if number < len(records) - 1:
        records[-1] = records[-1].replace(hex_digest(old).encode(), hex_digest(raw).encode())
    return made.archive()


def write(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="surrogatepass")


def is_as_good(ground: Ground, kind: EventType, place: Place, old: Any, new: Any) -> bool:
    """Whether a change is no forgery: nobody proves who shuffled, and version 2.5 signs less."""
    if kind is EventType.SHUFFLE and place == ("owner",):
        return type(new) is int and 1 <= new <= len(ground.trustees)
    if "verification_keys" not in place or not isinstance(old, dict):
        return False
    return bool(new == {name: part for name, part in old.items() if name != "signature"})


def list_fields(ground: Ground, drawn: random.Random) -> Iterator[tuple[int, int, Place]]:
    """One field of each kind, by lot: of an event, a record of it, names in it, and a type."""
    kinds: dict[object, list[tuple[int, int, Place]]] = {}
    for step, (event, records) in enumerate(ground.steps):
        for number, raw in enumerate(records):
            for place, part in list_places(json.loads(raw)):
                names = tuple("*" if isinstance(name, int) else name for name in place)
                kind = event, number, names, type(part)
                kinds.setdefault(kind, []).append((step, number, place))
    yield from map(drawn.choice, kinds.values())


def list_forgeries(ground: Ground, *, every: bool) -> Iterator[tuple[int, int, Place, bytes]]:
    """Fields of every kind, with everything that may be put there, or one thing by lot."""
    drawn = random.Random(1)
    for step, number, place in list_fields(ground, drawn):
        kind, records = ground.steps[step]
        value = json.loads(records[number])
        part = dict(list_places(value))[place]
        forged = [
            changed
            for new in spoil_value(ground.election.group, part)
            if not is_as_good(ground, kind, place, part, new)
            and (changed := write(put(value, place, new))) != records[number]
        ]
        for raw in forged if every else [drawn.choice(forged)]:
            yield step, number, place, raw


@pytest.mark.parametrize(("group", "every"), [("Ed25519", True), ("RFC-3526-2048", False)])
def test_no_spoilt_field_passes(group: str, every: bool) -> None:
    """Elements of small order or not canonical, scalars + q, floats, +1, 01, fields reordered."""
    ground = finished(group)
    for step, number, place, raw in list_forgeries(ground, every=every):
        report = verify_bytes(forge(ground, step, number, raw))
        where = (ground.steps[step][0], number, place, raw[:200])
        assert not report.valid, where
        assert report.error, where
        assert not report.checks[-1].ok, where
        json.dumps(report.to_json())


@pytest.mark.parametrize("raw", HUGE, ids=["nested", "long", "number", "deep"])
@pytest.mark.parametrize(("step", "number"), [(0, 0), (0, 1), (1, 0), (6, 0), (-2, 0), (-1, 0)])
def test_monstrous_records_are_refused(step: int, number: int, raw: bytes) -> None:
    report = verify_bytes(forge(finished("Ed25519"), step, number, raw))
    assert not report.valid
    assert report.error


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw + b"\n",
        lambda raw: b" " + raw,
        lambda raw: raw.decode().encode("utf-16"),
        lambda raw: raw[:-1] + b"\xff" + raw[-1:],
        lambda raw: raw.replace(b'{"', b'{"pok":1,"', 1),
        lambda raw: raw.replace(b'"', b'"\\u0000', 1),
    ],
    ids=["BOM", "newline", "blank", "UTF-16", "not UTF-8", "field twice", "escape"],
)
@pytest.mark.parametrize(("step", "number"), [(0, 1), (1, 0), (5, 0), (6, 0), (-2, 0), (-1, 0)])
def test_other_bytes_for_the_same_record_are_refused(step: int, number: int, spoil: Any) -> None:
    ground = finished("Ed25519")
    assert not verify_bytes(forge(ground, step, number, spoil(ground.steps[step][1][number]))).valid


def test_an_archive_cut_anywhere_within_an_event_is_refused() -> None:
    """A cut after an event leaves an archive of an earlier stage, which is valid as such."""
    ground = finished("Ed25519")
    raw = ground.archive()
    ends = {end for end in range(0, len(raw), 512) if verify_bytes(raw[:end]).valid}
    assert len(ends) == len(ground.steps) - 1
    for end in range(100, len(raw), 16_384):
        assert not verify_bytes(raw[:end]).valid
    assert not verify_bytes(gzip.compress(raw)).valid
    assert not verify_bytes(raw + bytes(1024)).valid
