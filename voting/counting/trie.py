"""Rankings as a tree: papers that begin alike share their way, so each step is counted once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voting.counting.piles import Strict


@dataclass(slots=True)
class Node:
    """A candidate as next preference: ``votes`` papers come this way and go on by ``next``."""

    votes: int = 0
    next: dict[int, Node] = field(default_factory=dict)


def make_trie(rankings: Mapping[Strict, int]) -> Node:
    """The tree of all rankings; the root has all votes."""
    root = Node(sum(rankings.values()))
    for ranking, votes in rankings.items():
        node = root
        for candidate in ranking:
            following = node.next.get(candidate)
            if following is None:
                following = node.next[candidate] = Node()
            following.votes += votes
            node = following
    return root


def distribute(root: Node, keep: list[int], unit: int) -> list[int]:
    """Pass every paper, worth *unit*, down its ranking: each candidate keeps its share, in units.

    ``keep[c]`` is what candidate c keeps of each unit; shares are rounded up to a whole number
    (PRF reference rule, B.2.a; New Zealand, Schedule 1A).
    """
    votes = [0] * len(keep)
    waiting = [(root, unit)]
    while waiting:
        node, weight = waiting.pop()
        for candidate, following in node.next.items():
            kept = keep[candidate]
            if kept == unit:
                votes[candidate] += weight * following.votes
                continue
            taken = -(-weight * kept // unit)
            votes[candidate] += taken * following.votes
            if weight > taken and following.next:
                waiting.append((following, weight - taken))
    return votes
