"""Real SMTP servers on this machine, well and badly behaved, for tests of letters."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ports import free_port
from voting.config import MailSettings


def mail_at(port: int, **differing: Any) -> MailSettings:
    """Settings for a mail server on this machine, without encryption unless *differing*."""
    plain = MailSettings(
        host="127.0.0.1",
        port=port,
        security="none",
        username="",
        password="",
        sender="votes@service.example",
        reply_to="office@service.example",
        per_minute=0,
        ca_file=None,
    )
    return replace(plain, **differing)


@dataclass
class Sink:
    """Keeps what arrives. ``answers`` maps a recipient to what the server says instead of 250."""

    at_rcpt: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)
    letters: list[EmailMessage] = field(default_factory=list)
    addressees: list[str] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    users: list[str] = field(default_factory=list)
    asked: int = 0
    port: int = 0

    async def handle_NOOP(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, argument: str
    ) -> str:
        self.asked += 1
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.at_rcpt.get(address, "250 OK")
        if answer == "drop":
            cast(Any, server).transport.abort()
        elif answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.at_data.get(envelope.rcpt_tos[0], "250 OK")
        if answer == "drop":
            cast(Any, server).transport.abort()
        if answer.startswith(("250", "drop")):
            content = cast(bytes, envelope.content)
            letter = message_from_bytes(content, policy=policy.default)
            self.letters.append(cast(EmailMessage, letter))
            self.addressees.append(envelope.rcpt_tos[0])
            self.sessions.add(id(session))
        return answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Accept the name ``voting`` with the password ``right``."""
        ok = isinstance(data, LoginPassword) and data == LoginPassword(b"voting", b"right")
        if ok:
            self.users.append("voting")
        return AuthResult(success=ok, handled=False)

    def recipients(self) -> list[str]:
        """The address each letter was for, in the order of arrival."""
        return list(self.addressees)

    def body(self, position: int = 0) -> str:
        """The plain text of one letter."""
        part = self.letters[position].get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")


@contextmanager
def running_sink(**options: Any) -> Iterator[Sink]:
    """A mail server on a free port of 127.0.0.1; *options* go to aiosmtpd."""
    sink = Sink()
    if options.get("auth_required"):
        options["authenticator"] = sink.authenticate
    controller = Controller(sink, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    sink.port = controller.port
    try:
        yield sink
    finally:
        controller.stop()


@contextmanager
def scripted_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that runs *talk* with each connection, one after the other; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def make_certificate(folder: Path, name: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """A self-made certificate for an address: the file to trust, and the server's context."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))])
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    trusted, private = folder / "server.crt", folder / "server.key"
    trusted.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, private)
    return trusted, context
