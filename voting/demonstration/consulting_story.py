"""What the demonstration's consultations ask, and what people said. All of it is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from voting.demonstration import consulting_welsh

Question = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Told:
    """One consultation: its title, what people read first, its questions; *welsh* of the words."""

    title: str
    introduction: str
    questions: tuple[Question, ...]
    welsh: Mapping[str, str] = field(default_factory=dict)


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
PRIVACY_CY = (
    "Mae Hamdden Glan yr Afon (gwasanaeth ffuglennol) yn darllen yr atebion er mwyn penderfynu "
    "beth a gynigir. Cedwir hwy am ddwy flynedd ar ôl y cau, ac yna'u dileu. Gallwch ofyn am weld, "
    "cywiro neu ddileu'r hyn a anfonwyd gennych."
)
REASON = "The dates follow the council's own timetable, and paper copies are at every centre."
REASON_CY = (
    "Mae'r dyddiadau'n dilyn amserlen y cyngor ei hun, ac mae copïau papur ym mhob canolfan."
)
CENTRES = "Riverside pool\nHilltop gym\nMarket Street hall\nAnother centre"

_BEFORE = Told(
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


def _tell_in_both(told: Told) -> Told:
    """*told*, with its Welsh beside every text of it."""
    say = consulting_welsh.in_welsh
    questions = []
    for kind, text, more in told.questions:
        welsh = {"text_cy": say(text)}
        if "choices" in more:
            welsh["choices_cy"] = say(more["choices"])
        questions.append((kind, text, more | welsh))
    words = {
        "title_cy": say(told.title),
        "introduction_cy": say(told.introduction),
        "privacy_notice_cy": PRIVACY_CY,
    }
    return Told(told.title, told.introduction, tuple(questions), words)


BEFORE = _tell_in_both(_BEFORE)

NOW = Told(
    "What should the first year look like?",
    "The council has decided in principle that a mutual may run the centres, and the second ballot "
    "on its governance is open. Whatever the outcome, the centres need a plan for next year. What "
    "is in it is open, and we ask what you would put there.",
    (
        (
            "single",
            "Do you use a centre at least once a month?",
            {
                "text_cy": "Ydych chi'n defnyddio canolfan o leiaf unwaith y mis?",
                "choices": "Yes\nNo",
                "choices_cy": "Ydw\nNac ydw",
                "is_required": True,
            },
        ),
        (
            "several",
            "Which changes would you use?",
            {
                "text_cy": "Pa newidiadau fyddech chi'n eu defnyddio?",
                "choices": "Early opening\nLate opening\nFamily sessions\nNone of these",
                "choices_cy": "Agor yn gynnar\nAgor yn hwyr\nSesiynau teulu\nDim un o'r rhain",
            },
        ),
        (
            "ranking",
            "What should come first?",
            {
                "text_cy": "Beth ddylai ddod gyntaf?",
                "choices": "Repairs\nLower prices\nLonger hours",
                "choices_cy": "Atgyweiriadau\nPrisiau is\nOriau hirach",
            },
        ),
        (
            "long",
            "What would you do first?",
            {
                "text_cy": "Beth fyddech chi'n ei wneud gyntaf?",
                "help": "In your own words. Please do not name anybody.",
                "help_cy": "Yn eich geiriau eich hun. Peidiwch ag enwi neb.",
            },
        ),
        (
            "file",
            "Do you want to send us a document?",
            {"text_cy": "Ydych chi eisiau anfon dogfen atom?"},
        ),
    ),
    {
        "title_cy": "Sut dylai'r flwyddyn gyntaf edrych?",
        "introduction_cy": (
            "Mae'r cyngor wedi penderfynu mewn egwyddor y caiff cwmni cydfuddiannol redeg y "
            "canolfannau, ac mae'r ail bleidlais, ar ei lywodraethu, ar agor. Beth bynnag fo'r "
            "canlyniad, mae angen cynllun ar y canolfannau ar gyfer y flwyddyn nesaf. Mae ei "
            "gynnwys yn agored, ac rydym yn gofyn beth fyddech chi'n ei roi ynddo."
        ),
        "privacy_notice_cy": PRIVACY_CY,
    },
)

RESPONSES = {"staff": 88, "community": 21, "": 295}
"""How many responses came of each constituency, by its code, and of the public."""

THOUGHTS = (
    ("Keep the pool open on Sundays, whoever runs it.", 0),
    ("I would like staff and users to have seats on the board.", 1),
    ("The council has run it well for years. I see no need for a change.", 1),
    ("What happens to the pensions of people who start later?", 2),
    ("Prices went up twice. Please hold them for families.", 3),
    ("A mutual could put its surplus back into the changing rooms.", 4),
    ("I worry that a new organisation loses the contract after five years.", 2),
    ("The roof of the hall should be repaired before anything else.", 4),
    ("Open the gym at six. Many of us start work at seven.", 0),
    ("Councillors answer to everyone. A board answers to its members.", 1),
    ("Members should decide what is done with money that is left.", 1),
    ("Please keep the sessions for people with disabilities.", 0),
    ("My children learned to swim here, and I could not pay more.", 3),
    ("The showers at Hilltop have been broken since the spring.", 4),
    ("Ask the people at the desk. They know what is wrong.", 1),
    ("I work here and I want to know that my job is safe.", 2),
)
"""What people wrote, and the theme it belongs to, by its place among the themes."""

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
    Theme(
        "Repairs",
        "The state of the buildings.",
        "People name roofs, showers and changing rooms that wait for repair, in every centre.",
        "accepted",
        "The buildings stay the council's. A survey of all eleven centres has begun, and a second "
        "consultation asks what should be repaired first.",
    ),
)
