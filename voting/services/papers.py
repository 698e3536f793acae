"""Every paper of a ranked, graded or scored question as files, where they may be published (D3).

Papers carry no name, and stand sorted, so that their order tells nothing either.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence

from voting.belenios.election import parse_election
from voting.belenios.tally import parse_result
from voting.counting.vectors import is_graded, read_ranking
from voting.domain.cells import defuse
from voting.domain.errors import NotFound
from voting.domain.methods import Kind, Method
from voting.store.polls import Election, Question

FORMATS = ("json", "csv", "blt")
NONE = "The papers of this question are not published."


def list_formats(election: Election, question: Question) -> tuple[str, ...]:
    """In which formats the papers of a question may be had; none where they are not published."""
    method = question.method
    if not (method.is_sealed_whole and method.is_published(election.electors)):
        return ()
    return FORMATS if method.kind == Kind.RANK else FORMATS[:2]


def write_papers(election: Election, question: Question, form: str) -> str:
    """The papers that were counted, in one of the formats; raises NotFound unless published.

    ``json`` is what ``belenios-tool method`` reads: the numbers of each paper. ``csv`` and ``blt``
    give each different paper once, with how many there were.
    """
    if election.result is None or form not in list_formats(election, question):
        raise NotFound(NONE)
    opened = parse_result(parse_election(election.definition), election.result)
    method, names = question.method, [option.text for option in question.options]
    papers = sorted(
        tuple(paper)
        for paper in opened[question.position]
        if isinstance(paper, list) and is_counted(method, paper)
    )
    if form == "json":
        return json.dumps(papers, separators=(",", ":"))
    if form == "csv":
        return _write_csv(names, papers)
    return "\n".join(_list_blt(question.text, names, method, papers)) + "\n"


def is_counted(method: Method, paper: Sequence[int]) -> bool:
    """Whether a paper is not spoiled; blank ones are counted as blank."""
    if not any(paper):
        return True
    if method.kind == Kind.GRADE:
        return is_graded(paper, len(method.grades))
    if method.kind == Kind.SCORE:
        return max(paper) <= method.highest
    most = method.ranks_for(len(paper))
    return read_ranking(paper, equal=method.equal_ranks, most=most) is not None


def _write_csv(names: Sequence[str], papers: Sequence[tuple[int, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("count", *(defuse(name) for name in names)))
    for paper, number in sorted(Counter(papers).items()):
        writer.writerow((number, *(mark or "" for mark in paper)))
    return text.getvalue()


def _list_blt(
    title: str, names: Sequence[str], method: Method, papers: Sequence[tuple[int, ...]]
) -> Iterator[str]:
    yield f"{len(names)} {method.seats}"
    for paper, number in sorted(Counter(papers).items()):
        ranking = read_ranking(paper, equal=True, most=len(paper)) or ()
        levels = [(one,) if isinstance(one, int) else one for one in ranking]
        marks = ["=".join(str(place + 1) for place in level) for level in levels]
        yield " ".join([str(number), *marks, "0"])
    yield "0"
    for name in (*names, title):
        yield '"' + name.replace('"', "'") + '"'
