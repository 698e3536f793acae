"""Reading and counting, beside other programs on the same papers, in one run.

    python -m benchmarks.counting [PAPERS ...]
    python -m benchmarks.counting --small

Each program reads its own kind of file (BLT; JSON for belenios-tool) and elects 3 of 8; the time is
that of the processor from opening the file to having the winners, without starting Python, so that
other work on the machine matters little. All run on one core. belenios-tool is timed as a process,
which starts in a few milliseconds. A program that is not installed, that takes more than
LONGEST seconds, or that fails (as belenios-tool stv does on a million papers) is left out and
named. pyrankvote and pref_voting come from PyPI.

Then a thousand small elections (2 to 6 candidates, up to 30 papers) are counted by every rule; the
aim is a thousand a second, which the tests hold too (tests/counting/test_thousands.py).
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module, util
from pathlib import Path

from voting.counting.options import Options
from voting.counting.reading import read_votes
from voting.counting.rules import RULES, count_votes
from voting.counting.tabulation import Grades, Papers, Scores

CANDIDATES, SEATS = 8, 3
DISTINCT = 44_000
LONGEST = 180
SIZES = (1_000, 10_000, 100_000, 1_000_000)
OURS = ("scottish-stv", "belenios-stv", "meek", "schulze")
PEERS = {
    "scottish-stv": ("pyrankvote", "pref_voting"),
    "belenios-stv": ("belenios-tool stv",),
    "schulze": ("belenios-tool schulze",),
    "meek": (),
}


# Papers


def write_papers(papers: int, folder: Path) -> Path:
    """Write the same synthetic partial rankings as BLT and as JSON; return the BLT file."""
    source = random.Random(2026)
    kinds: set[tuple[int, ...]] = set()
    while len(kinds) < min(DISTINCT, papers):
        length = source.randint(1, CANDIDATES)
        kinds.add(tuple(source.sample(range(1, CANDIDATES + 1), length)))
    known = sorted(kinds)
    weights = [1 / (place + 20) for place in range(len(known))]
    chosen = known + source.choices(known, weights, k=papers - len(known))
    source.shuffle(chosen)
    path = folder / f"{papers}.blt"
    with path.open("w", encoding="ascii") as blt:
        blt.write(f"{CANDIDATES} {SEATS}\n")
        blt.writelines(f"1 {' '.join(map(str, paper))} 0\n" for paper in chosen)
        blt.write("0\n" + "".join(f'"Candidate {at}"\n' for at in range(CANDIDATES)))
    with path.with_suffix(".json").open("w", encoding="ascii") as ranks:
        json.dump([_ranks(paper) for paper in chosen], ranks, separators=(",", ":"))
    return path


def _ranks(paper: Sequence[int]) -> list[int]:
    ranks = [0] * CANDIDATES
    for rank, candidate in enumerate(paper, 1):
        ranks[candidate - 1] = rank
    return ranks


def _read_plainly(path: Path) -> list[tuple[int, ...]]:
    """Papers of a BLT file as its users of other libraries read them."""
    papers = []
    with path.open(encoding="ascii") as lines:
        next(lines)
        for line in lines:
            numbers = line.split()
            if numbers == ["0"]:
                break
            papers.append(tuple(int(number) - 1 for number in numbers[1:-1]))
    return papers


# Programs


def count_ours(rule: str, path: Path) -> None:
    """Read and count with this package."""
    with path.open("rb") as stream:
        votes = read_votes(stream, rule=rule)
    count_votes(rule, votes, Options(seats=SEATS))


def count_pyrankvote(path: Path) -> None:
    """Read and count with pyrankvote's single transferable vote."""
    library = import_module("pyrankvote")
    candidates = [library.Candidate(str(at)) for at in range(CANDIDATES)]
    ballots = [
        library.Ballot(ranked_candidates=[candidates[at] for at in paper])
        for paper in _read_plainly(path)
    ]
    library.single_transferable_vote(candidates, ballots, number_of_seats=SEATS)


def count_pref_voting(path: Path) -> None:
    """Read, group and count with pref_voting's Scottish rule."""
    profiles = import_module("pref_voting.profiles_with_ties")
    methods = import_module("pref_voting.proportional_methods")
    grouped = Counter(_read_plainly(path))
    rankings = [{at: rank for rank, at in enumerate(paper, 1)} for paper in grouped]
    profile = profiles.ProfileWithTies(
        rankings, rcounts=list(grouped.values()), candidates=list(range(CANDIDATES))
    )
    methods.stv_scottish(profile, num_seats=SEATS)


