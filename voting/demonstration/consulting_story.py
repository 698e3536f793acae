"""What the demonstration's consultations ask, and what people said. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Question = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Told:
    """One consultation: its title, what people read first, and its questions."""

    title: str
    introduction: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme of the answers and what the organisation says to it."""

    name: str
    meaning: str
    summary: str
    stance: str
    response: str


PRIVACY = (
    "Riverside Leisure (a fictional service) reads the answers to decide what is proposed. They "
    "are kept for two years after the close and then deleted. You can ask to see, correct or "
    "delete what you sent."
)
REASON = "The dates follow the council's own timetable, and paper copies are at every centre."
CENTRES = "Riverside pool\nHilltop gym\nMarket Street hall\nAnother centre"

BEFORE = Told(
    "How should our leisure centres be run?",
    "Whether the centres stay with the council or move to a mutual is open. We ask what matters "
    "to you before anything is put to a vote.",
    (
        ("single", "Which centre do you use most?", {"choices": CENTRES, "is_required": True}),
        (
            "several",
            "What matters most to you?",
            {"choices": "Prices\nOpening hours\nStaff\nRepairs\nA say in decisions", "most": 3},
        ),
        (
            "rating",
            "How good is the service today?",
            {"choices": "Poor\nExcellent", "least": 1, "most": 5},
        ),
        (
            "ranking",
            "In which order should money be spent?",
            {"choices": "Longer hours\nLower prices\nRepairs"},
        ),
        ("long", "What else should we think of?", {}),
    ),
)

NOW = Told(
    "What should the first year look like?",
    "Nothing is decided yet: the second ballot is still open. Whatever its outcome, the centres "
    "need a plan for next year, and we ask what should be in it.",
    (
        ("single", "Do you use a centre at least once a month?", {"choices": "Yes\nNo"}),
        (
            "several",
            "Which changes would you use?",
            {"choices": "Early opening\nLate opening\nFamily sessions\nNone of these"},
        ),
        (
            "ranking",
            "What should come first?",
            {"choices": "Repairs\nLower prices\nLonger hours"},
        ),
        ("long", "What would you do first?", {}),
        ("file", "Do you want to send us a document?", {}),
    ),
)

RESPONSES = {"staff": 88, "users": 131, "community": 21, "": 164}
"""How many responses came of each constituency, by its code, and of the public."""

THOUGHTS = (
    "Keep the pool open on Sundays, whoever runs it.",
    "I would like staff and users to have seats on the board.",
    "The council has run it well for years. I see no need for a change.",
    "What happens to the pensions of people who start later?",
    "Prices went up twice. Please hold them for families.",
    "A mutual could put its surplus back into the changing rooms.",
    "I worry that a new organisation loses the contract after five years.",
    "The roof of the hall should be repaired before anything else.",
    "Open the gym at six. Many of us start work at seven.",
    "Councillors answer to everyone. A board answers to its members.",
    "Members should decide what is done with money that is left.",
    "Please keep the sessions for people with disabilities.",
)

THEMES = (
    Theme(
        "Opening hours",
        "When the centres are open, and for whom.",
        "Many ask for early mornings and Sundays, some for quiet hours.",
        "accepted",
        "Whoever runs the centres, the pool stays open on Sundays, and two centres try six o'clock "
        "openings for half a year.",
    ),
    Theme(
        "Who decides",
        "The board, members and councillors.",
        "Some want seats for staff and users; others prefer that councillors decide.",
        "accepted",
        "Both ballots put the choice to staff, users and the community, with staying as we are "
        "among the answers.",
    ),
    Theme(
        "Pensions and jobs",
        "What a transfer would mean for the people who work here.",
        "Staff ask what happens to pensions of those who start after a transfer.",
        "accepted",
        "Version 3 of the business case works out the cost of pensions anew.",
    ),
    Theme(
        "Prices",
        "What using the centres costs.",
        "Families ask that prices do not rise again.",
        "not-accepted",
        "A promise to hold all prices cannot be kept under either option while energy prices are "
        "not known. The family ticket stays as it is for a year.",
    ),
)
