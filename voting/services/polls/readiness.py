"""The task list of a draft: what is complete, what is missing, and what deserves a second look."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from voting.belenios.issuing import fingerprint_roll
from voting.domain.holding import Holding, are_keys_proved, count_safe, tell_how_many
from voting.domain.methods import PAPERS_FROM, SEALED_OPTIONS, check_method
from voting.domain.rules import (
    BACKGROUND,
    GROUPS,
    MOST_WEIGHT,
    SHORT_VOTE,
    SMALL_CONSTITUENCY,
    Standing,
    check_dates,
)
from voting.domain.wording import (
    PAGE_GAPS,
    has_staying,
    is_none_of_these,
    list_in_words,
    tell_unbalanced,
)
from voting.services.polls.bilingual import list_untold
from voting.store.hub import find_hub, list_options
from voting.store.issuing import list_issues
from voting.store.polls import Poll, Question
from voting.store.proposals import Constituency
from voting.store.roll import (
    Weighting,
    count_electors,
    count_waiting_imports,
    iter_weights,
    list_weights,
)
from voting.store.trustees import list_scrutineers

COMPLETE, INCOMPLETE, CANNOT_START = "complete", "incomplete", "cannot-start"


@dataclass(frozen=True, slots=True)
class Task:
    """One part of the draft. ``problems`` stop the freeze; ``warnings`` only ask for a look."""

    code: str
    title: str
    state: str
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def list_tasks(session: Session, poll: Poll, *, now: dt.datetime) -> list[Task]:
    """The tasks of a draft in order: purpose, questions, rolls, rules, dates, sealing, keys, codes.

    A proposal in English and in Welsh has one more after the questions: languages. State is
    ``complete``, ``incomplete`` or ``cannot-start`` (another task comes first).
    """
    constituencies = poll.proposal.constituencies
    return [
        _task(
            "purpose",
            "What is being decided",
            list(_list_purpose(session, poll)),
            list(_list_page_gaps(session, poll)),
        ),
        _task("questions", "Questions and options", *_check_questions(poll)),
        *_check_languages(poll),
        _task("rolls", "Who may vote", *_check_rolls(session, poll, constituencies)),
        _check_rules(poll, constituencies),
        _task("dates", "Opening and closing", *_check_dates(poll, now)),
        _task("sealing", "How votes are sealed", list(_list_sealing(poll))),
        _task("keys", "Who holds the keys", *_check_keys(session, poll)),
        _task("codes", "Who makes the voting codes", list(_list_codes(session, poll))),
    ]


def _task(code: str, title: str, problems: list[str], warnings: list[str] | None = None) -> Task:
    return Task(code, title, INCOMPLETE if problems else COMPLETE, problems, warnings or [])


def _list_purpose(session: Session, poll: Poll) -> Iterator[str]:
    """What requirement G1 asks for; staying as we are may stand in the vote or in the proposal."""
    if not poll.proposal.deciding.strip():
        yield "The proposal does not say what is being decided."
    if not poll.proposal.still_open.strip():
        yield "The proposal does not say what is still open."
    deciding = _find_deciding(poll)
    offered = list_options(session, poll.proposal_id)
    names = [option.text for option in deciding.options] if deciding else []
    names += [option.name for option in offered]
    staying = has_staying(names) or any(option.is_staying for option in offered)
    if deciding and not staying:
        yield (
            "Staying as we are is an option neither of the question that decides nor of the "
            "proposal. Add it to one of them."
        )


def _list_page_gaps(session: Session, poll: Poll) -> Iterator[str]:
    """What the page of the proposal does not say, which the first frozen vote makes public."""
    hub = find_hub(session, poll.proposal_id)
    for name, told in PAGE_GAPS.items():
        if hub is None or not getattr(hub, name):
            yield f"{told} A frozen vote makes it public: people then read “Not told yet”."


def _check_questions(poll: Poll) -> tuple[list[str], list[str]]:
    if not poll.questions:
        return ["There is no question yet."], []
    problems: list[str] = []
    warnings: list[str] = []
    for number, question in enumerate(poll.questions, start=1):
        if len(question.options) < 2:
            problems.append(f"Question {number} needs at least two options.")
        faults = check_method(question.method, len(question.options))
        problems += [f"Question {number}: {fault.message}" for fault in faults]
        warnings += _list_background(number, question)
    deciding = _find_deciding(poll)
    if deciding and deciding.method.is_sealed_whole:
        warnings += _list_refusals(deciding)
    if deciding and not has_staying([option.text for option in deciding.options]):
        warnings.append(
            f"No option of question {deciding.position + 1} reads like staying as we are. People "
            "must be able to choose that."
        )
    return problems, warnings


def _check_languages(poll: Poll) -> Iterator[Task]:
    if poll.proposal.is_bilingual:
        problems = [untold.message for untold in list_untold(poll)]
        yield _task("languages", "In English and in Welsh", problems)


def _list_refusals(question: Question) -> Iterator[str]:
    """Ballot 2 always offers a way to refuse all of it."""
    if not any(is_none_of_these(option.text) for option in question.options):
        yield (
            f"No option of question {question.position + 1} reads like “none of these”. People "
            "must be able to say that no model suits them."
        )


def _find_deciding(poll: Poll) -> Question | None:
    if 0 <= poll.deciding_question < len(poll.questions):
        return poll.questions[poll.deciding_question]
    return None


def _list_background(number: int, question: Question) -> Iterator[str]:
    missing = [
        part for part in BACKGROUND if not all(getattr(option, part) for option in question.options)
    ]
    if missing:
        yield f"Question {number}: not every option has its {list_in_words(missing)}."
    for option in question.options:
        yield from tell_unbalanced(
            f"Question {number}, “{option.text}”", option.benefits, option.drawbacks
        )


def _check_rolls(
    session: Session, poll: Poll, constituencies: list[Constituency]
) -> tuple[list[str], list[str]]:
    if not constituencies:
        return ["There is no constituency yet."], []
    problems: list[str] = []
    warnings: list[str] = []
    mixed = [number for number, q in enumerate(poll.questions, 1) if q.method.is_sealed_whole]
    wanted = any(question.method.papers for question in poll.questions)
    for constituency in constituencies:
        name = constituency.name
        electors = count_electors(session, constituency.id)
        if electors == 0:
            problems.append(f"The roll of {name} is empty.")
        elif electors < SMALL_CONSTITUENCY:
            told = problems if poll.key_holding == Holding.SIMPLE else warnings
            told.append(_tell_of_few(poll, name, electors))
        warnings += _list_readers(session, poll, constituency)
        if count_waiting_imports(session, constituency.id):
            warnings.append(f"A file for the roll of {name} waits for you to confirm or drop it.")
        weights = list_weights(session, constituency.id)
        problems += _refuse_weights(name, weights, mixed)
        if poll.proposal.is_bilingual:
            warnings += _list_reasons_in_english(name, weights)
        if wanted and 0 < electors < PAPERS_FROM:
            warnings.append(
                f"Every paper of {name} will not be published: that needs at least {PAPERS_FROM} "
                f"people on the roll, and there are {electors}."
            )
    return problems, warnings


def _tell_of_few(poll: Poll, name: str, electors: int) -> str:
    people = f"{electors} {'person' if electors == 1 else 'people'}"
    remedy = "Join it to another constituency"
    if poll.key_holding == Holding.SIMPLE:
        remedy += ", or let scrutineers hold the keys: they open so few votes only for a reason"
    return (
        f"The roll of {name} has only {people}. With fewer than {SMALL_CONSTITUENCY}, the exact "
        f"result could show how someone voted. {remedy}."
    )


def _list_readers(session: Session, poll: Poll, constituency: Constituency) -> Iterator[str]:
    """Whether the languages on the roll are those of the vote."""
    electors = count_electors(session, constituency.id)
    welsh = count_electors(session, constituency.id, language="cy")
    if poll.proposal.is_bilingual and electors and not welsh:
        yield (
            f"Nobody on the roll of {constituency.name} is marked to be written to in Welsh. Add a "
            "column “language” with en or cy to the file if somebody should be."
        )
    if welsh and not poll.proposal.is_bilingual:
        yield (
            f"{welsh:,} on the roll of {constituency.name} are written to in Welsh, and the vote "
            "itself is in English alone."
        )


def _refuse_weights(name: str, weights: list[Weighting], mixed: list[int]) -> Iterator[str]:
    if sum(each.weight * each.count for each in weights) > MOST_WEIGHT:
        yield f"The weights of {name} add up to more than {MOST_WEIGHT:,}."
    if mixed and any(each.weight != 1 for each in weights):
        which = list_in_words([str(number) for number in mixed])
        yield (
            f"Someone on the roll of {name} has a weight other than 1. Ranked, graded and scored "
            f"papers (question {which}) are mixed before they are opened, so that nobody’s weight "
            "can be told. Give everyone the weight 1."
        )


def _list_reasons_in_english(name: str, weights: list[Weighting]) -> Iterator[str]:
    for each in weights:
        if each.weight != 1 and not each.reason_cy:
            yield (
                f"The reason for the weight {each.weight} in {name} is in English alone: “"
                f"{each.reason}”. A column “weight_reason_cy” of the file has the Welsh."
            )


def _check_rules(poll: Poll, constituencies: list[Constituency]) -> Task:
    code, title = "rules", "What carries the decision"
    if not constituencies or not poll.questions:
        told = "Add a constituency and a question first."
        return Task(code, title, CANNOT_START, [told])
    ruled = {rule.constituency_id for rule in poll.rules}
    problems = [f"{c.name} has no decision rule." for c in constituencies if c.id not in ruled]
    if not any(rule.standing == Standing.DECIDES for rule in poll.rules):
        problems.append("No constituency decides. At least one must.")
    deciding = _find_deciding(poll)
    if deciding is None:
        problems.append("Choose the question that is held against the rule.")
    elif poll.carrying_option is not None and not (
        0 <= poll.carrying_option < len(deciding.options)
    ):
        problems.append("The option that had to reach the rule is gone. Choose it again.")
    return _task(code, title, problems, _list_carrying_warnings(poll))


def _list_carrying_warnings(poll: Poll) -> list[str]:
    if poll.carrying_option is not None:
        return []
    return [
        "No option is named. Whichever option comes first is held against the rule, even one that "
        "keeps things as they are."
    ]


def _check_dates(poll: Poll, now: dt.datetime) -> tuple[list[str], list[str]]:
    opens_at, closes_at = poll.opens_at, poll.closes_at
    if opens_at is None or closes_at is None:
        return ["Choose when voting opens and closes."], []
    faults = check_dates(opens_at, closes_at, poll.grace_minutes, now)
    problems = [fault.message for fault in faults]
    if opens_at < now:
        problems.append("The opening time is in the past. Choose a later one.")
    warnings = []
    if closes_at - opens_at < SHORT_VOTE:
        warnings.append("Voting is open for less than 15 minutes. Is that what you want?")
    return problems, warnings


def _list_sealing(poll: Poll) -> Iterator[str]:
    if poll.group not in GROUPS:
        yield f"'{poll.group}' is not a known group."
        return
    most = SEALED_OPTIONS[poll.group]
    for number, question in enumerate(poll.questions, 1):
        if question.method.is_sealed_whole and len(question.options) > most:
            yield (
                f"Question {number} is ranked, graded or scored, and with {poll.group} such a "
                "paper "
                + (f"has at most {most} options." if most else "cannot be sealed.")
                + " Choose another way to seal votes."
            )


def _list_codes(session: Session, poll: Poll) -> Iterator[str]:
    if not poll.issuer:
        return
    issues = {issue.constituency_id: issue for issue in list_issues(session, poll.id)}
    for constituency in poll.proposal.constituencies:
        issue = issues.get(constituency.id)
        if issue is None:
            yield f"Make the files from which {poll.issuer} makes the codes of {constituency.name}."
            continue
        now = fingerprint_roll(iter_weights(session, constituency.id))
        if (issue.group, issue.roll_sha256) != (poll.group, now):
            yield (
                f"The roll of {constituency.name} or the way of sealing has changed since the "
                "issuer’s files were made. Make them anew."
            )
        elif issue.received_at is None:
            yield f"Upload the list that {poll.issuer} made for {constituency.name}."


def _check_keys(session: Session, poll: Poll) -> tuple[list[str], list[str]]:
    if poll.key_holding == Holding.SIMPLE:
        return [], []
    people = list_scrutineers(session, poll.id)
    standings = [person.standing for person in people]
    if len(people) != poll.key_size:
        return [f"Name {poll.key_size} scrutineers. So far there are {len(people)}."], []
    if poll.ceremony is None:
        return ["Invite the scrutineers to make their keys."], []
    if count_safe(standings) < poll.threshold:
        return [
            f"Too many scrutineers have lost their keys: {poll.threshold} are needed to count. "
            "End the making of the keys and begin again."
        ], []
    if not are_keys_proved(standings, poll.key_size):
        done = sum(one.has_output and one.has_proved for one in standings)
        told = tell_how_many(done, poll.key_size)
        return [f"{told} made their key and proved their copy."], []
    lost = [person.name for person in people if person.lost_at is not None]
    warning = (
        f"{list_in_words(lost)} lost a key. The votes can still be counted, but nobody more may "
        "lose theirs. Consider making all keys again."
    )
    return [], [warning] if lost and count_safe(standings) == poll.threshold else []
