"""The library of governance models: sixteen forms a service can take, told neutrally.

The facts are those of United Kingdom law; the words are the project's own. Benefits and drawbacks
of each model are within two to one in length (requirement G2), in both languages.
"""

from __future__ import annotations

from voting.domain.governance.english import ENGLISH
from voting.domain.governance.model import PARTS, STAY, GovernanceModel, ModelText
from voting.domain.governance.welsh import WELSH

MODELS = tuple(GovernanceModel(code, text, WELSH[code]) for code, text in ENGLISH.items())

__all__ = [
    "MODELS",
    "PARTS",
    "STAY",
    "GovernanceModel",
    "ModelText",
]
