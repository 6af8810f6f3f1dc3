"""What the viewmodels of all sections share: they look at the server and ask it to do things, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.errors import LmsError, Offline


class Asking(QObject):
    """State of a section.

    `trouble` says why the server has not shown what is asked for, `error` why it has not done what was asked last;
    `busy` while it does something. `done` tells what worked and for whom or what.
    """

    changed = Signal()
    done = Signal(str, str)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.trouble: LmsError | None = None
        self.error: LmsError | None = None
        self.busy = False

    @property
    def away(self) -> bool:
        """Whether the server cannot be reached."""
        return isinstance(self.trouble, Offline)

    def refresh(self) -> None:
        """Look at the server again."""
        raise NotImplementedError

    def _look(self, work: Callable[[], Any], then: Callable[[Any], object]) -> None:
        """Ask for what is shown."""

        def came(found: Any) -> None:
            self.trouble = None
            then(found)
            self.changed.emit()

        self._store.pool(self, work, came, self._on_trouble)

    def _on_trouble(self, error: LmsError) -> None:
        self.trouble = error
        self.changed.emit()

    def _do(
        self,
        code: str,
        name: str | Callable[[Any], str],
        work: Callable[[], Any],
        then: Callable[[Any], object] | None = None,
    ) -> None:
        """Ask for a change, unless one is on its way; then look again. The `name` may follow from the answer."""
        if self.busy:
            return
        self.error, self.busy = None, True
        self.changed.emit()

        def done(answer: Any) -> None:
            self.busy = False
            if then is not None:
                then(answer)
            self.done.emit(code, name if isinstance(name, str) else name(answer))
            self.refresh()

        self._store.pool(self, work, done, self._on_failed)

    def _on_failed(self, error: LmsError) -> None:
        self.busy, self.error = False, error
        self.changed.emit()

    def forget_error(self) -> None:
        """Begin anew."""
        self.error = None
