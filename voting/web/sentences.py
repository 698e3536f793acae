"""What the floors below say to a voter, marked so that it is put into the reader's language.

Services and domain speak English and know no language. A desk passes what they say through
:func:`in_words_of_reader`; the sentences named here are the ones a voter can meet.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import get_locale, gettext

from voting.domain.catalogue import marked

SAID_TO_VOTERS = frozenset(
    {
        # voting/services/casting.py
        marked(
            "Your vote was not cast. The code it was sealed with is not the one in your letter "
            "for this vote. Open the link in your own letter and vote again."
        ),
        marked("Your vote was not cast, because you are not on the roll of this vote."),
        marked("Check your voting code. It has 22 letters and digits, in four groups with dashes."),
        marked(
            "This code is not the one in your letter for this vote. Check it and enter it again."
        ),
        marked("This vote is in the ballot box already. It was not put in again."),
        marked(
            "This vote was cast before and has been replaced by a later vote of yours. "
            "The later one counts. To change it, fill in a new voting paper."
        ),
        marked("Your vote was not cast, because it is larger than any vote can be."),
        marked("The ballot box is busy, and your vote was not cast. Cast it again in a moment."),
        marked("The definition of this election is not the one that was frozen."),
        marked("Choose an option, or blank"),
        marked("Choose from the options on this page"),
        marked("Choose blank alone, or options without blank"),
        marked("Fill in the voting paper again, or leave the question blank"),
        # voting/domain/lifecycle.py, require_voting_open
        marked("Voting has not opened yet."),
        marked("This vote was cancelled. No more votes can be cast."),
        marked("Voting has closed. No more votes can be cast."),
        # voting/domain/lifecycle.py, require_reporting_open
        marked("Voting has not opened yet, so there is nothing to report."),
        marked("The time for checking is over. Tell the people who watch this vote."),
        # voting/domain/disputes.py and voting/services/disputes.py
        marked("Choose what went wrong."),
        marked("Enter the tracking number from your receipt."),
        marked("A tracking number has 25 digits. Check this one."),
        marked("Say what went wrong."),
        marked("This number is in the ballot box, and the vote will be counted."),
        marked(
            "This tracking number is of a vote in the ballot box. No vote is ever kept beside an "
            "address, so leave one of the two empty. You can follow your report by its reference."
        ),
    }
)

SAID_TO_RESPONDENTS = frozenset(
    {
        # voting/services/answering.py
        marked(
            "This question is not asked of you, because of an earlier answer. It was not saved."
        ),
        marked("Some answers are missing or cannot be taken. Check each one marked below."),
        marked("Your answers could not be read. Check them and send them again."),
        marked("Too many files were sent with this response. Send one of them by mail instead."),
        # voting/domain/consulting.py
        marked("This consultation has not opened yet."),
        marked("This consultation has closed."),
        # voting/domain/documents.py
        marked("The file must be PDF, DOCX, ODT, TXT, CSV, XLSX, ODS, PNG or JPEG."),
        marked("The file is empty."),
        marked("The file is larger than 20 MB. Make it smaller, or divide it."),
    }
)

SAID = SAID_TO_VOTERS | SAID_TO_RESPONDENTS


def in_words_of_reader(sentence: str) -> str:
    """*sentence* in the reader's language if it is one named above, else as it is."""
    return str(gettext(sentence)) if sentence in SAID else sentence


GRADES = frozenset(
    {
        # voting/domain/methods.py, DEFAULT_GRADES
        marked("Reject"),
        marked("Poor"),
        marked("Acceptable"),
        marked("Good"),
        marked("Very good"),
        marked("Excellent"),
    }
)


def name_grades(grades: Sequence[str], grades_cy: Sequence[str] = ()) -> list[str]:
    """Grades in the reader's language: the organiser's own Welsh where there is any."""
    locale = get_locale()
    if grades_cy and locale is not None and locale.language == "cy":
        return list(grades_cy)
    return [grade_name(grade) for grade in grades]


def grade_name(grade: str) -> str:
    """A default grade in the reader's language; others stand as the organiser wrote them."""
    return str(gettext(grade)) if grade in GRADES else grade
