"""Where programs that others published count by the same rule, they find the same winners.

What is left out, because it is another rule:

- Ties. pyrankvote and votekit draw at random, pref_voting shares the win; our rules say how a tie
  is resolved and record it. Profiles on whose count a tie had to be resolved are passed over.
- STV. pyrankvote transfers surpluses by a lot of its own, votekit by exact fractions that no
  statute prescribes, and pref_voting's ``stv_nb(ers_rounding=True)`` is not ERS97: it elects
  others in two of seven of the published counts. These rules are held to official sheets instead.
- Papers that leave candidates out. votekit and pref_voting's Borda and Condorcet methods treat
  them in other ways than Debian's rule, in which they are tied below all that are ranked.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys

import pytest

from tests.counting.ground import count, make_papers

PROFILES = 250
Profile = tuple[int, list[tuple[list[int], int]]]


def draw_profiles(seed: int, *, complete: bool) -> list[Profile]:
    """Elections of 3 to 5 candidates and an odd number of papers."""
    chance = random.Random(seed)
    profiles: list[Profile] = []
    for _ in range(PROFILES):
        size = chance.randint(3, 5)
        groups: dict[tuple[int, ...], int] = {}
        for _ in range(2 * chance.randint(8, 30) + 1):
            ranking = tuple(chance.sample(range(size), size))
            if not complete:
                ranking = ranking[: chance.randint(1, size)]
            groups[ranking] = groups.get(ranking, 0) + 1
        profiles.append((size, [(list(ranking), times) for ranking, times in groups.items()]))
    return profiles


def ask(program: str, profiles: list[Profile]) -> list[dict[str, list[int]]]:
    """What *program* finds; it runs apart, since its imports warn of much."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.counting.peers", program],
        input=json.dumps(profiles),
        capture_output=True,
        text=True,
        check=False,
        timeout=350,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, list[int]]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("program", "complete"), [("pyrankvote", False), ("pref_voting", True), ("votekit", True)]
)
def test_others_find_the_same_winners(program: str, complete: bool) -> None:
    profiles = draw_profiles(len(program), complete=complete)
    compared = dict.fromkeys(("irv", "ranked-pairs", "schulze", "borda"), 0)
    for (size, papers), found in zip(profiles, ask(program, profiles), strict=True):
        rankings = [tuple(ranking) for ranking, times in papers for _ in range(times)]
        for rule, winners in found.items():
            chosen = {"strength": "margins"} if rule in ("schulze", "ranked-pairs") else {}
            ours = count(rule, make_papers(rankings, size), **chosen)
            if ours.ties or len(ours.winners) != 1 or not isinstance(ours.winners[0], str):
                continue
            assert ours.winners == ("ABCDE"[winners[0]],), (rule, papers)
            assert len(winners) == 1, (rule, papers)
            compared[rule] += 1
    assert all(number > PROFILES // 3 for rule, number in compared.items() if rule in found)
