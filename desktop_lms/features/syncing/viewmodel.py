"""State of the sync page: what waits, what came back, what needs a decision, and what was decided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from desktop_lms.features.syncing.board import Board, Refused, Undecided, load
from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.content.dress import RenderTheme
from lms_core.content.render import render
from lms_core.errors import AuthExpired, LmsError, StorageError, UserError
from lms_core.sync.conflicts import Part, parts_of
from lms_core.workspace import Workspace

TOPICS = frozenset(Topic)


class SyncControl(Protocol):
    """What drives the exchanges; the app hands it in."""

    @property
    def linked(self) -> bool:
        """Whether the profile has a server at all."""

    @property
    def paused(self) -> bool:
        """Whether a person stopped exchanges."""

    @property
    def metered(self) -> bool:
        """Whether every byte costs."""

    @property
    def trouble(self) -> LmsError | None:
        """Why the last exchange failed."""

    @property
    def networked(self) -> bool:
        """Whether there is a network, so that it is the server that does not answer."""

    def pause(self, on: bool) -> None:
        """Stop exchanges, or let them go on."""

    def meter(self, on: bool) -> None:
        """Save bytes, or no longer."""

    def sync_now(self) -> None:
        """Ask for an exchange without delay."""


class SyncModel(QObject):
    """State of the page; `board` is None until it was read for the first time."""

    changed = Signal()
    settled = Signal(str)
    """A conflict was settled: its title. `undo` takes it back."""
    exported = Signal(str)
    previewed = Signal(str)

    def __init__(self, store: Store, control: SyncControl, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.control = control
        self.board: Board | None = None
        self.error: LmsError | None = None
        self.chosen = ""
        self._last = ""
        self._reading = self._again = False
        store.changed.connect(self._on_changed)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in again at the server of this profile; a revoked device is known again, what waits goes out at once."""
        workspace = self._store.workspace

        def work() -> None:
            line = workspace.online()
            if line.sign_in(email.strip(), password)["id"] != workspace.account:
                line.sign_out()
                raise UserError("foreign_replica")
            workspace.register_device()

        self._store.pool(self, work, self._on_signed_in, self._on_failed)

    def _on_signed_in(self, _: object) -> None:
        self.error = None
        self.control.sync_now()
        self.refresh()

    @property
    def signed_out(self) -> bool:
        """Whether the server wants to see the password again."""
        return bool(self.board and self.board.signed_out) or isinstance(self.control.trouble, AuthExpired)

    # --- reading
    def refresh(self) -> None:
        """Read again; what is asked for meanwhile is read once more, not as often as it was asked."""
        if self._reading:
            self._again = True
            return
        self._reading, self._again = True, False
        self._store.read(self, load, self._on_loaded, self._on_not_loaded)

    def on_sync(self, _: object = None) -> None:
        """The exchanges stand elsewhere than before."""
        self.refresh()

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_not_loaded(self, error: LmsError) -> None:
        self._reading = False
        self._on_failed(error)

    def _on_loaded(self, board: Board) -> None:
        self._reading = False
        if self._again:
            self.refresh()
        self.board, self.error = board, None
        keys = [u.item.id for u in board.conflicts] + [r.key for r in board.refused]
        if self.chosen not in (*keys, *(u.item.id for u in board.elsewhere)):
            self.chosen = keys[0] if keys else ""
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    def choose(self, key: str) -> None:
        """Show a conflict or refused item."""
        self.chosen = key
        self.changed.emit()

    @property
    def conflict(self) -> Undecided | None:
        """The conflict that is shown."""
        found = (*self.board.conflicts, *self.board.elsewhere) if self.board else ()
        return next((each for each in found if each.item.id == self.chosen), None)

    @property
    def parts(self) -> list[Part]:
        """The two texts of that conflict, paragraph by paragraph."""
        found = self.conflict
        return parts_of(found.item.current, found.item.mine, found.item.before) if found else []

    @property
    def refusal(self) -> Refused | None:
        """The refused item that is shown."""
        found = self.board.refused if self.board else ()
        return next((item for item in found if item.key == self.chosen), None)

    # --- exchanges
    def sync_now(self) -> None:
        """Ask for an exchange; a pause ends with it."""
        self.control.pause(False)
        self.control.sync_now()
        self.changed.emit()

    def toggle_pause(self) -> None:
        """Stop exchanges, or let them go on."""
        self.control.pause(not self.control.paused)
        self.changed.emit()

    def meter(self, on: bool) -> None:
        """Save bytes, or no longer."""
        self.control.meter(on)
        self.changed.emit()

    # --- deciding
    def preview(self, text: str, theme: RenderTheme) -> None:
        """Render a result as its readers will see it."""
        self._store.pool(self, lambda: render(text, theme=theme).html, self.previewed.emit, self._on_failed)

    def settle(self, text: str) -> None:
        """Make `text` the result of the conflict that is shown."""
        found = self.conflict
        if found is None:
            return
        key, title = found.item.id, found.title

        def done(_: str) -> None:
            self._last = key
            self.settled.emit(title)

        self._run(lambda workspace: workspace.conflicts.settle(key, text), done)

    def undo(self) -> None:
        """Take the last decision back."""
        if self._last:
            self.reopen(self._last)

    def reopen(self, conflict: str) -> None:
        """Take a decision of the last thirty days back."""
        self._last, self.chosen = "", conflict
        self._run(lambda workspace: workspace.conflicts.reopen(conflict))

    def try_again(self, key: str) -> None:
        """Queue a refused item once more."""
        self._run(lambda workspace: workspace.sync.try_again(key))

    def discard(self, key: str) -> None:
        """Give a refused item up."""
        self._run(lambda workspace: workspace.sync.discard(key))

    def export(self, key: str, path: Path) -> None:
        """Write the words of a refused item to a text file."""
        item = next((r for r in self.board.refused if r.key == key), None) if self.board else None
        if item:
            words = f"{item.title}\n\n{item.text}\n"
            self._store.pool(self, lambda: _write(path, words), self._on_exported, self._on_failed)

    def _on_exported(self, path: Path) -> None:
        self.exported.emit(str(path))

    def _run(self, work: Callable[[Workspace], Any], then: Callable[[Any], None] | None = None) -> None:
        def done(result: Any) -> None:
            if then:
                then(result)
            self.refresh()

        self._store.run(self, work, done, self._on_failed)


def _write(path: Path, text: str) -> Path:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError("file_unwritable", path=str(path)) from error
    return path
