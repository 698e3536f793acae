"""How the count gets at the service's own key."""

from __future__ import annotations

from typing import Protocol


class Unsealer(Protocol):
    """Opens secrets that were sealed at rest."""

    def unseal(self, sealed: bytes, /) -> bytes:
        """Return what was sealed."""
