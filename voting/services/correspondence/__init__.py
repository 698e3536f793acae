"""Letters: what an organiser sends, what electors are owed, and how each one goes out once."""

from voting.services.correspondence.bulk import (
    MAX_REMINDERS,
    BulkPreview,
    Failure,
    confirm_result,
    list_failures,
    preview_bulk,
    preview_scrutineers,
    queue_bulk,
    retry_failed,
    send_test,
    status_counts,
)
from voting.services.correspondence.consulting import (
    count_consultation_letters,
    list_unreached,
    preview_consultation,
    queue_consultation,
    test_consultation,
    try_again,
)
from voting.services.correspondence.drafts import preview_notice, test_notice
from voting.services.correspondence.links import replace_link, replace_respondent_link
from voting.services.correspondence.refusals import Unwanted
from voting.services.correspondence.sending import Sessions, give_back, lease_due, send_letter
from voting.services.correspondence.writing import Post, write_letter

__all__ = [
    "MAX_REMINDERS",
    "BulkPreview",
    "Failure",
    "Post",
    "Sessions",
    "Unwanted",
    "confirm_result",
    "count_consultation_letters",
    "give_back",
    "lease_due",
    "list_failures",
    "list_unreached",
    "preview_bulk",
    "preview_consultation",
    "preview_notice",
    "preview_scrutineers",
    "queue_bulk",
    "queue_consultation",
    "replace_link",
    "replace_respondent_link",
    "retry_failed",
    "send_letter",
    "send_test",
    "status_counts",
    "test_consultation",
    "test_notice",
    "try_again",
    "write_letter",
]
