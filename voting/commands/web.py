"""``voting web``: the pages, served by gunicorn."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from voting.commands.start import (
    read_settings,
    require_folders,
    require_listen,
    require_tables,
    settle,
)
from voting.config import Settings
from voting.journal import configure_logging
from voting.web.hooks import list_lines

PATIENCE = 60  # seconds for one request
GRACEFUL = 25  # seconds to finish requests in hand when stopped


class ServerLog(Logger):  # type: ignore[misc]  # untyped upstream
    """gunicorn's log as lines of ours, which tell neither what a request held nor who sent it."""

    def setup(self, cfg: Any) -> None:
        """Leave the writing to our own log."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def warning(self, msg: object, *args: Any, **kwargs: Any) -> None:
        """A request that cannot be read is quoted by gunicorn, the link in it and all."""
        if str(msg).startswith("Invalid request"):
            msg, args = "a request that cannot be read was refused", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *args: Any, **kwargs: Any) -> None:
        """Where a request ended in a fault, without its address and the fault's own words."""
        if not str(msg).startswith("Error handling request"):
            super().exception(msg, *args, **kwargs)
            return
        fault = sys.exc_info()[1]
        self.error("a request ended in %s: %s", type(fault).__name__, list_lines(fault))


class _Server(BaseApplication):  # type: ignore[misc]  # untyped upstream
    """gunicorn without its command line; each worker process makes its own application."""

    def __init__(self, settings: Settings, info: ScriptInfo) -> None:
        self._settings = settings
        self._info = info
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what the settings say."""
        wanted: dict[str, Any] = {
            "bind": [self._settings.listen],
            "workers": self._settings.workers,
            "worker_class": "gthread",
            "threads": self._settings.threads,
            "timeout": PATIENCE,
            "graceful_timeout": GRACEFUL,
            "keepalive": 5,
            "limit_request_line": 4094,
            "limit_request_fields": 60,
            "limit_request_field_size": 8190,
            "max_requests": 50_000,
            "max_requests_jitter": 5_000,
            "forwarded_allow_ips": "",
            "proc_name": "voting-web",
            "loglevel": self._settings.log_level.lower(),
            "logger_class": ServerLog,
            "control_socket_disable": True,
        }
        for name, value in wanted.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made afresh in each worker process."""
        configure_logging(self._settings.log_level)
        app = self._info.load_app()
        settle()
        return app


@click.command("web")
@click.pass_obj
def web_command(info: ScriptInfo) -> None:
    """Serve the pages at VOTING_LISTEN (127.0.0.1:8000) until stopped.

    VOTING_WORKERS processes of VOTING_THREADS threads each. Put a reverse proxy with TLS in front
    of it and set VOTING_TRUSTED_PROXIES to the number of proxies. Ctrl-C or SIGTERM ends it after
    the requests in hand.
    """
    settings = read_settings()
    require_folders(settings)
    require_listen(settings.listen)
    if info.create_app is not None:
        require_tables(info.create_app())  # of its own: each process that serves makes another
    _Server(settings, info).run()
