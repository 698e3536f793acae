"""Who may come in: guards on blueprints, the account that signed in, and voters' signed links."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, cast
from weakref import WeakKeyDictionary

from flask import Blueprint, Flask, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.routing import Rule

from voting.domain.errors import Forbidden, NotFound
from voting.store.accounts import Account
from voting.web.errors import SessionEnded
from voting.web.languages import LANGUAGES

Guard = Literal["organiser", "commissioner", "public", "elector", "scrutineer", "respondent"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ROLES = ("organiser", "commissioner")
SIGN_IN_DESK = "security"  # Flask-Security's own blueprint, whose views check by themselves
SIGN_IN_VIEWS = frozenset(
    {"login", "logout", "verify", "forgot_password", "reset_password", "change_password", "static"}
)
KNOWN_BY = {  # what the address must carry of somebody who came by a link
    "elector": frozenset({"token", "poll_id"}),
    "scrutineer": frozenset({"token", "scrutineer_id"}),
    "respondent": frozenset({"token", "participant_id"}),
}

_guards: WeakKeyDictionary[Blueprint, Guard] = WeakKeyDictionary()


# ------------------------------------------------------------------ guards


def guard(blueprint: Blueprint, role: Guard) -> None:
    """Let only *role* reach the views of *blueprint*.

    ``public`` is anyone. ``elector`` and ``scrutineer`` are whoever came by a link: the views
    resolve the link or the visit that it began, which the address names, on every request.
    """
    _guards[blueprint] = role
    if role in ROLES:
        blueprint.before_request(partial(_require_role, role))


def _require_role(role: str) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        if request.method not in SAFE_METHODS:
            raise SessionEnded
        back = request.full_path.rstrip("?")
        return redirect(url_for("security.login", next=back), 303)
    if not current_user.has_role(role):
        raise Forbidden(f"Your account is not that of {'an' if role[0] == 'o' else 'a'} {role}.")
    return None


def check_guards(app: Flask) -> None:
    """Raise RuntimeError unless every route of *app* stands behind a guard."""
    for rule in app.url_map.iter_rules():
        if fault := _find_fault(app, rule):
            raise RuntimeError(f"The route {rule.rule} ({rule.endpoint}) {fault}.")


def _find_fault(app: Flask, rule: Rule) -> str | None:
    name, _dot, view = rule.endpoint.rpartition(".")
    if rule.endpoint == "static":
        return None
    if name == SIGN_IN_DESK:
        return None if view in SIGN_IN_VIEWS else "is not one of the views for signing in"
    blueprint = app.blueprints.get(name)
    role = _guards.get(blueprint) if isinstance(blueprint, Blueprint) else None
    if role is None:
        return "has no guard"
    if role in KNOWN_BY and not KNOWN_BY[role] & rule.arguments:
        return f"does not say which {role} it is for"
    return None


def current_account() -> Account:
    """The account that signed in; raises SessionEnded when nobody did."""
    if not current_user.is_authenticated:
        raise SessionEnded
    return cast(Account, current_user._get_current_object())


# ------------------------------------------------------------------ personal links


@dataclass(frozen=True, slots=True)
class VoterLink:
    """What a voter's link says. It is void once the elector's generation has moved on."""

    poll_id: int
    elector_id: int
    generation: int


@dataclass(frozen=True, slots=True)
class ScrutineerLink:
    """What a scrutineer's link says. It is void once the scrutineer's generation has moved on."""

    scrutineer_id: int
    generation: int


@dataclass(frozen=True, slots=True)
class ReaderLink:
    """What a reader's link says: an address that is known to a proposal."""

    reader_id: int
    generation: int


@dataclass(frozen=True, slots=True)
class RespondentLink:
    """What a link to a consultation says. It is void once the participant's generation moved on."""

    participant_id: int
    generation: int


BROKEN = "This link does not work. Part of it may be missing."


class Links:
    """Makes and reads the signed part of personal links. The first key signs, any key is taken."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._serializer = self._make("voter-link", secret_keys)
        self._scrutineers = self._make("scrutineer-link", secret_keys)
        self._readers = self._make("reader-link", secret_keys)
        self._respondents = self._make("respondent-link", secret_keys)
        self._keys = [key.encode() for key in secret_keys]

    @staticmethod
    def _make(salt: str, secret_keys: Sequence[str]) -> URLSafeSerializer:
        return URLSafeSerializer(
            list(reversed(secret_keys)),  # itsdangerous signs with the last one
            salt=salt,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def __repr__(self) -> str:
        return "<Links>"

    def voter_token(self, poll_id: int, elector_id: int, generation: int) -> str:
        """The signed part of this elector's link to this poll."""
        return str(self._serializer.dumps([poll_id, elector_id, generation]))

    def read_voter_token(self, token: str) -> VoterLink:
        """What *token* says; raises NotFound for one that was not made here."""
        try:
            return VoterLink(*_numbers(self._serializer.loads(token), 3))
        except (BadData, ValueError):
            raise NotFound(BROKEN) from None

    def scrutineer_token(self, scrutineer_id: int, generation: int) -> str:
        """The signed part of this scrutineer's link."""
        return str(self._scrutineers.dumps([scrutineer_id, generation]))

    def read_scrutineer_token(self, token: str) -> ScrutineerLink:
        """What *token* says; raises NotFound for one that was not made here."""
        try:
            return ScrutineerLink(*_numbers(self._scrutineers.loads(token), 2))
        except (BadData, ValueError):
            raise NotFound(BROKEN) from None

    def reader_token(self, reader_id: int, generation: int) -> str:
        """The signed part of this reader's link."""
        return str(self._readers.dumps([reader_id, generation]))

    def read_reader_token(self, token: str) -> ReaderLink:
        """What *token* says; raises NotFound for one that was not made here."""
        try:
            return ReaderLink(*_numbers(self._readers.loads(token), 2))
        except (BadData, ValueError):
            raise NotFound(BROKEN) from None

    def respondent_token(self, participant_id: int, generation: int) -> str:
        """The signed part of this participant's link."""
        return str(self._respondents.dumps([participant_id, generation]))

    def read_respondent_token(self, token: str) -> RespondentLink:
        """What *token* says; raises NotFound for one that was not made here."""
        try:
            return RespondentLink(*_numbers(self._respondents.loads(token), 2))
        except (BadData, ValueError):
            raise NotFound(BROKEN) from None

    def response_handles(self, participant_id: int) -> list[str]:
        """What this participant's response is kept under, for each key; the first is in use.

        Without a key nobody can tell from the tables whose response it is.
        """
        said = f"response|{participant_id}".encode()
        return [hmac.digest(key, said, "sha256").hex() for key in self._keys]


def _numbers(loaded: Any, how_many: int) -> Iterator[int]:
    if not isinstance(loaded, list) or len(loaded) != how_many:
        raise ValueError("not a personal link")
    if not all(type(number) is int for number in loaded):
        raise ValueError("not a personal link")
    return iter(loaded)


# ------------------------------------------------------------------ pages


blueprint = Blueprint("access", __name__)
guard(blueprint, "public")


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """Where an account leads: its desks, a new password, signing out."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=url_for("access.account")), 303)
    return render_template("access/account.html", account=current_account())


@blueprint.post("/language")
def set_language() -> ResponseReturnValue:
    """Remember the language chosen in this browser and go back to the page it was chosen on."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise NotFound("There is no such language.")
    session["language"] = chosen
    return redirect(local_address(request.form.get("back", "")), 303)


def local_address(address: str) -> str:
    """*address* if it is a path on this site, else the home page."""
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_path and address.isprintable() and "\\" not in address else "/"
