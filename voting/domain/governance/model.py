"""What is told of a governance model."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self

STAY = "in-house"  # the code of the model that keeps things as they are
PARTS = ("name", "description", "owners", "assets", "benefits", "drawbacks", "cost", "source")


@dataclass(frozen=True, slots=True)
class ModelText:
    """One model in one language. ``owners`` and ``assets`` are short, for a table."""

    name: str
    description: str
    owners: str
    assets: str
    benefits: str
    drawbacks: str
    cost: str
    source: str

    def to_json(self) -> str:
        """The text as JSON, an object of its parts."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class GovernanceModel:
    """One model of the library, in English and in Welsh."""

    code: str
    english: ModelText
    welsh: ModelText

    @classmethod
    def parse(cls, code: str, english: str, welsh: str) -> Self:
        """The model from the JSON of its two texts."""
        return cls(code, ModelText(**json.loads(english)), ModelText(**json.loads(welsh)))
