"""The declared decision rule: what each constituency had to reach, whether it did, and the sum.

Majorities are held against weighted totals; turnout is counted in people. Everything is exact:
shares are fractions and are compared by multiplying whole numbers out, as ``sum_in_words`` shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from voting.counting import decision_words as words
from voting.counting.plurality import QuestionTally
from voting.counting.winners import WinnersTally

DECIDES = "decides"
MORE_THAN = "more-than"
ALL_DECIDING, ANY_DECIDING = "all-deciding", "any-deciding"


class Verdict(StrEnum):
    """What came of the rule. ``not-quorate``: the turnout that was needed was not reached."""

    CARRIED = "carried"
    NOT_CARRIED = "not-carried"
    NOT_QUORATE = "not-quorate"


@dataclass(frozen=True, slots=True)
class ConstituencyRule:
    """What one constituency must reach.

    ``standing``: decides or advises. ``comparison``: more-than or at-least. ``base``: what the
    ``share`` is of, valid, papers or roll. ``turnout``: the share of people on the roll who must
    return a paper, blank or not; 0 for none.
    """

    standing: str
    comparison: str
    share: Fraction
    base: str
    turnout: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        known = (
            self.standing in (DECIDES, "advises")
            and self.comparison in (MORE_THAN, "at-least")
            and self.base in words.BASES
        )
        if not known or not 0 <= self.share <= 1 or not 0 <= self.turnout <= 1:
            raise ValueError(f"not a decision rule: {self}")


@dataclass(frozen=True, slots=True)
class ConstituencyCount:
    """What was counted in one constituency on the deciding question.

    ``electors`` are the people on the roll and ``voters`` those whose papers were counted;
    ``roll_weight`` is the total weight of the roll. Raises ValueError for more papers than a roll
    allows.
    """

    code: str
    name: str
    rule: ConstituencyRule
    tally: QuestionTally | WinnersTally
    electors: int
    voters: int
    roll_weight: int

    def __post_init__(self) -> None:
        if self.voters > self.electors or self.tally.papers > self.roll_weight:
            raise ValueError(f"{self.name}: more papers than the roll allows")

    @property
    def is_weighted(self) -> bool:
        """Whether anyone on the roll has a weight other than 1."""
        return self.roll_weight != self.electors


@dataclass(frozen=True, slots=True)
class ConstituencyDecision:
    """One constituency held to its rule. ``option`` is the one that was held to it, if one was.

    ``papers``, ``valid`` and ``blank`` are weighted; the turnouts are sentences with both numbers.
    """

    code: str
    name: str
    standing: str
    verdict: Verdict
    option: str | None
    electors: int
    voters: int
    papers: int
    valid: int
    blank: int
    turnout_papers: str
    turnout_valid: str
    rule_in_words: str
    sum_in_words: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The whole rule evaluated. ``option`` is the one that all deciding constituencies agree on."""

    verdict: Verdict
    option: str | None
    sentence: str
    constituencies: tuple[ConstituencyDecision, ...]


def read_rule(frozen: Mapping[str, object]) -> ConstituencyRule:
    """The rule of one constituency as the frozen definition of a poll writes it."""
    return ConstituencyRule(
        standing=str(frozen["standing"]),
        comparison=str(frozen["comparison"]),
        share=Fraction(int(str(frozen["numerator"])), int(str(frozen["denominator"]))),
        base=str(frozen["base"]),
        turnout=Fraction(int(str(frozen["turnout_percent"])), 100),
    )


def evaluate(
    counts: Sequence[ConstituencyCount],
    *,
    combination: str = ALL_DECIDING,
    carrying: int | None = None,
) -> Decision:
    """Hold each constituency to its rule and combine those that decide; the others only advise.

    *carrying* is the position of the option that must reach the rule. With None the leading option
    of each constituency is held to it, and those that decide must agree on one; a tie for the lead
    carries nothing. *combination*: ``all-deciding`` or ``any-deciding`` of them must carry. Raises
    ValueError when no constituency decides or *combination* is unknown.
    """
    if combination not in (ALL_DECIDING, ANY_DECIDING):
        raise ValueError(f"not a combination: {combination}")
    decided = tuple(_decide(count, carrying) for count in counts)
    deciding = [part for part in decided if part.standing == DECIDES]
    if not deciding:
        raise ValueError("no constituency decides")
    carried = [part for part in deciding if part.verdict is Verdict.CARRIED]
    agreed = {part.option for part in carried}
    enough = carried if combination == ANY_DECIDING else len(carried) == len(deciding)
    if enough and len(agreed) == 1:
        verdict, (option,) = Verdict.CARRIED, agreed
    else:
        verdict, option = _explain_failure(deciding), None
    sentence = words.describe_decision(verdict, decided, deciding, combination)
    return Decision(verdict, option, sentence, decided)


