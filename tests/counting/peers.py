"""Counts by programs that others wrote, run apart: `python -m tests.counting.peers PROGRAM`.

Reads JSON from standard input, a list of [number of candidates, [[ranking, times], ...]], and
writes for each a mapping of the rule's name to the winners, candidates counted from 0.
"""

from __future__ import annotations

import json
import sys
from typing import Any

Profile = tuple[int, list[tuple[list[int], int]]]


def pyrankvote(size: int, papers: list[tuple[list[int], int]]) -> dict[str, list[int]]:
    """Instant runoff by pyrankvote."""
    import pyrankvote as program

    people = [program.Candidate(str(place)) for place in range(size)]
    ballots = [
        program.Ballot(ranked_candidates=[people[place] for place in ranking])
        for ranking, times in papers
        for _ in range(times)
    ]
    won = program.instant_runoff_voting(people, ballots).get_winners()
    return {"irv": sorted(int(person.name) for person in won)}


def pref_voting(size: int, papers: list[tuple[list[int], int]]) -> dict[str, list[int]]:
    """Instant runoff, ranked pairs, Schulze and Borda by pref_voting; all papers are complete."""
    from pref_voting import voting_methods
    from pref_voting.profiles import Profile

    profile = Profile([ranking for ranking, _ in papers], rcounts=[times for _, times in papers])
    return {
        "irv": sorted(map(int, voting_methods.instant_runoff(profile))),
        "ranked-pairs": sorted(map(int, voting_methods.ranked_pairs(profile))),
        "schulze": sorted(map(int, voting_methods.beat_path(profile))),
        "borda": sorted(map(int, voting_methods.borda(profile))),
    }


def votekit(size: int, papers: list[tuple[list[int], int]]) -> dict[str, list[int]]:
    """Instant runoff and Borda by votekit; all papers are complete."""
    from votekit.ballot import RankBallot
    from votekit.elections import IRV, Borda
    from votekit.pref_profile import RankProfile

    names = tuple(str(place) for place in range(size))
    ballots = tuple(
        RankBallot(ranking=[{str(place)} for place in ranking], weight=times)
        for ranking, times in papers
    )
    profile = RankProfile(ballots=ballots, candidates=names)
    elected: dict[str, Any] = {
        "irv": IRV(profile, tiebreak="random").get_elected(),
        "borda": Borda(profile, m=1, tiebreak="random").get_elected(),
    }
    return {rule: sorted(int(n) for group in won for n in group) for rule, won in elected.items()}


PROGRAMS = {"pyrankvote": pyrankvote, "pref_voting": pref_voting, "votekit": votekit}

if __name__ == "__main__":
    count = PROGRAMS[sys.argv[1]]
    out, sys.stdout = sys.stdout, sys.stderr  # what the programs print of their own
    found = [count(size, papers) for size, papers in json.load(sys.stdin)]
    json.dump(found, out)
