"""The verifier: everything that the specification promises, checked from an archive alone.

It reads the archive twice: once for the chain of events, and once to check and count the ballots in
batches. Of the ballots only hashes are kept, so memory does not grow with their size.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import BinaryIO, NoReturn, TypeVar

from voting.belenios import board
from voting.belenios.archive import read_archive
from voting.belenios.batches import make_batches, map_batches
from voting.belenios.board import parse_sizes
from voting.belenios.checking import (
    CREDENTIALS_PER_BATCH,
    BallotItem,
    OwedMembers,
    check_ballot_batch,
    check_credential_batch,
    check_each_ballot,
    list_sizes,
    make_ready,
)
from voting.belenios.credential import read_weights, split_public_credentials
from voting.belenios.election import (
    MAX_ELECTION_BYTES,
    Election,
    parse_election,
    refuse_later_version,
)
from voting.belenios.encoding import decode_free_json
from voting.belenios.errors import (
    InvalidArchive,
    InvalidBallot,
    InvalidTally,
    NotSupported,
    ProtocolError,
    UnknownParameter,
    located,
)
from voting.belenios.mixnet import apply_shuffles, check_shuffle, shuffled_tally
from voting.belenios.outline import Outline, hash_credential, read_ballots, read_outline
from voting.belenios.tally import Factors, Result, TallyAccumulator, check_decryptions, check_result
from voting.belenios.trustees import Pedersen, Trustees, parse_trustees

Progress = Callable[[str, int, int], None]
"""Called with the name of a check, how much is done, and how much there is."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked, and how it went."""

    name: str
    ok: bool
    detail: str


@dataclass(slots=True)
class Report:
    """What the verifier found. *supported* is False when the archive needs what we do not have."""

    valid: bool = False
    uuid: str | None = None
    stage: str | None = None
    group: str | None = None
    voters: int | None = None
    ballots: int | None = None
    counted: int | None = None
    result: Result | None = None
    checks: list[Check] = field(default_factory=list)
    error: str | None = None
    supported: bool = True

    def to_json(self) -> dict[str, object]:
        """Return the report as a JSON object."""
        return {
            "valid": self.valid,
            "uuid": self.uuid,
            "stage": self.stage,
            "group": self.group,
            "voters": self.voters,
            "ballots": self.ballots,
            "counted": self.counted,
            "result": self.result,
            "checks": [
                {"name": check.name, "ok": check.ok, "detail": check.detail}
                for check in self.checks
            ],
            "error": self.error,
        }


