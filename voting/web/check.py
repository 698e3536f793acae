"""Check an archive in the reader's own browser: the page, and a copy of it that works offline.

No archive is ever sent here. The copy is one file, made of the same modules that the page loads.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from voting.web.access import guard
from voting.web.bundle import make_bundle
from voting.web.downloads import download

blueprint = Blueprint("check", __name__)
guard(blueprint, "public")

PAGE_SCRIPT, WORKER_SCRIPT = "check.js", "checking.js"
STYLES = ("site.css", "check.css")


@blueprint.get("/check")
def index() -> ResponseReturnValue:
    """Choose an archive; a worker of this browser checks it."""
    return render_template("check/index.html")


@blueprint.get("/check/offline.html")
def offline() -> ResponseReturnValue:
    """The page as one file to save: its script stands inside, and it may load nothing at all."""
    static = Path(current_app.static_folder or "")
    script = make_bundle(static, PAGE_SCRIPT)
    style = "\n".join((static / name).read_text() for name in STYLES)
    page = render_template(
        "check/offline.html",
        script=script,
        style=style,
        worker=make_bundle(static, WORKER_SCRIPT),
        script_hash=source_hash(script),
        style_hash=source_hash(style),
    )
    return download(page, "text/html; charset=utf-8", "check-offline.html")


def source_hash(text: str) -> str:
    """What a Content Security Policy calls this script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
