"""Processors for the few requests that bring thousands of proofs to check."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from threading import Lock

from voting.engine import make_executor

LONG = 512 * 1024
"""From so many bytes on (about a thousand ranked votes), an upload is checked on all processors."""

_lending = Lock()


@contextmanager
def lend_executor(size: int) -> Iterator[Executor | None]:
    """Lend a request that checks *size* bytes of proofs all processors for that long.

    None for what one processor checks sooner, and while another request of this process has them:
    the check is then done in the request. The pages keep no pool of their own, since these uploads
    are a few in the life of a poll; one is made for each, starts with the first piece of work that
    is sound enough to be handed out, and ends with it.
    """
    if size < LONG or not _lending.acquire(blocking=False):
        yield None
        return
    try:
        with make_executor(os.cpu_count() or 1) as executor:
            yield executor
    finally:
        _lending.release()
