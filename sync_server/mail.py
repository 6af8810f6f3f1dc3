"""Send what is in the queue of mails: by SMTP, or without one into the folder `outbox` (OPS-03)."""

from __future__ import annotations

import logging
import os
import smtplib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from lms_core.accounts.keys import AccountKeys
from lms_core.db.copies import write_durably
from lms_core.mail.letters import Letter, compose
from lms_core.mail.queue import Mail, MailQueue
from sync_server.config import Settings

log = logging.getLogger(__name__)

OUTBOX = "outbox"
TIMEOUT_S = 20
NAME = "Fieldnote"
PAGES = {
    "verification": "/api/v1/auth/email/verify", "password_reset": "/api/v1/auth/password/reset/confirm",
    "invitation": "/api/v1/invitations/accept",
    "instructor_application": "/api/v1/instructor/verify",
}  # fmt: skip
"""The page behind the link of a mail, by its template."""

ENDED = frozenset({"notification", "digest"})
"""Mails that their reader can end by a link (RFC 8058)."""


class Line(Protocol):
    """A mail server that listens, or a folder that takes mails."""

    def send(self, message: EmailMessage) -> None:
        """Hand a mail over. Raises OSError or smtplib.SMTPException."""


class Writer:
    """Makes messages of mails: the words in their reader's language, links to this server, headers that are safe."""

    def __init__(self, settings: Settings, keys: AccountKeys) -> None:
        self._language = settings.language
        self._url = settings.public_url.rstrip("/")
        self._keys = keys
        name, spec = parseaddr(settings.mail_from)
        self._host = urlsplit(self._url).hostname or spec.partition("@")[2] or "localhost"
        self._from = Address(name or NAME, addr_spec=spec or f"no-reply@{self._host}")
        self._place = name or urlsplit(self._url).hostname or NAME

    @property
    def sender(self) -> str:
        """Who mails come from."""
        return str(self._from)

    def letter(self, mail: Mail) -> Letter:
        """What a mail says; its code and link follow from its proof."""
        values = {"place": self._place, "inviter": self._place, "server": self._url} | mail.data
        if mail.template in ENDED and self._url and mail.account:
            values["unsubscribe"] = self._ending(mail)
        if mail.proof:
            values["code"] = self._keys.proof_code(mail.proof)
            if self._url and mail.template in PAGES:
                values["link"] = f"{self._url}{PAGES[mail.template]}?token={self._keys.proof_token(mail.proof)}"
        return compose(mail.template, mail.language or self._language, values)

    def _ending(self, mail: Mail) -> str:
        return f"{self._url}/api/v1/auth/unsubscribe?token={self._keys.unsubscribe_token(mail.account)}"

    def message(self, mail: Mail) -> EmailMessage:
        """The mail as it travels. Raises ValueError for an address that is none."""
        letter = self.letter(mail)
        made = EmailMessage(policy=SMTP)
        made["Subject"] = letter.subject
        made["From"] = self._from
        made["To"] = Address(addr_spec=mail.address)
        made["Date"] = format_datetime(datetime.fromtimestamp(mail.created_at / 1000, UTC))
        made["Message-ID"] = f"<{mail.id}@{self._host}>"  # the same when it goes twice, so that a mailbox shows it once
        made["Auto-Submitted"] = "auto-generated"
        if mail.template in ENDED and self._url and mail.account:
            made["List-Unsubscribe"] = f"<{self._ending(mail)}>"
            made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        made.set_content(letter.text)
        made.add_alternative(letter.html, subtype="html")
        return made


class _Smtp:
    def __init__(self, line: smtplib.SMTP) -> None:
        self._line = line

    def send(self, message: EmailMessage) -> None:
        self._line.send_message(message)


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        name = message["Message-ID"].strip("<>").partition("@")[0]
        self._folder.mkdir(mode=0o700, exist_ok=True)
        write_durably(self._folder / f"{name}.eml", message.as_bytes())


@contextmanager
def dial(settings: Settings, data: Path) -> Iterator[Line]:
    """A line to the mail server of the settings, or to the outbox. Raises OSError or smtplib.SMTPException."""
    if not settings.smtp_host:
        yield _Folder(data / OUTBOX)
        return
    # to load what is trusted takes longer than to send a mail
    trusted = ssl.create_default_context(cafile=settings.smtp_ca_file or None) if settings.smtp_tls != "none" else None
    host, port = settings.smtp_host, settings.smtp_port
    line = (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=trusted)
        if settings.smtp_tls == "tls"
        else smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    )
    with line:
        if settings.smtp_tls == "starttls":
            line.starttls(context=trusted)
        if settings.smtp_user:
            line.login(settings.smtp_user, settings.smtp_password)
        yield _Smtp(line)


class Sender:
    """Sends what is due; `ended` stops it after the mail that it is at."""

    def __init__(self, queue: MailQueue, writer: Writer, settings: Settings, data: Path) -> None:
        self.queue = queue
        self.writer = writer
        self.ended = threading.Event()
        self._settings = settings
        self._data = data

    @property
    def outbox(self) -> Path:
        """The folder that takes mails where there is no mail server."""
        return self._data / OUTBOX

    def run(self) -> None:
        """Send until nothing is due."""
        while not self.ended.is_set():
            taken = self.queue.claim()
            if not taken:
                return
            self._send_all(taken)

    def test(self, address: str) -> None:
        """Send a test mail at once, past the queue. Raises OSError, smtplib.SMTPException or ValueError."""
        now = int(datetime.now(UTC).timestamp() * 1000)
        mail = Mail(
            account="", id=f"test-{os.urandom(8).hex()}", address=address, language="", template="test", data={},
            proof="", created_at=now, until=now, attempts=1, next_try=None, error="", sent_at=None,
        )  # fmt: skip
        with dial(self._settings, self._data) as line:
            line.send(self.writer.message(mail))

    def _send_all(self, taken: list[Mail]) -> None:
        """Send some over one line; when the line is lost the rest has its next try."""
        left = list(taken)
        try:
            with dial(self._settings, self._data) as line:
                while left and not self.ended.is_set():
                    self._send(line, left[0])
                    left.pop(0)
        except (OSError, smtplib.SMTPException) as error:
            log.warning("mails cannot be sent now: %s", reason(error))
            for mail in left:
                self.queue.failed(mail, reason(error))
            left = []
        if left:
            self.queue.release(left)

    def _send(self, line: Line, mail: Mail) -> None:
        try:
            line.send(self.writer.message(mail))
        except smtplib.SMTPServerDisconnected:
            raise
        except (smtplib.SMTPException, MessageError, ValueError, LookupError) as error:
            for_good = _for_good(error)
            log.warning("mail %s was refused%s: %s", mail.id, "" if for_good else " for now", reason(error))
            self.queue.failed(mail, reason(error), for_good=for_good)
        else:
            self.queue.sent(mail)


def _for_good(error: Exception) -> bool:
    """Whether trying again is of no use: this mail or its address is refused, not who sends it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, smtplib.SMTPNotSupportedError | MessageError | ValueError)


def reason(error: Exception) -> str:
    """What the mail server or the system said, in one line."""
    code, said = 0, str(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, told = next(iter(error.recipients.values()))
        said = told.decode("utf-8", "replace")
    elif isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
        said = error.smtp_error if isinstance(error.smtp_error, str) else error.smtp_error.decode("utf-8", "replace")
    return f"{code or type(error).__name__}: {' '.join(said.split())}"[:500]
