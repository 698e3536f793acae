"""The executor: a killed worker costs its batch some time, and nothing else."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from tests.belenios.ground import make_ground
from voting.belenios.verify import verify_archive
from voting.engine import ATTEMPTS, ResilientExecutor, make_executor, map_batches

PATIENCE = 300.0  # seconds: to start a worker again takes long on a busy machine


@pytest.fixture
def executor() -> Iterator[Executor]:
    with make_executor(2) as made:
        yield made


def double(number: int) -> int:
    return 2 * number


def fail(number: int) -> int:
    raise ValueError(f"no {number}")


def die_once(task: tuple[str, int]) -> int:
    """Kill the process that runs this, the first time that it runs for these arguments."""
    folder, number = task
    mark = Path(folder) / str(number)
    if number % 7 == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wait(gate: Path) -> str:
    """Begin, tell so, and go on when the test opens the gate."""
    gate.with_suffix(".begun").touch()
    while not gate.exists():
        time.sleep(0.01)
    return gate.name


def wait_and_die(gate: Path) -> None:
    wait(gate)
    die(0)


def await_beginning(gate: Path) -> None:
    while not gate.with_suffix(".begun").exists():
        time.sleep(0.01)


def test_tasks_are_done_in_other_processes(executor: Executor) -> None:
    assert list(map_batches(executor, double, range(20))) == list(range(0, 40, 2))
    assert executor.submit(os.getpid).result() != os.getpid()


def test_an_error_of_a_task_is_told_and_not_tried_again(executor: Executor) -> None:
    with pytest.raises(ValueError, match="no 5"):
        executor.submit(fail, 5).result()


def test_a_killed_worker_costs_a_batch_and_not_the_run(executor: Executor, tmp_path: Path) -> None:
    tasks = [(str(tmp_path), number) for number in range(30)]
    assert list(map_batches(executor, die_once, tasks)) == list(range(30))
    assert len(list(tmp_path.iterdir())) == 4


def test_a_task_that_always_kills_is_given_up(executor: Executor) -> None:
    with pytest.raises(BrokenProcessPool):
        executor.submit(die, 1).result(timeout=PATIENCE)
    assert executor.submit(double, 4).result(timeout=PATIENCE) == 8
    assert ATTEMPTS >= 2


def test_a_task_that_has_not_begun_can_be_cancelled(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with make_executor(1) as executor:
        futures = [executor.submit(wait, gate) for _ in range(8)]
        assert futures[-1].cancel()
        gate.touch()
        assert futures[0].result() == "gate"


def test_a_cancelled_task_may_still_run_and_nobody_waits_for_it(
    executor: Executor, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    future = executor.submit(wait, gate)
    await_beginning(gate)
    assert future.cancel()
    assert executor.submit(double, 1).result() == 2
    gate.touch()


def test_a_cancelled_task_that_kills_is_forgotten(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    executor = make_executor(1)
    future = executor.submit(wait_and_die, gate)
    await_beginning(gate)
    assert future.cancel()
    gate.touch()
    executor.shutdown()
    assert future.cancelled()


def test_a_pool_that_broke_unnoticed_is_replaced() -> None:
    with ResilientExecutor(1) as executor:
        with pytest.raises(BrokenProcessPool):
            executor._pool.submit(die, 1).result(timeout=PATIENCE)
        assert executor.submit(double, 4).result(timeout=PATIENCE) == 8


def test_pending_tasks_are_cancelled_at_shutdown(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    executor = make_executor(1)
    futures = [executor.submit(wait, gate) for _ in range(8)]
    executor.shutdown(wait=False, cancel_futures=True)
    gate.touch()
    with pytest.raises(CancelledError):
        futures[-1].result(timeout=PATIENCE)


def test_tasks_lost_after_shutdown_are_not_done_again() -> None:
    executor = make_executor(1)
    future = executor.submit(die, 1)
    executor.shutdown(wait=False)
    with pytest.raises(BrokenProcessPool):
        future.result(timeout=PATIENCE)


def test_a_verification_survives_killed_workers(tmp_path: Path) -> None:
    """Workers are killed from outside again and again while an archive is being verified."""
    made = make_ground("Ed25519", weights=(1,) * 4)
    for number in range(200):
        made.vote(number % 4, [[0, 1, 0, 0], [1, 0]])
    path = tmp_path / "a.bel"
    path.write_bytes(made.archive())
    killed = 0

    with make_executor(2) as executor:

        def kill_a_worker(name: str, done: int, total: int) -> None:
            nonlocal killed
            if name == "ballots" and killed < 3:
                killed += 1
                executor.submit(die_quietly, str(tmp_path / f"killed-{killed}"))

        report = verify_archive(path, executor=executor, progress=kill_a_worker)
    assert report.valid
    assert report.ballots == 200
    assert killed == 3
    assert verify_archive(path) == report


def die_quietly(mark: str) -> None:
    """Kill the process that runs this, once."""
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