def count_tool(method: str, path: Path) -> None:
    """Count with belenios-tool, whose process starts in a few milliseconds."""
    options = ["--nseats", str(SEATS)] if method == "stv" else ["--blank-allowed", "true"]
    with path.with_suffix(".json").open("rb") as papers:
        subprocess.run(
            ["belenios-tool", "method", method, *options],
            stdin=papers,
            stdout=subprocess.DEVNULL,
            check=True,
        )


def _program(name: str) -> Callable[[Path], None]:
    if name.startswith("belenios-tool"):
        return lambda path: count_tool(name.split()[1], path)
    if name == "pyrankvote":
        return count_pyrankvote
    if name == "pref_voting":
        return count_pref_voting
    return lambda path: count_ours(name, path)


def _is_installed(name: str) -> bool:
    if name.startswith("belenios-tool"):
        return shutil.which("belenios-tool") is not None
    return name in OURS or util.find_spec(name) is not None


# Timing


def time_one(name: str, path: Path, rounds: int) -> float | None:
    """The best of *rounds* in a process of its own, in seconds of processor; None if it fails."""
    command = [sys.executable, "-m", "benchmarks.counting", "--one", name, str(path), str(rounds)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=LONGEST * rounds, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    return float(done.stdout)


def _time_here(name: str, path: Path, rounds: int) -> float:
    program = _program(name)
    for library in ("pref_voting.proportional_methods", "pref_voting.profiles_with_ties"):
        if name == "pref_voting":
            import_module(library)
    times = []
    for _ in range(rounds):
        began = _spent()
        program(path)
        times.append(_spent() - began)
    return min(times)


def _spent() -> float:
    """Seconds of processor that this process and those it started have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main(sizes: Sequence[int] = SIZES) -> None:
    """Measure all sizes and print seconds and ratios (above 1.0: ours is faster)."""
    with tempfile.TemporaryDirectory() as folder:
        for papers in sizes:
            path = write_papers(papers, Path(folder))
            print(f"{papers:,} papers")
            for rule in OURS:
                _report(rule, path, rounds=5 if papers < 100_000 else 2)
    report_small()


# Small elections


def make_small(number: int) -> list[tuple[Papers, Scores, Grades]]:
    """Elections of 2 to 6 candidates, with the same number of papers of each kind."""
    source, made = random.Random(2026), []
    for _ in range(number):
        size, papers = source.randint(2, 6), source.randint(1, 30)
        names = tuple("ABCDEF"[:size])
        ranked = Counter(
            tuple(source.sample(range(size), source.randint(1, size))) for _ in range(papers)
        )
        scored = Counter(tuple(source.choices(range(10), k=size)) for _ in range(papers))
        graded = [source.choices(range(6), k=papers) for _ in names]
        tallies = tuple(tuple(given.count(grade) for grade in range(6)) for given in graded)
        made.append((Papers(names, ranked), Scores(names, scored), Grades(names, tallies)))
    return made


def report_small(number: int = 1000, rounds: int = 5) -> None:
    """Print how many elections a second of processor each rule counts, one seat and two."""
    made = make_small(number)
    print(f"{number:,} small elections: elections a second for 1 seat and for 2")
    for rule, variant in [*((name, "prf") for name in RULES), ("meek", "hww")]:
        kind = {Scores: 1, Grades: 2}.get(RULES[rule].takes[0], 0)
        rates = []
        for seats in (1,) if rule == "irv" else (1, 2):
            options = Options(seats=seats, variant=variant)
            times = []
            for _ in range(rounds):
                began = _spent()
                for votes in made:
                    count_votes(rule, votes[kind], options)
                times.append(_spent() - began)
            rates.append(f"{number / min(times):9,.0f}")
        label = f"{rule} {variant}" if rule == "meek" else rule
        print(f"  {label:24}" + " ".join(rates))


def _report(rule: str, path: Path, rounds: int) -> None:
    ours = time_one(rule, path, rounds)
    print(f"  {rule:24} {'fails' if ours is None else f'{ours:9.4f} s'}")
    for peer in PEERS[rule]:
        if not _is_installed(peer):
            print(f"    {peer:22} not installed")
            continue
        theirs = time_one(peer, path, rounds)
        if theirs is None or ours is None:
            print(f"    {peer:22} fails, or takes more than {LONGEST} s")
        else:
            print(f"    {peer:22} {theirs:9.4f} s   ratio {theirs / ours:8.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(_time_here(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
    elif sys.argv[1:2] == ["--small"]:
        report_small()
    else:
        main([int(argument) for argument in sys.argv[1:]] or SIZES)
