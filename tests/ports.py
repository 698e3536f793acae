"""Ports for the servers of tests: each is given once, and the system gives it to nobody."""

from __future__ import annotations

import itertools
import os
import socket

FIRST, EACH = 12_000, 2_000  # below the ports that Linux gives to whoever asks for any
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
_turns = itertools.count(os.getpid())


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing listens on, from this worker's own range.

    A port that the system chose may be taken by another program between the moment it is let go
    and the moment a server of ours listens on it; one of these is not.
    """
    for turn in itertools.islice(_turns, EACH):
        port = FIRST + _worker * EACH + turn % EACH
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"no port is free from {FIRST} on")
