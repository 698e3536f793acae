"""The service with one vote in every state, made once, and a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.conftest import make_environment
from tests.web.public.ground import (
    Site,
    make_site,
)
from voting.app import create_app
from voting.config import load_settings
from voting.store.database import db


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    app = create_app(load_settings(make_environment(tmp_path_factory.mktemp("data"))))
    with app.app_context():
        db.create_all()
    yield make_site(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return site.app.test_client()
