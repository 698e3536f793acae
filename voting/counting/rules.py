"""The counting rules by name, and one way to call them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from voting.counting.belenios_stv import count_belenios_stv
from voting.counting.borda import count_borda
from voting.counting.choices import count_approval, count_plurality
from voting.counting.countback import count_vacancy
from voting.counting.ers97 import count_ers97
from voting.counting.irv import count_irv
from voting.counting.majority_judgment import count_majority_judgment
from voting.counting.meek import count_meek
from voting.counting.options import Options
from voting.counting.ranked_pairs import count_ranked_pairs
from voting.counting.schulze import count_schulze
from voting.counting.score import count_score
from voting.counting.scottish_stv import count_scottish
from voting.counting.tabulation import (
    Choices,
    CountingError,
    Grades,
    Outcome,
    Pairs,
    Papers,
    Scores,
    Votes,
)
from voting.counting.wigm_prf import count_wigm
from voting.counting.withdrawals import tell_gone, withdraw

WORDS: Mapping[type[Any], str] = {
    Papers: "ranked papers",
    Choices: "votes added up per option",
    Scores: "papers with points",
    Grades: "grades",
    Pairs: "a table of pairs",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A counting rule: its function, what it counts, and whether papers may share numbers.

    ``reads`` names the options of its own, beside those that every rule knows.
    """

    count: Callable[[Any, Options], Outcome]
    takes: tuple[type[Any], ...] = (Papers,)
    shares: bool = True
    reads: tuple[str, ...] = ()


RANKED = ("equal", "most_ranks", "tie")
CONDORCET = (*RANKED, "strength")
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "plurality": Rule(count_plurality, (Papers, Choices), reads=("tie",)),
        "approval": Rule(count_approval, (Papers, Choices), reads=("choose", "tie")),
        "score": Rule(count_score, (Scores,), reads=("highest", "tie")),
        "borda": Rule(count_borda, reads=RANKED),
        "irv": Rule(count_irv, reads=(*RANKED, "until", "exclude", "overvote")),
        "scottish-stv": Rule(count_scottish, reads=RANKED),
        "ers97": Rule(count_ers97, reads=RANKED),
        "meek": Rule(count_meek, shares=False, reads=(*RANKED, "variant")),
        "wigm-prf": Rule(count_wigm, shares=False, reads=RANKED),
        "belenios-stv": Rule(count_belenios_stv, reads=RANKED),
        "schulze": Rule(count_schulze, (Papers, Pairs), reads=CONDORCET),
        "ranked-pairs": Rule(count_ranked_pairs, (Papers, Pairs), reads=CONDORCET),
        "majority-judgment": Rule(
            count_majority_judgment, (Grades,), reads=("middle", "grades", "missing", "tie")
        ),
    }
)
OWN = frozenset(name for rule in RULES.values() for name in rule.reads)
"""Every option that some rules read and others do not."""


def count_votes(rule: str, votes: Votes, options: Options) -> Outcome:
    """Count *votes* by the rule of that name.

    Raises CountingError, in words for a person, when rule, votes and options do not fit together.
    """
    if rule not in RULES:
        raise CountingError(f"There is no rule {rule!r}. The rules are: {', '.join(RULES)}.")
    known = RULES[rule]
    if not isinstance(votes, known.takes):
        wanted = " or ".join(WORDS[kind] for kind in known.takes)
        raise CountingError(f"The rule {rule} counts {wanted}; this is {WORDS[type(votes)]}.")
    none = options.none_of_these
    if none is not None and (none not in votes.candidates or none in options.withdrawn):
        raise CountingError(f"No candidate is called {none!r}.")
    return leave_empty(_count(rule, known, votes, options), none)


def _count(rule: str, known: Rule, votes: Votes, options: Options) -> Outcome:
    if options.vacancy is not None:
        if not isinstance(votes, Papers):
            raise CountingError("Only ranked papers can be counted again for a vacancy.")
        return count_vacancy(rule, known.count, votes, options)
    if options.withdrawn:
        votes = withdraw(votes, options.withdrawn)
    return tell_gone(known.count(votes, options), votes.gone)


def leave_empty(outcome: Outcome, none: str | None) -> Outcome:
    """*outcome* without a winner called *none*, whose place stays empty. None changes nothing.

    A tie for a place that "none of these" shares in is left as it is.
    """
    if none is None:
        return outcome
    told = {**outcome.options, "none of these": none}
    winners = tuple(place for place in outcome.winners if place != none)
    vacant = len(outcome.winners) - len(winners)
    return replace(outcome, options=told, winners=winners, vacant=vacant)
