"""Settings: read once from the environment, checked, and never changed afterwards.

Every secret may also be given in a file: ``VOTING_SECRET_KEYS_FILE`` names a file that holds what
``VOTING_SECRET_KEYS`` would. A bad value stops the start with a sentence that names the variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from email_validator import EmailNotValidError, validate_email

from voting.domain.holding import LEAST_MINIMUM, MINIMUM_COUNTED

PREFIX = "VOTING_"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SECURITIES = ("none", "starttls", "tls")
DATABASES = ("sqlite", "postgresql", "postgresql+psycopg")
SHORTEST_SECRET = 32
FEWEST_LETTERS = 8


class ConfigError(Exception):
    """A setting cannot be used; the message is a sentence that names the variable."""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How letters leave: the mail server and the address they come from."""

    host: str
    port: int
    security: str  # none, starttls, tls
    username: str
    password: str = field(repr=False)
    sender: str
    reply_to: str
    per_minute: int  # 0: no limit
    ca_file: Path | None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator may set. Times are seconds, sizes bytes."""

    database_url: str = field(repr=False)
    data_dir: Path
    secret_keys: tuple[str, ...] = field(repr=False)
    sealing_keys: tuple[bytes, ...] = field(repr=False)
    base_url: str
    organisation: str
    mail: MailSettings
    queue_url: str = field(repr=False)
    listen: str
    workers: int
    threads: int
    minimum_counted: int  # fewer votes in one count are opened only for a published reason
    trusted_proxies: int
    demo: bool
    log_level: str

    @property
    def is_https(self) -> bool:
        """Whether people reach the service over TLS."""
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        """The name in the service's address, without a port."""
        return urlsplit(self.base_url).hostname or ""


class _Reader:
    """Reads one variable after another, and says which one is wrong."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str = "") -> str:
        value = self._environ.get(PREFIX + name, "").strip() or default
        if any(ord(char) < 32 for char in value):
            raise ConfigError(f"{PREFIX}{name} must be one line without control characters.")
        return value

    def secret(self, name: str, default: str = "") -> str:
        direct, path = self.text(name), self.text(f"{name}_FILE")
        if direct and path:
            raise ConfigError(f"Set {PREFIX}{name} or {PREFIX}{name}_FILE, not both.")
        if not path:
            return direct or default
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{PREFIX}{name}_FILE names {path}, which cannot be read.") from error

    def number(self, name: str, default: int, least: int, most: int) -> int:
        typed = self.text(name, str(default))
        if not _is_number(typed, least, most):
            raise ConfigError(
                f"{PREFIX}{name} must be a whole number from {least} to {most}, not {typed[:40]!r}."
            )
        return int(typed)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        typed = self.text(name, default)
        for value in allowed:
            if typed.lower() == value.lower():
                return value
        raise ConfigError(f"{PREFIX}{name} must be one of {', '.join(allowed)}, not {typed!r}.")

    def address(self, name: str, default: str) -> str:
        typed = self.text(name, default)
        try:
            validate_email(typed, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise ConfigError(f"{PREFIX}{name} must be a mail address, not {typed!r}.") from error
        return typed

    def keys(self, name: str, check: Callable[[str], object], form: str) -> tuple[str, ...]:
        """A comma list of keys. The keys themselves never stand in a message."""
        keys = tuple(key for key in re.split(r"[,\s]+", self.secret(name)) if key)
        if not keys:
            raise ConfigError(
                f"{PREFIX}{name} is not set. {form} (`voting serve` makes its own keys in the data "
                "directory when none are named.)"
            )
        for number, key in enumerate(keys, start=1):
            try:
                check(key)
            except ValueError as error:
                raise ConfigError(
                    f"Key {number} of {PREFIX}{name} cannot be used. {form}"
                ) from error
        return keys


def _is_number(typed: str, least: int, most: int) -> bool:
    plain = typed.isascii() and typed.isdigit() and len(typed) < 20
    return plain and least <= int(typed) <= most


def find_data_dir(environ: Mapping[str, str]) -> Path:
    """The folder of everything that the embedded default keeps."""
    return Path(_Reader(environ).text("DATA_DIR", "instance")).expanduser().resolve()


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in *environ*; raises ConfigError naming the first variable that is wrong."""
    data_dir = find_data_dir(environ)
    read = _Reader(_with_kept_keys(environ, data_dir))
    listen = _listen(read)
    base_url = _base_url(read, listen)
    return Settings(
        database_url=_database_url(read, data_dir),
        data_dir=data_dir,
        secret_keys=read.keys("SECRET_KEYS", _check_secret, SECRET_FORM),
        sealing_keys=tuple(key.encode() for key in read.keys("SEALING_KEYS", Fernet, SEALING_FORM)),
        base_url=base_url,
        organisation=read.text("ORGANISATION", "Voting"),
        mail=_mail(read, base_url),
        queue_url=_queue_url(read, data_dir),
        listen=listen,
        workers=read.number("WORKERS", 2, 1, 64),
        threads=read.number("THREADS", 4, 1, 64),
        minimum_counted=read.number("MINIMUM_COUNTED", MINIMUM_COUNTED, LEAST_MINIMUM, 1000),
        trusted_proxies=read.number("TRUSTED_PROXIES", 0, 0, 9),
        demo=read.choice("DEMO", "0", ("0", "1")) == "1",
        log_level=read.choice("LOG_LEVEL", "INFO", LEVELS),
    )


