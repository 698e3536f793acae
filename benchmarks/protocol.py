"""(a) Verify an archive against belenios-tool in one run; (b) the server's check of one ballot."""

from __future__ import annotations

import cProfile
import io
import pstats
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.measure import VOTING, largest, median_seconds, run, run_in_turn
from benchmarks.papers import make_codes, make_definition, seal_all, write_archive
from voting.belenios.ballot import check_ballot
from voting.belenios.election import parse_election

BALLOTS = 500
ROUNDS = 3


def measure_verification() -> None:
    """500 ballots: the tool and ours on the same BELENIOS-2048 archive, ours on Ed25519; memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        finite = write_archive("BELENIOS-2048", BALLOTS, folder)
        curve = write_archive("Ed25519", BALLOTS, folder)
        runs = run_in_turn(
            {
                "tool": ["belenios-tool", "election", "verify", "--dir", str(finite.parent)],
                "ours": [VOTING, "verify", str(finite), "--workers", "2"],
                "curve": [VOTING, "verify", str(curve), "--workers", "2"],
            },
            ROUNDS,
        )
        tool, ours, ed = (median_seconds(runs[key]) for key in ("tool", "ours", "curve"))
        print(f"(a) verify {BALLOTS} ballots, two cores, medians of {ROUNDS} runs in turn")
        print(f"    belenios-tool 2.0, BELENIOS-2048     {tool:8.2f} s")
        print(
            f"    voting verify,     BELENIOS-2048     {ours:8.2f} s   {tool / ours:5.1f}x faster"
        )
        print(f"    voting verify,     Ed25519           {ed:8.2f} s   {tool / ed:5.1f}x faster")
        small = largest(runs["curve"])
        big = run([VOTING, "verify", str(write_archive("Ed25519", 10 * BALLOTS, folder))])
        print(
            f"    memory, Ed25519: {small:.0f} MB for {BALLOTS}, "
            f"{big.megabytes:.0f} MB for {10 * BALLOTS} ballots ({big.seconds:.1f} s)"
        )


def measure_check() -> None:
    """The median time of one check on one core, and where it goes."""
    definition, _private, _trustees = make_definition("Ed25519")
    ballots = seal_all(definition, make_codes(200))
    election = parse_election(definition)
    for raw in ballots[:20]:
        check_ballot(raw, election)
    times = []
    for raw in ballots:
        began = time.perf_counter()
        check_ballot(raw, election)
        times.append(time.perf_counter() - began)
    print(
        f"(b) check one Ed25519 ballot of {len(ballots[0])} bytes, one core, {len(times)} ballots"
    )
    print(
        f"    median {statistics.median(times) * 1000:.2f} ms, largest {max(times) * 1000:.2f} ms"
    )
    profile = cProfile.Profile()
    profile.enable()
    for raw in ballots[:50]:
        check_ballot(raw, election)
    profile.disable()
    text = io.StringIO()
    pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(8)
    print(text.getvalue())


if __name__ == "__main__":
    measure_check()
    measure_verification()
