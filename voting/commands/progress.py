"""How far a long piece of work is: one line on standard error, wiped at its end."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from voting.belenios.verify import Progress

BAR_WIDTH = 30


@contextmanager
def show_progress(*, enabled: bool) -> Iterator[Progress | None]:
    """Give a progress callback that draws a bar on standard error, and wipe it at the end."""
    if not enabled:
        yield None
        return
    shown = ""

    def draw(name: str, done: int, total: int) -> None:
        nonlocal shown
        filled = BAR_WIDTH * done // max(1, total)
        line = f"\r{name:12} [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done}/{total}"
        if line != shown:
            shown = line
            click.echo(f"{line:{BAR_WIDTH + 40}}", err=True, nl=False)

    try:
        yield draw
    finally:
        click.echo(f"\r{'':{BAR_WIDTH + 40}}\r", err=True, nl=False)
