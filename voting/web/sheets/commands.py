"""The `voting count` command that makes a sheet again, with all that its rule was told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from voting.counting.rules import RULES

OPEN = ("variant", "middle", "missing", "strength", "until", "exclude", "overvote", "highest")
UNTOLD = {"missing": ("refuse", "static"), "overvote": ("exhaust",)}


def tell_options(count: Mapping[str, Any]) -> Iterator[str]:
    """The rule and its options as the command is told them. *count* is an outcome as JSON.

    Which ranks a paper may use is not on a sheet: the command needs to be told besides.
    """
    used, reads = count["options"], RULES[count["rule"]].reads
    yield f"--rule={count['rule']}"
    yield f"--seats={count['seats']}"
    for name in OPEN:
        if name in reads and used.get(name) not in (None, *UNTOLD.get(name, ())):
            yield f"--{name}={used[name]}"
    for profile in list(count["details"].get("profiles", {}).values())[:1]:
        yield f"--grades={len(profile['grades'])}"
    if used.get("choose"):
        yield f"--choose={used['choose']}"
    yield from _tell_people(used)
    if str(used.get("tie", "")).startswith("lot:") or used.get("tie") == "order":
        yield f"--tie={used['tie']}"


def _tell_people(used: Mapping[str, Any]) -> Iterator[str]:
    for name in used.get("withdrawn", ()):
        yield f"--withdrawn={name}"
    if "countback for the place of" in used:
        yield f"--vacancy={used['countback for the place of']}"
    if "none of these" in used:
        yield f"--none-of-these={used['none of these']}"
