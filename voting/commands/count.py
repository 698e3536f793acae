"""`voting count`: count a file of votes by a named rule, and print the sheet or JSON."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import click
from click.core import ParameterSource

from voting.belenios.board import parse_sizes
from voting.belenios.election import Question, parse_election
from voting.belenios.errors import ProtocolError
from voting.belenios.outline import read_outline
from voting.belenios.verify import verify_archive
from voting.counting.options import Options
from voting.counting.reading import FORMATS, BadFileError, read_votes
from voting.counting.reading.tables import MOST_GRADES
from voting.counting.rules import OWN, RULES, count_votes
from voting.counting.sheet import write_sheet
from voting.counting.tabulation import Choices, CountingError, Outcome, Papers, Votes
from voting.counting.ties import TieRule, parse_tie_rule
from voting.counting.vectors import hold_to_ranks, read_gradings, read_rankings, read_scorings
from voting.domain.methods import EQUAL_RANKS, Kind
from voting.domain.methods import RULES as RULES_OF

REFUSED = 2
LARGEST = 255  # the largest number of a sealed paper
ARCHIVE_START = b"BELENIOS\0"
STANDARD_INPUT = Path("-")


@dataclass(frozen=True, slots=True)
class Ranks:
    """Which ranks a paper may use; None where nothing was said."""

    equal: bool | None
    most: int | None

    @property
    def given(self) -> str:
        """The first of the options that was given, for a sentence; empty for none."""
        if self.equal is not None:
            return "--equal" if self.equal else "--no-equal"
        return "" if self.most is None else "--most-ranks"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be counted how. ``format`` is for files, ``question`` for archives."""

    rule: str
    options: Options
    ranks: Ranks
    format: str | None
    question: int


