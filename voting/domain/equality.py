"""The questions of equality monitoring. Each can be skipped and offers "Prefer not to say" (E1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

PREFER_NOT = "prefer-not-to-say"


@dataclass(frozen=True, slots=True)
class EqualityQuestion:
    """One question and the codes of its answers, "Prefer not to say" last."""

    code: str
    answers: tuple[str, ...]


def _ask(code: str, *answers: str) -> tuple[str, EqualityQuestion]:
    return code, EqualityQuestion(code, (*answers, PREFER_NOT))


QUESTIONS: Mapping[str, EqualityQuestion] = MappingProxyType(
    dict(
        (
            _ask("age", "under-25", "25-34", "35-44", "45-54", "55-64", "65-or-over"),
            _ask("disability", "yes", "no"),
            _ask("ethnic-group", "asian", "black", "mixed", "white", "other"),
            _ask("sex", "female", "male"),
            _ask("gender-identity", "same", "different"),
            _ask("sexual-orientation", "heterosexual", "gay-or-lesbian", "bisexual", "other"),
            _ask(
                "religion",
                "none",
                "buddhist",
                "christian",
                "hindu",
                "jewish",
                "muslim",
                "sikh",
                "other",
            ),
            _ask("caring", "yes", "no"),
            _ask("pregnancy", "yes", "no"),
            _ask("marital-status", "single", "married", "civil-partnership", "other"),
        )
    )
)
