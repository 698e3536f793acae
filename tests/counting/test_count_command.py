"""`voting count`: a sheet for people, JSON for programs, 2 and a place for what is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.belenios.ground import DATA, finished_ground
from tests.counting.ground import CASES
from voting.commands.count import count_command
from voting.counting.rules import RULES

SHETLAND = CASES / "scot2017_shetland_2017_ward4" / "ballots.blt"
KEYS = ("rule", "version", "options", "seats", "valid", "quota", "winners", "ranking", "stages")
STAGE_KEYS = ("stage", "votes", "non_transferable", "quota", "elected", "excluded", "sentence")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(count_command, [str(argument) for argument in arguments])


def load(*arguments: object) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def write(folder: Path, content: str, name: str = "ballots.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_json_has_the_promised_shape_with_decimals_as_text() -> None:
    found = load("--rule", "scottish-stv", SHETLAND)

    assert [key for key in KEYS if key not in found] == []
    assert found["quota"] == "244.00000"
    assert found["winners"] == ["Davie Sandison", "Mark Robert Burgess", "Ian Scott"]
    assert found["ties"] == []
    for number, stage in enumerate(found["stages"], 1):
        assert stage["stage"] == number
        assert [key for key in STAGE_KEYS if key not in stage] == []
    assert found["stages"][1]["votes"]["Ian Scott"] == "214.03750"
    assert "surplus of Davie Sandison, 76.00000" in found["stages"][1]["sentence"]


def test_the_sheet_tells_winners_rule_quota_and_stages() -> None:
    done = run("--rule", "scottish-stv", SHETLAND)

    assert done.exit_code == 0
    assert "Elected: Davie Sandison; Mark Robert Burgess; Ian Scott" in done.stdout
    assert "Rule: scottish-stv (SSI 2007/42)" in done.stdout
    assert "Quota: 244.00000" in done.stdout
    assert "Stage 4." in done.stdout
    row = next(line for line in done.stdout.splitlines() if "+23.03750" in line)
    assert row.split() == ["Ian", "Scott", "+23.03750", "214.03750"]


@pytest.mark.parametrize(
    "rule", ["scottish-stv", "ers97", "meek", "wigm-prf", "belenios-stv", "schulze", "ranked-pairs"]
)
def test_every_ranked_rule_prints_a_sheet_and_json(rule: str) -> None:
    assert run("--rule", rule, SHETLAND).exit_code == 0
    found = load("--rule", rule, SHETLAND)
    assert found["rule"] == rule
    assert sum(1 if isinstance(one, str) else len(one) for one in found["winners"]) >= 3


def test_seats_of_the_command_line_are_used_instead_of_the_file_s() -> None:
    assert len(load("--rule", "meek", "--seats", 1, SHETLAND)["winners"]) == 1


def test_variants_and_withdrawals_are_told_in_the_options() -> None:
    found = load("--rule", "meek", "--variant", "hww", "--withdrawn", "Davie Sandison", SHETLAND)

    assert found["options"]["variant"] == "hww"
    assert found["quota"] is None
    assert "Davie Sandison" not in found["stages"][0]["votes"]


def test_a_tie_for_the_last_seat_is_shared_or_drawn(tmp_path: Path) -> None:
    file = write(tmp_path, "count,A,B,C\n3,1,,\n2,,1,\n2,,,1\n")

    shared = load("--rule", "plurality", "--seats", 2, file)
    drawn = load("--rule", "plurality", "--seats", 2, "--tie", "lot:2026-11-23", file)

    assert shared["winners"] == ["A", ["B", "C"]]
    assert drawn["winners"][0] == "A"
    assert drawn["winners"][1] in ("B", "C")
    assert drawn["ties"][0]["between"] == ["B", "C"]
    assert "lot (seed 2026-11-23)" in drawn["ties"][0]["how"]
    assert drawn == load("--rule", "plurality", "--seats", 2, "--tie", "lot:2026-11-23", file)


def test_score_takes_points_up_to_the_highest(tmp_path: Path) -> None:
    file = write(tmp_path, "A,B\n5,0\n9,0\n0,3\n")

    found = load("--rule", "score", "--highest", 5, file)

    assert found["winners"] == ["A"]
    assert (found["valid"], found["spoiled"]) == (2, 1)


def test_majority_judgment_names_its_convention(tmp_path: Path) -> None:
    file = write(tmp_path, '{"tallies": [[1,0,1],[0,2,0]]}', "tallies.json")

    assert load("--rule", "majority-judgment", file)["winners"] == ["Option 2"]
    upper = load("--rule", "majority-judgment", "--middle", "upper", file)
    assert upper["winners"] == ["Option 1"]
    assert upper["options"]["middle"] == "upper"


def test_an_archive_with_a_result_is_checked_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "votes.bel"
    path.write_bytes(finished_ground().archive())

    first = load("--rule", "approval", path)
    second = load("--rule", "plurality", "--question", 2, path)

    counts = [int(number) for number in first["stages"][0]["votes"].values()]
    assert counts == [1, 1, 0]
    assert first["blank"] == 2
    assert [int(number) for number in second["stages"][0]["votes"].values()] == [1, 2]
    assert second["valid"] == 3
    gone = load("--rule", "approval", "--withdrawn", "Ann", path)
    sole = load("--rule", "plurality", "--withdrawn", "Yes", "--question", 2, path)
    assert (gone["winners"], gone["valid"], gone["blank"]) == (["Bob"], None, 2)
    assert (sole["winners"], sole["valid"], sole["blank"]) == (["No"], 2, 1)


def test_an_archive_is_refused_when_it_is_not_valid_or_not_counted(tmp_path: Path) -> None:
    replay = next((DATA / "vectors" / "x-replay-exact--o05-b2048-h-tool20").glob("*.bel"))
    still_open = next((DATA / "vectors" / "o01-ed-h-1q-open").glob("*.bel"))

    refused, uncounted = (run("--rule", "approval", path) for path in (replay, still_open))

    assert refused.exit_code == uncounted.exit_code == 2
    beyond = tmp_path / "votes.bel"
    beyond.write_bytes(finished_ground().archive())
    assert "there are 2 questions" in run("--rule", "approval", "--question", 3, beyond).stderr
    assert "refused" in refused.stderr
    assert "no result yet" in uncounted.stderr


def test_an_archive_holds_no_rankings_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "votes.bel"
    path.write_bytes(finished_ground().archive())

    done = run("--rule", "scottish-stv", path)

    assert done.exit_code == 2
    assert "counts ranked papers; this is votes added up per option" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "content", "told"),
    [
        (["--rule", "meek"], "3 1\n1 1 1 0\n0\n", "line 2, column 5: expected each candidate once"),
        (["--rule", "meek"], "A,B\n1,3\n", "line 2, column 3: expected a rank from 1 to 2"),
        (["--rule", "irv", "--seats", "2"], "A,B\n1,2\n", "elects one candidate"),
        (["--rule", "schulze", "--seats", "3"], "A,B\n1,2\n", "more seats (3) than candidates (2)"),
        (["--rule", "meek"], "A,B\n,\n", "no valid paper"),
        (["--rule", "score"], "2 1\n1 1 0\n0\nA\nB\n", "counts papers with points"),
        (["--rule", "meek", "--withdrawn", "Z"], "A,B\n1,2\n", "No candidate is called 'Z'"),
        (["--rule", "irv", "--withdrawn", "A", "--withdrawn", "B"], "A,B\n1,2\n", "nobody is left"),
        (["--rule", "schulze", "--vacancy", "A"], ",A,B\nA,,1\nB,2,\n", "Only ranked papers"),
        (
            ["--rule", "majority-judgment", "--missing", "x"],
            '{"tallies":[[1],[2]]}',
            "static:GRADE",
        ),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_counted(
    tmp_path: Path, arguments: list[str], content: str, told: str
) -> None:
    done = run(*arguments, write(tmp_path, content, "votes"))

    assert done.exit_code == 2
    assert told in done.stderr
    assert done.stdout == ""


def test_a_missing_file_and_a_wrong_tie_exit_with_two(tmp_path: Path) -> None:
    missing = run("--rule", "meek", tmp_path / "none")
    tie = run("--rule", "meek", "--tie", "coin", write(tmp_path, "A,B\n1,2\n"))

    assert missing.exit_code == tie.exit_code == 2
    assert "No such file" in missing.stderr
    assert "'lot:' followed by a seed" in tie.stderr


def test_a_million_papers_are_read_and_counted_in_two_seconds_and_150_megabytes(
    tmp_path: Path,
) -> None:
    path = tmp_path / "million.blt"
    kinds = ["1 3 1 0\n", "1 1 2 3 0\n", "1 2 4 0\n", "1 4 0\n", "1 5 3 1 2 4 6 7 8 0\n"]
    names = "".join(f'"{name}"\n' for name in "ABCDEFGHT")
    path.write_text("8 3\n" + "".join(kinds) * 200_000 + "0\n" + names)
    code = (
        "import sys, time\n"
        "from voting.counting.options import Options\n"
        "from voting.counting.reading import read_votes\n"
        "from voting.counting.rules import count_votes\n"
        "started = time.process_time()\n"
        "with open(sys.argv[1], 'rb') as stream:\n"
        "    votes = read_votes(stream, rule='scottish-stv')\n"
        "outcome = count_votes('scottish-stv', votes, Options())\n"
        "spent = time.process_time() - started\n"
        "peak = open('/proc/self/status').read().split('VmHWM:')[1].split()[0]\n"
        "print(outcome.valid, spent, int(peak) // 1024)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )

    valid, spent, megabytes = done.stdout.split()
    assert int(valid) == 1_000_000
    assert float(spent) < 2
    assert int(megabytes) < 150


def test_votes_are_read_from_standard_input_and_a_vacancy_is_filled() -> None:
    votes = "4 2\n50 1 2 0\n40 3 4 0\n9 2 0\n0\nAnn\nBea\nCal\nDee\n"
    arguments = ["--rule", "scottish-stv", "--json", "--vacancy", "Ann", "-"]

    done = CliRunner().invoke(count_command, arguments, input=votes)

    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["winners"] == ["Bea"]
    wrong = CliRunner().invoke(count_command, ["--rule", "meek", "-"], input="2 1\n1 3 0\n0\n")
    assert wrong.exit_code == 2
    assert "-: line 2, column 3" in wrong.stderr


def test_votes_are_read_from_a_pipe_and_an_archive_in_one_is_refused(tmp_path: Path) -> None:
    votes = b"3 1\n5 1 2 0\n4 3 0\n0\nAnn\nBea\nCal\n"

    counted, refused = (
        feed(tmp_path / name, content) for name, content in (("votes", votes), ("bel", ARCHIVE))
    )

    assert counted.returncode == 0, counted.stderr
    assert json.loads(counted.stdout)["winners"] == ["Ann"]
    assert refused.returncode == 2
    assert "save it as a file" in refused.stderr


ARCHIVE = b"BELENIOS\0" + b"0" * 512


def feed(pipe: Path, content: bytes) -> subprocess.CompletedProcess[str]:
    """Count what another process writes into *pipe*."""
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    command = [sys.executable, "-m", "voting", "count", "--rule", "irv", "--json", str(pipe)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    writer.join()
    return done


def test_pairs_are_held_to_the_papers_there_were(tmp_path: Path) -> None:
    pairs = '{"candidates":["A","B"],"pairwise":[[null,6],[5,null]]%s}'

    known = load("--rule", "schulze", write(tmp_path, pairs % ',"valid":11', "known.json"))
    file = write(tmp_path, pairs % "", "open.json")
    unknown = load("--rule", "schulze", file)
    wrong = run("--rule", "ranked-pairs", write(tmp_path, pairs % ',"valid":10', "few.json"))

    assert (known["valid"], unknown["valid"]) == (11, None)
    assert "Valid: not known" in run("--rule", "schulze", file).stdout
    assert wrong.exit_code == 2
    assert "expected no more than 10 papers to compare A and B, found 11" in wrong.stderr


UNREAD = {
    "--variant": "prf",
    "--middle": "upper",
    "--strength": "margins",
    "--until": "two",
    "--exclude": "batch",
    "--overvote": "skip",
    "--choose": "3",
    "--highest": "5",
    "--grades": "6",
    "--missing": "median",
    "--most-ranks": "3",
}
READ_BY = {
    "--variant": {"meek"},
    "--middle": {"majority-judgment"},
    "--strength": {"schulze", "ranked-pairs"},
    "--until": {"irv"},
    "--exclude": {"irv"},
    "--overvote": {"irv"},
    "--choose": {"approval"},
    "--highest": {"score"},
    "--grades": {"majority-judgment"},
    "--missing": {"majority-judgment"},
    "--most-ranks": set(RULES) - {"plurality", "approval", "score", "majority-judgment"},
}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_an_option_that_the_rule_does_not_read_is_refused(tmp_path: Path, rule: str) -> None:
    file = write(tmp_path, "A,B,C\n1,2,3\n1,2,3\n")

    for option, value in UNREAD.items():
        done = run("--rule", rule, option, value, file)
        told = f"The rule {rule} does not read {option}: leave it out."
        assert (told in done.stderr) == (rule not in READ_BY[option]), (option, done.stderr)
        assert (done.exit_code == 2) == (rule not in READ_BY[option]), (option, done.stderr)


@pytest.mark.parametrize(
    ("arguments", "content", "told"),
    [
        (["--rule", "meek", "--equal"], "A,B\n1,2\n", "meek has no place for equal ranks"),
        (["--rule", "score", "--no-equal"], "A,B\n1,2\n", "not read --equal or --no-equal"),
        (["--rule", "schulze", "--no-equal"], ",A,B\nA,,1\nB,2,\n", "ranked papers only"),
        (["--rule", "schulze", "--most-ranks", "1"], ",A,B\nA,,1\nB,2,\n", "ranked papers only"),
    ],
)
def test_ranks_are_limited_on_ranked_papers_only(
    tmp_path: Path, arguments: list[str], content: str, told: str
) -> None:
    done = run(*arguments, write(tmp_path, content))

    assert done.exit_code == 2
    assert told in done.stderr


def test_papers_of_a_file_are_held_to_the_ranks_that_were_allowed(tmp_path: Path) -> None:
    file = write(tmp_path, "Ann,Bob,Cat\n1,2,3\n2,1,1\n3,1,1\n")

    free = load("--rule", "schulze", file)
    strict = load("--rule", "schulze", "--no-equal", file)
    short = load("--rule", "schulze", "--equal", "--most-ranks", 2, file)

    assert (free["winners"], free["spoiled"]) == (["Bob"], 0)
    assert (strict["winners"], strict["spoiled"]) == (["Ann"], 2)
    assert (short["valid"], short["spoiled"]) == (2, 1)
