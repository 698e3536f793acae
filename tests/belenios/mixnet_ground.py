"""Closed elections with questions that are shuffled, and a shuffle of each."""

from functools import lru_cache

from tests.belenios.ground import (
    BLANK,
    PLAIN,
    Ground,
    make_ground,
)
from tests.belenios.test_nonhomomorphic import RANKED
from voting.belenios.election import NonHomomorphicQuestion
from voting.belenios.groups import get_group
from voting.belenios.mixnet import make_shuffle

SECOND = NonHomomorphicQuestion("Grades", ("A", "B"))
PAPERS = [[0, 1, 2], [2, 1, 0], [0, 1, 2], [255, 0, 0], [7, 7, 7]]
RFC = get_group("RFC-3526-2048")


@lru_cache(maxsize=2)
def _closed(group: str) -> Ground:
    made = make_ground(group, (PLAIN, RANKED, BLANK, SECOND), trustees=2, weights=(1,) * 5)
    for voter, paper in enumerate(PAPERS):
        made.vote(voter, [[1, 0], paper, [1, 0, 0, 0], [voter, 0]])
    made.vote(4, [[0, 1], PAPERS[4], [0, 1, 0, 0], [9, 9]])
    made.close()
    return made


def closed(group: str = "Ed25519") -> Ground:
    """A closed election of four questions, two of them shuffled; one vote was replaced."""
    return _closed(group).copy()


@lru_cache(maxsize=2)
def shuffled(group: str) -> bytes:
    """A shuffle of it."""
    made = _closed(group)
    return make_shuffle(made.election, made.tally_raw)
