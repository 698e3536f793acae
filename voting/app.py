"""The roof: puts the parts together."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from voting import jobs
from voting.commands.start import read_settings
from voting.config import Settings
from voting.journal import configure_logging
from voting.sealing import Sealer
from voting.store.database import db, prepare_engine
from voting.web import (
    access,
    answered,
    check,
    consulting,
    health,
    information,
    issued,
    letters_desk,
    problems,
    public,
    reading,
    recount,
    scrutiny,
    trustee,
)
from voting.web.access import Links, check_guards
from voting.web.commissioner import decision as commissioner_decision
from voting.web.commissioner import outcomes as commissioner_outcomes
from voting.web.compression import install_compression
from voting.web.errors import install_errors
from voting.web.forms import install_forms
from voting.web.hooks import DEFAULT_LIMIT, Door, install_hooks
from voting.web.hub import is_behind, is_late
from voting.web.languages import install_languages
from voting.web.limits import install_limits
from voting.web.organiser import analysis as organiser_analysis
from voting.web.organiser import changes as organiser_changes
from voting.web.organiser import commissioners as organiser_commissioners
from voting.web.organiser import conduct as organiser_conduct
from voting.web.organiser import consultation_letters as organiser_consultation_letters
from voting.web.organiser import consultations as organiser_consultations
from voting.web.organiser import counting as organiser_counting
from voting.web.organiser import documents as organiser_documents
from voting.web.organiser import enquiries as organiser_enquiries
from voting.web.organiser import entering as organiser_entering
from voting.web.organiser import expiry as organiser_expiry
from voting.web.organiser import hub as organiser_hub
from voting.web.organiser import inquiry as organiser_inquiry
from voting.web.organiser import issuer as organiser_issuer
from voting.web.organiser import joining as organiser_joining
from voting.web.organiser import letters as organiser_letters
from voting.web.organiser import library as organiser_library
from voting.web.organiser import organisers as organiser_organisers
from voting.web.organiser import polls as organiser_polls
from voting.web.organiser import problems as organiser_problems
from voting.web.organiser import proposals as organiser_proposals
from voting.web.organiser import questions as organiser_questions
from voting.web.organiser import rehearsal as organiser_rehearsal
from voting.web.organiser import retention as organiser_retention
from voting.web.organiser import roll as organiser_roll
from voting.web.organiser import rules as organiser_rules
from voting.web.organiser import scrutineers as organiser_scrutineers
from voting.web.organiser import uploads as organiser_uploads
from voting.web.sessions import PageSessions
from voting.web.sign_in import install_sign_in
from voting.web.voter import answers, booth, reminders

PACKAGE = Path(__file__).resolve().parent


def find_folder(name: str) -> Path:
    """A folder that stands beside the package in a checkout and inside it once installed."""
    packaged = PACKAGE / f"_{name}"
    return packaged if packaged.is_dir() else PACKAGE.parent / name


def create_app(settings: Settings) -> Flask:
    """The service as *settings* describe it; raises RuntimeError if a route has no guard."""
    app = Door("voting", template_folder=str(find_folder("templates")))
    app.config.from_mapping(make_config(settings))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["voting.settings"] = settings
    app.extensions["voting.sealer"] = Sealer(settings.sealing_keys)
    app.extensions["voting.links"] = Links(settings.secret_keys)
    app.jinja_env.globals["organisation_name"] = settings.organisation
    app.jinja_env.globals["is_demo"] = settings.demo
    app.jinja_env.tests["overdue"] = is_late
    app.jinja_env.tests["behind"] = is_behind

    install_database(app, settings)
    install_languages(app)
    app.session_interface = PageSessions()
    install_hooks(app)
    install_compression(app)
    install_forms(app)
    csrf = CSRFProtect(app)
    csrf.exempt(answers.stop)  # a mail program that stops reminders has no token (RFC 8058)
    install_sign_in(app)
    install_errors(app)
    csrf.exempt(reading.stop)
    csrf.exempt(reminders.blueprint)  # a mail program has no form: the address is signed
    register_desks(app, settings)
    install_limits(app)
    check_guards(app)
    jobs.install(app)

    if settings.trusted_proxies:
        trusted = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted
        )
    return app


def make_config(settings: Settings) -> dict[str, object]:
    """What Flask and its extensions are told."""
    options: dict[str, object] = {"hide_parameters": True}
    if settings.database_url.startswith("postgresql"):
        options |= {"pool_pre_ping": True, "pool_size": settings.threads, "max_overflow": 2}
    return {
        "SECRET_KEY": settings.secret_keys[0],
        "SECRET_KEY_FALLBACKS": list(settings.secret_keys[1:]),
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": options,
        "TRUSTED_HOSTS": sorted({settings.host, "localhost", "127.0.0.1", "[::1]"}),
        "MAX_CONTENT_LENGTH": DEFAULT_LIMIT,
        "MAX_FORM_MEMORY_SIZE": DEFAULT_LIMIT,
        "MAX_FORM_PARTS": 1000,
        "SESSION_COOKIE_NAME": "__Host-voting" if settings.is_https else "voting",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": True,
        "PERMANENT_SESSION_LIFETIME": dt.timedelta(hours=24),
        "WTF_CSRF_TIME_LIMIT": None,
        "PROPAGATE_EXCEPTIONS": False,
    }


def install_database(app: Flask, settings: Settings) -> None:
    """Open the database; nothing is made in it."""
    if settings.database_url.startswith("sqlite:///"):
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Migrate(app, db, directory=str(find_folder("migrations")), render_as_batch=True)


DESKS = (
    answered,
    check,
    issued,
    access,
    health,
    public,
    recount,
    information,
    reading,
    problems,
    booth,
    reminders,
    answers,
    consulting,
    organiser_consultations,
    organiser_inquiry,
    organiser_rehearsal,
    organiser_consultation_letters,
    organiser_entering,
    organiser_proposals,
    organiser_hub,
    organiser_documents,
    organiser_enquiries,
    organiser_changes,
    organiser_commissioners,
    organiser_joining,
    organiser_organisers,
    organiser_library,
    organiser_polls,
    organiser_questions,
    organiser_counting,
    organiser_rules,
    organiser_roll,
    organiser_uploads,
    organiser_letters,
    organiser_conduct,
    organiser_analysis,
    organiser_scrutineers,
    trustee,
    scrutiny,
    organiser_problems,
    organiser_issuer,
    commissioner_outcomes,
    commissioner_decision,
    organiser_retention,
    organiser_expiry,
)


def register_desks(app: Flask, settings: Settings) -> None:
    """Attach the desks; each carries its guard. Only the demonstration shows letters."""
    for desk in DESKS:
        app.register_blueprint(desk.blueprint)
    app.register_blueprint(organiser_analysis.custody.blueprint)
    if settings.demo:
        app.register_blueprint(letters_desk.blueprint)


def make_app() -> Flask:
    """The service as the environment describes it; a bad setting ends the command."""
    settings = read_settings()
    configure_logging(settings.log_level)
    return create_app(settings)
