"""The executor: a killed worker costs its batch some time, and nothing else."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from tests.belenios.ground import make_ground
from voting.belenios.verify import verify_archive
from voting.engine import ATTEMPTS, ResilientExecutor, make_executor, map_batches


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


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def sleep_and_die(seconds: float) -> None:
    time.sleep(seconds)
    die(0)


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
        executor.submit(die, 1).result(timeout=60)
    assert executor.submit(double, 4).result(timeout=60) == 8
    assert ATTEMPTS >= 2


def test_a_task_that_has_not_begun_can_be_cancelled() -> None:
    with make_executor(1) as executor:
        futures = [executor.submit(sleep, 0.2) for _ in range(8)]
        assert futures[-1].cancel()
        assert futures[0].result() == 0.2


def test_a_cancelled_task_may_still_run_and_nobody_waits_for_it(executor: Executor) -> None:
    future = executor.submit(sleep, 0.5)
    time.sleep(0.2)
    assert future.cancel()
    assert executor.submit(double, 1).result() == 2


def test_a_cancelled_task_that_kills_is_forgotten() -> None:
    executor = make_executor(1)
    future = executor.submit(sleep_and_die, 0.5)
    time.sleep(0.2)
    assert future.cancel()
    executor.shutdown()
    assert future.cancelled()


def test_a_pool_that_broke_unnoticed_is_replaced() -> None:
    with ResilientExecutor(1) as executor:
        with pytest.raises(BrokenProcessPool):
            executor._pool.submit(die, 1).result(timeout=60)
        assert executor.submit(double, 4).result(timeout=60) == 8


def test_pending_tasks_are_cancelled_at_shutdown() -> None:
    executor = make_executor(1)
    futures = [executor.submit(sleep, 0.2) for _ in range(8)]
    executor.shutdown(cancel_futures=True)
    assert futures[-1].cancelled()


def test_tasks_lost_after_shutdown_are_not_done_again() -> None:
    executor = make_executor(1)
    future = executor.submit(die, 1)
    executor.shutdown(wait=False)
    with pytest.raises(BrokenProcessPool):
        future.result(timeout=60)


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
