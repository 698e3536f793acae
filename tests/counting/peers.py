"""Counts by programs that others wrote, run apart: `python -m tests.counting.peers PROGRAM`.

Reads JSON from standard input, a list of [kind, number of candidates, [[paper, times], ...]]. Kind
is whole or partial (a paper is a ranking, candidates counted from 0), choices, points or grades (a
paper has a number for each candidate). Writes for each what was counted, and who won.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

Papers = list[tuple[list[int], int]]
Won = dict[str, list[int]]


# pyrankvote


def pyrankvote(kind: str, size: int, papers: Papers) -> Won:
    """Instant runoff; and its own single transferable vote for two seats."""
    import pyrankvote as program

    people = [program.Candidate(str(place)) for place in range(size)]
    ballots = [
        program.Ballot(ranked_candidates=[people[place] for place in ranking])
        for ranking, times in papers
        for _ in range(times)
    ]
    one = program.instant_runoff_voting(people, ballots).get_winners()
    two = program.single_transferable_vote(people, ballots, number_of_seats=2).get_winners()
    return {"irv": _names(one), "stv": _names(two)}


def _names(people: Iterable[Any]) -> list[int]:
    return sorted(int(person.name) for person in people)


# pref_voting


def pref_voting(kind: str, size: int, papers: Papers) -> Won:
    """What it has of our rules for papers of that kind, and its own forms of STV."""
    if kind == "whole":
        return _pref_whole(papers)
    return _pref_partial(size, papers) if kind == "partial" else _pref_grades(kind, size, papers)


def _pref_whole(papers: Papers) -> Won:
    from pref_voting import voting_methods
    from pref_voting.profiles import Profile

    profile = Profile([ranking for ranking, _ in papers], rcounts=[times for _, times in papers])
    methods = {
        "plurality": voting_methods.plurality,
        "irv": voting_methods.instant_runoff,
        "schulze": voting_methods.beat_path,
        "borda": voting_methods.borda,
    }
    if len(papers[0][0]) < 5:  # it tries all orders of all equal majorities, one by one
        methods["ranked-pairs"] = voting_methods.ranked_pairs
    return {name: sorted(map(int, method(profile))) for name, method in methods.items()}


def _pref_partial(size: int, papers: Papers) -> Won:
    from pref_voting import proportional_methods, voting_methods
    from pref_voting.profiles_with_ties import ProfileWithTies

    profile = ProfileWithTies(
        [{one: rank for rank, one in enumerate(ranking, 1)} for ranking, _ in papers],
        rcounts=[times for _, times in papers],
        candidates=list(range(size)),
    )
    won = {
        "schulze as it comes": voting_methods.beat_path(profile),
        "irv": voting_methods.instant_runoff_for_truncated_linear_orders(profile),
        "scottish-stv": proportional_methods.stv_scottish(profile, num_seats=2),
        "meek": proportional_methods.stv_meek(profile, num_seats=2),
        "stv_nb ers": proportional_methods.stv_nb(profile, num_seats=2, ers_rounding=True),
    }
    profile.use_extended_strict_preference()  # those without a number are below all others
    won["schulze"] = voting_methods.beat_path(profile)
    return {name: sorted(map(int, winners)) for name, winners in won.items()}


def _pref_grades(kind: str, size: int, papers: Papers) -> Won:
    from pref_voting import grade_methods
    from pref_voting.grade_profiles import GradeProfile

    grades = sorted({0, 1, *(number for row, _ in papers for number in row)})
    profile = GradeProfile(
        [dict(enumerate(row)) for row, _ in papers],
        grades,
        gcounts=[times for _, times in papers],
        candidates=list(range(size)),
    )
    methods = {
        "choices": {"approval": grade_methods.approval},
        "points": {"score": grade_methods.score_voting},
        "grades": {"majority-judgment": grade_methods.majority_judgement},
    }
    return {name: sorted(map(int, method(profile))) for name, method in methods[kind].items()}


# votekit


def votekit(kind: str, size: int, papers: Papers) -> Won:
    """What it has of our rules for papers of that kind, and its own STV for two seats."""
    return (
        _kit_ranked(kind, size, papers)
        if kind in ("whole", "partial")
        else _kit_scores(kind, size, papers)
    )


def _kit_ranked(kind: str, size: int, papers: Papers) -> Won:
    from votekit import elections
    from votekit.ballot import RankBallot
    from votekit.pref_profile import RankProfile

    profile = RankProfile(
        ballots=tuple(
            RankBallot(ranking=[{str(place)} for place in ranking], weight=times)
            for ranking, times in papers
        ),
        candidates=tuple(map(str, range(size))),
    )
    whole: dict[str, Callable[[], Any]] = {
        "plurality": lambda: elections.Plurality(profile, n_seats=1, tiebreak="random"),
        "irv": lambda: elections.IRV(profile, tiebreak="random"),
        "borda": lambda: elections.Borda(profile, n_seats=1, tiebreak="random"),
        "schulze": lambda: elections.Schulze(profile, n_seats=1),
        "ranked-pairs": lambda: elections.RankedPairs(profile, n_seats=1),
    }
    partial: dict[str, Callable[[], Any]] = {
        "plurality": whole["plurality"],
        "irv": whole["irv"],
        "stv": lambda: elections.STV(profile, n_seats=2, tiebreak="random", simultaneous=False),
    }
    if kind == "whole":
        return {name: _kit_elected(election()) for name, election in whole.items()}
    found = {name: _kit_elected(election()) for name, election in partial.items()}
    points = elections.Borda(profile, n_seats=1, tiebreak="random").election_states[0].scores
    found["borda points"] = [int(points[str(one)]) for one in range(size)]
    states = partial["stv"]().election_states
    found["stv millionths"] = [
        int(states[1].scores.get(str(one), 0) * 10**6) for one in range(size)
    ]
    return found


def _kit_scores(kind: str, size: int, papers: Papers) -> Won:
    from votekit import elections
    from votekit.ballot import ScoreBallot
    from votekit.pref_profile import ScoreProfile

    profile = ScoreProfile(
        ballots=tuple(
            ScoreBallot(
                scores={str(one): number for one, number in enumerate(row) if number}, weight=times
            )
            for row, times in papers
        ),
        candidates=tuple(map(str, range(size))),
    )
    if kind == "choices":
        return {"approval": _kit_elected(elections.Approval(profile, n_seats=1, tiebreak="random"))}
    most = max(number for row, _ in papers for number in row)
    rating = elections.GeneralRating(
        profile, n_seats=1, per_candidate_limit=most, tiebreak="random"
    )
    return {"score": _kit_elected(rating)}


def _kit_elected(election: Any) -> list[int]:
    return sorted(int(name) for group in election.get_elected() for name in group)


PROGRAMS = {"pyrankvote": pyrankvote, "pref_voting": pref_voting, "votekit": votekit}

if __name__ == "__main__":
    count = PROGRAMS[sys.argv[1]]
    out, sys.stdout = sys.stdout, sys.stderr  # what the programs print of their own
    found = [count(kind, size, papers) for kind, size, papers in json.load(sys.stdin)]
    json.dump(found, out)
