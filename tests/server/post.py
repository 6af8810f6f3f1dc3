"""A real mail server on this machine: takes mails, refuses what a test says, with TLS and sign-in on request."""

from __future__ import annotations

import asyncio
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

Answer = Callable[[str], str | None]
"""What is answered to an address, or to a mail to it; None for yes."""


class PostOffice:
    """A mail server that starts and stops as often as a test wants, on one port."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, **options: Any) -> None:
        self.options = options
        self.tls = tls
        """Encrypts the line from its first byte."""
        self.port = 0
        self.mails: list[EmailMessage] = []
        self.on_rcpt: Answer = lambda address: None
        self.on_data: Answer = lambda address: None
        self.arrived = threading.Semaphore(0)
        self.keep = False
        """Take mails and never answer, as a machine that is cut off."""

    # --- what aiosmtpd calls
    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        said = self.on_rcpt(address)
        if said is None:
            envelope.rcpt_tos.append(address)
        return said or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        said = self.on_data(envelope.rcpt_tos[0])
        if said is None:
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.arrived.release()
        if self.keep:
            await self._ended.wait()
        return said or "250 OK"

    # --- up and down
    def start(self) -> None:
        begun = threading.Event()

        async def serve() -> None:
            self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
            listening = await self._loop.create_server(self._smtp, "127.0.0.1", self.port, ssl=self.tls)
            self.port = listening.sockets[0].getsockname()[1]
            begun.set()
            await self._ended.wait()
            listening.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        self._thread = threading.Thread(target=asyncio.run, args=(serve(),), name="post office")
        self._thread.start()
        assert begun.wait(30)

    def _smtp(self) -> SMTP:
        return SMTP(self, hostname="post.example", enable_SMTPUTF8=True, **self.options)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def to(self, name: str) -> list[EmailMessage]:
        """What came for a person of the school."""
        return [mail for mail in self.mails if mail["To"] == f"{name}@school.example"]


@contextmanager
def post_office(**options: Any) -> Iterator[PostOffice]:
    """A mail server for as long as the block lasts."""
    made = PostOffice(**options)
    made.start()
    try:
        yield made
    finally:
        made.stop()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A self-made certificate for this machine: the file that a client trusts, and the server's context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    pem, secret = folder / "post.pem", folder / "post.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return pem, context


def knows(name: bytes, password: bytes) -> Callable[..., AuthResult]:
    """An authenticator for one account."""

    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (name, password)
        return AuthResult(success=right, handled=False)

    return check


def text_of(mail: EmailMessage) -> str:
    """The plain words of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def code_of(mail: EmailMessage) -> str:
    """The six figures in it."""
    found = re.search(r"^\d{6}$", text_of(mail), re.MULTILINE)
    assert found, text_of(mail)
    return found[0]


def link_of(mail: EmailMessage) -> str:
    """The link in it."""
    found = re.search(r"^https?://\S+$", text_of(mail), re.MULTILINE)
    assert found, text_of(mail)
    return found[0]
