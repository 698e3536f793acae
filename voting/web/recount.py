"""Count it again: anyone hands in a file of votes and sees the sheet that the rules make of it.

Nothing is stored. The count runs in a process of its own, with little time and memory. What is
downloaded afterwards travels in the page, signed, so that no other figures come out of it.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as marked
from flask_babel.speaklater import LazyString
from flask_wtf.file import FileField
from itsdangerous import BadData, URLSafeSerializer
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional, Regexp

from voting.counting.reading import FORMATS
from voting.counting.rules import OWN
from voting.counting.rules import RULES as COUNTING
from voting.domain.errors import NotFound
from voting.web import downloads
from voting.web.access import guard
from voting.web.forms import Form
from voting.web.sheets import make_sheet
from voting.web.sheets.commands import tell_options
from voting.web.sheets.files import write_json, write_stages
from voting.web.sheets.pdf import Facts, make_pdf
from voting.web.sheets.words import RULES, rule_title

blueprint = Blueprint("recount", __name__)
guard(blueprint, "public")

ARCHIVE = b"BELENIOS\0"  # how every .bel file begins
MOST_BYTES = 8 * 1024 * 1024
MOST_SECONDS, MOST_MEGABYTES = 20, 512
MOST_WAITING = 60  # seconds on the clock, when the machine is busy
MOST_SHEET = 4 * 1024 * 1024
MOST_CANDIDATES = 200
AT_ONCE = threading.BoundedSemaphore(2)
PLACE = re.compile(r"^-: ", re.MULTILINE)
NUMBER = Regexp(r"^[1-9][0-9]{0,5}$", message=marked("Enter a whole number, 1 or more"))
TITLES = {name: LazyString(rule_title, name) for name in RULES}


def select(label: Any, *pairs: tuple[str, Any]) -> SelectField:
    """A choice of one of these values, each with the words for it; the first stands already."""
    choices = [SelectChoice(value=value, label=words) for value, words in pairs]
    return SelectField(label, choices=choices, default=pairs[0][0])


class CountForm(Form):
    """A file or a text of votes, the rule, and what the rule leaves open."""

    file = FileField(marked("File of votes"))
    text = TextAreaField(marked("Or paste the votes"))
    rule = select(marked("Counting rule"), *TITLES.items())
    seats = StringField(marked("Places to fill"), [Optional(), NUMBER])
    format = select(
        marked("Kind of file"),
        ("", marked("Told from the file")),
        *((name, name) for name in FORMATS),
    )
    variant = select("Meek", ("prf", "PRF"), ("hww", "Hill, Wichmann, Woodall"))
    middle = select(
        marked("Majority judgment: which of two middle grades"),
        ("lower", marked("The lower")),
        ("upper", marked("The upper")),
    )
    strength = select(
        marked("Schulze and ranked pairs: what makes a defeat strong"),
        ("winning", marked("Votes of the winning side")),
        ("margins", marked("The margin")),
    )
    until = select(
        marked("Instant runoff: count until"),
        ("majority", marked("Somebody has a majority")),
        ("two", marked("Two are left")),
    )
    exclude = select(
        marked("Instant runoff: exclude"),
        ("single", marked("One at a time")),
        ("batch", marked("All who cannot catch up")),
    )
    choose = StringField(marked("Approval: the most options on a paper"), [Optional(), NUMBER])
    highest = StringField(marked("Score: the most points"), [Optional(), NUMBER])
    grades = StringField(marked("Majority judgment: how many grades"), [Optional(), NUMBER])
    missing = StringField(
        marked("Majority judgment: missing grades"),
        [
            Optional(),
            Regexp(
                r"^(refuse|median|normalised|static:[0-9]{1,3})$",
                message=marked("Enter refuse, median, normalised or static: and a number"),
            ),
        ],
    )
    tie = select(
        marked("Ties that the rule leaves open"),
        ("", marked("As the rule says")),
        ("order", marked("By the order of the candidates")),
        ("lot", marked("By lot, with the seed below")),
    )
    seed = StringField(marked("Seed of the lot"))
    withdrawn = TextAreaField(marked("Withdrawn candidates, one on each line"))
    vacancy = StringField(marked("Countback: who was elected and has left"))
    none_of_these = StringField(marked("The candidate that stands for none of these"))


class KeepForm(Form):
    """The signed sheet that a page carries for its downloads."""

    sheet = HiddenField()


@blueprint.get("/count")
def ask() -> ResponseReturnValue:
    """Ask for a file of votes and a rule."""
    return render_template("recount/ask.html", form=CountForm())


@blueprint.post("/count")
def count() -> ResponseReturnValue:
    """Count the file and show the sheet; or say what is wrong with it, and where."""
    form = CountForm()
    if not form.validate_on_submit():
        return render_template("recount/ask.html", form=form), 422
    votes = read_votes_of(form)
    if votes is None:
        return render_template("recount/ask.html", form=form), 422
    try:
        found = run_count(list_arguments(form), votes)
    except CountRefusedError as refused:
        place = form.file if form.file.data else form.text
        place.errors = [str(refused)]
        return render_template("recount/ask.html", form=form), refused.status
    kept = serializer().dumps(found)
    return render_template(
        "recount/sheet.html", sheet=make_sheet(found), kept=kept, form=KeepForm(formdata=None)
    )


class CountRefusedError(Exception):
    """The votes were not counted, for a reason that a person can read."""

    def __init__(self, reason: str, status: int = 422) -> None:
        super().__init__(reason)
        self.status = status


def read_votes_of(form: CountForm) -> bytes | None:
    """What was handed in; None with an error in the form when it is nothing or too much."""
    sent = form.file.data
    votes: bytes = sent.read(MOST_BYTES + 1) if sent else (form.text.data or "").encode()
    if not votes.strip():
        form.file.errors = [_("Choose a file of votes, or paste them")]
        return None
    if votes.startswith(ARCHIVE):
        form.file.errors = [
            _(
                "This is an archive of sealed votes, not a file of votes. The page “Check an "
                "archive yourself” checks it, and the program counts it: voting count FILE.bel"
            )
        ]
        return None
    if len(votes) > MOST_BYTES:
        form.file.errors = [_("The file is larger than 8 MB. Count it with the program instead")]
        return None
    return votes


def list_arguments(form: CountForm) -> list[str]:
    """What the `voting count` command is told: what the rule reads, each value one argument."""
    unread = OWN - set(COUNTING[form.rule.data].reads)
    return [f"--{name}={value}" for name, value in _chosen(form) if value and name not in unread]


def _chosen(form: CountForm) -> Iterator[tuple[str, str]]:
    for name in ("rule", "seats", "format", "variant", "middle", "strength", "until", "exclude"):
        yield name, form[name].data or ""
    for name in ("choose", "highest", "grades", "missing", "vacancy"):
        yield name, (form[name].data or "").strip()
    yield "none-of-these", (form.none_of_these.data or "").strip()
    if form.tie.data:
        seed = (form.seed.data or "").strip()
        yield "tie", "order" if form.tie.data == "order" else f"lot:{seed}"
    for line in (form.withdrawn.data or "").splitlines():
        yield "withdrawn", line.strip()


def run_count(arguments: list[str], votes: bytes) -> dict[str, Any]:
    """Count in a process of its own that may not take long; raises CountRefusedError."""
    command = [sys.executable, "-m", "voting", "count", "--json", *arguments]
    limits = [f"--most-seconds={MOST_SECONDS}", f"--most-megabytes={MOST_MEGABYTES}", "-"]
    if not AT_ONCE.acquire(timeout=5):
        raise CountRefusedError(_("Other files are being counted. Try again in a moment"), 503)
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [*command, *limits], input=votes, capture_output=True, timeout=MOST_WAITING, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise CountRefusedError(too_long()) from error
    finally:
        AT_ONCE.release()
    if done.returncode != 0:
        raise CountRefusedError(_reason(done.returncode, done.stderr.decode(errors="replace")))
    found: dict[str, Any] = json.loads(done.stdout)
    if len(found["candidates"]) > MOST_CANDIDATES or len(done.stdout) > MOST_SHEET:
        raise CountRefusedError(_("The sheet is too large for a page. Use the program instead"))
    return found


def too_long() -> str:
    """What is said when a count took too much time."""
    return str(_("The count takes too long for this page. Use the program instead"))


def _reason(status: int, said: str) -> str:
    if status != 2:
        return too_long()
    last = PLACE.sub("", said).strip().splitlines()[-1:] or [""]
    return last[0].removeprefix("Error: ")


def serializer() -> URLSafeSerializer:
    """What signs the sheet that a page carries."""
    keys = [*current_app.config.get("SECRET_KEY_FALLBACKS", ()), current_app.secret_key]
    return URLSafeSerializer(keys, salt="recount sheet")


@blueprint.post("/count/count.<kind>")
def download(kind: str) -> ResponseReturnValue:
    """The sheet of the page as a file: pdf, csv or json. Raises NotFound for anything else."""
    form = KeepForm()
    try:
        found = serializer().loads(form.sheet.data or "")
    except BadData as error:
        raise NotFound(_("There is no sheet in what was sent. Count the file again.")) from error
    if kind == "csv":
        return downloads.download(write_stages(found), "text/csv; charset=utf-8", f"count.{kind}")
    if kind == "json":
        return downloads.download(write_json(found), "application/json", f"count.{kind}")
    if kind != "pdf":
        raise NotFound(_("There is no such file."))
    facts = Facts(
        found["title"] or _("Recount"),
        _("Counted on this site from a file that a reader handed in"),
        shlex.join(["voting", "count", *tell_options(found), "FILE"]),
    )
    sheet = make_pdf(make_sheet(found), facts)
    return downloads.download(sheet, "application/pdf", f"count.{kind}")
