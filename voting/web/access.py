"""Who may come in: guards on blueprints, the account that signed in, and voters' signed links."""

from __future__ import annotations

import hashlib
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

Guard = Literal["organiser", "commissioner", "public", "elector"]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ROLES = ("organiser", "commissioner")
SIGN_IN_DESK = "security"  # Flask-Security's own blueprint, whose views check by themselves
SIGN_IN_VIEWS = frozenset(
    {"login", "logout", "verify", "forgot_password", "reset_password", "change_password", "static"}
)
KNOWN_BY = frozenset({"token", "poll_id"})  # what an elector's address must carry

_guards: WeakKeyDictionary[Blueprint, Guard] = WeakKeyDictionary()


# ------------------------------------------------------------------ guards


def guard(blueprint: Blueprint, role: Guard) -> None:
    """Let only *role* reach the views of *blueprint*.

    ``public`` is anyone. ``elector`` is whoever came by a voter's link: its views resolve the link
    or the visit that it began, which the address names, on every request.
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
    if role == "elector" and not KNOWN_BY & rule.arguments:
        return "does not say which elector it is for"
    return None


def current_account() -> Account:
    """The account that signed in; raises SessionEnded when nobody did."""
    if not current_user.is_authenticated:
        raise SessionEnded
    return cast(Account, current_user._get_current_object())


# ------------------------------------------------------------------ voters' links


@dataclass(frozen=True, slots=True)
class VoterLink:
    """What a voter's link says. It is void once the elector's generation has moved on."""

    poll_id: int
    elector_id: int
    generation: int


class Links:
    """Makes and reads the signed part of voters' links. The first key signs, any key is taken."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._serializer = URLSafeSerializer(
            list(reversed(secret_keys)),  # itsdangerous signs with the last one
            salt="voter-link",
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
            return VoterLink(*_three_numbers(self._serializer.loads(token)))
        except (BadData, ValueError):
            raise NotFound("This link does not work. Part of it may be missing.") from None


def _three_numbers(loaded: Any) -> Iterator[int]:
    if not isinstance(loaded, list) or len(loaded) != 3:
        raise ValueError("not a voter's link")
    if not all(type(number) is int for number in loaded):
        raise ValueError("not a voter's link")
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
