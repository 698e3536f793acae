"""One letter: render templates/mail/KIND in the reader's language, and hand it to the mail server.

Nothing here knows the outbox. :class:`Mailer` says what became of a letter by what it raises, so
that whoever sends can tell "try later" from "never" and from "we cannot know".
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from babel.dates import format_date, format_time, get_timezone_name
from babel.support import NullTranslations, Translations
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_environment,
    select_autoescape,
)

from voting.config import MailSettings
from voting.domain.days import ZONE

PACKAGE = Path(__file__).resolve().parent
TIMEOUT = 30.0  # seconds for each step with the mail server
MOMENT = 1.0  # seconds for which an answer of the server tells that it still listens
_LOCALES = {"en": "en_GB", "cy": "cy_GB"}


class MailFailure(Exception):
    """A letter was not accepted; the text can be shown to an organiser."""


class TemporaryFailure(MailFailure):
    """Not now: this letter may be accepted later."""


class ServerUnavailable(TemporaryFailure):
    """No letter can be sent at present, whoever it is for; none was handed over."""


class PermanentFailure(MailFailure):
    """The mail server refuses this letter for good."""


class DeliveryUnknown(MailFailure):
    """The letter was handed over, and the connection ended before the server answered."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's words: one line of subject, plain text, and the same as simple HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A name and an address, as they stand in a letter's head."""

    name: str
    email: str

    def to_address(self) -> Address:
        """The header value; raises PermanentFailure if the address cannot stand in a header."""
        name, (local, _, domain) = one_line(self.name), self.email.rpartition("@")
        try:
            spec = f"{local}@{domain.encode('idna').decode()}"
            if local.isascii():
                return Address(name, addr_spec=spec)
            if not local.replace(".", "").replace("-", "").isalnum():
                raise ValueError(local)
            return Address(name, username=local, domain=spec.rpartition("@")[2])
        except (ValueError, IndexError, MessageError) as error:
            raise PermanentFailure("The address cannot be written in a letter's head.") from error


def one_line(text: str) -> str:
    """*text* on one line, without control or direction characters: safe in a header."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def format_day(at: dt.datetime, language: str, *, year: bool = True) -> str:
    """The day in the United Kingdom: "Friday 13 March 2026", "dydd Gwener 13 Mawrth 2026"."""
    pattern = "EEEE d MMMM y" if year else "EEEE d MMMM"
    told = format_date(at.astimezone(ZONE).date(), pattern, locale=_LOCALES[language])
    return told[0].lower() + told[1:] if language == "cy" else told


def format_hour(at: dt.datetime, language: str) -> str:
    """The time of day in the United Kingdom: "5pm", "9:30am", "midday", "midnight"."""
    local = at.astimezone(ZONE)
    translate = _translations(language).gettext
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        return translate("midday") if local.hour else translate("midnight")
    pattern = "h:mma" if local.minute else "ha"
    return format_time(local, pattern, locale=_LOCALES[language], tzinfo=ZONE).lower()


def format_zone(at: dt.datetime, _language: str) -> str:
    """The zone's short name on that day: "GMT" or "BST"; Welsh has none of its own."""
    return get_timezone_name(at.astimezone(ZONE), width="short", locale=_LOCALES["en"])


def render(kind: str, language: str, context: Mapping[str, Any]) -> Rendered:
    """The letter of this *kind* in *language*, from templates/mail/KIND.txt and KIND.html.

    Texts of the context are put on one line each. A name missing from *context* is an error.
    """
    environment = _environment(language if language in _LOCALES else "en")
    clean = {
        name: one_line(value) if isinstance(value, str) else value
        for name, value in context.items()
    }
    plain = environment.get_template(f"{kind}.txt")
    subject = one_line("".join(plain.blocks["subject"](plain.new_context(clean))))
    text = re.sub(r"\n{3,}", "\n\n", plain.render(clean)).strip() + "\n"
    html = environment.get_template(f"{kind}.html").render(clean, subject=subject)
    return Rendered(subject, text, html)


def translator(language: str) -> Callable[[str], str]:
    """What gives an English sentence in *language*, or as it is where the catalogue lacks it."""
    return _translations(language if language in _LOCALES else "en").gettext


def make_message(
    rendered: Rendered,
    *,
    sender: Correspondent,
    recipient: Correspondent,
    reply_to: str,
    identity: str,
    now: dt.datetime,
    stop_link: str = "",
) -> EmailMessage:
    """The letter as it goes over the wire. *stop_link* takes one POST that stops more of its kind.

    The Message-ID follows from *identity* alone, so a second copy of the same letter is
    recognisable as one. Raises PermanentFailure for an address that cannot be written.
    """
    to = recipient.to_address()
    message = EmailMessage(policy=SMTP if to.addr_spec.isascii() else SMTPUTF8)
    message["Subject"] = one_line(rendered.subject)
    message["From"] = sender.to_address()
    message["To"] = to
    message["Reply-To"] = Correspondent("", reply_to).to_address()
    message["Date"] = now
    digest = hashlib.sha256(identity.encode()).hexdigest()[:40]
    message["Message-ID"] = f"<{digest}@{sender.email.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if stop_link:
        message["List-Unsubscribe"] = f"<{stop_link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    return message


@lru_cache
def _translations(language: str) -> NullTranslations:
    return Translations.load(PACKAGE / "translations", [language])


