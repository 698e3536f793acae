"""The words on a PDF, as a program that reads it aloud finds them: glyphs put back into letters."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
LETTER = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")
FONT = re.compile(rb"/(f\d+) (\d+) 0 R")
SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\[((?:\((?:\\.|[^\\)])*\)|[^\]()])*)\]\s*TJ", re.DOTALL)
PART = re.compile(rb"\(((?:\\.|[^\\)])*)\)", re.DOTALL)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def read_words(pdf: bytes) -> str:
    """All words that typst put on the pages, in order, without any white space."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    words = []
    for page in objects.values():
        if b"/Type/Page/" in page:
            listed = FONT.findall(_follow(objects, page, b"Resources"))
            fonts = {name: _read_letters(objects, int(number)) for name, number in listed}
            words += _read_page(_inflate(_follow(objects, page, b"Contents")), fonts)
    return squeeze("".join(words))


def squeeze(text: str) -> str:
    """*text* as :func:`read_words` gives it."""
    return "".join(text.split())


def _follow(objects: dict[int, bytes], body: bytes, key: bytes) -> bytes:
    """The object that *body* names as its *key*."""
    found = re.search(rb"/" + key + rb" (\d+) 0 R", body)
    assert found is not None
    return objects[int(found[1])]


def _inflate(body: bytes) -> bytes:
    found = STREAM.search(body)
    assert found is not None
    return zlib.decompress(found[1]) if b"/FlateDecode" in body[: found.start()] else found[1]


def _read_letters(objects: dict[int, bytes], font: int) -> dict[bytes, str]:
    """Which letters each glyph of a font stands for."""
    pairs = LETTER.findall(_inflate(_follow(objects, objects[font], b"ToUnicode")))
    return {
        bytes.fromhex(glyph.decode()): bytes.fromhex(letters.decode()).decode("utf-16-be")
        for glyph, letters in pairs
    }


def _read_page(content: bytes, fonts: dict[bytes, dict[bytes, str]]) -> Iterator[str]:
    letters: dict[bytes, str] = {}
    for shown in SHOWN.finditer(content):
        if shown[1]:
            letters = fonts[shown[1]]
            continue
        for part in PART.findall(shown[0]):
            raw = ESCAPE.sub(_unescape, part)
            yield from (letters[raw[at : at + 2]] for at in range(0, len(raw), 2))


def _unescape(found: re.Match[bytes]) -> bytes:
    told = found[1]
    return bytes([int(told, 8)]) if told.isdigit() else PLAIN.get(told, told)
