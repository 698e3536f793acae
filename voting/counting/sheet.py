"""A result sheet as plain text: who won, under which rule, and every stage with its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from voting.counting.tabulation import Outcome, Placed, Stage
from voting.counting.words import in_words

NAME_WIDTH = 32
_TABLES = {
    "pairwise": "Papers that put the candidate of the row above each other:",
    "paths": "Strongest chain of defeats from the candidate of the row to each other:",
    "profiles": "Grades, worst first, and the middle grade (0 is the worst):",
}


def write_sheet(outcome: Outcome) -> str:
    """The whole sheet, lines ending in a newline each."""
    return "\n".join(_lines(outcome)) + "\n"


def _lines(outcome: Outcome) -> Iterator[str]:
    if outcome.title:
        yield outcome.title
    yield _winners(outcome.winners)
    yield ""
    options = "; ".join(f"{name}: {_value(value)}" for name, value in outcome.options.items())
    yield f"Rule: {outcome.rule} ({outcome.version}); {options}"
    valid = "not known" if outcome.valid is None else f"{outcome.valid:,}"
    yield (
        f"Seats: {outcome.seats}   Valid: {valid}   Blank: {outcome.blank:,}   "
        f"Spoiled: {outcome.spoiled:,}"
    )
    if outcome.quota is not None:
        yield f"Quota: {outcome.show(outcome.quota)}"
    before: Stage | None = None
    for stage in outcome.stages:
        yield ""
        yield from _stage(outcome, stage, before)
        before = stage
    yield from _details(outcome)
    yield from _order(outcome)
    yield from _ties(outcome)


def _value(value: object) -> str:
    return in_words(value) if isinstance(value, list) else str(value)


def _details(outcome: Outcome) -> Iterator[str]:
    """The tables of rules that compare candidates: pairs and paths, or grades."""
    for key, title in _TABLES.items():
        rows = outcome.details.get(key)
        if isinstance(rows, Mapping):
            yield ""
            yield title
            for name, row in rows.items():
                cells = ", ".join(f"{other} {_cell(cell)}" for other, cell in row.items())
                yield f"  {name:{NAME_WIDTH}} {cells}"


def _cell(cell: object) -> str:
    return " / ".join(map(str, cell)) if isinstance(cell, list) else str(cell)


def _order(outcome: Outcome) -> Iterator[str]:
    if outcome.ranking:
        yield ""
        yield "Order of all:"
    number = 1
    for place in outcome.ranking:
        yield f"{number:4}. {_place(place)}"
        number += 1 if isinstance(place, str) else len(place)


def _ties(outcome: Outcome) -> Iterator[str]:
    if outcome.ties:
        yield ""
        yield "Ties:"
    for tie in outcome.ties:
        yield (
            f"  Stage {tie.stage}, {tie.purpose}: {in_words(tie.between)}. "
            f"Chosen: {tie.chosen}, {tie.how}."
        )


def _winners(winners: Sequence[Placed]) -> str:
    if not winners:
        return "Nobody is elected."
    return "Elected: " + "; ".join(_place(place) for place in winners)


def _place(place: Placed) -> str:
    return place if isinstance(place, str) else f"{in_words(place)} (tied)"


def _stage(outcome: Outcome, stage: Stage, before: Stage | None) -> Iterator[str]:
    yield f"Stage {stage.number}. {stage.sentence}"
    width = max([len(outcome.show(votes)) for votes in stage.votes.values()], default=0)
    for name, votes in stage.votes.items():
        change = "" if before is None else _change(outcome, votes - before.votes[name], width)
        mark = _mark(name, stage)
        yield f"  {name:{NAME_WIDTH}} {change}{outcome.show(votes):>{width}}{mark}"
    if stage.votes and (stage.non_transferable or outcome.quota is not None):
        earlier = 0 if before is None else before.non_transferable
        change = "" if before is None else _change(outcome, stage.non_transferable - earlier, width)
        yield (
            f"  {'With no candidate':{NAME_WIDTH}} {change}"
            f"{outcome.show(stage.non_transferable):>{width}}"
        )
    if stage.loss:
        lost = f"{outcome.show(stage.loss):>{width if before is None else 2 * width + 3}}"
        yield f"  {'(of which lost in rounding)':{NAME_WIDTH}} {lost}"
    if stage.quota is not None and stage.quota != outcome.quota:
        quota = f"{outcome.show(stage.quota):>{width if before is None else 2 * width + 3}}"
        yield f"  {'Quota at this stage':{NAME_WIDTH}} {quota}"


def _change(outcome: Outcome, number: int, width: int) -> str:
    text = f"{'+' if number > 0 else ''}{outcome.show(number)}" if number else ""
    return f"{text:>{width + 1}}  "


def _mark(name: str, stage: Stage) -> str:
    if name in stage.elected:
        return "  elected"
    return "  excluded" if name in stage.excluded else ""
