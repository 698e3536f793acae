"""The elections that attacks on the protocol begin with, all sound, and what attackers do."""

from __future__ import annotations

import json
import secrets
from functools import lru_cache
from typing import Any

from tests.belenios.ground import (
    PLAIN,
    Ground,
    make_ground,
    verify_bytes,
)
from tests.belenios.test_nonhomomorphic import RANKED, resign
from voting.belenios.ballot import make_ballot
from voting.belenios.board import EventType
from voting.belenios.encoding import hex_digest
from voting.belenios.groups import get_group

ED = get_group("Ed25519")
random = secrets.token_bytes
VOTE = [[1, 0], [3, 1, 2]]


@lru_cache(maxsize=1)
def open_box() -> tuple[Ground, bytes]:
    """An open election of both kinds of question, and the ballot of voter 0."""
    made = make_ground(ED, (PLAIN, RANKED), trustees=1, threshold=(2, 3), weights=(1, 1, 1))
    return made, made.vote(0, VOTE)


@lru_cache(maxsize=1)
def whole_election() -> Ground:
    """A whole election: two ballots, two shuffles, decrypted by three of four trustees."""
    made = make_ground(ED, (PLAIN, RANKED), trustees=1, threshold=(2, 3), weights=(1, 1, 1))
    made.vote(0, VOTE)
    made.vote(1, [[0, 1], [1, 2, 3]])
    made.finish(1, 2, 4)
    return made


def put(made: Ground, kind: EventType, raw: bytes, number: int = 0) -> str:
    """Put *raw* in the place of the first record of an event; say what the verifier says."""
    records = made.steps[made.index(kind, number)][1]
    old, records[0] = records[0], raw
    if len(records) > 1:
        records[-1] = records[-1].replace(hex_digest(old).encode(), hex_digest(raw).encode())
    report = verify_bytes(made.archive())
    assert not report.valid
    return str(report.error)


def under_own_credential(made: Ground, value: dict[str, Any]) -> bytes:
    """The answers of another voter's ballot, signed by voter 1."""
    mine = json.loads(make_ballot(made.election, made.credentials[1], VOTE))
    return resign(made, mine | {"answers": value["answers"]}, voter=1)


def rerandomise(made: Ground, item: dict[str, str]) -> None:
    """Encrypt a ciphertext again, without knowing what it hides."""
    nonce = ED.random_scalar(random)
    alpha, beta = ED.parse_element(item["alpha"]), ED.parse_element(item["beta"])
    item["alpha"] = str(alpha * ED.generator**nonce)
    item["beta"] = str(beta * made.election.public_key**nonce)
