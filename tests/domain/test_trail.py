"""The trail as a file: whatever is changed, removed, moved or added in it is refused."""

from __future__ import annotations

import hashlib
import json
import os

import pytest
from click.testing import CliRunner

from voting.commands.verify_trail import verify_trail_command
from voting.domain.canonical import canonical_json
from voting.domain.trail import NotATrail, TrailFault, check_extends, check_trail, write_trail

DOCUMENT = b"%PDF-1.7 a business case"
DIGEST = hashlib.sha256(DOCUMENT).hexdigest()
STEPS = (
    ("created", None, {"proposal": "leisure"}),
    ("page-opened", None, {"version": 1, "hash": "a" * 64}),
    ("document-published", None, {"document": 1, "version": 1, "sha256": DIGEST}),
    ("frozen", 7, {"elections": {"staff": "x"}, "hash": "b" * 64}),
    ("opened", 7, {}),
    ("closed", 7, {}),
    ("declared", 7, {}),
    ("published", 7, {"archives": {"u.bel": "c" * 64}, "reason": "line\nbreak ŵ"}),
    ("page-changed", None, {"version": 2, "hash": "d" * 64}),
)


def make_bodies(steps=STEPS, at="2026-03-02T09:00:00Z"):
    bodies, parent = [], None
    for position, (kind, poll, details) in enumerate(steps):
        header = {"parent": parent, "position": position, "kind": kind, "at": at, "poll": poll}
        bodies.append(canonical_json({**details, **header}))
        parent = hashlib.sha256(bodies[-1]).hexdigest()
    return bodies


def make_lines(bodies=None, **header):
    bodies = make_bodies() if bodies is None else bodies
    head = hashlib.sha256(bodies[-1]).hexdigest()
    texts = [body.decode() for body in bodies]
    first, *rest = write_trail("leisure", texts, acts=len(bodies), head=head)
    return [canonical_json({**json.loads(first), **header}) + b"\n", *rest]


def test_an_unbroken_trail_is_valid_and_tells_what_it_holds():
    lines = make_lines()
    report = check_trail(lines)

    assert (report.proposal, report.acts, report.notes) == ("leisure", 9, [])
    assert report.head == hashlib.sha256(lines[-1][:-1]).hexdigest()
    assert report.kinds["document-published"] == 1
    assert report.fingerprints[DIGEST] == 2
    assert report.fingerprints["c" * 64] == 7


def swap(lines):
    lines[4], lines[5] = lines[5], lines[4]


def space(lines):
    lines[3] = lines[3].replace(b'":', b'": ', 1)


