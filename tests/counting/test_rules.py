"""Single steps of the rules that no published sheet shows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.counting.ground import count, make_papers, read, units
from voting.counting.majority_judgment import middle
from voting.counting.options import Options
from voting.counting.rules import RULES, count_votes
from voting.counting.sheet import write_sheet
from voting.counting.tabulation import CountingError, Papers, show
from voting.counting.ties import parse_tie_rule
from voting.counting.words import in_words

ABC = "0\nA\nB\nC\n"


# Papers


def test_a_scottish_paper_counts_up_to_the_first_number_left_out_or_given_twice() -> None:
    votes = read("A,B,C\n1,,3\n1,2,2\n1,1,\n,2,1\n,,\n", "scottish-stv")

    outcome = count("scottish-stv", votes, seats=2)

    assert dict(outcome.stages[0].votes) == {"A": 200_000, "B": 0, "C": 100_000}
    assert (outcome.valid, outcome.blank, outcome.spoiled) == (3, 1, 1)


def test_an_instant_runoff_paper_stops_at_a_number_given_twice_or_passes_it_over() -> None:
    votes = read("count,A,B,C\n4,1,1,2\n3,,1,\n2,1,,3\n", "irv")

    assert count("irv", votes).valid == 5
    skipped = count("irv", votes, overvote="skip")
    assert dict(skipped.stages[0].votes) == {"A": 2, "B": 3, "C": 4}


def test_a_number_given_twice_can_count_for_the_only_one_of_them_who_continues() -> None:
    content = "count,A,B,C,D\n4,1,,,\n3,,1,,\n1,,,1,\n1,2,,1,2\n1,,2,2,1\n1,1,1,,\n"

    outcome = count("irv", content, overvote="continuing")
    stopped = count("irv", content, overvote="exhaust")

    assert (outcome.valid, outcome.spoiled) == (stopped.valid, stopped.spoiled) == (10, 1)
    assert [stage.non_transferable for stage in outcome.stages] == [0, 1, 2]  # B and C both stood
    assert dict(outcome.stages[-1].votes) == {"A": 5, "B": 3, "C": 0, "D": 0}
    assert dict(stopped.stages[-1].votes) == {"A": 4, "B": 3, "C": 0, "D": 0}


def test_a_belenios_paper_with_a_gap_or_a_repeat_is_spoiled_and_a_blank_one_counts() -> None:
    votes = read("A,B,C\n1,,3\n1,1,\n,,\n1,2,\n", "belenios-stv")

    outcome = count("belenios-stv", votes)

    assert (outcome.valid, outcome.blank, outcome.spoiled) == (2, 1, 2)
    assert outcome.show(outcome.quota or 0) == "2.000000"


def test_a_plurality_paper_with_two_firsts_is_spoiled() -> None:
    outcome = count("plurality", "A,B,C\n1,1,\n1,2,\n,,\n")

    assert (outcome.valid, outcome.blank, outcome.spoiled) == (1, 1, 1)


def test_an_approval_paper_that_chooses_too_many_is_spoiled() -> None:
    outcome = count("approval", "A,B,C\n1,1,1\n1,1,\n,1,\n", choose=2)

    assert dict(outcome.stages[0].votes) == {"A": 1, "B": 2, "C": 0}
    assert outcome.spoiled == 1


def test_withdrawn_candidates_leave_the_others_in_their_order() -> None:
    papers = make_papers([(0, 1, 2), (1, 0), (2,), ((0, 2), 1)], 3)

    left = papers.without(["A"])

    assert left.candidates == ("B", "C")
    assert left.groups == {(0, 1): 1, (0,): 1, (1,): 1, (1, 0): 1}


# Rules


def test_scottish_count_stops_when_as_many_remain_as_places() -> None:
    outcome = count("scottish-stv", f"3 2\n6 1 0\n3 2 0\n2 3 0\n{ABC}")

    assert [stage.number for stage in outcome.stages] == [1, 2, 3]
    assert outcome.winners == ("A", "B")
    assert outcome.stages[-1].excluded == ()


def test_scottish_transfer_values_are_cut_off_paper_by_paper() -> None:
    outcome = count("scottish-stv", f"3 2\n7 1 2 0\n1 2 0\n2 3 0\n{ABC}")

    second = outcome.stages[1]
    # surplus 3 of 7 votes: 3 / 7 = 0.428571..., cut off to 0.42857, times 7 papers
    assert outcome.show(second.votes["B"]) == "3.99999"
    assert outcome.show(second.loss) == "0.00001"


def test_as_many_seats_as_candidates_elects_all_at_once() -> None:
    for rule in ("scottish-stv", "ers97", "meek", "wigm-prf"):
        outcome = count(rule, f"3 3\n6 1 2 0\n3 2 0\n2 3 0\n{ABC}")
        assert set(outcome.winners) == {"A", "B", "C"}
        assert len(outcome.stages) == 1


def test_ers97_defers_a_surplus_that_cannot_save_the_lowest() -> None:
    names = "0\nA\nB\nC\nD\n"
    outcome = count("ers97", f"4 2\n11 1 2 0\n9 2 0\n8 3 0\n2 4 3 0\n{names}")

    assert outcome.stages[0].elected == ("A",)
    assert outcome.stages[0].excluded == ("D",)
    assert outcome.stages[1].votes["A"] == 1100


def test_meek_lets_elected_candidates_go_on_receiving_papers() -> None:
    outcome = count("meek", f"3 2\n8 1 2 0\n5 2 1 0\n3 3 1 0\n{ABC}")

    for stage in outcome.stages[1:]:
        assert stage.quota is not None
        assert stage.votes["A"] == pytest.approx(stage.quota, abs=10**5)


def test_meek_tells_what_each_candidate_keeps_at_every_stage() -> None:
    outcome = count("meek", f"3 2\n8 1 2 0\n5 2 1 0\n3 3 1 0\n{ABC}")

    kept = outcome.details["keep_values"]
    assert len(kept) == len(outcome.stages)  # type: ignore[arg-type]
    assert kept[0] == dict.fromkeys("ABC", "1.000000000")  # type: ignore[index]


def test_ers97_tells_the_figures_after_every_batch_of_an_exclusion() -> None:
    outcome = count("ers97", f"3 1\n9 1 2 0\n8 2 0\n3 3 2 0\n1 3 0\n{ABC}")

    batches: list[dict[str, Any]] = outcome.details["batches"]  # type: ignore[assignment]
    assert [(batch["stage"], batch["value"], batch["papers"]) for batch in batches] == [
        (2, "1.00", 4)
    ]
    for batch in batches:
        votes = sum(units(number) for number in batch["votes"].values())
        assert votes + units(batch["non_transferable"]) == outcome.valid


def test_irv_can_go_on_to_the_last_two() -> None:
    content = f"3 1\n6 1 0\n2 2 0\n1 3 2 0\n{ABC}"

    assert len(count("irv", content).stages) == 1
    last = count("irv", content, until="two").stages[-1]
    assert dict(last.votes) == {"A": 6, "B": 3, "C": 0}


def test_schulze_may_weigh_defeats_by_margins() -> None:
    pairs = read(",A,B,C\nA,,60,10\nB,50,,30\nC,55,5,\n", "schulze")

    assert count("schulze", pairs, strength="winning").winners == ("C",)
    assert count("schulze", pairs, strength="margins").winners == ("B",)


def test_borda_shares_places_and_points() -> None:
    outcome = count("borda", "A,B,C,D\n1,2,2,\n1,,,\n")

    # first paper: A 3, B and C 1.5 each, D 0; second: A 3, the others 1 each
    assert {name: outcome.show(votes) for name, votes in outcome.stages[0].votes.items()} == {
        "A": "6.0",
        "B": "2.5",
        "C": "2.5",
        "D": "1.0",
    }


# Refusals


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_refuses_to_count_nothing(rule: str) -> None:
    with pytest.raises(CountingError):
        count_votes(rule, Papers(("A", "B"), {(): 3}), Options())


@pytest.mark.parametrize(
    ("rule", "chosen", "told"),
    [
        ("meek", {"variant": "nz"}, "variants"),
        ("schulze", {"strength": "x"}, "strength"),
        ("irv", {"until": "x"}, "until"),
        ("irv", {"exclude": "x"}, "exclude"),
        ("irv", {"overvote": "x"}, "overvote"),
        ("ers97", {"seats": 0}, "at least 1 seat"),
        ("unknown", {}, "There is no rule"),
    ],
)
def test_unknown_choices_are_refused(rule: str, chosen: dict[str, object], told: str) -> None:
    with pytest.raises(CountingError, match=told):
        count(rule, make_papers([(0, 1)], 2), **chosen)


def test_unknown_middles_and_grades_are_refused() -> None:
    votes = read('{"tallies": [[1,1],[1,0]]}', "majority-judgment")

    for chosen in ({"middle": "x"}, {"missing": "x"}, {"missing": "static:x"}):
        with pytest.raises(CountingError):
            count("majority-judgment", votes, **chosen)
    with pytest.raises(CountingError, match="no grade 2"):
        count("majority-judgment", votes, missing="static:2")


def test_a_candidate_without_any_grade_has_no_middle() -> None:
    votes = read('{"tallies": [[1,1],[0,0]]}', "majority-judgment")

    for missing in ("median", "normalised"):
        with pytest.raises(CountingError, match="Option 2 has no grade"):
            count("majority-judgment", votes, missing=missing)


# Words


def test_numbers_and_names_are_written_exactly() -> None:
    assert [show(107_58, 2), show(-5, 2), show(7, 0)] == ["107.58", "-0.05", "7"]
    assert [in_words(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]


def test_shared_numbers_are_refused_also_when_they_come_from_elsewhere() -> None:
    for rule in ("meek", "wigm-prf"):
        with pytest.raises(CountingError, match="share a number"):
            count(rule, make_papers([((0, 1),)], 3))


def test_withdrawing_one_of_those_who_share_a_number_leaves_the_other_and_keeps_gaps() -> None:
    left = make_papers([(0, (), 2), ((0, 1), 2), (2, (), (0,))], 3).without(["A"])

    assert left.groups == {((), 1): 1, (0, 1): 1, (1,): 1}


def test_a_middle_grade_needs_a_grade() -> None:
    with pytest.raises(ValueError, match="no grade"):
        middle([0, 0], upper=False)


def test_ers97_deems_nobody_elected_in_a_tie_for_the_last_place_that_nothing_tells_apart() -> None:
    # 5.6.2: A and B both have the quota, for one place; so the next step is an exclusion
    outcome = count("ers97", "3 1\n4 1 0\n4 2 0\n0\nA\nB\nC\n")

    assert outcome.winners == ("B",)
    assert [tie.purpose for tie in outcome.ties] == ["candidate to exclude"]
    assert outcome.stages[0].excluded == ("C", "A")


def test_ers97_breaks_a_tie_for_the_last_place_by_the_earliest_difference() -> None:
    # C and D go together; C's paper lifts B level with A, who was ahead at stage 1
    outcome = count("ers97", "4 1\n5 1 0\n4 2 0\n1 3 2 0\n2 4 0\n0\nA\nB\nC\nD\n")

    assert outcome.winners == ("A",)
    assert [tie.purpose for tie in outcome.ties] == ["candidate to elect"]
    assert [stage.quota for stage in outcome.stages] == [600, 500]


def test_a_sheet_tells_ties_losses_quotas_and_shared_places() -> None:
    ers97 = write_sheet(count("ers97", f"3 1\n5 1 0\n4 2 0\n1 3 2 0\n2 3 0\n{ABC}"))
    shared = write_sheet(count("plurality", "A,B\n1,\n,1\n"))
    plain = write_sheet(count("schulze", ",A,B\nA,,2\nB,1,\n"))

    assert "Quota at this stage" in ers97
    assert "Elected: A and B (tied)" in shared
    assert "are tied for the last place." in shared
    assert "A                                B 2" in plain
    surplus = write_sheet(count("scottish-stv", f"3 2\n7 1 2 0\n1 2 0\n2 3 0\n{ABC}"))
    assert "(of which lost in rounding)" in surplus
    tied = write_sheet(count("meek", "2 1\n1 1 0\n1 2 0\n0\nA\nB\n"))
    assert "Stage 1, candidate to exclude: A and B. Chosen: A" in tied


def test_the_1987_meek_rule_elects_who_is_left_when_no_one_else_is() -> None:
    outcome = count("meek", f"3 2\n4 1 2 0\n2 3 0\n{ABC}", variant="hww")

    assert outcome.winners == ("A", "C")
    assert outcome.stages[-1].votes["B"] == 0


def test_tallies_without_a_grade_are_not_counted() -> None:
    with pytest.raises(CountingError, match="no grade to count"):
        count("majority-judgment", '{"tallies": [[0,0]]}')


def test_who_shares_a_number_is_level_in_every_comparison() -> None:
    outcome = count("schulze", "count,A,B,C\n2,1,1,2\n1,2,1,\n")

    assert outcome.details["pairwise"] == {
        "A": {"B": 0, "C": 3},
        "B": {"A": 1, "C": 3},
        "C": {"A": 0, "B": 0},
    }


def test_a_declared_order_is_the_order_of_candidates_unless_the_file_gives_another() -> None:
    ties = parse_tie_rule("order")
    content = "2 1\n%s1 1 0\n1 2 0\n0\nA\nB\n"

    assert count("plurality", content % "", tie=ties).winners == ("A",)
    assert count("plurality", content % "[tie 2 1]\n", tie=ties).winners == ("B",)
