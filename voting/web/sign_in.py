"""Signing in: Flask-Security, with our words, our limits, and its mail through our outbox."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from typing import Any, cast

from flask import Flask, Response, current_app, g, request, session, url_for
from flask_babel import gettext as _
from flask_security import (
    LoginForm,
    MailUtil,
    Security,
    SQLAlchemyUserDatastore,
    hash_password,
    user_authenticated,
)

from voting.config import Settings
from voting.domain.errors import Refusal
from voting.services import accounts
from voting.services.accounts import Words
from voting.store.accounts import (
    Account,
    Role,
    drop_attempts_of,
    find_account,
)
from voting.store.database import begin_writing, db
from voting.web.errors import TooMany

KIND_OF_TEMPLATE = {"security/email/reset_instructions": "reset"}
CONFIG = {
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_RESET_URL": "/reset",
    "SECURITY_CHANGE_URL": "/account/password",
    "SECURITY_VERIFY_URL": "/account/again",
    "SECURITY_POST_LOGIN_VIEW": "/account",
    "SECURITY_POST_LOGOUT_VIEW": "/",
    "SECURITY_POST_CHANGE_VIEW": "/account",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_TRACKABLE": False,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SINGLE_HASH": True,
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_LENGTH_MIN": accounts.SHORTEST_PASSWORD,
    "SECURITY_RESET_PASSWORD_WITHIN": dt.timedelta(hours=2),
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
    "SECURITY_DEFAULT_REMEMBER_ME": False,
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_LOGIN_USER_TEMPLATE": "access/sign_in.html",
    "SECURITY_FORGOT_PASSWORD_TEMPLATE": "access/forgotten.html",
    "SECURITY_RESET_PASSWORD_TEMPLATE": "access/new_password.html",
    "SECURITY_CHANGE_PASSWORD_TEMPLATE": "access/change_password.html",
    "SECURITY_VERIFY_TEMPLATE": "access/verify.html",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_RESET": "Choose a new password",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE": "Your password was changed",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Your password was changed",
}
MESSAGES = {
    "GENERIC_AUTHN_FAILED": "Check your email address and password. We do not know them together",
    "PASSWORD_RESET_REQUEST": (
        "If there is an account for %(email)s, we are sending it a link to choose a new password. "
        "The link works for 2 hours."
    ),
    "PASSWORD_RESET_EXPIRED": "This link has run out. Ask for a new one below.",
    "INVALID_RESET_PASSWORD_TOKEN": (
        "This link does not work: it was used already, or part of it is missing. Ask for a new one."
    ),
    "PASSWORD_RESET_NO_LOGIN": "Your password is changed. Sign in with it.",
    "PASSWORD_CHANGE": "Your password is changed. Other browsers have been signed out.",
    "PASSWORD_NOT_PROVIDED": "Enter your password",
    "EMAIL_NOT_PROVIDED": "Enter your email address",
    "INVALID_EMAIL_ADDRESS": "Enter an email address in the correct format, like name@example.org",
    "PASSWORD_INVALID_LENGTH": "Your password must have at least %(length)s characters",
    "RETYPE_PASSWORD_MISMATCH": "The two passwords are not the same. Type both again",
    "PASSWORD_IS_THE_SAME": "Your new password must differ from the old one",
    "INVALID_PASSWORD": "This is not your present password",
    "UNAUTHENTICATED": "Sign in to see this page.",
    "LOGIN": "Sign in to see this page.",
    "REFRESH": "Enter your password again to go on.",
    "REAUTHENTICATION_REQUIRED": "Enter your password again to go on.",
    "REAUTHENTICATION_SUCCESSFUL": "Thank you.",
}


class SignInForm(LoginForm):
    """Address and password; this service never stays signed in beyond its session."""

    remember = None  # type: ignore[assignment]  # how WTForms takes a field away


class OutboxMail(MailUtil):
    """Owes what Flask-Security would send: sealed, in the transaction of the request."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        """Owe the letter to the account's holder."""
        if request.endpoint == "security.forgot_password":
            hash_password("as long as for an address that has no account")
            begin_writing(db.session())
        account = find_account(db.session(), str(recipient))
        if account is None:
            return
        words = Words(
            KIND_OF_TEMPLATE.get(template, "notice"), str(subject), body or "", html or ""
        )
        accounts.write_to_holder(
            db.session(),
            account,
            words,
            sealer=current_app.extensions["voting.sealer"],
            now=dt.datetime.now(dt.UTC),
        )