FAULTS = {
    "removed": lambda lines: lines.pop(4),
    "first removed": lambda lines: lines.pop(1),
    "last removed": lambda lines: lines.pop(),
    "moved": swap,
    "twice": lambda lines: lines.insert(3, lines[3]),
    "added": lambda lines: lines.append(lines[-1]),
    "changed": lambda lines: lines.__setitem__(3, lines[3].replace(b'"version":1', b'"version":3')),
    "last changed": lambda lines: lines.__setitem__(-1, lines[-1].replace(b"dddd", b"dddc")),
    "written otherwise": space,
    "carriage return": lambda lines: lines.__setitem__(3, lines[3].replace(b"\n", b"\r\n")),
    "doubled key": lambda lines: lines.__setitem__(3, lines[3].replace(b"{", b'{"at":"x",', 1)),
    "not an object": lambda lines: lines.__setitem__(3, b"[]\n"),
    "not UTF-8": lambda lines: lines.__setitem__(3, b"\xff\n"),
    "empty line": lambda lines: lines.insert(3, b"\n"),
    "no act": lambda lines: lines.__delitem__(slice(1, None)),
    "deep": lambda lines: lines.__setitem__(3, b"[" * 100_000 + b"\n"),
    "long": lambda lines: lines.__setitem__(3, b"1" * 1_000_001 + b"\n"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_whatever_is_done_to_a_trail_is_refused(name):
    lines = make_lines()
    FAULTS[name](lines)

    with pytest.raises(TrailFault):
        check_trail(lines)


@pytest.mark.parametrize(
    "steps",
    [
        (STEPS[1],),
        (STEPS[0], STEPS[0]),
        (STEPS[0], STEPS[4]),
        (STEPS[0], STEPS[3], ("opened", 8, {})),
        (STEPS[0], STEPS[8]),
        (STEPS[0], STEPS[2], STEPS[2]),
        (("created", "7", {}),),
        ((7, None, {}),),
        (("created", None, {"proposal": "another"}),),
    ],
)
def test_acts_that_presuppose_what_is_not_there_are_refused(steps):
    with pytest.raises(TrailFault):
        check_trail(make_lines(make_bodies(steps)))


@pytest.mark.parametrize("at", ["2026-03-02", "2026-03-02T09:00:00", "yesterday", 7, None])
def test_a_time_that_is_none_is_refused(at):
    with pytest.raises(TrailFault):
        check_trail(make_lines(make_bodies(at=at)))


@pytest.mark.parametrize(
    "first", [b"", b"{}\n", b"[]\n", b"PK\x03\x04", make_lines(version=2)[0], b'{"uuid":1}\n']
)
def test_another_file_is_not_a_trail(first):
    with pytest.raises(NotATrail):
        check_trail([first, *make_lines()[1:]])


@pytest.mark.parametrize("header", [{"acts": 8}, {"acts": "9"}, {"head": "a" * 64}, {"head": 1}])
def test_the_first_line_must_be_true(header):
    with pytest.raises(TrailFault):
        check_trail(make_lines(**header))


def test_a_trail_that_runs_backwards_in_time_is_noted():
    bodies = make_bodies((STEPS[0],))
    header = {"parent": hashlib.sha256(bodies[0]).hexdigest(), "position": 1, "poll": None}
    later = canonical_json({**header, "kind": "edited", "at": "2026-03-01T09:00:00Z"})

    assert check_trail(make_lines([*bodies, later])).notes == [
        "act 1 bears an earlier time than the act before it"
    ]


def test_a_newer_trail_only_adds():
    check_extends(make_lines(make_bodies(STEPS[:4])), make_lines())
    with pytest.raises(TrailFault):
        check_extends(make_lines(), make_lines(make_bodies(STEPS[:4])))
    other = (*STEPS[:3], ("edited", None, {}))
    with pytest.raises(TrailFault):
        check_extends(make_lines(make_bodies(other)), make_lines())


def test_the_command_says_valid_refused_or_unreadable(tmp_path):
    trail, older, broken, held = (tmp_path / name for name in ("t", "o", "b", "case.pdf"))
    trail.write_bytes(b"".join(make_lines()))
    older.write_bytes(b"".join(make_lines(make_bodies(STEPS[:4]))))
    broken.write_bytes(trail.read_bytes().replace(b"aaaa", b"aaab", 1))
    held.write_bytes(DOCUMENT)
    head = hashlib.sha256(make_bodies()[-1]).hexdigest()

    def run(*arguments):
        result = CliRunner().invoke(verify_trail_command, [str(a) for a in arguments])
        return result.exit_code, result.output

    good = (trail, "--extends", older, "--holds", held, "--head", head)
    status, told = run(*good)
    assert status == 0
    assert "case.pdf: its SHA-256 stands in act 2" in told
    assert f"Head: {head}" in told
    status, told = run(*good, "--json")
    assert (status, json.loads(told)["valid"], json.loads(told)["acts"]) == (0, True, 9)
    assert run(broken)[0] == 1
    assert run(older, "--extends", trail)[0] == 1
    assert run(trail, "--holds", older)[0] == 1
    assert run(trail, "--head", "0" * 64)[0] == 1
    assert json.loads(run(broken, "--json")[1])["valid"] is False
    assert run(held)[0] == 2
    assert run(tmp_path / "none")[0] == 2
    assert run(tmp_path)[0] == 2


@pytest.mark.parametrize("place", ["FILE", "--extends", "--holds"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, place):
    trail, pipe = tmp_path / "trail.jsonl", tmp_path / "pipe"
    trail.write_bytes(b"".join(make_lines()))
    os.mkfifo(pipe)
    words = [str(pipe)] if place == "FILE" else [str(trail), place, str(pipe)]

    done = CliRunner().invoke(verify_trail_command, words)

    assert done.exit_code == 2
    assert "cannot be read: it is not an ordinary file" in done.output
