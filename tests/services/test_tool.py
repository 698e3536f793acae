"""An independent program accepts what the service publishes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.belenios_tool import assert_accepted, need_tool, verify
from tests.election_ground import AIMS, BLANK, FORM, NO, YES, Ground, make_ground, open_engine
from voting.services import publication
from voting.store.polls import Election

THIRD = ("Which name?", 1, ("Northmoor", "Riverside", "Neither"))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A published poll: blank votes, weights, votes replaced, three questions, an empty box."""
    need_tool()
    folder = tmp_path_factory.mktemp("tool")
    with open_engine(f"sqlite:///{folder}/voting.db") as engine:
        ground = make_ground(
            engine,
            group="BELENIOS-2048",
            rolls=((1, 4, 1, 1), (1, 1), (1,)),
            questions=(FORM, AIMS, THIRD),
        )
        nothing = [1, 0, 0, 0, 0]
        ground.vote(YES, [0, 1, 1, 0, 0], [0, 1, 0, 0])
        ground.vote(NO, [0, 0, 1, 1, 0], [0, 0, 1, 0], voter=1)
        ground.vote(BLANK, nothing, [1, 0, 0, 0], voter=2)
        ground.vote(NO, [0, 0, 0, 0, 1], [0, 0, 0, 1])
        ground.vote(YES, nothing, [0, 1, 0, 0], place=1)
        ground.finish()
        yield ground


def write_archive(ground: Ground, place: int, folder: Path) -> None:
    with ground.session() as session:
        election = session.get_one(Election, ground.elections[place])
        with (folder / f"{election.uuid}.bel").open("wb") as file:
            file.writelines(publication.archive_stream(session, election))


@pytest.mark.parametrize("place", [0, 1, 2], ids=["revotes", "one ballot", "no ballot"])
def test_belenios_tool_accepts_a_published_archive(published: Ground, place: int, tmp_path: Path):
    write_archive(published, place, tmp_path)
    assert_accepted(tmp_path)


def test_belenios_tool_refuses_it_when_a_byte_of_a_ballot_is_changed(
    published: Ground, tmp_path: Path
):
    write_archive(published, 0, tmp_path)
    assert verify(tmp_path).returncode == 0
    (path,) = tmp_path.glob("*.bel")
    raw = path.read_bytes()
    digit = re.search(rb'"individual_proofs".*?"response":"(.)', raw)
    assert digit is not None
    place = digit.start(1)  # of a ballot's first proof; 1 is less than the group's order allows
    path.write_bytes(raw[:place] + (b"2" if digit[1] == b"1" else b"1") + raw[place + 1 :])
    assert verify(tmp_path).returncode != 0
