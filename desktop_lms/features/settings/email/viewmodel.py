"""Whether the account's e-mail address is confirmed, and the code that confirms it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.accounts.entities import ACCOUNT
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError, UserError
from lms_core.workspace import Workspace


@dataclass(frozen=True)
class Address:
    """The address of the account, "" for a profile without one."""

    email: str
    confirmed: bool


def load(workspace: Workspace) -> Address:
    """Read it."""
    with workspace.work() as unit:
        account = unit.row(ACCOUNT, workspace.account) or {}
    return Address(account.get("email") or "", bool(account.get("is_email_verified")))


class EmailModel(QObject):
    """State of the address; `address` is None until it was read once."""

    changed = Signal()
    confirmed = Signal()
    sent = Signal()
    """Another code is on its way."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.address: Address | None = None
        self.error: LmsError | None = None
        self.busy = False
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, load, self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if Topic.ACCOUNT in changes.topics:
            self.refresh()

    def _on_loaded(self, address: Address) -> None:
        known = self.address
        # the server has said so already; the row comes with the next sync
        if known is not None and known.confirmed and known.email == address.email:
            address = known
        self.address = address
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error, self.busy = error, False
        self.changed.emit()

    @property
    def open(self) -> bool:
        """Whether there is an address that nobody has confirmed."""
        return self.address is not None and bool(self.address.email) and not self.address.confirmed

    def confirm(self, code: str) -> None:
        """Give the code to the server."""
        if not code.strip():
            self._on_failed(UserError("credentials_needed"))
            return
        workspace, address = self._store.workspace, self.address
        if address is None:
            return

        def done(_: object) -> None:
            self.address, self.busy = Address(address.email, confirmed=True), False
            self.confirmed.emit()
            self.changed.emit()

        self._begin()
        self._store.pool(
            self, lambda: workspace.online().verify_email(address.email, code.strip()), done, self._on_failed
        )

    def send_again(self) -> None:
        """Ask the server for another code."""
        workspace, address = self._store.workspace, self.address
        if address is None:
            return

        def done(_: object) -> None:
            self.busy = False
            self.sent.emit()
            self.changed.emit()

        self._begin()
        self._store.pool(self, lambda: workspace.online().resend_verification(address.email), done, self._on_failed)

    def forget_error(self) -> None:
        """Begin anew."""
        self.error, self.busy = None, False

    def _begin(self) -> None:
        self.error, self.busy = None, True
        self.changed.emit()
