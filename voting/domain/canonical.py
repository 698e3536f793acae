"""One form of a JSON value, so that its hash means something."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any


def canonical_json(value: Any) -> bytes:
    """*value* as compact UTF-8 JSON with sorted keys; raises ValueError for NaN and infinities."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def canonical_time(moment: dt.datetime) -> str:
    """An aware time as UTC text, ``2026-03-02T09:00:00Z``; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone has no meaning")
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
