"""Processors for the few requests that bring thousands of proofs to check."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from threading import Lock

from voting.engine import make_executor
from voting.web.errors import Busy

LONG = 512 * 1024
"""From so many bytes on (about a thousand ranked votes), an upload is checked on all processors."""

STEP_BACK = 5
"""Niceness of that work beside the pages: a vote does not wait for it."""

AGAIN = 20
"""Seconds after which an upload that found the processors taken may be sent again."""

_lending = Lock()


@contextmanager
def lend_executor(size: int) -> Iterator[Executor | None]:
    """Lend a request that checks *size* bytes of proofs all processors for that long.

    None for what one processor checks sooner. Raise Busy while another request of this process has
    them: one thread and one pool of each process at most are taken by such work, and the others
    answer as before. The pages keep no pool of their own, since these uploads are a few in the life
    of a poll; one is made for each, starts with the first piece of work that is sound enough to be
    handed out, and ends with it.
    """
    if size < LONG:
        yield None
        return
    if not _lending.acquire(blocking=False):
        raise Busy(
            "The file of another scrutineer is being checked just now. Nothing of yours was kept. "
            "Send it again in a minute.",
            retry_after=AGAIN,
        )
    try:
        with make_executor(os.cpu_count() or 1, niceness=STEP_BACK) as executor:
            yield executor
    finally:
        _lending.release()
