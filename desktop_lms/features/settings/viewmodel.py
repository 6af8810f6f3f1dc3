"""How the app looks, who one is, and what keeps this device's data safe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from desktop_lms.address import server_address
from desktop_lms.features.settings.devices.viewmodel import DevicesModel
from desktop_lms.features.settings.email.viewmodel import EmailModel
from desktop_lms.features.settings.notifying.viewmodel import NotifyingModel
from desktop_lms.features.settings.watching.viewmodel import WatchingModel
from desktop_lms.store import Store
from lms_core import ops
from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.passwords import password_faults
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError, UserError
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.ACCOUNT, Topic.SYNC})


class Preferences(Protocol):
    """Choices of this device that take effect at once; the app hands them in.

    Names: `theme` (system, light, dark, contrast), `text_scale` (1.0 to 2.0), `language` (a code, or system),
    `motion` (system, on, off).
    """

    def get(self, name: str) -> Any:
        """The present value."""

    def set(self, name: str, value: Any) -> None:
        """Choose another one."""


@dataclass(frozen=True)
class Account:
    """An account at a server that a local profile is to belong to; a new one is made with the profile's name."""

    url: str
    email: str
    password: str
    is_new: bool = False
    code: str = ""
    """Of a class or an invitation, for a new one where the server demands it."""


Link = Callable[[Account, tuple[str, str], Callable[[LmsError], None]], None]
"""Bring this profile under an account: the account, first and last name, and what is told when it fails."""


@dataclass(frozen=True)
class Backup:
    """A copy of the profile: its file, when it was made (ms) and its bytes."""

    path: Path
    at: int
    size: int


@dataclass(frozen=True)
class Profile:
    """What the page shows of the person and the device's data."""

    first_name: str
    last_name: str
    email: str
    server_url: str
    had_account: bool
    """Whether its rows are those of an account, also of one that was deleted."""
    has_password: bool
    folder: Path
    size: int
    backups: tuple[Backup, ...]
    waiting: int
    needs_you: int
    counted: bool
    """Whether what the person does in the app is told to the server."""


def load(workspace: Workspace) -> Profile:
    """Read the page's content."""
    info, person, status = workspace.profile.info, workspace.person, workspace.sync.status()
    with workspace.work() as unit:
        account = unit.row(ACCOUNT, workspace.account) or {}
    copies = [
        Backup(path, int(path.stat().st_mtime * 1000), path.stat().st_size)
        for path in (workspace.profile.folder / "backups").glob("*.db")
    ]
    return Profile(
        account.get("first_name") or person.name,
        account.get("last_name") or "",
        person.email or "",
        info.server_url or "",
        info.account_id is not None,
        info.has_password,
        workspace.profile.folder,
        sum(f.stat().st_size for f in workspace.profile.folder.rglob("*") if f.is_file()),
        tuple(sorted(copies, key=lambda c: -c.at)),
        status.waiting,
        status.needs_you,
        workspace.personal.settings().analytics_enabled,
    )


class SettingsModel(QObject):
    """State of the page; `profile` is None until it was read for the first time."""

    changed = Signal()
    preferences_changed = Signal()
    told = Signal(str)
    """Something worked: its code (password_changed, backed_up, saved_as_file, exported, name_changed, counted...)."""

    def __init__(
        self,
        store: Store,
        preferences: Preferences,
        sign_out: Callable[[], None],
        link: Link | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._store = store
        self.preferences = preferences
        self.devices = DevicesModel(store, self)
        self.email = EmailModel(store, self)
        self.notifying = NotifyingModel(store, preferences, self)
        self.watching = WatchingModel(store, preferences, self)
        self._sign_out = sign_out
        self.profile: Profile | None = None
        self.error: LmsError | None = None
        self.busy = ""
        store.changed.connect(self._on_changed)

    # --- reading
    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, load, self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, profile: Profile) -> None:
        if self.profile is None:
            self.error = None
        self.profile = profile
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error, self.busy = error, ""
        self.changed.emit()

    # --- looks
    def choose(self, name: str, value: Any) -> None:
        """Change a preference; it takes effect at once."""
        if self.preferences.get(name) != value:
            self.preferences.set(name, value)
            self.preferences_changed.emit()

    # --- person
    def rename(self, first: str, last: str) -> None:
        """Change one's name here, and at the server with the next sync."""
        first, last = first.strip(), last.strip()
        if self.profile and (first, last) != (self.profile.first_name, self.profile.last_name):
            self._do("name_changed", lambda w: _rename(w, first, last))

    def change_password(self, old: str, new: str, again: str) -> None:
        """Change the password that opens this profile on this device."""
        self._do("password_changed", lambda w: _change_password(w, old, new, again))

    @property
    def can_link(self) -> bool:
        """Whether this profile has no account yet."""
        return bool(self._link and self.profile and not self.profile.had_account)

    def link(self, account: Account) -> None:
        """Bring everything in this profile under an account; the window opens anew when it is done."""
        if self._link is None or self.profile is None:
            return
        try:
            account = replace(account, url=server_address(account.url))
        except UserError as error:
            self._on_failed(error)
            return
        self.error, self.busy = None, "linking"
        self.changed.emit()
        self._link(account, (self.profile.first_name, self.profile.last_name), self._on_failed)

    def sign_out(self) -> None:
        """Leave; what was not sent stays on this device."""
        self._sign_out()

    # --- safety
    def back_up(self) -> None:
        """Make a copy now."""
        self._do("backed_up", lambda w: w.profile.back_up())

    def save_as_file(self, path: Path, password: str, again: str) -> None:
        """Write everything into one file for another laptop, under a password of its own."""
        if password != again:
            self._on_failed(UserError("password_mismatch"))
        elif len(password) < 8:
            self._on_failed(UserError("password_too_short"))
        else:
            self._do("saved_as_file", lambda w: w.profile.export(path, password))

    def export_data(self, path: Path) -> None:
        """Write all own data on this device into a zip that other programs read (docs/formats.md)."""
        self._do("exported", lambda w: w.export_data(path))

    def count(self, on: bool) -> None:
        """Agree that what one does in the app is told to the server, or take that back with all that was told."""
        if self.profile and on != self.profile.counted:
            code = "counted" if on else "not_counted"
            self._do(code, lambda w: w.personal.change_settings(analytics_enabled=on))

    def _do(self, code: str, work: Callable[[Workspace], Any]) -> None:
        self.error, self.busy = None, code
        self.changed.emit()

        def done(_: Any) -> None:
            self.busy = ""
            self.told.emit(code)
            self.refresh()

        self._store.run(self, work, done, self._on_failed)


def _rename(workspace: Workspace, first: str, last: str) -> None:
    if not first:
        raise UserError("field_required")
    info = workspace.profile.info
    with workspace.work() as unit:
        if unit.row(ACCOUNT, workspace.account):
            unit.emit(ops.change(ACCOUNT, workspace.account, "first_name", first))
            unit.emit(ops.change(ACCOUNT, workspace.account, "last_name", last))
    workspace.profile.link(
        display_name=f"{first} {last}".strip(), server_url=info.server_url, account_id=info.account_id
    )


def _change_password(workspace: Workspace, old: str, new: str, again: str) -> None:
    workspace.profile.check_password(old)
    if new != again:
        raise UserError("password_mismatch")
    person = workspace.person
    for fault in password_faults(new, (person.email or "", person.name)):
        raise UserError(fault)
    workspace.profile.set_password(new)
