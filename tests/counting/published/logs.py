"""The log of Droop, which has a row for every act of a count and repeats the figures on each.

What it tells otherwise than we do: its non-transferable votes are without what went in rounding; a
candidate with exactly a quota has an act of transfer, of nothing; a row of Meek's rule that opens a
round still shows the figures of the round before, without whoever was defeated in it. Two of its
columns are the program's own state and no figures of the count: ``surplus`` under WIGM, always 0,
and ``surplus`` on a row of Meek's rule that elects, which is that of an earlier iteration.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.counting.published import must, same, same_number, same_votes
from voting.counting.tabulation import Outcome

Row = dict[str, Any]
ACTS = {
    "begin": r"Begin Count",
    "round": r"New Round",
    "elect": r"Elect(?:, transfer pending| remaining| remaining candidates)?: (?P<name>.+)",
    "unpend": r"Transfer high surplus: (?P<name>.+)",
    "transfer": r"(?:Surplus transferred|Transfer defeated): (?P<name>.+?)(?: \((?P<by>\S+)\))?",
    "defeat": r"Defeat[^:]*?(?:\(surplus (?P<by>\S+) < omega\))?: (?P<name>.+)",
    "tie": r"Break tie[^:]*: \[(?P<among>.+)\] -> (?P<name>.+)",
    "end": r"Count Complete",
}


def tell_act(row: Row) -> dict[str, str | None]:
    """The names and numbers in the words of a row."""
    found = re.fullmatch(ACTS[row["tag"]], row["action"])
    must(found is not None, row["action"])
    assert found is not None
    return found.groupdict()


@dataclass
class Walk:
    """Goes through the log, and through our stages beside it."""

    found: dict[str, Any]
    at: int = 0
    round: int = 0
    gone: set[str] = field(default_factory=set)
    told: dict[int, list[str]] = field(default_factory=dict)
    ties: list[tuple[set[str], str]] = field(default_factory=list)
    above: Decimal = Decimal(0)
    pending: str = ""

    @property
    def stage(self) -> dict[str, Any]:
        """Our stage that the log has come to."""
        stage: dict[str, Any] = self.found["stages"][self.at]
        return stage

    def surplus(self, at: int) -> Decimal:
        """What all who are elected have above the quota after stage *at*."""
        stages = self.found["stages"]
        quota = Decimal(stages[at]["quota"])
        elected = [name for stage in stages[: at + 1] for name in stage["elected"]]
        votes = [Decimal(stages[at]["votes"][name]) for name in elected]
        return max(Decimal(0), sum((one - quota for one in votes if one > quota), Decimal(0)))

    def hold_round(self, row: Row) -> None:
        """Rounds are numbered in order; a new one begins with a row of its own."""
        self.round += row["tag"] == "round"
        same(self.round, row["round"], ("round", row["action"]))

    def is_left(self, name: str) -> bool:
        """Whether *name* was neither elected nor excluded to the end of our count."""
        stages = self.found["stages"]
        out = [one for stage in stages for one in (*stage["elected"], *stage["excluded"])]
        return name in stages[0]["votes"] and name not in out

    def elect(self, name: str) -> None:
        """The log elects *name* on the votes of this stage."""
        self.told.setdefault(self.at, []).append(name)

    def hold_whole(self, expected: Row) -> None:
        """Everything of ours has been met, and the winners are those of the log, step by step."""
        same(self.at, len(self.found["stages"]) - 1, "last stage")
        for at, stage in enumerate(self.found["stages"]):
            same(Counter(self.told.get(at, [])), Counter(stage["elected"]), f"elected, {at + 1}")
        winners = list(expected["winners"])
        for at in sorted(self.told):  # the log has no order among those elected in one step
            step = len(self.told[at])
            same(set(winners[:step]), set(self.told[at]), f"winners of stage {at + 1}")
            winners = winners[step:]
        same(winners, [], "winners")
        same(len(self.found["winners"]), len(expected["winners"]), "seats")
        ours = [(set(tie["between"]), tie["chosen"]) for tie in self.found["ties"]]
        same(ours, self.ties, "ties")
        told = [row["action"] for row in expected["stages"] if row["tag"] == "tie"]
        same(expected["ties"], told, "ties in words")
        same_number(self.found["quota"], expected["quota"], "quota")
        same(self.found["seats"], expected["seats"], "seats")


# Scottish STV and WIGM


def hold_transfers(expected: Row, outcome: Outcome) -> None:
    """A log of surpluses and defeats, each transfer of which is one stage of ours."""
    walk = Walk(outcome.to_json())
    for row in expected["stages"]:
        walk.hold_round(row)
        _act(walk, row, walk.surplus(walk.at))
        _hold_figures(walk, row)
        if outcome.rule == "scottish-stv":
            _hold_surplus(walk, row)
    walk.hold_whole(expected)


def _act(walk: Walk, row: Row, surplus: Decimal) -> None:
    act, tag = tell_act(row), row["tag"]
    name = act.get("name") or ""
    if tag == "elect":
        walk.elect(name)
    elif tag == "tie" and not ("surplus" in row["action"] and not surplus):
        walk.ties.append((set((act["among"] or "").split(", ")), name))
    elif tag == "defeat" and "remaining" not in row["action"]:
        same([name], walk.stage["excluded"], row["action"])
    elif tag == "defeat":
        must(walk.is_left(name), row["action"])
    elif tag in ("unpend", "transfer"):
        _transfer(walk, row, name, act.get("by"))


def _transfer(walk: Walk, row: Row, name: str, by: str | None) -> None:
    if row["tag"] == "unpend" or by is not None:
        above = Decimal(walk.stage["votes"][name]) - Decimal(walk.stage["quota"])
        if row["tag"] == "unpend":
            must(above >= 0, row["action"])
            walk.pending = name
            return
        same(walk.pending, name, row["action"])
        same_number(above, by, row["action"])
        if not above:
            return
    else:
        same([name], walk.stage["excluded"], row["action"])
    walk.at += 1
    must(walk.at < len(walk.found["stages"]), f"no stage of ours for {row['action']}")
    must(name in walk.stage["sentence"], row["action"])


def _hold_figures(walk: Walk, row: Row) -> None:
    what = (row["round"], row["action"])
    same_votes(walk.stage["votes"], row["votes"], what)
    same_number(walk.stage["quota"], row["quota"], (what, "quota"))
    lost = Decimal(walk.stage["non_transferable"]) - Decimal(walk.stage["rounding_loss"])
    same_number(lost, row["nt_votes"], (what, "non-transferable"))


def _hold_surplus(walk: Walk, row: Row) -> None:
    """The surplus at the beginning of a round stands on its rows, and on the first of the next."""
    same_number(walk.above, row["surplus"], (row["action"], "surplus"))
    if row["tag"] == "round":
        walk.above = walk.surplus(walk.at)


# Meek


def hold_meek(expected: Row, outcome: Outcome) -> None:
    """A log of Meek's rule: each of its rounds is one stage of ours, and the last filling one."""
    walk = Walk(outcome.to_json())
    for row in expected["stages"]:
        walk.hold_round(row)
        opens = row["tag"] in ("begin", "round")
        walk.at = max(walk.round - (2 if opens else 1), 0)
        _hold_meek_row(walk, row)
        _meek_act(walk, row)
    walk.at = max(walk.told)
    if walk.at == walk.round:  # a stage that fills the places left, which has no round
        same_votes(walk.stage["votes"], row["votes"], "places left")
        same_number(walk.stage["non_transferable"], row["residual"], "places left")
    walk.hold_whole(expected)


