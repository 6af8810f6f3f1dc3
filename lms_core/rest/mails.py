"""The queue of mails at a hub."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail without what it says; `state` is waiting, dead or sent, times in ISO 8601."""

    id: str
    to: str
    template: str
    state: str
    attempts: int
    error: str
    created_at: str
    next_try: str | None
    sent_at: str | None


class Mails(msgspec.Struct, frozen=True, kw_only=True):
    """A page of mails, and how many there are in all."""

    count: int
    results: list[Mail]


class MailState(msgspec.Struct, frozen=True, kw_only=True):
    """How mails go: `by` smtp through `server`, or `by` outbox into that folder; and how many there are."""

    by: str
    server: str
    encryption: str
    sender: str
    waiting: int
    dead: int
    sent: int


class MailsApi:
    """Mails, for administrators. Each call raises Offline, AuthExpired or what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def state(self) -> MailState:
        """How mails go (OPS-03)."""
        return msgspec.convert(self._line.ask("GET", "/system/mail/state"), MailState)

    def mails(self, *, state: str, search: str, page: int) -> Mails:
        """Mails, the newest first, twenty to a page."""
        wanted = {"state": state, "search": search, "page": str(page)}
        return msgspec.convert(self._line.ask("GET", "/system/mail", params=wanted), Mails)

    def retry(self, mail: str) -> None:
        """Try one now. Raises Conflict `mail_sent`, NotFound."""
        self._line.ask("POST", f"/system/mail/{quote(mail)}/retry")

    def drop(self, mail: str) -> None:
        """Send one to nobody any more. Raises Conflict `mail_sent`, NotFound."""
        self._line.ask("DELETE", f"/system/mail/{quote(mail)}")

    def test(self) -> str:
        """Send a test mail to the caller; returns the address. Raises UserError `mail_failed`."""
        return str(self._line.ask("POST", "/system/mail/test")["to"])
