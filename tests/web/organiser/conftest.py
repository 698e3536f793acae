"""Browsers at the organiser's desk."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.organiser_ground import Clerk, sign_in


@pytest.fixture
def clerk(app: Flask) -> Clerk:
    """An organiser who has signed in."""
    return sign_in(app)
