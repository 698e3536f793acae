"""How the benchmarks measure: whole processes in turn, medians, ratios in one run."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

VOTING = str(Path(__file__).resolve().parents[1] / ".venv" / "bin" / "voting")


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: wall seconds, largest resident set (MB), and processor seconds.

    The last two are of the process and of its children.
    """

    seconds: float
    megabytes: float
    processor: float = 0.0


def run(command: Sequence[str]) -> Run:
    """Run *command* to its end; raises RuntimeError with its words if it fails.

    Python keeps what it has compiled, as it does where the program is installed.
    """
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
    output = process.stdout.read() if process.stdout else b""
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed: {output[-500:].decode(errors='replace')}")
    return Run(seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def run_in_turn(commands: dict[str, Sequence[str]], rounds: int) -> dict[str, list[Run]]:
    """Run the commands in turn, A B A B ..., so that a drift of the machine hits all alike."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(run(command))
    return runs


def median_seconds(runs: Sequence[Run]) -> float:
    """The median wall time."""
    return statistics.median(run.seconds for run in runs)


def largest(runs: Sequence[Run]) -> float:
    """The largest memory of all runs, MB."""
    return max(run.megabytes for run in runs)


def processor_seconds(root: int) -> dict[str, float]:
    """Processor seconds so far of *root* and what it started, by the last word of the command.

    Gunicorn's processes go by its own command.
    """
    parents, seconds, names = {}, {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (folder / "stat").read_text().rpartition(")")[2].split()
            pid = int(folder.name)
            parents[pid] = int(words[1])
            seconds[pid] = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
            names[pid] = (folder / "cmdline").read_text().strip("\0").rpartition("\0")[2]
    totals: dict[str, float] = {}
    for pid, spent in seconds.items():
        ancestor = pid
        while ancestor not in (root, 0):
            ancestor = parents.get(ancestor, 0)
        if ancestor == root:
            totals[names[pid]] = totals.get(names[pid], 0) + spent
    return totals
