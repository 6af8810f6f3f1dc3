"""Theme and language go with the account to all devices (USR-04); text size and high contrast are a device's own."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_lms.preferences import Preferences
from desktop_lms.store import Store
from desktop_lms.words import LANGUAGES
from lms_core.accounts.personal import THEMES
from lms_core.accounts.personal_service import Settings
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError

SYSTEM = "system"
VALUES = {"theme": THEMES, "language": {SYSTEM, *LANGUAGES}}


class Roaming(QObject):
    """Keeps theme and language of a device and of the account alike; the last choice counts.

    An account that says nothing leaves a device as it is, and takes over what its only person (`alone`) chose there.
    """

    def __init__(self, store: Store, preferences: Preferences, *, alone: bool = True) -> None:
        super().__init__(store)
        self._store, self._preferences, self._alone = store, preferences, alone
        self._known: dict[str, str] = {}
        """What the account says, as it was last read or written; nothing before that."""
        self._writing = 0
        preferences.changed.connect(self._on_chosen)
        store.changed.connect(self._on_changed)
        self._read()

    def _read(self) -> None:
        self._store.run(self, lambda workspace: workspace.personal.settings(), self._on_read)

    def _on_changed(self, changes: Changes) -> None:
        if Topic.SETTINGS in changes.topics:
            self._read()

    def _on_read(self, said: Settings) -> None:
        if self._writing:
            return  # it is read again once that is written
        told = {"theme": said.theme, "language": said.language.partition("-")[0] or SYSTEM}
        before, self._known = self._known, told
        for name, value in told.items():
            if value != before.get(name, SYSTEM) and value in VALUES[name] and self._follows(name):
                self._preferences.set(name, value)
            elif not before and value == SYSTEM and self._alone:
                self._on_chosen(name)

    def _follows(self, name: str) -> bool:
        """Whether this device takes what the account says: not for high contrast, which is more than taste."""
        return self._preferences.get(name) != "contrast"

    def _on_chosen(self, name: str) -> None:
        value = str(self._preferences.get(name)) if name in VALUES else ""
        if not value or not self._known or value == self._known[name] or not self._follows(name):
            return
        self._known[name] = value
        self._writing += 1
        kept = {name: "" if name == "language" and value == SYSTEM else value}
        self._store.run(self, lambda w: w.personal.change_settings(**kept), self._on_written, self._on_failed)

    def _on_written(self, _: object) -> None:
        self._writing -= 1
        self._read()

    def _on_failed(self, error: LmsError) -> None:
        """The device looks as wanted; the account hears of it with the next choice."""
        self._writing -= 1
