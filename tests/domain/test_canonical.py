"""One form of a JSON value."""

import datetime as dt

import pytest

from voting.domain.canonical import canonical_json, canonical_time


def test_keys_are_sorted_and_text_is_utf8_without_blanks():
    assert canonical_json({"b": [1, None], "a": "Siân"}) == '{"a":"Siân","b":[1,null]}'.encode()


def test_what_json_cannot_say_is_refused():
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json(float("nan"))


def test_times_are_utc():
    summer = dt.timezone(dt.timedelta(hours=1))

    assert canonical_time(dt.datetime(2026, 6, 1, 10, tzinfo=summer)) == "2026-06-01T09:00:00Z"


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        canonical_time(dt.datetime(2026, 6, 1))  # noqa: DTZ001