SECRET_FORM = (
    f"A key is at least {SHORTEST_SECRET} letters and digits without commas, {FEWEST_LETTERS} or "
    "more of them different; several are parted by commas and the first one signs."
)
SEALING_FORM = (
    "A key is 32 bytes in URL-safe base64 (44 characters); several are parted by commas and the "
    "first one seals."
)
KEY_FILES = {"SECRET_KEYS": "secret", "SEALING_KEYS": "sealing"}


def key_path(data_dir: Path, name: str) -> Path:
    """Where the embedded default keeps the keys called *name* (SECRET_KEYS, SEALING_KEYS)."""
    return data_dir / "keys" / KEY_FILES[name]


def _with_kept_keys(environ: Mapping[str, str], data_dir: Path) -> dict[str, str]:
    """*environ*, with the key files of the embedded default where no key is named."""
    filled = dict(environ)
    for name in KEY_FILES:
        named = filled.get(PREFIX + name) or filled.get(f"{PREFIX}{name}_FILE")
        if not named and key_path(data_dir, name).exists():
            filled[f"{PREFIX}{name}_FILE"] = str(key_path(data_dir, name))
    return filled


def _check_secret(key: str) -> None:
    if len(key) < SHORTEST_SECRET or len(set(key)) < FEWEST_LETTERS:
        raise ValueError("too easy to guess")


def _database_url(read: _Reader, data_dir: Path) -> str:
    url = read.secret("DATABASE_URL", f"sqlite:///{data_dir / 'voting.db'}")
    scheme = url.partition("://")[0]
    if scheme not in DATABASES:
        raise ConfigError(
            f"{PREFIX}DATABASE_URL must begin with sqlite:/// or postgresql://, not {scheme!r}."
        )
    _check_address(url, "DATABASE_URL")
    if scheme == "postgresql":
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return url


def _queue_url(read: _Reader, data_dir: Path) -> str:
    url = read.secret("QUEUE_URL", str(data_dir / "queue.db"))
    scheme, mark, _rest = url.partition("://")
    if mark and scheme not in ("postgresql", "redis", "rediss"):
        raise ConfigError(
            f"{PREFIX}QUEUE_URL must be a path, postgresql://... or redis://..., not {scheme!r}."
        )
    _check_address(url, "QUEUE_URL")
    return url


def _check_address(url: str, name: str) -> None:
    """Refuse an address that cannot be taken apart; it may hold a password, so say no more."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ConfigError(
            f"{PREFIX}{name} must be an address like postgresql://name:password@host:5432/database "
            "with a number as its port; what stands there cannot be read."
        ) from None


def _listen(read: _Reader) -> str:
    listen = read.text("LISTEN", "127.0.0.1:8000")
    host, mark, port = listen.rpartition(":")
    if not (mark and host and _is_number(port, 1, 65535)):
        raise ConfigError(
            f"{PREFIX}LISTEN must be an address and a port like 127.0.0.1:8000, not "
            f"{listen[:60]!r}."
        )
    return listen


def _base_url(read: _Reader, listen: str) -> str:
    url = read.text("BASE_URL", f"http://{listen.replace('0.0.0.0', 'localhost')}").rstrip("/")  # noqa: S104
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.path or parts.query or parts.fragment or parts.username:
        raise ConfigError(
            f"{PREFIX}BASE_URL must be the address people open, like https://vote.example.org, "
            f"without a path, not {url!r}."
        )
    return url


def _mail(read: _Reader, base_url: str) -> MailSettings:
    security = read.choice("MAIL_SECURITY", "none", SECURITIES)
    ports = {"none": 25, "starttls": 587, "tls": 465}
    name = urlsplit(base_url).hostname or ""
    sender = f"voting@{name if '.' in name and not name[-1].isdigit() else 'localhost.localdomain'}"
    sender = read.address("MAIL_FROM", sender)
    ca_file = read.text("MAIL_CA_FILE")
    if ca_file and not Path(ca_file).is_file():
        raise ConfigError(f"{PREFIX}MAIL_CA_FILE names {ca_file}, which cannot be read.")
    username, password = read.text("MAIL_USERNAME"), read.secret("MAIL_PASSWORD")
    if bool(username) != bool(password):
        raise ConfigError(f"Set both {PREFIX}MAIL_USERNAME and {PREFIX}MAIL_PASSWORD, or neither.")
    return MailSettings(
        host=read.text("MAIL_HOST", "localhost"),
        port=read.number("MAIL_PORT", ports[security], 1, 65535),
        security=security,
        username=username,
        password=password,
        sender=sender,
        reply_to=read.address("MAIL_REPLY_TO", sender),
        per_minute=read.number("MAIL_PER_MINUTE", 1200, 0, 1_000_000),
        ca_file=Path(ca_file) if ca_file else None,
    )
