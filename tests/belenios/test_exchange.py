"""Key files, tasks and answers: the browser's and Python's are one, and wrong ones are named."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest

from tests.belenios.test_twin import run
from voting.belenios.ceremony import (
    check_contribution,
    check_output,
    make_input,
    make_parameters,
    open_ceremony,
)
from voting.belenios.errors import Malformed, ProtocolError
from voting.belenios.exchange import (
    ElectionOf,
    Seat,
    Task,
    TaskStep,
    WrongKey,
    make_answer,
    make_key_file,
    open_private_key,
    parse_key_file,
    parse_task,
    read_answer,
)
from voting.belenios.groups import Element, Group, get_group
from voting.belenios.trustees import make_trustees, parse_trustees

SIZE, THRESHOLD = 3, 2


def seat(group: Group, index: int, **changes: Any) -> Seat:
    names = {"ceremony": "6SRxd1LSwxRHvN", "poll": "Ein «Wahl» \\ 投票", "name": f"Una {index}"}
    return Seat(**{**names, **changes}, group=group, size=SIZE, threshold=THRESHOLD, index=index)


class Python:
    """A scrutineer with our program."""

    def __init__(self) -> None:
        self.key = b""

    def answer(self, task: Task) -> bytes:
        task = parse_task(task.to_json())
        if not self.key:
            self.key = make_key_file(task, secrets.token_bytes).to_json()
        return make_answer(parse_key_file(self.key), task)

    def open(self, task: Task) -> int:
        return open_private_key(parse_key_file(self.key), task)


class Browser(Python):
    """A scrutineer with a browser."""

    def answer(self, task: Task) -> bytes:
        text = task.to_json().decode()
        if not self.key:
            (made,) = run("exchange.mjs", [{"act": "create", "task": text}])
            self.key = made["made"].encode()
        (done,) = run("exchange.mjs", [{"act": "answer", "key": self.key.decode(), "task": text}])
        return str(done["made"]).encode()

    def open(self, task: Task) -> int:
        job = {"act": "open", "key": self.key.decode(), "task": task.to_json().decode()}
        return int(run("exchange.mjs", [job])[0]["made"])


def hold_ceremony(group: Group, people: list[Python]) -> list[Task]:
    """All steps, each answer read as the service reads it; the final tasks, with the outputs."""
    verifications: list[Element | None] = [None] * SIZE

    def ask(step: TaskStep, certs: tuple[bytes, ...] = (), more: list[bytes] | None = None):
        answers = []
        for index, person in enumerate(people, 1):
            task = Task(seat(group, index), step, certs, more[index - 1] if more else None)
            answers.append(read_answer(person.answer(task), task, verifications[index - 1]))
        return answers

    certs = tuple(ask(TaskStep.CERTIFICATE))
    ceremony = open_ceremony(group, certs, THRESHOLD)
    verifications = [certificate.verification for certificate in ceremony.certificates]
    ask(TaskStep.SAVED_COPY)
    contributions = ask(TaskStep.CONTRIBUTION, certs)
    for index, raw in enumerate(contributions, 1):
        check_contribution(ceremony, index, raw)
    inputs = [make_input(contributions, index) for index in range(1, SIZE + 1)]
    outputs = ask(TaskStep.OUTPUT, certs, inputs)
    for index, raw in enumerate(outputs, 1):
        check_output(ceremony, contributions, index, raw)
    record = make_trustees([], [make_parameters(ceremony, contributions, outputs)])
    trustees = parse_trustees(group, record)
    tasks = [
        Task(seat(group, index), TaskStep.COUNT, certs, None, raw)
        for index, raw in enumerate(outputs, 1)
    ]
    for index, (person, task) in enumerate(zip(people, tasks, strict=True), 1):
        assert group.generator ** person.open(task) == trustees.public_key_of(index)
    return tasks


@pytest.mark.parametrize("name", ["Ed25519", "BELENIOS-2048", "RFC-3526-2048"])
def test_browsers_and_our_program_make_one_key_together(name: str) -> None:
    hold_ceremony(get_group(name), [Browser(), Python(), Browser()])


@pytest.fixture(scope="module")
def ground() -> tuple[Python, list[Task]]:
    """The first scrutineer after a ceremony, and everybody's last task."""
    people = [Python(), Python(), Python()]
    return people[0], hold_ceremony(get_group("Ed25519"), people)


