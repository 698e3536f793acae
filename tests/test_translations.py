"""The Welsh catalogue: whole, compiled, true to its placeholders; and met where a voter reads."""

from __future__ import annotations

import ast
import datetime as dt
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from tests.welsh_ground import read_catalogue
from voting import mail
from voting.services import casting, disputes
from voting.web.sentences import SAID_TO_VOTERS

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "voting/translations/cy/LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")


@pytest.fixture(scope="module")
def welsh() -> Catalog:
    return read_catalogue()


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every message of the code and the templates as they are now."""
    target = tmp_path_factory.mktemp("extracted") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg"]
    options = ["-k", "marked", "-k", "translate", "-k", "phrase", "-k", "phrase_many:1,2"]
    options += ["-o", str(target), "."]
    subprocess.run([*command, *options], cwd=ROOT, check=True, timeout=120)
    with target.open("rb") as file:
        return read_po(file)


def messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def forms(message: Message) -> tuple[str, ...]:
    text = message.string
    return text if isinstance(text, tuple) else (text,)


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def test_every_message_is_in_welsh_and_none_is_left_over(welsh: Catalog, english: Catalog) -> None:
    wanted = {message.id for message in messages(english)}
    had = {message.id for message in messages(welsh) if all(forms(message))}
    assert wanted - had == set()
    assert had - wanted == set()
    assert not welsh.obsolete
    assert not [message.id for message in messages(welsh) if message.fuzzy]


def test_nothing_was_left_in_english(welsh: Catalog) -> None:
    assert [m.id for m in messages(welsh) if m.id in forms(m)] == []


def test_a_day_in_welsh_is_softened_after_a_preposition(welsh: Catalog) -> None:
    """A day begins with "dydd", so that what makes it "ddydd" puts a d before it."""
    assert mail.format_day(dt.datetime(2026, 3, 2, tzinfo=dt.UTC), "cy").startswith("dydd ")
    hard = re.compile(r"\b(ar|o|tan|hyd|hyd at|i|gan) %\((day|first)\)s")
    assert [
        form for message in messages(welsh) for form in forms(message) if hard.search(form)
    ] == []


def test_every_form_keeps_the_placeholders_and_edges_of_the_english(welsh: Catalog) -> None:
    for message in messages(welsh):
        original = message.id[0] if isinstance(message.id, tuple) else message.id
        for form in forms(message):
            assert placeholders(form) == placeholders(original), form
            assert re.findall(r"^\s*|\s*$", form) == re.findall(r"^\s*|\s*$", original), form
            assert form.rstrip()[-1:] == original.rstrip()[-1:] or original[-1] not in ".:?", form


def test_welsh_has_six_plural_forms(welsh: Catalog) -> None:
    assert welsh.num_plurals == 6
    assert {len(forms(m)) for m in messages(welsh) if m.pluralizable} == {6}
    tell = mail._translations("cy").ungettext
    told = [tell("%(num)d sealed vote", "%(num)d sealed votes", n) % {"num": n} for n in range(8)]
    assert told[1:4] == [
        "1 bleidlais wedi'i selio",
        "2 bleidlais wedi'u selio",
        "3 pleidlais wedi'u selio",
    ]
    assert told[6:] == ["6 phleidlais wedi'u selio", "7 pleidlais wedi'u selio"]


def test_the_compiled_catalogue_is_that_of_the_source(welsh: Catalog) -> None:
    fresh = io.BytesIO()
    write_mo(fresh, welsh)
    fresh.seek(0)
    with (FOLDER / "messages.mo").open("rb") as file:
        kept = [(m.id, m.string) for m in messages(read_mo(file))]
    assert kept == [(m.id, m.string) for m in messages(read_mo(fresh))]
    assert len(kept) == len(welsh)


def test_the_compiled_catalogue_is_in_every_clone() -> None:
    command = ["git", "check-ignore", "-q", str(FOLDER / "messages.mo")]
    assert subprocess.run(command, cwd=ROOT, timeout=30).returncode == 1


def sentences_of(path: str, function: str | None = None, of: str = "") -> set[str]:
    """The whole sentences that refusals in a file, or in one function of it, are raised with.

    With *of*, those that calls of this name are given last, whether raised or not.
    """
    tree: ast.AST = ast.parse((ROOT / path).read_text())
    if function:
        [tree] = [n for n in ast.walk(tree) if getattr(n, "name", "") == function]
    raised = [n.exc for n in ast.walk(tree) if isinstance(n, ast.Raise)]
    calls = [call for call in raised if isinstance(call, ast.Call) and call.args]
    if of:
        found = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
        calls = [call for call in found if getattr(call.func, "id", "") == of]
    said = [call.args[-1] for call in calls]
    return {str(a.value) for a in said if isinstance(a, ast.Constant) and isinstance(a.value, str)}


def test_every_refusal_a_voter_can_meet_is_known_to_the_catalogue(welsh: Catalog) -> None:
    constants = {
        casting.NOT_YOURS,
        casting.OTHER_ELECTION,
        casting.CODE_FORM,
        casting.CODE_OTHER,
        casting.AlreadyCast("1", replaced=False).message,
        casting.AlreadyCast("1", replaced=True).message,
        disputes.IN_THE_BOX,
        disputes.NO_ADDRESS,
    }
    raised = sentences_of("voting/services/casting.py")
    raised |= sentences_of("voting/domain/lifecycle.py", "require_voting_open")
    raised |= sentences_of("voting/domain/lifecycle.py", "require_reporting_open")
    raised |= sentences_of("voting/domain/disputes.py", "check_report", of="FieldError")
    assert len(raised) >= 15
    assert constants | raised == SAID_TO_VOTERS
    assert {m.id for m in messages(welsh)} >= SAID_TO_VOTERS


def test_welsh_times_are_told_in_welsh() -> None:
    summer = dt.datetime(2026, 7, 14, 11, 0, tzinfo=dt.UTC)
    assert mail.format_hour(summer, "cy") == "hanner dydd"
    assert mail.format_day(summer, "cy") == "dydd Mawrth 14 Gorffennaf 2026"
    assert mail.format_zone(summer, "cy") == "BST"
