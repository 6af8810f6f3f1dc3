"""Undo for everything that the builder does: each step knows the verbs that do it and that take it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from desktop_lms.store import Store
from lms_core.errors import LmsError
from lms_core.workspace import Workspace

Verb = Callable[[Workspace], Any]


class _Step(QUndoCommand):
    def __init__(self, steps: Steps, name: str, *, do: Verb, undo: Verb, then: Callable[[Any], None] | None) -> None:
        super().__init__(name)
        self._steps, self._do, self._undo, self._then = steps, do, undo, then

    def redo(self) -> None:
        then, self._then = self._then, None
        self._steps.carry_out(self._do, then, self._on_refused)

    def undo(self) -> None:
        if not self.isObsolete():
            self._steps.carry_out(self._undo, None)

    def _on_refused(self) -> None:
        self.setObsolete(True)


class Steps(QObject):
    """The undo stack of one open course. Names of steps are codes; the view has their words."""

    done = Signal(str)
    """A step was made for the first time: its name."""
    settled = Signal()
    """A step, undone or done again, is durable."""
    failed = Signal(LmsError)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.stack = QUndoStack(self)

    def push(self, name: str, *, do: Verb, undo: Verb, then: Callable[[Any], None] | None = None) -> None:
        """Do something that can be undone; `then` gets the result of the first time."""
        self.stack.push(_Step(self, name, do=do, undo=undo, then=then))
        self.done.emit(name)

    def carry_out(
        self, verb: Verb, then: Callable[[Any], None] | None, refused: Callable[[], None] | None = None
    ) -> None:
        """Run a verb; a refused step has nothing to undo and leaves the stack."""

        def done(result: Any) -> None:
            if then:
                then(result)
            self.settled.emit()

        def failed(error: LmsError) -> None:
            if refused:
                refused()
            self.failed.emit(error)

        self._store.run(self, verb, done, failed)
