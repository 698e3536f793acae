"""belenios-tool, a program that is independent of ours, and what it says of an archive."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOOL = "belenios-tool"
MISSING = f"{TOOL} is not installed: as root, apt-get update && apt-get install -y {TOOL}"


def find_tool() -> str | None:
    """Where it is. Without it a test fails on CI, and has to do without anywhere else."""
    found = shutil.which(TOOL)
    if found is None and os.environ.get("CI"):
        pytest.fail(MISSING)
    return found


def need_tool() -> str:
    """Where it is. Without it the test is skipped, or fails on CI."""
    found = find_tool()
    if found is None:
        pytest.skip(MISSING)
    return found


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    """What it says of the archive that is in *folder*."""
    return subprocess.run(
        [need_tool(), "election", "verify", "--dir", str(folder)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def assert_accepted(folder: Path) -> None:
    """Every check of it passes on the archive that is in *folder*."""
    done = verify(folder)
    assert done.returncode == 0, done.stderr
    assert "all checks passed" in done.stdout + done.stderr
