"""A ranked, a graded and a scored question from sealed papers to a published, checked outcome."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from tests.belenios_tool import assert_accepted, find_tool
from tests.counting.ground import read
from tests.election_ground import FORM, YES, Ground, make_ground, open_engine
from voting.belenios.verify import verify_archive
from voting.commands.count import count_command
from voting.counting.options import Options
from voting.counting.rules import count_votes
from voting.domain.errors import NotFound
from voting.domain.methods import Kind, Method, default_method
from voting.services import papers, publication
from voting.store import board
from voting.store.board import NO_END
from voting.store.polls import Election, Poll
from voting.store.proposals import list_acts

MODELS = ("Which model?", 1, ("Society", "Trust", "Stay as we are", "None of these"))
NAMES = ("How good is each name?", 1, ("Together", "Moor"))
WORKS = ("What matters?", 1, ("Pool", "Gym"))
RANKED = Method(Kind.RANK, "belenios-stv", 2, papers=True)
METHODS = (
    RANKED,
    replace(default_method(Kind.GRADE), papers=True, options={"middle": "upper"}),
    replace(default_method(Kind.SCORE), papers=True),
)
PAPERS = (
    ([1, 2, 0, 0], [1, 6], [5, 0]),
    ([1, 0, 2, 0], [2, 3], [3, 3]),
    ([0, 1, 0, 0], [6, 1], [0, 1]),
    ([0, 0, 0, 0], [0, 0], [0, 0]),
    ([1, 1, 0, 0], [0, 1], [9, 0]),
)
LARGE = 100


def finish(folder: Path, *, people: int, methods: tuple[Method, ...], group: str) -> Ground:
    """A poll of *people* in which a few voted, one of them twice, published."""
    with open_engine(f"sqlite:///{folder}/voting.db") as engine:
        ground = make_ground(
            engine,
            group=group,
            rolls=((1,) * people, (1,)),
            questions=(MODELS, NAMES, WORKS, FORM),
            methods=methods,
            carrying=None,
        )
        ground.vote([4, 3, 2, 1], [1, 1], [1, 1], YES, voter=0)
        for voter, (ranks, grades, points) in enumerate(PAPERS):
            ground.vote(ranks, grades, points, YES, voter=voter)
        ground.finish()
        return ground


@pytest.fixture(scope="module")
def open_papers(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """Everything may be published, in the group that Debian's belenios-tool knows."""
    folder = tmp_path_factory.mktemp("ranked")
    return finish(folder, people=LARGE, methods=METHODS, group="RFC-3526-2048")


