"""The executor for bulk work: a process pool that survives the death of its workers."""

import multiprocessing
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


def make_executor(workers: int) -> Executor:
    """Return a pool of *workers* processes. Close it, or use it in a with statement.

    A worker that is killed costs the tasks that were under way: they are done again in a new pool.
    Tasks must therefore be free of side effects, and picklable.
    """
    return ResilientExecutor(workers)


@dataclass(slots=True)
class _Task:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outer: "Future[Any]"
    attempts: int = 0


class ResilientExecutor(Executor):
    """A process pool that is replaced when it breaks, and then does the lost tasks again."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
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
        return ProcessPoolExecutor(self._workers, multiprocessing.get_context(method))

    def _start(self, task: _Task) -> None:
        while True:
            task.attempts += 1
            with self._lock:
                pool = self._pool
            try:
                inner = pool.submit(task.function, *task.args, **task.kwargs)
            except BrokenProcessPool as error:
                if not self._replace(pool, task, error):
                    return
                continue
            inner.add_done_callback(partial(self._finish, task, pool))
            return

    def _finish(self, task: _Task, pool: ProcessPoolExecutor, inner: "Future[Any]") -> None:
        if inner.cancelled():
            task.outer.cancel()
            return
        error = inner.exception()
        if isinstance(error, BrokenProcessPool):
            if self._replace(pool, task, error):
                self._start(task)
        elif task.outer.set_running_or_notify_cancel():
            if error is not None:
                task.outer.set_exception(error)
            else:
                task.outer.set_result(inner.result())

    def _replace(self, broken: ProcessPoolExecutor, task: _Task, error: BaseException) -> bool:
        """Put a new pool in place of *broken*; tell whether *task* may be tried again."""
        with self._lock:
            if self._closed or task.attempts >= ATTEMPTS:
                task.outer.set_exception(error)
                return False
            if self._pool is broken:
                broken.shutdown(wait=False)
                self._pool = self._make_pool()
        return not task.outer.cancelled()
