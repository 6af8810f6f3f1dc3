"""The only thread code of the desktop: work goes to a lane or a pool, results come back to the window's thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from shiboken6 import isValid

from desktop_lms.logs import Timed
from desktop_lms.timers import once
from lms_core.changes import Changes
from lms_core.errors import LmsError, UserError
from lms_core.workspace import Workspace

log = logging.getLogger(__name__)

T = TypeVar("T")
Then = Callable[[T], object]
Fail = Callable[[LmsError], object]
Report = Callable[[int, int, str], bool]
"""Told done, all and a name; answers False once the task was cancelled."""

POOL, SLOW_S, GIVE_WAY_S = 3, 1.0, 0.1


class Bug(LmsError):
    """Anything that is no LmsError: a fault of the program. What was saved is safe."""

    default_code = "bug"


class Task(QObject):
    """Long work that shows how far it is and can be stopped."""

    progressed = Signal(int, int, str)
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stop = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._stop.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._stop.is_set()

    def report(self, done: int, total: int, name: str) -> bool:
        """Tell how far the work is; called by the work on its own thread."""
        if isValid(self):
            self.progressed.emit(done, total, name)
        return not self._stop.is_set()


class Store(QObject):
    """A workspace behind one serial lane, so that writes never meet, and a small pool for everything else.

    `then` and `fail` are called on the window's thread, and not at all once `owner` is gone. Without `fail` an error
    goes to `failed`.
    """

    changed = Signal(object)
    failed = Signal(object)
    _back = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workspace = workspace
        workspace.on_changes = self._told
        self._lane = ThreadPoolExecutor(1, "lane")
        self._pool = ThreadPoolExecutor(POOL, "pool")
        self._computing = ThreadPoolExecutor(1, "computing")
        self._back.connect(self._on_back, Qt.ConnectionType.QueuedConnection)
        self._closed = False
        self._window, self._resting = threading.get_ident(), threading.Event()
        self._resting.set()
        self._rest = once(self, 0, self._resting.set)  # comes behind all that waits, painting too

    def run(
        self, owner: QObject, work: Callable[[Workspace], T], then: Then[T] | None = None, fail: Fail | None = None
    ) -> None:
        """Work with the workspace, after everything that was asked before."""
        self._submit(self._lane, owner, lambda: self._timed(work), then, fail)

    def read(
        self, owner: QObject, work: Callable[[Workspace], T], then: Then[T] | None = None, fail: Fail | None = None
    ) -> None:
        """As `run`, for work that changes nothing: left out when its owner is gone before its turn.

        Who goes from page to page faster than a slow machine reads waits for the page that is shown alone.
        """
        self._submit(self._lane, owner, lambda: self._timed(work) if isValid(owner) else None, then, fail)

    def pool(
        self, owner: QObject, work: Callable[[], T], then: Then[T] | None = None, fail: Fail | None = None
    ) -> None:
        """Work that needs no workspace and soon waits for something: network, files."""
        self._submit(self._pool, owner, work, then, fail)

    def compute(
        self, owner: QObject, work: Callable[[], T], then: Then[T] | None = None, fail: Fail | None = None
    ) -> None:
        """Long computing that needs no workspace, such as rendering: one piece after the other.

        Threads of Python compute by turns. Two pieces at once would not end sooner, but the window's thread waits for
        one more turn each time it comes back from Qt.
        """
        self._submit(self._computing, owner, work, then, fail)

    def in_turn(self, work: Callable[[], T]) -> T:
        """Work with the workspace from the pool, after everything that was asked before, and wait for it."""
        if self._closed:
            raise CancelledError
        return self._lane.submit(work).result()

    def give_way(self) -> None:
        """Wait for the window to have nothing to do, a moment at most; all work asks before it begins or goes on."""
        self._resting.wait(GIVE_WAY_S)

    def task(
        self,
        owner: QObject,
        work: Callable[[Workspace, Report], T],
        then: Then[T] | None = None,
        fail: Fail | None = None,
        *,
        lane: bool = False,
    ) -> Task:
        """Long work with progress. On the pool it must not write with the workspace; `lane` makes it wait its turn."""
        task = Task(self)
        where = self._lane if lane else self._pool

        def body() -> T:
            try:
                return work(self.workspace, task.report)
            finally:
                if isValid(task):
                    task.ended.emit()

        self._submit(where, owner, body, then, fail)
        return task

    def close(self) -> None:
        """Finish what was begun, then close the workspace; further work is dropped."""
        if self._closed:
            return
        self._closed = True
        for task in self.findChildren(Task):
            task.cancel()
        for timer in self.findChildren(QTimer):
            timer.stop()
        self._resting.set()
        for threads in (self._pool, self._computing):
            threads.shutdown(cancel_futures=True)
        self._lane.shutdown()
        self.workspace.close()

    # --- underneath
    def _timed(self, work: Callable[[Workspace], T]) -> T:
        self.give_way()
        with Timed(work.__qualname__.replace("<locals>.", ""), SLOW_S):
            return work(self.workspace)

    def _told(self, changes: Changes) -> None:
        if not self._closed and isValid(self):
            self._back.emit(lambda: self.changed.emit(changes))

    def _submit(
        self, where: ThreadPoolExecutor, owner: QObject, work: Callable[[], T], then: Then[T] | None, fail: Fail | None
    ) -> None:
        if self._closed:
            return
        self._at_work()

        def done(future: Future[T]) -> None:
            if not self._closed and isValid(self) and not future.cancelled():
                self._back.emit(lambda: self._deliver(future, owner, then, fail))

        where.submit(work).add_done_callback(done)

    def _at_work(self) -> None:
        """The window puts a page together or shows what came; others may ask for work too."""
        if threading.get_ident() == self._window:
            self._resting.clear()
            self._rest.start()

    @Slot(object)
    def _on_back(self, call: Callable[[], None]) -> None:
        if not self._closed:
            self._at_work()
            call()

    def _deliver(self, future: Future[Any], owner: QObject, then: Then[Any] | None, fail: Fail | None) -> None:
        deliver(owner, future.exception(), future, then, fail or self.failed.emit)


def deliver(owner: QObject, error: BaseException | None, future: Future[Any], then: Any, fail: Fail) -> None:
    """Hand a result or an error over, unless its owner is gone."""
    if not isValid(owner):
        return
    if error is None:
        if then:
            then(future.result())
        return
    if not isinstance(error, LmsError):
        log.error("a fault of the program", exc_info=error)
        wrapped = Bug(kind=type(error).__name__, detail=str(error))
        wrapped.__cause__ = error
        error = wrapped
    fail(error)


class Question(QObject):
    """Something that work on a thread asks a person, who may also call the work off."""

    asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._answers: SimpleQueue[str] = SimpleQueue()
        self._over = threading.Event()

    def ask(self) -> str:
        """Ask and wait for the answer; called by the work. Raises UserError `cancelled`."""
        self.asked.emit()
        answer = self._answers.get()
        if self._over.is_set():
            raise UserError("cancelled")
        return answer

    def is_over(self) -> bool:
        """Whether a person called the work off."""
        return self._over.is_set()

    def answer(self, text: str) -> None:
        """Let the work go on with an answer."""
        self._answers.put(text)

    def call_off(self) -> None:
        """Let the work end."""
        self._over.set()
        self._answers.put("")


class InlineStore(Store):
    """A store without threads for tests of viewmodels: work is done before the call returns."""

    def _submit(
        self, where: ThreadPoolExecutor, owner: QObject, work: Callable[[], T], then: Then[T] | None, fail: Fail | None
    ) -> None:
        future: Future[T] = Future()
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001 handed over as a thread would
            future.set_exception(error)
        self._deliver(future, owner, then, fail)

    def in_turn(self, work: Callable[[], T]) -> T:
        return work()

    def _told(self, changes: Changes) -> None:
        self.changed.emit(changes)


class Errands(QObject):
    """Work before there is a workspace, such as signing in: a pool, with results on the window's thread."""

    _back = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(POOL, "door")
        self._back.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    def __call__(self, owner: QObject, work: Callable[[], T], then: Then[T], fail: Fail) -> None:
        def done(future: Future[T]) -> None:
            if isValid(self) and not future.cancelled():
                self._back.emit(lambda: deliver(owner, future.exception(), future, then, fail))

        self._pool.submit(work).add_done_callback(done)

    def close(self) -> None:
        """Finish what was begun."""
        self._pool.shutdown(cancel_futures=True)
