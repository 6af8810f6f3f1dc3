"""The sample course is opened: a sentence stays while it is made ready, and it is never begun twice at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_lms.shell.window import Window
from desktop_lms.store import Store
from desktop_lms.words import tr
from lms_core.errors import LmsError
from lms_core.workspace import Workspace


class Opening(QObject):
    """Lives as long as the sample course is being made ready for a window."""

    def __init__(self, store: Store, window: Window) -> None:
        super().__init__(window)
        self._window, self._words = window, tr("The sample course is being made ready…")
        window.toast.say(self._words, stays=True)
        store.run(self, open_sample, self._on_ready, self._on_failed)

    def _on_ready(self, course: str) -> None:
        self._end()
        self._window.go(f"course/{course}")

    def _on_failed(self, error: LmsError) -> None:
        self._end()
        self._window.show_error(error)

    def _end(self) -> None:
        self._window.toast.take_back(self._words)
        self.setParent(None)
        self.deleteLater()


def open_example(store: Store, window: Window) -> None:
    """Open the sample course in a window, unless that was begun."""
    if window.findChild(Opening) is None:
        Opening(store, window)


def open_sample(workspace: Workspace) -> str:
    """The sample course on this device, made if it is not there; returns its id."""
    from lms_core.demo import open_sample  # it brings all importers

    return open_sample(workspace)