@lru_cache
def _environment(language: str) -> Environment:
    packaged = PACKAGE / "_templates" / "mail"
    folder = packaged if packaged.is_dir() else PACKAGE.parent / "templates" / "mail"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    translations = _translations(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translations.ugettext, translations.ungettext, newstyle=True
    )
    environment.globals["language"] = language
    for name, tell in (("day", format_day), ("hour", format_hour), ("zone", format_zone)):
        environment.filters[name] = _in_language(tell)
    return environment


def _in_language(tell: Callable[..., str]) -> Callable[..., str]:
    @pass_environment
    def told(environment: Environment, at: dt.datetime, **how: bool) -> str:
        return tell(at, str(environment.globals["language"]), **how)

    return told


class Mailer:
    """One connection to the mail server, kept for many letters, at most so many a minute.

    *pause* waits for so many seconds; a worker that is stopping may cut it short.
    """

    def __init__(
        self,
        settings: MailSettings,
        *,
        pause: Callable[[float], object] = time.sleep,
        timeout: float = TIMEOUT,
    ) -> None:
        self._settings = settings
        self._pause = pause
        self._timeout = timeout
        self._smtp: smtplib.SMTP | None = None
        self._asked_at = -MOMENT
        self._next_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Mailer {self._settings.host}:{self._settings.port}>"

    def wait_turn(self) -> None:
        """Wait until the rate limit allows another letter."""
        if self._settings.per_minute <= 0:
            return
        now = time.monotonic()
        if self._next_at > now:
            self._pause(self._next_at - now)
        self._next_at = max(now, self._next_at) + 60 / self._settings.per_minute

    def connect(self) -> None:
        """Make sure that the server listens to us; raises ServerUnavailable."""
        if self._smtp is not None and not self._is_alive(self._smtp):
            self.close()
        if self._smtp is None:
            self._smtp = self._open()
        self._asked_at = time.monotonic()

    def send(self, message: EmailMessage) -> None:
        """Hand *message* over. Returns when the server has taken it; raises a MailFailure.

        A server that answered connect() a moment ago is not asked again before this one letter.
        """
        if self._smtp is None or time.monotonic() - self._asked_at >= MOMENT:
            self.connect()
        self._asked_at = -MOMENT
        assert self._smtp is not None  # noqa: S101 - connect() promises it
        try:
            self._announce(self._smtp, message)
            self._transmit(self._smtp, message)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise ServerUnavailable(_explain(error)) from error
        except MailFailure:
            self._recover()
            raise

    def close(self) -> None:
        """End the connection, politely if the server still listens."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()

    def _open(self) -> smtplib.SMTP:
        smtp: smtplib.SMTP | None = None
        try:
            smtp = _dial(self._settings, self._timeout)
            smtp.ehlo_or_helo_if_needed()
            if self._settings.username:
                smtp.login(self._settings.username, self._settings.password)
        except (smtplib.SMTPException, OSError) as error:
            if smtp is not None:
                smtp.close()
            raise ServerUnavailable(_explain(error)) from error
        return smtp

    @staticmethod
    def _is_alive(smtp: smtplib.SMTP) -> bool:
        try:
            return smtp.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _announce(self, smtp: smtplib.SMTP, message: EmailMessage) -> None:
        recipient = _address_of(message, "To")
        options = []
        if not recipient.isascii():
            if not smtp.has_extn("smtputf8"):
                raise PermanentFailure("The mail server cannot write to this address.")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        code, text = smtp.mail(_address_of(message, "From"), options)
        if code != 250:
            raise ServerUnavailable(_quote(code, text))
        _require(*smtp.rcpt(recipient), {250, 251})
        _require(*smtp.docmd("DATA"), {354})

    def _transmit(self, smtp: smtplib.SMTP, message: EmailMessage) -> None:
        raw = message.as_bytes()
        smtp.send(re.sub(rb"(?m)^\.", b"..", raw))
        try:
            smtp.send(b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n")
            code, text = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise DeliveryUnknown(
                "The connection ended before the mail server said that it had the letter."
            ) from error
        _require(code, text, {250})

    def _recover(self) -> None:
        """After a refusal: a clean slate for the next letter, or a new connection."""
        if self._smtp is None:
            return
        try:
            reset = self._smtp.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            reset = False
        if not reset:
            self.close()


def _dial(settings: MailSettings, timeout: float) -> smtplib.SMTP:
    """A connection that is encrypted, and its certificate checked, unless security is none."""
    trust = ssl.create_default_context(cafile=settings.ca_file)
    where = (settings.host, settings.port, socket.gethostname())
    if settings.security == "tls":
        return smtplib.SMTP_SSL(*where, timeout=timeout, context=trust)
    smtp = smtplib.SMTP(*where, timeout=timeout)
    try:
        if smtp.sock is not None:
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if settings.security == "starttls":
            smtp.starttls(context=trust)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _address_of(message: EmailMessage, header: str) -> str:
    return str(message[header].addresses[0].addr_spec)


def _require(code: int, text: bytes, accepted: set[int]) -> None:
    if code in accepted:
        return
    if code == 421:
        raise ServerUnavailable(_quote(code, text))
    if 500 <= code < 600:
        raise PermanentFailure(_quote(code, text))
    raise TemporaryFailure(_quote(code, text))


def _quote(code: int, text: bytes) -> str:
    said = one_line(text.decode("utf-8", "replace"))[:300]
    return f"The mail server said: {code} {said}".strip()


def _explain(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"The mail server refused our name and password ({error.smtp_code})."
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _quote(error.smtp_code, said if isinstance(said, bytes) else said.encode())
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The mail server's certificate is not trusted: {error.verify_message}."
    if isinstance(error, TimeoutError):
        return "The mail server did not answer in time."
    return f"The mail server cannot be reached ({one_line(str(error))[:200]})."