def install_sign_in(app: Flask) -> None:
    """Attach Flask-Security, restyled, limited, and posting through our outbox."""
    settings: Settings = app.extensions["voting.settings"]
    app.config.from_mapping(CONFIG)
    app.config["SECURITY_PASSWORD_SALT"] = settings.secret_keys[0]
    app.config["REMEMBER_COOKIE_SECURE"] = settings.is_https
    app.config["REMEMBER_COOKIE_HTTPONLY"] = True
    for name, words in MESSAGES.items():
        kind = "success" if name.endswith(("_CHANGE", "_LOGIN", "_REQUEST")) else "error"
        app.config[f"SECURITY_MSG_{name}"] = (words, kind)
    app.before_request(limit_attempts)
    security = Security(mail_util_cls=OutboxMail)
    security.init_app(app, SQLAlchemyUserDatastore(db, Account, Role), login_form=SignInForm)
    security.login_manager.session_protection = "basic"
    app.extensions["security"].mail_context_processor(give_mail_context)
    user_authenticated.connect(begin_session, app)
    app.after_request(forget_attempts)


def give_mail_context() -> dict[str, Any]:
    """What our own letters to account holders may say."""
    settings: Settings = current_app.extensions["voting.settings"]
    return {
        "organisation": settings.organisation,
        "base_url": settings.base_url,
        "reset_address": reset_address,
    }


# ------------------------------------------------------------------ limits


def limit_attempts() -> None:
    """Note each attempt before its password is looked at; raises TooMany beyond the limits.

    An account that does not exist is limited like one that does. The attempt is committed before
    it is counted, so that attempts at the same moment cannot pass each other by.
    """
    if request.method != "POST" or request.endpoint not in (
        "security.login",
        "security.forgot_password",
    ):
        return
    if request.is_json:  # Flask-Security would read the address from where no limit looks
        raise Refusal(_("This can only be sent as a form."))
    now = dt.datetime.now(dt.UTC)
    keys = {
        "account_key": make_key("account", accounts.fold_email(request.form.get("email", ""))),
        "address_key": make_key("address", request.remote_addr or ""),
    }
    begin_writing(db.session())
    attempt = accounts.note_attempt(db.session(), now=now, **keys)
    db.session.commit()
    if accounts.is_over_limit(db.session(), attempt, now=now):
        begin_writing(db.session())
        db.session.delete(attempt)
        db.session.commit()
        minutes = int(accounts.WINDOW.total_seconds() // 60)
        raise TooMany(
            _("Too many attempts. Wait %(minutes)s minutes, then try again.", minutes=minutes),
            retry_after=minutes * 60,
        )
    db.session.rollback()
    g.attempt_keys = keys


def make_key(kind: str, value: str) -> str:
    """A keyed hash: tells whether two attempts were on the same account, and nothing else."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"attempt|{kind}|{value}".encode(), hashlib.sha256).hexdigest()


def begin_session(_app: Flask, **_more: Any) -> None:
    """A fresh session for whoever signed in: nothing of a voter's visit stays in it."""
    for name in ("voter", "receipt", "plain"):
        session.pop(name, None)
    session.permanent = True
    g.signed_in = True


def forget_attempts(response: Response) -> Response:
    """Whoever signed in has not been guessing: forget their attempts from here."""
    if g.get("signed_in") and "attempt_keys" in g:
        begin_writing(db.session())
        drop_attempts_of(db.session(), **cast(dict[str, str], g.attempt_keys))
        db.session.commit()
    return response


def reset_address(token: str) -> str:
    """The address of the page for a new password, whatever host this request came to."""
    settings: Settings = current_app.extensions["voting.settings"]
    return settings.base_url + url_for("security.reset_password", token=token)
