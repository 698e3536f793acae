"""Reading pages as a browser would: the token that guards the forms."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def csrf_token(client: FlaskClient, address: str = "/check-vote") -> str:
    """The token on the page at *address*."""
    found = TOKEN.search(client.get(address).text)
    assert found is not None, f"no form at {address}"
    return found[1]
