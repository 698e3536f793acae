"""What is made of the answers to a consultation: read, tagged, counted, answered and reported."""

from voting.services.analysis.answering import (
    STANCES,
    add_update,
    answer_theme,
    find_change,
    is_published,
)
from voting.services.analysis.coding import (
    Agreement,
    Pair,
    compare_coders,
    get_answer,
    keep_reading,
    tag,
    untag,
)
from voting.services.analysis.moderation import (
    BLOCK,
    CUSTODIAN,
    name_custodian,
    read_original,
    redact,
    release,
    release_together,
    require_closed,
)
from voting.services.analysis.publishing import publish_response
from voting.services.analysis.report import describe_report, get_report, make_pdf
from voting.services.analysis.tables import (
    CROSSED,
    CrossTable,
    Line,
    QuestionTable,
    cross_tabulate,
    list_tables,
    tabulate,
)
from voting.services.analysis.themes import get_theme, remove_theme, save_theme, sort_themes

__all__ = [
    "BLOCK",
    "CROSSED",
    "CUSTODIAN",
    "STANCES",
    "Agreement",
    "CrossTable",
    "Line",
    "Pair",
    "QuestionTable",
    "add_update",
    "answer_theme",
    "compare_coders",
    "cross_tabulate",
    "describe_report",
    "find_change",
    "get_answer",
    "get_report",
    "get_theme",
    "is_published",
    "keep_reading",
    "list_tables",
    "make_pdf",
    "name_custodian",
    "publish_response",
    "read_original",
    "redact",
    "release",
    "release_together",
    "remove_theme",
    "require_closed",
    "save_theme",
    "sort_themes",
    "tabulate",
    "tag",
    "untag",
]