def _explain_failure(deciding: Sequence[ConstituencyDecision]) -> Verdict:
    failed = [part.verdict for part in deciding if part.verdict is not Verdict.CARRIED]
    if failed and all(verdict is Verdict.NOT_QUORATE for verdict in failed):
        return Verdict.NOT_QUORATE
    return Verdict.NOT_CARRIED


@dataclass(frozen=True, slots=True)
class _Holding:
    """What was held to the rule, whether it reached it, and both in words."""

    option: str | None
    reached: bool
    rule_in_words: str
    sums: str


def _decide(count: ConstituencyCount, carrying: int | None) -> ConstituencyDecision:
    rule, tally = count.rule, count.tally
    if isinstance(tally, WinnersTally):
        held = _hold_winners(rule, tally, carrying)
    else:
        held = _hold_votes(count, tally, carrying)
    quorate = is_quorate(rule, count.voters, count.electors)
    verdict = Verdict.CARRIED if held.reached else Verdict.NOT_CARRIED
    verdict = verdict if quorate else Verdict.NOT_QUORATE
    turnout = words.describe_turnout_needed(count.voters, count.electors, rule.turnout)
    weighing = " Votes are counted by weight, turnout in people." if count.is_weighted else ""
    return ConstituencyDecision(
        code=count.code,
        name=count.name,
        standing=rule.standing,
        verdict=verdict,
        option=held.option,
        electors=count.electors,
        voters=count.voters,
        papers=tally.papers,
        valid=tally.valid,
        blank=tally.blank,
        turnout_papers=words.describe_part(count.voters, count.electors),
        turnout_valid=_describe_valid(count),
        rule_in_words=held.rule_in_words,
        sum_in_words=f"{held.sums} {turnout}{weighing} {words.VERDICTS[verdict]}",
    )


def _hold_winners(rule: ConstituencyRule, tally: WinnersTally, carrying: int | None) -> _Holding:
    """What wins the count carries; a share of votes has no meaning there."""
    named = None if carrying is None else tally.options[carrying]
    return _Holding(
        option=named or " and ".join(tally.winning) or None,
        reached=carrying in tally.winners if carrying is not None else bool(tally.winners),
        rule_in_words=words.describe_count_rule(tally.rule, rule.turnout, named),
        sums=words.describe_winners(tally.rule, tally.winning),
    )


def _hold_votes(count: ConstituencyCount, tally: QuestionTally, carrying: int | None) -> _Holding:
    rule = count.rule
    place = _find_place(tally, carrying)
    base = _find_base(count, tally)
    reached = place is not None and reaches(rule, tally.votes[place], base)
    named = None if carrying is None else tally.options[carrying]
    return _Holding(
        option=None if place is None else tally.options[place],
        reached=reached,
        rule_in_words=words.describe_rule(
            rule.comparison, rule.share, rule.base, rule.turnout, named
        ),
        sums=words.describe_lead(tally)
        if place is None
        else _describe_sum(rule, tally, place, base, reached),
    )


def reaches(rule: ConstituencyRule, votes: int, base: int) -> bool:
    """Whether *votes* of *base* reach the share; nothing reaches a share of nobody."""
    if base == 0:
        return False
    if rule.comparison == MORE_THAN:
        return votes * rule.share.denominator > base * rule.share.numerator
    return votes * rule.share.denominator >= base * rule.share.numerator


def is_quorate(rule: ConstituencyRule, voters: int, electors: int) -> bool:
    """Whether enough people returned a paper."""
    return voters * rule.turnout.denominator >= electors * rule.turnout.numerator


def _find_place(tally: QuestionTally, carrying: int | None) -> int | None:
    if carrying is not None:
        return carrying
    leading = tally.leading
    return leading[0] if len(leading) == 1 else None


def _find_base(count: ConstituencyCount, tally: QuestionTally) -> int:
    return {"valid": tally.valid, "papers": tally.papers, "roll": count.roll_weight}[
        count.rule.base
    ]


def _describe_sum(
    rule: ConstituencyRule, tally: QuestionTally, place: int, base: int, reached: bool
) -> str:
    return words.describe_majority(
        tally.options[place],
        tally.votes[place],
        base,
        words.name_base(rule.base, tally.maximum),
        comparison=rule.comparison,
        share=rule.share,
        reached=reached,
    )


def _describe_valid(count: ConstituencyCount) -> str:
    told = words.describe_part(count.tally.valid, count.roll_weight)
    return f"{told} by weight" if count.is_weighted else told