def _parse_tie(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> TieRule | None:
    try:
        return None if text is None else parse_tie_rule(text)
    except CountingError as error:
        raise click.BadParameter(str(error)) from error


@click.command("count")
@click.option("--rule", required=True, type=click.Choice(list(RULES)), help="The counting rule.")
@click.option("--seats", type=click.IntRange(1), help="Seats to fill, if the file does not say.")
@click.option("--variant", default="prf", type=click.Choice(["prf", "hww"]), help="For meek.")
@click.option(
    "--middle",
    default="lower",
    type=click.Choice(["lower", "upper"]),
    help="For majority-judgment: which of two middle grades (Belenios takes the upper).",
)
@click.option(
    "--strength",
    default="winning",
    type=click.Choice(["winning", "margins"]),
    help="For schulze and ranked-pairs: what makes a defeat strong.",
)
@click.option(
    "--tie",
    callback=_parse_tie,
    metavar="lot:SEED|order",
    help="What settles a tie that the rule leaves open.",
)
@click.option(
    "--until", default="majority", type=click.Choice(["majority", "two"]), help="For irv."
)
@click.option(
    "--exclude", default="single", type=click.Choice(["single", "batch"]), help="For irv."
)
@click.option(
    "--overvote",
    default="exhaust",
    type=click.Choice(["exhaust", "skip", "continuing"]),
    help="For irv: what a number given twice does: end the paper there, be passed over, or count "
    "for the only one of them who continues.",
)
@click.option(
    "--equal/--no-equal",
    default=None,
    help="For ranked papers: whether options may share a rank; if not, such a paper is spoiled.",
)
@click.option(
    "--most-ranks",
    type=click.IntRange(1),
    help="For ranked papers: the most ranks a paper may use; one with more is spoiled.",
)
@click.option("--choose", type=click.IntRange(1), help="For approval: the most a paper may name.")
@click.option("--highest", type=click.IntRange(1), help="For score: the most a paper may give.")
@click.option(
    "--grades", type=click.IntRange(1, MOST_GRADES), help="For majority-judgment: how many grades."
)
@click.option(
    "--missing",
    metavar="refuse|static:GRADE|median|normalised",
    help="For majority-judgment: how to count grades that are missing.",
)
@click.option("--withdrawn", multiple=True, metavar="NAME", help="Count as if NAME never stood.")
@click.option(
    "--vacancy",
    metavar="NAME",
    help="For STV: who takes the place of NAME, who was elected and left (a countback).",
)
@click.option(
    "--none-of-these",
    metavar="NAME",
    help="The candidate that stands for nobody: a place that it wins stays empty.",
)
@click.option("--question", default=1, type=click.IntRange(1), help="For a .bel archive.")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="Default: told from the file."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option("--most-seconds", type=click.IntRange(1), help="Stop after so much processor time.")
@click.option("--most-megabytes", type=click.IntRange(64), help="Stop when more memory is needed.")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def count_command(
    context: click.Context,
    /,
    rule: str,
    question: int,
    format_: str | None,
    equal: bool | None,
    most_ranks: int | None,
    as_json: bool,
    most_seconds: int | None,
    most_megabytes: int | None,
    file: Path,
    **chosen: Any,
) -> None:
    """Count the votes in FILE and print the result sheet.

    FILE is a BLT file, a CSV table of ranks, JSON, a table of pairs, a Debian tally sheet, or a
    .bel archive with a result; - reads any but an archive from standard input. Exit status: 0
    counted, 2 the file, the rule or the options are wrong; then nothing is counted.
    """
    _limit(most_seconds, most_megabytes)
    options = Options(**chosen)
    try:
        _check_read(context, rule)
        wanted = Wanted(rule, options, Ranks(equal, most_ranks), format_, question)
        outcome = count_votes(rule, _read(file, wanted), options)
    except OSError as error:
        _refuse(f"{file}: {error.strerror or error}")
    except MemoryError:
        _refuse(f"{file}: the count needs more memory than it may have.")
    except BadFileError as error:
        _refuse(f"{file}: {error}")
    except (CountingError, ProtocolError) as error:
        _refuse(str(error))
    _print(outcome, as_json)


def _check_read(context: click.Context, rule: str) -> None:
    """Raise CountingError for an option that was given and that *rule* does not read."""
    for name in sorted(OWN - set(RULES[rule].reads)):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            told = "--equal or --no-equal" if name == "equal" else f"--{name.replace('_', '-')}"
            raise CountingError(f"The rule {rule} does not read {told}: leave it out.")
    if context.params["equal"] and rule not in EQUAL_RANKS:
        raise CountingError(f"The rule {rule} has no place for equal ranks: leave --equal out.")


def _refuse(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(REFUSED)


def _limit(seconds: int | None, megabytes: int | None) -> None:
    """Let this process use no more than so much; for files that strangers hand in."""
    if seconds is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if megabytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def _print(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(outcome.to_json(), ensure_ascii=False))
    else:
        click.echo(write_sheet(outcome), nl=False)


def _read(file: Path, wanted: Wanted) -> Votes:
    if file == STANDARD_INPUT:
        return _read_stream(sys.stdin.buffer, wanted)
    with file.open("rb") as stream:
        if not stream.peek(len(ARCHIVE_START)).startswith(ARCHIVE_START):
            return _read_stream(stream, wanted)
        if not stream.seekable():
            raise CountingError(f"{file}: an archive is read more than once: save it as a file.")
    return _read_archive(file, wanted)


def _read_stream(stream: BinaryIO, wanted: Wanted) -> Votes:
    options = wanted.options
    votes = read_votes(
        stream,
        rule=wanted.rule,
        format=wanted.format,
        seats=options.seats,
        grades=options.grades,
    )
    if wanted.ranks.given:
        if not isinstance(votes, Papers):
            raise CountingError(f"{wanted.ranks.given} is for ranked papers only.")
        equal = wanted.ranks.equal is not False
        return hold_to_ranks(votes, equal=equal, most=wanted.ranks.most)
    return votes


def _read_archive(file: Path, wanted: Wanted) -> Votes:
    """The opened tally or papers of one question, after everything in the archive was checked."""
    report = verify_archive(file)
    if not report.valid:
        verdict = "is refused" if report.supported else "was not checked"
        raise CountingError(f"{file}: the archive {verdict}: {report.error}")
    if report.result is None:
        raise CountingError(f"{file}: the archive has no result yet.")
    with file.open("rb") as stream:
        outline = read_outline(stream, lambda: None)
    election = parse_election(outline.setup[0])
    if wanted.question > len(election.questions):
        raise CountingError(f"{file}: there are {len(election.questions)} questions.")
    place = wanted.question - 1
    asked, counts = election.questions[place], report.result[place]
    if not isinstance(asked, Question):
        return _read_papers(wanted, asked.answers, counts, asked.text)
    if wanted.ranks.given:
        raise CountingError(f"{wanted.ranks.given} is for ranked papers only.")
    papers, weight, _ = parse_sizes(outline.tally[1], election.group.order)
    blank, votes = (counts[0], counts[1:]) if asked.blank else (0, counts)
    return Choices(
        asked.answers,
        tuple(votes),
        weight - blank,
        blank,
        weighted=weight != papers,
        title=asked.text,
        most=asked.maximum,
    )


def _read_papers(wanted: Wanted, names: Sequence[str], opened: Any, title: str) -> Votes:
    """Opened papers as the votes that the rule counts; CountingError if it counts no papers."""
    rule, options, ranks = wanted.rule, wanted.options, wanted.ranks
    if rule in RULES_OF[Kind.RANK]:
        equal = rule in EQUAL_RANKS if ranks.equal is None else ranks.equal
        return read_rankings(names, opened, equal=equal, most=ranks.most, title=title)
    if rule in RULES_OF[Kind.GRADE]:
        if options.grades is None:
            raise CountingError("Say how many grades there are: --grades 6.")
        return read_gradings(names, opened, grades=options.grades, title=title)
    if rule in RULES_OF[Kind.SCORE]:
        return read_scorings(names, opened, highest=options.highest or LARGEST, title=title)
    raise CountingError(f"The rule {rule} counts choices, and this question has papers.")
