"""Sealing: what was sealed opens with any configured key, and with no other."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from voting.sealing import Sealer, Unsealable

OLD, NEW, OTHER = (Fernet.generate_key() for _ in range(3))


def test_what_was_sealed_opens_again() -> None:
    sealed = Sealer([NEW]).seal(b"a seed")
    assert b"a seed" not in sealed
    assert Sealer([NEW]).unseal(sealed) == b"a seed"


def test_an_older_key_still_opens_and_rotation_moves_to_the_newest() -> None:
    sealed = Sealer([OLD]).seal(b"a seed")
    rotated = Sealer([NEW, OLD]).rotate(sealed)
    assert Sealer([NEW, OLD]).unseal(sealed) == b"a seed"
    assert Sealer([NEW]).unseal(rotated) == b"a seed"


@pytest.mark.parametrize("spoil", [lambda s: s[:-2], lambda s: b"A" + s, lambda s: b""])
def test_what_was_changed_is_refused(spoil) -> None:
    sealer = Sealer([NEW])
    with pytest.raises(Unsealable):
        sealer.unseal(spoil(sealer.seal(b"a seed")))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unsealable):
        Sealer([OTHER]).unseal(Sealer([NEW]).seal(b"a seed"))
