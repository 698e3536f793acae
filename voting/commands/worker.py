"""``voting worker``: opens, closes and counts votes on time, and sends letters."""

from __future__ import annotations

import click
from flask.cli import ScriptInfo

from voting import jobs
from voting.commands.start import read_settings, require_folders, require_queue, require_tables


@click.command("worker")
@click.option("--once", is_flag=True, help="Do everything that is due now, then end.")
@click.pass_obj
def worker_command(context: ScriptInfo, once: bool) -> None:
    """Do the work that nobody waits for at a page.

    Opens and closes votes at their times, counts them when the organiser asks, and sends letters.
    Runs until it is stopped with Ctrl-C or SIGTERM, and finishes the letter in hand first. A worker
    that is killed loses nothing: the next one goes on where it stopped.
    """
    require_folders(read_settings())
    app = context.load_app()
    require_tables(app)
    require_queue(app)
    if once:
        sent = jobs.run_sweep(app)
        click.echo(f"Everything that was due is done. Letters sent: {sent}.")
        return
    click.echo("The worker is running. Stop it with Ctrl-C.")
    jobs.run_worker(app)
    click.echo("The worker has stopped.")
