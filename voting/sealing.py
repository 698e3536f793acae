"""Sealing what must be kept but never read from the database: MultiFernet with rotatable keys."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from voting.domain.errors import Refusal


class Unsealable(Refusal):
    """Something was not sealed with any of the keys that are configured, or was changed since."""

    code = "unsealable"


class Sealer:
    """Seals with the first key and opens with any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("a sealer needs at least one key")
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def __repr__(self) -> str:
        return "<Sealer>"

    def seal(self, secret: bytes) -> bytes:
        """*secret* encrypted and authenticated, as printable ASCII."""
        return self._fernet.encrypt(secret)

    def unseal(self, sealed: bytes) -> bytes:
        """What was sealed; raises Unsealable."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise Unsealable("This cannot be opened with the keys that are configured.") from None

    def rotate(self, sealed: bytes) -> bytes:
        """The same secret, sealed afresh with the first key; raises Unsealable."""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken:
            raise Unsealable("This cannot be opened with the keys that are configured.") from None
