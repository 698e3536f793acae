"""Files of votes, read into what the counting rules take; identical papers together."""

from voting.counting.reading.files import FORMATS, read_votes
from voting.counting.reading.lines import BadFileError

__all__ = ["FORMATS", "BadFileError", "read_votes"]
