"""The executor for bulk work: a process pool that survives the death of its workers."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

from voting.belenios.batches import make_batches, map_batches

__all__ = ["ATTEMPTS", "ResilientExecutor", "make_batches", "make_executor", "map_batches"]

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 5
"""How often one task is tried before a pool that keeps breaking is given up."""


def make_executor(workers: int, *, niceness: int = 0) -> Executor:
    """Return a pool of *workers* processes. Close it, or use it in a with statement.

    They step back by *niceness* behind what else runs on the machine.

    A worker that is killed costs the tasks that were under way: they are done again in a new pool.
    Tasks must therefore be free of side effects, and picklable.
    """
    return ResilientExecutor(workers, niceness)


@dataclass(slots=True)
class _Task:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outer: "Future[Any]"
    attempts: int = 0
    heard: int = 0  # the last attempt after which it was begun anew, or given up


class ResilientExecutor(Executor):
    """A process pool that is replaced when it breaks, and then does the lost tasks again."""

    def __init__(self, workers: int, niceness: int = 0) -> None:
        self.workers = workers
        self._niceness = niceness
        self._lock = threading.Lock()
        self._closed = False
        self._pool = self._make_pool()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Return a future for fn(*args); BrokenProcessPool only after ATTEMPTS broken pools."""
        task = _Task(fn, args, kwargs, Future())
        self._start(task)
        return task.outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop the pool; tasks that are lost from now on are not done again."""
        with self._lock:
            self._closed = True
            pool = self._pool
        pool.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _make_pool(self) -> ProcessPoolExecutor:
        # Forking is fastest but safe only while there is no second thread.
        method = "fork" if threading.active_count() == 1 else "forkserver"
        pool = ProcessPoolExecutor(
            self.workers,
            multiprocessing.get_context(method),
            initializer=os.nice,
            initargs=(self._niceness,),
        )
        # All workers start with the first task. One that started while a broken pool is being
        # ended would be waited for and never ended (Python before 3.12.7).
        pool._safe_to_dynamically_spawn_children = False  # type: ignore[attr-defined]
        return pool

    def _start(self, task: _Task) -> None:
        task.attempts += 1
        attempt = task.attempts
        with self._lock:
            pool = self._pool
        try:
            inner = pool.submit(task.function, *task.args, **task.kwargs)
        except BrokenProcessPool as error:
            self._start_again(task, attempt, pool, error)
            return
        inner.add_done_callback(partial(self._finish, task, attempt, pool))
        task.outer.add_done_callback(lambda outer: outer.cancelled() and inner.cancel())
        if getattr(pool, "_broken", False):  # it broke meanwhile, and may have forgotten the task
            self._start_again(task, attempt, pool, BrokenProcessPool("the pool broke"))

    def _finish(
        self, task: _Task, attempt: int, pool: ProcessPoolExecutor, inner: "Future[Any]"
    ) -> None:
        if attempt != task.attempts:
            return  # the task was begun anew
        error = None if inner.cancelled() else inner.exception()
        if isinstance(error, BrokenProcessPool):
            self._start_again(task, attempt, pool, error)
        elif inner.cancelled():
            task.outer.cancel()
        elif task.outer.set_running_or_notify_cancel():
            if error is None:
                task.outer.set_result(inner.result())
            else:
                task.outer.set_exception(error)

    def _start_again(
        self, task: _Task, attempt: int, broken: ProcessPoolExecutor, error: BrokenProcessPool
    ) -> None:
        """Put a new pool in place of *broken* and try *task* there, unless it is in vain.

        Only the first who asks after this *attempt* is heard.
        """
        with self._lock:
            if task.heard >= attempt:
                return
            task.heard = attempt
            in_vain = self._closed or attempt >= ATTEMPTS
            if self._pool is broken and not self._closed:
                broken.shutdown(wait=False)
                self._pool = self._make_pool()
        if not in_vain:
            self._start(task)
        elif task.outer.set_running_or_notify_cancel():
            task.outer.set_exception(error)
