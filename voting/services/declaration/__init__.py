"""From the opened numbers to the declared outcome, by the rules that were frozen before voting."""

from voting.services.declaration.declaring import declare
from voting.services.declaration.questions import CountedQuestion, count_question, read_votes

__all__ = ["CountedQuestion", "count_question", "declare", "read_votes"]