def _meek_act(walk: Walk, row: Row) -> None:
    act = tell_act(row)
    name = act.get("name") or ""
    if row["tag"] == "tie":
        walk.ties.append((set((act["among"] or "").split(", ")), name))
    elif row["tag"] == "defeat":
        if "remaining" in row["action"]:
            must(walk.is_left(name), row["action"])
        else:
            same([name], walk.stage["excluded"], row["action"])
            same_number(walk.surplus(walk.at), act["by"], row["action"])
        walk.gone.add(name)
    elif row["tag"] == "elect":
        walk.at += "remaining" in row["action"]
        must(walk.at < len(walk.found["stages"]), f"no stage of ours for {row['action']}")
        walk.elect(name)


def _seen(walk: Walk) -> dict[str, str]:
    """Our votes as the log shows them, without those who are defeated."""
    return {name: "0" if name in walk.gone else n for name, n in walk.stage["votes"].items()}


def _hold_meek_row(walk: Walk, row: Row) -> None:
    what = (row["round"], row["action"])
    seen, stage = _seen(walk), walk.stage
    same_votes(seen, row["votes"], what)
    same_number(stage["quota"], row["quota"], (what, "quota"))
    keeps = walk.found["details"]["keep_values"][walk.at]
    kept = {name: "0" if name in walk.gone else value for name, value in keeps.items()}
    same_votes(kept, row["keep_factors"], (what, "keep values"))
    left = walk.found["valid"] - sum(map(Decimal, seen.values()))
    lost = left if row["tag"] == "end" else stage["non_transferable"]
    same_number(lost, row["residual"], (what, "residual"))
    if row["tag"] != "elect":
        first = row["round"] < 2 and row["tag"] in ("begin", "round")
        surplus = Decimal(0) if first else walk.surplus(walk.at)
        same_number(surplus, row["surplus"], (what, "surplus"))
