"""Places that fall vacant or stay empty: countback, none of these, and the seed of lots."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.counting.ground import CASES, count, elections
from voting.counting.reading import read_votes
from voting.counting.tabulation import CountingError, Papers
from voting.counting.ties import make_lot_seed

COUNTBACK = ("scottish-stv", "ers97", "meek", "wigm-prf")
FILE = "5 2\n40 1 2 3 0\n30 4 5 0\n5 3 0\n4 2 0\n3 5 4 0\n0\nAnn\nBea\nCal\nDee\nEve\n"


@pytest.mark.parametrize("rule", COUNTBACK)
def test_the_place_goes_to_whom_the_voters_of_the_one_who_left_put_next(rule: str) -> None:
    assert count(rule, FILE).winners == ("Ann", "Dee")

    outcome = count(rule, FILE, vacancy="Ann")

    assert outcome.winners == ("Bea",)
    assert outcome.options["countback for the place of"] == "Ann"
    assert outcome.options["in office"] == "Dee"
    assert "Ann" not in outcome.stages[0].votes
    assert count(rule, FILE, vacancy="Dee").winners == ("Eve",)


@pytest.mark.parametrize("rule", COUNTBACK)
def test_a_member_in_office_with_the_fewest_votes_is_not_excluded(rule: str) -> None:
    file = "4 2\n50 1 2 0\n49 4 3 0\n2 2 0\n48 3 0\n0\nAnn\nBea\nCal\nDee\n"
    first = count(rule, file)
    gone, kept = first.winners

    outcome = count(rule, file, vacancy=gone)

    excluded = {name for stage in outcome.stages for name in stage.excluded}
    assert kept not in excluded
    assert outcome.winners != (kept,)


@settings(max_examples=150, deadline=None)
@given(papers=elections(), rule=st.sampled_from(COUNTBACK), which=st.integers(0, 9))
def test_a_countback_elects_one_who_was_not_elected(papers: Papers, rule: str, which: int) -> None:
    elected = count(rule, papers).winners
    gone = elected[which % len(elected)]
    assume(any(papers.without({gone}).groups))  # the others are on some paper

    again = count(rule, papers, vacancy=gone)

    assert len(again.winners) == 1
    assert again.winners[0] not in elected


def test_who_no_longer_wants_the_place_is_passed_over() -> None:
    outcome = count("scottish-stv", FILE, vacancy="Ann", withdrawn=("Bea",))

    assert outcome.winners == ("Cal",)


@pytest.mark.parametrize(
    ("rule", "chosen", "told"),
    [
        ("borda", {"vacancy": "Ann"}, "has no countback"),
        ("meek", {"vacancy": "Bea"}, "'Bea' was not elected"),
        ("meek", {"vacancy": "Ann", "withdrawn": ("Dee",)}, "'Dee' is in office"),
        ("meek", {"vacancy": "Ann", "withdrawn": ("Bea", "Cal", "Eve")}, "Nobody is left"),
        ("meek", {"none_of_these": "Zoe"}, "No candidate is called 'Zoe'"),
    ],
)
def test_what_cannot_be_done_is_refused(rule: str, chosen: dict[str, object], told: str) -> None:
    with pytest.raises(CountingError, match=told):
        count(rule, FILE, **chosen)


def test_a_place_that_none_of_these_wins_stays_empty() -> None:
    file = "3 2\n5 1 0\n4 3 0\n1 2 0\n0\nAnn\nBea\nNone of these\n"

    outcome = count("scottish-stv", file, none_of_these="None of these")

    assert outcome.winners == ("Ann",)
    assert outcome.vacant == 1
    assert outcome.to_json()["vacant"] == 1
    assert outcome.stages[-1].elected == ("None of these",) or "None of these" in {
        name for stage in outcome.stages for name in stage.elected
    }


def test_the_seed_depends_on_the_definition_and_on_every_vote() -> None:
    seed = make_lot_seed("a" * 64, "b" * 43)

    assert len(seed) == 64
    assert seed == make_lot_seed("a" * 64, "b" * 43)
    assert len({seed, make_lot_seed("c" * 64, "b" * 43), make_lot_seed("a" * 64, "c" * 43)}) == 3


def test_ranked_pairs_shares_the_win_when_equal_majorities_decide_it() -> None:
    circle = "count,A,B,C\n1,1,2,3\n1,3,1,2\n1,2,3,1\n"

    open_still = count("ranked-pairs", circle)
    settled = count("ranked-pairs", circle, tie=None, strength="margins")

    assert open_still.winners == settled.winners == (("A", "B", "C"),)
    assert "every order was tried" in open_still.ties[0].how


def test_ranked_pairs_takes_the_declared_order_when_there_are_too_many() -> None:
    with (CASES / "rankedpairs_tennessee" / "ballots.csv").open("rb") as stream:
        votes = read_votes(stream, rule="ranked-pairs")
    assert count("ranked-pairs", votes).options["equal majorities"] == "every order"
    names = "ABCDEFGHIJKLMNOPQRST"
    turned = [names[at:] + names[:at] for at in range(len(names))]
    rows = "\n".join(",".join(str(order.index(name) + 1) for name in names) for order in turned)

    outcome = count("ranked-pairs", f"{','.join(names)}\n{rows}\n")

    assert "too many" in str(outcome.options["equal majorities"])
    assert outcome.ties


def test_two_are_left_to_go_on_to_the_end_when_losers_go_in_batches() -> None:
    file = "4 1\n9 1 0\n4 2 0\n1 3 0\n1 4 0\n0\nA\nB\nC\nD\n"

    outcome = count("irv", file, until="two", exclude="batch")

    assert outcome.winners == ("A",)
    last = outcome.stages[-1].votes
    assert last["B"] == 4