def both(act: str, key: bytes, task: bytes) -> str:
    """What Python and the browser say against this; they must say the same thing."""
    job = {"act": act, "key": key.decode(), "task": task.decode()}
    (told,) = run("exchange.mjs", [job])
    made = {"answer": make_answer, "open": open_private_key}[act]
    with pytest.raises(ProtocolError) as refused:
        made(parse_key_file(key), parse_task(task))
    kind, _, words = str(told["error"]).partition(": ")
    assert kind == type(refused.value).__name__
    assert words == str(refused.value)
    return words


def test_a_key_file_that_is_not_the_one_asked_for_is_named(ground) -> None:
    person, tasks = ground
    group = get_group("Ed25519")

    def asked(**changes: Any) -> bytes:
        index = changes.pop("index", 1)
        return Task(seat(group, index, **changes), TaskStep.SAVED_COPY).to_json()

    assert "another making of keys" in both("answer", person.key, asked(ceremony="x" * 14))
    other = both("answer", person.key, asked(ceremony="x" * 14, poll="Another"))
    assert other == "this key file was made for another vote: “Ein «Wahl» \\ 投票”"
    assert "another scrutineer: Una 1" in both("answer", person.key, asked(index=2))
    assert both("answer", asked(), asked()) == "this is not a key file"
    key = json.loads(person.key)
    seed = key["seed"][:-1] + ("2" if key["seed"][-1] == "1" else "1")
    damaged = json.dumps({**key, "seed": seed}, separators=(",", ":"), ensure_ascii=False)
    assert "damaged" in both("answer", damaged.encode(), asked())
    later = json.dumps({**key, "version": 2}, separators=(",", ":"), ensure_ascii=False)
    assert "version that is not known" in both("answer", later.encode(), asked())
    assert "does not ask" in both("answer", person.key, tasks[0].to_json())
    without = Task(tasks[0].seat, TaskStep.COUNT, tasks[0].certificates)
    assert "sealed part" in both("open", person.key, without.to_json())
    foreign = Task(tasks[0].seat, TaskStep.COUNT, tasks[0].certificates, None, tasks[1].output)
    both("open", person.key, foreign.to_json())


def test_a_task_reads_back_as_it_was_written(ground) -> None:
    _, (task, *_) = ground
    elections = (ElectionOf("6SRxd1LSwxRHvN", 2, "Staff", "x" * 43),)
    written = Task(task.seat, task.step, task.certificates, None, task.output, elections)
    assert parse_task(written.to_json()) == written
    for wrong in (
        b"[]",
        b"{}",
        written.to_json().replace(b'"count"', b'"dance"'),
        written.to_json().replace(b'"version":1', b'"version":3'),
    ):
        with pytest.raises(Malformed):
            parse_task(wrong)


def test_an_answer_is_bound_to_ceremony_position_step_and_key(ground) -> None:
    person, (task, *_) = ground
    asked = Task(task.seat, TaskStep.SAVED_COPY)
    raw = make_answer(parse_key_file(person.key), asked)
    own = open_ceremony(task.seat.group, task.certificates, THRESHOLD).certificates
    read_answer(raw, asked, own[0].verification)
    with pytest.raises(ProtocolError, match="not signed"):
        read_answer(raw, asked, own[1].verification)
    other_step = Task(task.seat, TaskStep.OUTPUT)
    with pytest.raises(WrongKey, match="step “saved-copy”"):
        read_answer(raw, other_step, own[0].verification)
    moved = raw.replace(b'"step":"saved-copy"', b'"step":"output"')
    with pytest.raises(ProtocolError, match="not signed"):
        read_answer(moved, other_step, own[0].verification)
    elsewhere = Task(seat(task.seat.group, 1, ceremony="y" * 14), TaskStep.SAVED_COPY)
    with pytest.raises(WrongKey, match="another making of keys"):
        read_answer(raw, elsewhere, own[0].verification)
    with pytest.raises(WrongKey, match="scrutineer 1, and you are number 2"):
        read_answer(raw, Task(seat(task.seat.group, 2), TaskStep.SAVED_COPY), own[0].verification)
    for wrong in (b"{}", raw.replace(b'"version":1', b'"version":7')):
        with pytest.raises(Malformed):
            read_answer(wrong, asked, own[0].verification)
