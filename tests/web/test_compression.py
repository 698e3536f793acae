"""Static texts travel compressed, and are the same afterwards."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from voting.web import compression

STATIC = Path(compression.__file__).parents[1] / "static"
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.mark.parametrize("name", ["site.css", "booth.js", "belenios/worker.js", "favicon.svg"])
def test_a_static_text_comes_in_fewer_bytes_and_is_the_same(client: FlaskClient, name: str) -> None:
    with client.get(f"/static/{name}", headers=GZIP) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.content_length == len(answer.data) < (STATIC / name).stat().st_size
        assert gzip.decompress(answer.data) == (STATIC / name).read_bytes()
        assert "Accept-Encoding" in answer.headers["Vary"]
        etag = answer.headers["ETag"]
    with client.get(f"/static/{name}", headers={**GZIP, "If-None-Match": etag}) as again:
        assert again.status_code == 304
        assert not again.data
    with client.head(f"/static/{name}", headers=GZIP) as head:
        assert (head.status_code, head.data) == (200, b"")


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_a_browser_that_does_not_read_gzip_gets_the_plain_text(
    client: FlaskClient, accepted: str
) -> None:
    with client.get("/static/site.css", headers={"Accept-Encoding": accepted}) as answer:
        assert "Content-Encoding" not in answer.headers
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert answer.data == (STATIC / "site.css").read_bytes()


def test_a_page_is_never_compressed(client: FlaskClient) -> None:
    answer = client.get("/sign-in", headers=GZIP)
    assert "Content-Encoding" not in answer.headers
    assert client.get("/static/nothing.css", headers=GZIP).status_code == 404
