"""A hint how plain a text is: how long its sentences are, and which words are long."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONG_SENTENCE = 25  # words
LONG_WORD = 14  # letters
MOST_SHOWN = 5

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_END = re.compile(r"[.!?…]+(?=\s|$)|\n+|;\s")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was counted in a text. Nothing is judged but length."""

    words: int
    sentences: int
    longest: int  # words in the longest sentence
    long_words: tuple[str, ...]  # each once, in the order met


def read_plainly(text: str) -> Reading:
    """Count the words, sentences and long words of *text*, in any language that parts words."""
    counts = [len(_WORD.findall(part)) for part in _END.split(text)]
    counts = [count for count in counts if count]
    words = _WORD.findall(text)
    long_words = dict.fromkeys(word for word in words if len(word) >= LONG_WORD)
    return Reading(len(words), len(counts), max(counts, default=0), tuple(long_words))


def tell_advice() -> str:
    """What is counted, for those who write without being told while they type."""
    return (
        f"Plain language: sentences of up to {LONG_SENTENCE} words, and no words of {LONG_WORD} "
        "letters or more where there is a shorter one."
    )


def tell_plainly(text: str) -> list[str]:
    """Sentences for the writer of *text*; none when it is empty or plain."""
    reading = read_plainly(text)
    told = []
    if reading.longest > LONG_SENTENCE:
        told.append(
            f"The longest sentence has {reading.longest} words. "
            f"Sentences of up to {LONG_SENTENCE} are easier to read."
        )
    if reading.long_words:
        shown = ", ".join(reading.long_words[:MOST_SHOWN])
        more = " and others" if len(reading.long_words) > MOST_SHOWN else ""
        told.append(f"Long words: {shown}{more}. Is there a shorter one?")
    return told
