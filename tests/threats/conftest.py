"""The databases and the elections that these tests run on."""

from __future__ import annotations

import pytest

from tests.belenios.ground import Ground
from tests.election_ground import each_engine, engine
from tests.threats.ground import open_box, whole_election

__all__ = ["each_engine", "engine"]


@pytest.fixture
def box() -> tuple[Ground, bytes]:
    """An open election of both kinds of question, and the ballot of voter 0."""
    made, raw = open_box()
    return made.copy(), raw


@pytest.fixture
def finished() -> Ground:
    """A whole election: two ballots, two shuffles, decrypted by three of four trustees."""
    return whole_election().copy()
