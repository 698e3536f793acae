"""What the mathematics refuses. A rule of the house is refused elsewhere (voting.domain.errors)."""

from types import TracebackType


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


class located:  # noqa: N801 - it is used as a function
    """Put *where* before the message of any ProtocolError that is raised inside."""

    __slots__ = ("_where",)

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, ProtocolError):
            raise type(error)(f"{self._where}: {error}") from error
