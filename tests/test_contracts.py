"""The contracts between rooms name every room: a new one is not free of them by being forgotten."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "voting/web"
OF_DESKS = {"voting.web.access"}  # it says who is there, to every desk


def list_modules(contract: str) -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    (found,) = [one["modules"] for one in contracts if one["name"] == contract]
    return set(found)


def test_every_service_is_apart_from_the_others() -> None:
    there = {f"voting.services.{path.stem}" for path in (ROOT / "voting/services").glob("[!_]*")}
    assert there == list_modules("Services do not import services")


def test_every_desk_is_apart_from_the_others() -> None:
    parts = [
        path.relative_to(WEB).with_suffix("").parts[0]
        for path in WEB.rglob("*.py")
        if " = Blueprint(" in path.read_text()
    ]
    desks = {f"voting.web.{part}" for part in parts}
    assert desks - OF_DESKS == list_modules("Desks do not import desks")
