"""What one wants to be told of, and whether by mail too: written here, the same on all devices (USR-02, USR-04)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError
from lms_core.workspace import Workspace

GROUPS: Mapping[str, tuple[str, ...]] = {
    "courses": ("course_update",),
    "classes": ("enrollment",),
    "results": ("grade", "completion", "certificate"),
    "deadlines": ("assignment", "deadline"),
    "talk": ("discussion_reply", "review"),
    "news": ("announcement", "feature"),
    "server": ("maintenance", "system", "approval"),
}
"""Kinds of messages that are switched together."""


@dataclass(frozen=True)
class Wishes:
    """Groups that are on, and whether mails come as well."""

    on: frozenset[str]
    by_mail: bool


def load(workspace: Workspace) -> Wishes:
    """Read them; a kind that was never named is on."""
    switches = workspace.personal.settings().notifications
    on = frozenset(name for name, kinds in GROUPS.items() if all(switches.get(kind, True) for kind in kinds))
    return Wishes(on, workspace.personal.profile().receive_email_notifications)


class NotifyingModel(QObject):
    """State of the switches; `wishes` is None until they were read once."""

    changed = Signal()

    def __init__(self, store: Store, preferences: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._preferences = store, preferences
        self.wishes: Wishes | None = None
        self.error: LmsError | None = None
        store.changed.connect(self._on_changed)

    @property
    def linked(self) -> bool:
        """Whether there is a server that tells anything."""
        return self._store.workspace.transport is not None

    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, load, self._on_loaded, self._fail)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & {Topic.SETTINGS, Topic.ACCOUNT}:
            self.refresh()

    def _on_loaded(self, wishes: Wishes) -> None:
        if wishes != self.wishes or self.error:
            self.wishes, self.error = wishes, None
            self.changed.emit()

    def _fail(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    def switch(self, group: str, on: bool) -> None:
        """Be told of a group of kinds, or not."""
        wanted = dict.fromkeys(GROUPS[group], on)
        self._store.run(self, lambda w: w.personal.change_settings(notifications=wanted), None, self._fail)

    @property
    def as_message(self) -> bool:
        """Whether this device shows messages of the system."""
        return bool(self._preferences.get("messages"))

    def message(self, on: bool) -> None:
        """Show messages of the system on this device, or not."""
        self._preferences.set("messages", on)

    def mail(self, on: bool) -> None:
        """Be told by mail as well, or not."""
        self._store.run(self, lambda w: w.personal.change_profile(receive_email_notifications=on), None, self._fail)
