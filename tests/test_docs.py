"""The documentation says what the service takes: its settings, its commands and their options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.conftest import make_environment
from voting import config
from voting.__main__ import COMMANDS, main

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ROW = re.compile(r"^\| (`VOTING_[^|]*) \| ([^|]*) \|", re.MULTILINE)
VARIABLE = re.compile(r"`VOTING_(\w+)`( \(secret\))?")
LITERAL = re.compile(r"`([^`]+)`")
FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)")
COMMAND = re.compile(r"^(?:\.venv/bin/)?voting\s+(.*)$")


def test_the_table_of_settings_names_every_one_with_its_default_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = list_settings(tmp_path, monkeypatch)
    table = ROW.findall((ROOT / "docs/operators.md").read_text())
    told = {name: secret for names, _ in table for name, secret in VARIABLE.findall(names)}
    in_files = {f"{name}_FILE" for name, secret in told.items() if secret}
    assert {*told, *in_files} == set(read)
    for names, default in table:
        if LITERAL.sub("", default).strip(", ") == "":  # no words: the very values
            values = [value.removeprefix("./") for value in LITERAL.findall(default)]
            assert values == [read[name] for name, _ in VARIABLE.findall(names)]


def list_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Every variable that is looked at, without its prefix, with what holds where it is not set."""
    found: dict[str, str] = {}
    look = config._Reader.text

    def note(reader: config._Reader, name: str, default: str = "") -> str:
        found[name] = default
        return look(reader, name, default)

    monkeypatch.setattr(config._Reader, "text", note)
    config.load_settings(make_environment(folder))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_in_the_documentation_exists_with_its_options(page: Path) -> None:
    for line in list_commands(page.read_text()):
        words = [word.strip("[]") for word in shlex.split(line, comments=True)]
        command: click.Command = main
        while isinstance(command, click.Group) and words:
            found = command.get_command(click.Context(command), words[0])
            assert found is not None, f"voting {line}"
            command, words = found, words[1:]
        options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
        unknown = {word for word in words if word.startswith("--")} - options - {"--help"}
        assert unknown == set(), f"voting {line}"


def test_every_command_stands_in_the_documentation() -> None:
    lines = [line for page in PAGES for line in list_commands(page.read_text())]
    assert {line.split()[0] for line in lines} == set(COMMANDS)


def list_commands(text: str) -> Iterator[str]:
    """What follows ``voting`` in each command that a page shows, in a block or in a sentence."""
    blocks = FENCED.findall(text)
    for line in [*"".join(blocks).splitlines(), *LITERAL.findall(FENCED.sub("", text))]:
        found = COMMAND.match(" ".join(line.split()))
        if found:
            yield found[1]


def test_every_page_that_a_page_leads_to_is_there() -> None:
    pages = [*PAGES, ROOT / "benchmarks/README.md", ROOT / "tests/threats/README.md"]
    for page in pages:
        for target in LINK.findall(page.read_text()):
            assert "://" in target or (page.parent / target).exists(), f"{page.name}: {target}"


def test_decisions_are_numbered_in_order_and_say_their_number() -> None:
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))
    for number, path in enumerate(decisions, 1):
        assert path.name.startswith(f"{number:04}-")
        assert path.read_text().startswith(f"# {number:04} ")
