"""A ballot of three questions, sealed once for each group."""

from functools import lru_cache

from tests.belenios.ground import (
    BLANK,
    FREE,
    PLAIN,
    Ground,
    make_ground,
)
from voting.belenios.ballot import make_ballot

CHOICES = ([0, 1, 0, 1], [1, 0], [1, 1])


@lru_cache(maxsize=3)
def _ground(group: str) -> Ground:
    return make_ground(group, (BLANK, PLAIN, FREE))


@lru_cache(maxsize=3)
def _sealed(group: str) -> bytes:
    made = _ground(group)
    return make_ballot(made.election, made.credentials[0], CHOICES)


def ground(group: str = "Ed25519") -> Ground:
    return _ground(group)


def sealed(group: str = "Ed25519") -> bytes:
    return _sealed(group)
