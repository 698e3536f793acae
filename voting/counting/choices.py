"""Plurality (one choice) and approval (several): the options with the most votes win."""

from __future__ import annotations

from voting.counting.options import Options
from voting.counting.places import by_votes
from voting.counting.ranking_outcome import Sheet, make_outcome
from voting.counting.tabulation import Choices, CountingError, Outcome, Papers, Ranking
from voting.counting.words import phrase

PLURALITY, APPROVAL, VERSION = "plurality", "approval", "1"


def read_first_choices(papers: Papers) -> Choices:
    """One vote a paper, for its first preference; a paper with two firsts, or none, is spoiled."""
    votes = [0] * len(papers.candidates)
    valid, blank, spoiled = 0, 0, papers.spoiled
    for ranking, number in papers.groups.items():
        if not ranking:
            blank += number
        elif isinstance(first := _first(ranking), int):
            valid += number
            votes[first] += number
        else:
            spoiled += number
    return _choices(papers, votes, (valid, blank, spoiled))


def _first(ranking: Ranking) -> int | None:
    return ranking[0] if isinstance(ranking[0], int) else None


def read_all_choices(papers: Papers, most: int | None) -> Choices:
    """One vote for each candidate a paper names; a paper that names more than *most* is spoiled."""
    votes = [0] * len(papers.candidates)
    valid, blank, spoiled = 0, 0, papers.spoiled
    for ranking, number in papers.groups.items():
        chosen = _named(ranking)
        if not chosen:
            blank += number
        elif most is not None and len(chosen) > most:
            spoiled += number
        else:
            valid += number
            for one in chosen:
                votes[one] += number
    return _choices(papers, votes, (valid, blank, spoiled))


def _named(ranking: Ranking) -> list[int]:
    named: list[int] = []
    for preference in ranking:
        named += [preference] if isinstance(preference, int) else preference
    return named


def _choices(papers: Papers, votes: list[int], papers_of: tuple[int, int, int]) -> Choices:
    valid, blank, spoiled = papers_of
    return Choices(
        papers.candidates, tuple(votes), valid, blank, spoiled, papers.weighted, papers.title
    )


def count_plurality(votes: Papers | Choices, options: Options) -> Outcome:
    """Most votes win. Raises CountingError for too many seats and when no paper is valid."""
    choices = read_first_choices(votes) if isinstance(votes, Papers) else votes
    return _count(PLURALITY, votes, choices, {}, options)


def count_approval(votes: Papers | Choices, options: Options) -> Outcome:
    """Most votes win, a paper giving one to each candidate it names.

    ``choose`` is the most that a paper may name. Raises CountingError for too many seats
    and when no paper is valid.
    """
    choices = read_all_choices(votes, options.choose) if isinstance(votes, Papers) else votes
    return _count(APPROVAL, votes, choices, {"choose": options.choose}, options)


def _count(
    rule: str,
    votes: Papers | Choices,
    choices: Choices,
    told: dict[str, object],
    options: Options,
) -> Outcome:
    if not (any(choices.votes) if choices.valid is None else choices.valid):
        raise CountingError("There is no valid paper to count.")
    sheet = Sheet(
        rule,
        VERSION,
        told,
        by_votes(choices.votes),
        choices.valid,
        choices.blank,
        choices.spoiled,
        phrase("Votes for each option are added up."),
        choices.votes,
    )
    seats = options.seats_for(votes) if isinstance(votes, Papers) else options.seats or 1
    return make_outcome(votes, sheet, options, seats)