@pytest.fixture(scope="module")
def closed_papers(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The same with a roll that is one person too small."""
    folder = tmp_path_factory.mktemp("small")
    return finish(folder, people=LARGE - 1, methods=METHODS, group="Ed25519")


def load(session: Session, ground: Ground, place: int = 0) -> Election:
    return session.get_one(Election, ground.elections[place])


def write_archive(ground: Ground, folder: Path, *, public: bool, place: int = 0) -> Path:
    with ground.session() as session:
        election = load(session, ground, place)
        end = publication.find_public_end(session, election) if public else NO_END
        path = folder / f"{election.uuid}.bel"
        with path.open("wb") as file:
            file.writelines(publication.archive_stream(session, election, before=end))
        assert path.stat().st_size == publication.archive_size(session, election, before=end)
    return path


def outcome_of(ground: Ground) -> dict:
    with ground.session() as session:
        return publication.outcome_of(session.get_one(Poll, ground.poll_id))


def read_published(ground: Ground) -> dict:
    """What the act of publication says in the public record."""
    with ground.session() as session:
        poll = session.get_one(Poll, ground.poll_id)
        acts = list_acts(session, poll.proposal_id, poll.id)
        [act] = [json.loads(act.body) for act in acts if act.kind == "published"]
        return act


def test_each_question_is_counted_by_its_rule(open_papers: Ground):
    models, names, works, form = outcome_of(open_papers)["constituencies"][0]["questions"]

    assert models["winners"] == ["Society", "Trust"]
    assert (models["valid"], models["blank"], models["spoiled"]) == (3, 1, 1)
    assert models["count"]["rule"] == "belenios-stv"
    assert names["winners"] == ["Together"]
    assert (names["valid"], names["blank"], names["spoiled"]) == (3, 1, 1)
    assert works["winners"] == ["Pool"]
    assert (works["valid"], works["blank"], works["spoiled"]) == (3, 1, 1)
    assert [option["votes"] for option in form["options"]] == [5, 0]


def test_the_winner_is_what_is_declared_and_an_empty_box_wins_nothing(open_papers: Ground):
    outcome = outcome_of(open_papers)
    staff, users = outcome["decision"]["constituencies"]

    assert staff["option"] == "Society and Trust"
    assert users["option"] is None
    assert outcome["constituencies"][1]["questions"][0]["count"] is None
    assert "Staff chose “Society” and “Trust”" in outcome["sentence"]


def test_the_lot_is_fixed_by_the_frozen_definition_and_the_sealed_box(open_papers: Ground):
    count = outcome_of(open_papers)["constituencies"][0]["questions"][1]["count"]
    with open_papers.session() as session:
        frozen = session.get_one(Poll, open_papers.poll_id).frozen_hash
        head = board.find_event_hash(session, open_papers.elections[0], "EndBallots")
    text = f"lot|{frozen}|{head}"

    assert count["options"]["tie"] == f"lot:{hashlib.sha256(text.encode()).hexdigest()}"


def test_the_archive_verifies_with_both_programs(open_papers: Ground, tmp_path: Path):
    path = write_archive(open_papers, tmp_path, public=True)
    report = verify_archive(path)
    assert report.valid, report.error
    assert report.stage == "result"
    assert sorted(report.result[0]) == sorted(list(ranks) for ranks, _, _ in PAPERS)
    assert_accepted(tmp_path)


@pytest.mark.parametrize(
    ("number", "arguments"),
    [
        (1, ["--rule", "belenios-stv", "--seats", "2"]),
        (2, ["--rule", "majority-judgment", "--grades", "6", "--middle", "upper"]),
        (3, ["--rule", "score", "--highest", "5"]),
    ],
)
def test_anyone_can_count_the_archive_again(
    open_papers: Ground, tmp_path: Path, number: int, arguments: list[str]
):
    path = write_archive(open_papers, tmp_path, public=True)
    run = [*arguments, "--question", str(number), "--json", str(path)]
    done = CliRunner().invoke(count_command, run)
    assert done.exit_code == 0, done.output
    question = outcome_of(open_papers)["constituencies"][0]["questions"][number - 1]
    again = json.loads(done.stdout)

    assert again["winners"] == question["winners"]
    assert again["spoiled"] == question["spoiled"]
    refused = CliRunner().invoke(
        count_command, ["--rule", "plurality", "--question", str(number), str(path)]
    )
    assert refused.exit_code == 2
    assert "this question has papers" in refused.output


def test_an_empty_box_of_ranked_papers_verifies(open_papers: Ground, tmp_path: Path):
    report = verify_archive(write_archive(open_papers, tmp_path, public=False, place=1))
    assert report.valid, report.error


def test_the_papers_can_be_counted_by_others(open_papers: Ground):
    with open_papers.session() as session:
        election = load(session, open_papers)
        models, names, works, form = election.poll.questions
        as_json = papers.write_papers(election, models, "json")
        blt = papers.write_papers(election, models, "blt")
        table = papers.write_papers(election, works, "csv")
        graded = papers.write_papers(election, names, "json")
        assert papers.list_formats(election, form) == ()

    assert json.loads(as_json) == [[0, 0, 0, 0], [0, 1, 0, 0], [1, 0, 2, 0], [1, 2, 0, 0]]
    for text in (as_json, blt):
        votes = read(text, "belenios-stv")
        assert count_votes("belenios-stv", votes, Options(seats=2)).valid in (3, 4)
    assert table.splitlines()[0] == "count,Pool,Gym"
    tool = find_tool()
    if tool is not None:
        done = subprocess.run(
            [tool, "method", "majority-judgment", "--ngrades", "6", "--blank-allowed", "true"],
            input=graded,
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout)["winners"] == [[0], [1]]


def test_a_smaller_roll_publishes_no_paper_anywhere(closed_papers: Ground, tmp_path: Path):
    path = write_archive(closed_papers, tmp_path, public=True)
    report = verify_archive(path)
    assert report.valid, report.error
    assert report.result is None
    raw = path.read_bytes()
    assert b'"result"' not in raw
    assert b"decryption_factors" not in raw
    with closed_papers.session() as session:
        election = load(session, closed_papers)
        for form in ("json", "csv", "blt"):
            with pytest.raises(NotFound):
                papers.write_papers(election, election.poll.questions[0], form)
    part = outcome_of(closed_papers)["constituencies"][0]
    assert part["public_archive_sha256"] != part["archive_sha256"]
    assert part["questions"][0]["winners"] == ["Society", "Trust"]
    told = read_published(closed_papers)
    assert told["public_archives"][path.name] == hashlib.sha256(raw).hexdigest()
    assert told["archives"][path.name] == part["archive_sha256"]


def test_the_whole_archive_of_it_is_there_for_those_who_may(closed_papers: Ground, tmp_path: Path):
    report = verify_archive(
        io.BytesIO(write_archive(closed_papers, tmp_path, public=False).read_bytes())
    )
    assert report.valid, report.error
    assert report.stage == "result"
