"""What the mathematics refuses. A rule of the house is refused elsewhere (voting.domain.errors)."""

from collections.abc import Iterator
from contextlib import contextmanager


class ProtocolError(Exception):
    """The protocol says no. The message is a sentence that says what and where."""


class Malformed(ProtocolError):
    """A text is not in the one form that the specification allows."""


class InvalidProof(ProtocolError):
    """A zero-knowledge proof does not hold."""


class InvalidSignature(ProtocolError):
    """A signature does not hold."""


class InvalidBallot(ProtocolError):
    """A ballot is well formed but does not belong in this election."""


class InvalidTally(ProtocolError):
    """A tally, a partial decryption or a result does not follow from the ballots."""


class InvalidArchive(ProtocolError):
    """A bulletin board is not in the one form that the specification allows."""


class NotSupported(ProtocolError):
    """A part of the specification that this program does not implement."""


class UnknownParameter(NotSupported):
    """A group or a version that this version of the specification does not have."""


@contextmanager
def located(where: str) -> Iterator[None]:
    """Put *where* before the message of any ProtocolError that is raised inside."""
    try:
        yield
    except ProtocolError as error:
        raise type(error)(f"{where}: {error}") from error
