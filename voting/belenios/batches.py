"""Bulk work in batches over any concurrent.futures.Executor, in order and within bounded memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

WINDOW = 6
"""How many batches may be under way at once: this, or two per worker where these are more."""


def make_batches(items: Iterable[T], sizes: Iterable[int]) -> Iterator[list[T]]:
    """Yield *items* in lists of these *sizes*; the last one may be shorter."""
    iterator = iter(items)
    for size in sizes:
        if not (batch := list(islice(iterator, size))):
            return
        yield batch


def map_batches(
    executor: Executor | None, function: Callable[[T], R], batches: Iterable[T]
) -> Iterator[R]:
    """Yield function(batch) for each batch, in order; here and now when *executor* is None.

    *function*, what it takes and what it returns must be picklable. Few batches are under way
    at once, so a long iterable does not fill the memory. The first exception in the order of
    batches ends the iteration, with an executor as without; work not yet begun is then cancelled.
    """
    if executor is None:
        yield from map(function, batches)
        return
    window = max(WINDOW, 2 * getattr(executor, "workers", 0))
    under_way: deque[Future[R]] = deque()
    iterator, failure = iter(batches), None
    try:
        while True:
            try:
                batch = next(iterator)
            except StopIteration:
                break
            except Exception as error:
                failure = error
                break
            under_way.append(executor.submit(function, batch))
            if len(under_way) >= window:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()
    if failure is not None:
        raise failure
