"""What the booth says about ranks, grades and points, in the reader's language.

Sentences with {option}, {options} or {number} are filled here for pages without scripts, and by the
page's script where one runs, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from voting.domain.marks import MarkFault, find_faults, highest_mark
from voting.domain.methods import Kind
from voting.store.polls import Question
from voting.web.languages import find_language, tell_own
from voting.web.sentences import name_grades

WELSH_ENDINGS = (
    *("af", "il", "ydd", "ydd", "ed", "ed", "fed", "fed", "fed", "fed"),
    *("eg", "fed", "eg", "eg", "fed", "eg", "eg", "fed", "eg", "fed"),
)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd ..., in the reader's language."""
    if find_language() == "cy":
        ending = WELSH_ENDINGS[number - 1] if number <= len(WELSH_ENDINGS) else "ain"
        return f"{number}{ending}"
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"


def name_preference(place: int) -> str:
    """The heading of the page for one preference, 1 to 7."""
    names: tuple[str, ...] = (
        _("Your first choice"),
        _("Your second choice (optional)"),
        _("Your third choice (optional)"),
        _("Your fourth choice (optional)"),
        _("Your fifth choice (optional)"),
        _("Your sixth choice (optional)"),
        _("Your seventh choice (optional)"),
    )
    return names[place - 1]


def fault_of_preference(place: int) -> str:
    """What is said when nothing is selected on the page for one preference."""
    faults: tuple[str, ...] = (
        _("Select your first choice, or leave this question blank"),
        _("Select your second choice or that you do not want to rank any more"),
        _("Select your third choice or that you do not want to rank any more"),
        _("Select your fourth choice or that you do not want to rank any more"),
        _("Select your fifth choice or that you do not want to rank any more"),
        _("Select your sixth choice or that you do not want to rank any more"),
        _("Select your seventh choice or that you do not want to rank any more"),
    )
    return faults[place - 1]


def faults_of_marks(question: Question) -> dict[str, str]:
    """The sentence for each fault of a marked paper."""
    kind = question.method.kind
    none, number = {
        Kind.RANK: (
            _("Rank at least one option, or leave this question blank"),
            _("The rank of “{option}” must be a whole number from 1 to {number}"),
        ),
        Kind.GRADE: (
            _("Select a grade for each option, or leave this question blank"),
            _("Select a grade for “{option}”"),
        ),
    }.get(
        Kind(kind),
        (
            _("Give at least one option points, or leave this question blank"),
            _("The points for “{option}” must be a whole number from 0 to {number}"),
        ),
    )
    return {
        "none": none,
        "number": number,
        "both": _("Fill in the options or select the blank vote, not both"),
        "repeat": _("You gave rank {number} to {options}. Give each a rank of its own"),
        "gap": _("No option has rank {number}, but “{option}” has a later one. Leave no rank out"),
        "ungraded": _("Select a grade for “{option}”"),
        "zero": _("You gave every option 0 points. Give some points, or select the blank vote"),
    }


def tell_faults(question: Question, marks: Sequence[str]) -> list[tuple[int | None, str]]:
    """Each fault of *marks*: the option to go to (None: the question as a whole), and the words."""
    faults = find_faults(question.method, len(question.options), marks)
    return [(min(fault.places, default=None), _tell(question, fault)) for fault in faults]


def _tell(question: Question, fault: MarkFault) -> str:
    names = [tell_own(question.options[place], "text") for place in fault.places]
    told = faults_of_marks(question)[fault.code]
    for key, value in (
        ("{number}", str(fault.number)),
        ("{options}", ", ".join(f"“{name}”" for name in names)),
        ("{option}", names[0] if names else ""),
    ):
        told = told.replace(key, value)
    return told


def tell_move(question: Question, order: Sequence[int], place: int) -> str:
    """What a button on the page to check did, as a screen reader announces it."""
    name = tell_own(question.options[place], "text")
    pattern = texts_of_order()["moved" if place in order else "removed"]
    if place not in order:
        return pattern.replace("{name}", name)
    told = pattern.replace("{place}", ordinal(order.index(place) + 1))
    return told.replace("{total}", str(len(order))).replace("{name}", name)


def texts_of_order() -> dict[str, str]:
    """The words on and about the buttons of a ranking."""
    return {
        "up": _("Move {name} up"),
        "down": _("Move {name} down"),
        "remove": _("Remove {name}"),
        "moved": _("{name} is now {place} of {total}"),
        "removed": _("{name} is no longer ranked"),
        "unranked": _("Not ranked: {names}"),
        "points": _("{name}: {number} points"),
        "grade": "{name}: {grade}",
    }


def describe_marks(question: Question) -> dict[str, object]:
    """What the page's script needs to know of a question that is ranked, graded or scored."""
    method, size = question.method, len(question.options)
    return {
        "kind": method.kind,
        "top": highest_mark(method, size) if method.is_sealed_whole else 1,
        "equal": method.equal_ranks,
        "paged": method.is_paged(size),
        "grades": name_grades(method.grades, method.grades_cy)[::-1],
    }