def verify_archive(
    source: str | Path | BinaryIO,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check everything in an archive (a path, or a stream that can seek) and report.

    Never raises for what is wrong in the archive: that is in the report. Raises OSError when the
    source cannot be read. Batches of ballots go to *executor*; the report does not depend on it.
    """
    with _opened(source) as stream:
        return _Verifier(stream, executor, progress).run()


def verify_extends(old: str | Path | BinaryIO, new: str | Path | BinaryIO) -> None:
    """Raise InvalidArchive unless *new* begins with every record of *old*, unchanged.

    Takes paths or streams; see voting.belenios.board.verify_extends.
    """
    with _opened(old) as old_stream, _opened(new) as new_stream:
        board.verify_extends(old_stream, new_stream)


def _opened(source: str | Path | BinaryIO) -> AbstractContextManager[BinaryIO]:
    return Path(source).open("rb") if isinstance(source, str | Path) else nullcontext(source)


def current_tally(election: Election, outline: Outline) -> bytes:
    """Return the tally of an outline after its last shuffle: what is to be shuffled or decrypted.

    Nothing is checked here; *outline* must have an encrypted tally.
    """
    return apply_shuffles(election, outline.tally[0], (raw for _, raw in outline.shuffles))


class _Verifier:
    """One run: the checks in order, each of which may end it."""

    def __init__(
        self, stream: BinaryIO, executor: Executor | None, progress: Progress | None
    ) -> None:
        self._stream = stream
        self._executor = executor
        self._progress = progress
        self._report = Report()

    def run(self) -> Report:
        report = self._report
        try:
            self._run_checks()
            report.valid = True
        except UnknownParameter as error:
            report.error = str(error)
        except NotSupported as error:
            report.error = f"not supported: {error}"
            report.supported = False
        except ProtocolError as error:
            report.error = str(error)
        return report

    def _run_checks(self) -> None:
        report = self._report
        self._start_workers()
        outline = self._check("archive", self._read_outline)
        election = self._check("election", partial(self._read_election, outline))
        trustees = self._check("trustees", partial(_check_trustees, election, outline))
        weights = self._check("credentials", partial(self._check_credentials, election, outline))
        report.voters = len(weights)
        tally = self._check("ballots", partial(self._check_ballots, election, outline, weights))
        report.stage = outline.stage(trustees)
        if outline.is_closed:
            report.counted = tally.num_tallied
        if outline.tally:
            self._check("encrypted tally", partial(_check_tally, election, outline, tally))
        shuffled = b""
        if outline.shuffles:
            shuffling = partial(self._check_shuffles, election, trustees, outline)
            shuffled = self._check("shuffles", shuffling)
        if outline.decryptions:
            opened = shuffled or outline.tally[0]
            step = partial(self._check_decryptions, election, trustees, opened, outline)
            factors = self._check("partial decryptions", step)
            if outline.result is not None:
                opening = partial(_check_result, election, trustees, opened, factors)
                report.result = self._check(
                    "result", partial(opening, outline.result, tally.total_weight, self._executor)
                )

    def _start_workers(self) -> None:
        """Have each worker make its tables while the archive is read; nothing waits for that."""
        if self._executor is None:
            return
        self._stream.seek(0)
        with suppress(ProtocolError, StopIteration):  # it will be said where the archive is read
            definition = next(read_archive(self._stream)).content
            for _ in range(getattr(self._executor, "workers", 0)):
                self._executor.submit(make_ready, definition)

    def _check(self, name: str, step: Callable[[], tuple[T, str]]) -> T:
        try:
            value, detail = step()
        except ProtocolError as error:
            self._report.checks.append(Check(name, False, str(error)))
            raise
        self._report.checks.append(Check(name, True, detail))
        return value

    def _tell(self, name: str, done: int, total: int) -> None:
        if self._progress is not None:
            self._progress(name, done, total)

    def _read_outline(self) -> tuple[Outline, str]:
        size = self._stream.seek(0, 2)
        self._stream.seek(0)
        try:
            outline = read_outline(
                self._stream, lambda: self._tell("archive", self._stream.tell(), size)
            )
        except ProtocolError:
            self._refuse_later_version()
            raise
        self._report.ballots = outline.ballots
        return outline, f"{outline.events} events in an unbroken chain"

    def _refuse_later_version(self) -> None:
        """Say that an archive is of a later version, rather than that its events are unknown."""
        self._stream.seek(0)
        try:
            raw = next(read_archive(self._stream)).content
            value = decode_free_json(raw) if len(raw) <= MAX_ELECTION_BYTES else None
        except (ProtocolError, StopIteration):
            return
        refuse_later_version(value)

    def _read_election(self, outline: Outline) -> tuple[Election, str]:
        with located("election"):
            election = parse_election(outline.setup[0])
        self._report.uuid = election.uuid
        self._report.group = election.group.name
        if outline.shuffles and not election.needs_shuffle:
            raise InvalidArchive("there is a shuffle although no question needs one")
        if election.needs_shuffle and outline.decryptions and not outline.shuffles:
            raise InvalidArchive("there is a partial decryption before the ballots were shuffled")
        return election, f"fingerprint {election.fingerprint}"

    def _check_credentials(
        self, election: Election, outline: Outline
    ) -> tuple[dict[str, int], str]:
        with located("credentials"):
            entries = split_public_credentials(outline.setup[2])
            batches = (
                (election.group.name, CREDENTIALS_PER_BATCH * number + 1, batch)
                for number, batch in enumerate(make_batches(entries, repeat(CREDENTIALS_PER_BATCH)))
            )
            done = 0
            for count in map_batches(self._executor, check_credential_batch, batches):
                done += count
                self._tell("credentials", done, len(entries))
            weights = read_weights(election.group, entries)
        return weights, f"{len(weights)} credentials, total weight {sum(weights.values())}"

    def _check_ballots(
        self, election: Election, outline: Outline, weights: dict[str, int]
    ) -> tuple[TallyAccumulator, str]:
        tally, owed, done = TallyAccumulator(election), OwedMembers(election.group), 0
        batches = self._make_batches(election, outline, weights)
        for part in map_batches(self._executor, check_ballot_batch, batches):
            tally.merge(part.tally)
            owed.add(part.owed)
            done += part.number
            self._tell("ballots", done, outline.ballots)
        if not owed.all_hold():
            self._find_outsider(self._make_batches(election, outline, weights))
        if done != outline.ballots or tally.num_tallied != len(outline.last):
            raise InvalidArchive("the archive changed while it was read")
        return tally, f"{outline.ballots} ballots, {tally.num_tallied} of them a voter's last"

    def _check_shuffles(
        self, election: Election, trustees: Trustees, outline: Outline
    ) -> tuple[bytes, str]:
        tally = outline.tally[0]
        for number, (owner, raw) in enumerate(outline.shuffles, 1):
            with located(f"shuffle {number}"):
                trustees.public_key_of(owner)
                check_shuffle(
                    election,
                    tally,
                    raw,
                    executor=self._executor,
                    progress=partial(self._tell, f"shuffle {number}"),
                )
                tally = shuffled_tally(election, tally, raw)
        return tally, f"{len(outline.shuffles)}, every one proved"

    def _find_outsider(self, batches: Iterator[tuple[bytes, list[BallotItem]]]) -> NoReturn:
        for _ in map_batches(self._executor, check_each_ballot, batches):
            pass
        raise InvalidBallot("an element of a ballot is not in the group")

    def _make_batches(
        self, election: Election, outline: Outline, weights: dict[str, int]
    ) -> Iterator[tuple[bytes, list[BallotItem]]]:
        items = self._list_ballots(outline, weights)
        for batch in make_batches(items, list_sizes(outline.ballots)):
            yield election.raw, batch

    def _check_decryptions(
        self, election: Election, trustees: Trustees, tally: bytes, outline: Outline
    ) -> tuple[dict[int, Factors], str]:
        decryptions: dict[int, bytes] = {}
        for owner, raw in outline.decryptions:
            if owner in decryptions:
                raise InvalidTally(f"trustee {owner} has two partial decryptions")
            decryptions[owner] = raw
        factors = check_decryptions(
            election,
            trustees,
            tally,
            decryptions,
            executor=self._executor,
            progress=partial(self._tell, "decryptions"),
        )
        return factors, f"{len(factors)} of {len(trustees)}, every one proved"

    def _list_ballots(self, outline: Outline, weights: dict[str, int]) -> Iterator[BallotItem]:
        self._stream.seek(0)
        for height, credential, raw in read_ballots(self._stream):
            counts = outline.last.get(hash_credential(credential)) == height
            weight = weights.get(credential) if counts else None
            yield BallotItem(height, raw, credential in weights, weight)


def _check_trustees(election: Election, outline: Outline) -> tuple[Trustees, str]:
    with located("trustees"):
        trustees = parse_trustees(election.group, outline.setup[1])
        if trustees.election_key() != election.public_key:
            raise InvalidArchive("the election key is not the product of the trustees' keys")
    return trustees, _describe_trustees(trustees)


def _describe_trustees(trustees: Trustees) -> str:
    singles = sum(not isinstance(item, Pedersen) for item in trustees.items)
    parts = [f"{singles} single"] if singles else []
    parts += [
        f"{item.threshold} of {len(item.keys)}"
        for item in trustees.items
        if isinstance(item, Pedersen)
    ]
    return f"{', '.join(parts)}; every key proved, together the election key"


def _check_tally(election: Election, outline: Outline, tally: TallyAccumulator) -> tuple[None, str]:
    if outline.tally[0] != tally.encrypted_tally():
        raise InvalidTally("the encrypted tally is not that of the ballots")
    number, weight, _ = parse_sizes(outline.tally[1], election.group.order)
    if number != tally.num_tallied:
        raise InvalidTally(f"num_tallied is {number}, expected {tally.num_tallied}")
    if weight != tally.total_weight:
        raise InvalidTally(f"total_weight is {weight}, expected {tally.total_weight}")
    return None, f"{number} ballots with a total weight of {weight}, recomputed"


def _check_result(
    election: Election,
    trustees: Trustees,
    tally: bytes,
    factors: dict[int, Factors],
    result: bytes,
    total_weight: int,
    executor: Executor | None,
) -> tuple[Result, str]:
    counts = check_result(
        election, trustees, tally, factors, result, total_weight, executor=executor
    )
    return counts, "every count is what the tally opens to"
