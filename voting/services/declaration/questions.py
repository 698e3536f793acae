"""One question of one constituency: its opened numbers counted by the rule that was frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from voting.counting.options import Options
from voting.counting.plurality import QuestionTally, read_counts
from voting.counting.rules import count_votes
from voting.counting.tabulation import Choices, CountingError, Outcome, Votes
from voting.counting.ties import TieRule
from voting.counting.vectors import read_gradings, read_rankings, read_scorings
from voting.counting.winners import WinnersTally, count_unused, find_winners
from voting.domain.methods import RULE_NAMES, Kind, Method, parse_method
from voting.domain.wording import find_none_of_these


@dataclass(frozen=True, slots=True)
class CountedQuestion:
    """A question counted. ``outcome`` is what its counting rule made of it, where it has one.

    ``fault`` says why the rule found nothing to count.
    """

    text: str
    method: Method
    tally: QuestionTally | WinnersTally
    outcome: Outcome | None = None
    fault: str = ""


def count_question(
    asked: Mapping[str, Any], opened: Any, *, papers: int, weighted: bool, seed: str
) -> CountedQuestion:
    """Count one question as it was frozen. *opened* is its part of the result.

    *opened* are counts, or the numbers of every paper; *papers* is the weight of all that counted.

    *seed* decides by lot what neither the votes nor the rule decide. Raises ValueError for numbers
    that do not fit the question.
    """
    method = parse_method(asked.get("counting"))
    names = tuple(option["text"] for option in asked["options"])
    if not method.is_counted:
        plain = read_counts(names, opened, papers=papers, maximum=asked["maximum"])
        return CountedQuestion(asked["text"], method, plain)
    votes = read_votes(asked, method, names, opened, papers, weighted)
    rule = method.rule or ("plurality" if asked["maximum"] == 1 else "approval")
    outcome, fault = _run(rule, votes, _choose(method, names, asked["maximum"], seed))
    blank, spoiled = count_unused(votes)
    tally = WinnersTally(
        names,
        () if outcome is None else find_winners(outcome),
        blank,
        spoiled,
        papers,
        RULE_NAMES[rule],
    )
    return CountedQuestion(asked["text"], method, tally, outcome, fault)


def read_votes(
    asked: Mapping[str, Any],
    method: Method,
    names: tuple[str, ...],
    opened: Any,
    papers: int,
    weighted: bool,
) -> Votes:
    """What the counting rule of a question takes, from its opened numbers."""
    title = asked["text"]
    if method.kind == Kind.RANK:
        most = method.ranks_for(len(names))
        return read_rankings(names, opened, equal=method.equal_ranks, most=most, title=title)
    if method.kind == Kind.GRADE:
        return read_gradings(names, opened, grades=len(method.grades), title=title)
    if method.kind == Kind.SCORE:
        return read_scorings(names, opened, highest=method.highest, title=title)
    tally = read_counts(names, opened, papers=papers, maximum=asked["maximum"])
    return Choices(names, tally.votes, tally.valid, tally.blank, weighted=weighted, title=title)


def _choose(method: Method, names: tuple[str, ...], maximum: int, seed: str) -> Options:
    options = Options(
        seats=method.seats,
        tie=TieRule(seed),
        choose=maximum,
        highest=method.highest,
        grades=len(method.grades) or None,
        none_of_these=find_none_of_these(names) if method.seats > 1 else None,
    )
    chosen: dict[str, Any] = dict(method.options)
    return replace(options, **chosen)


def _run(rule: str, votes: Votes, options: Options) -> tuple[Outcome | None, str]:
    try:
        return count_votes(rule, votes, options), ""
    except CountingError as error:
        return None, str(error)
