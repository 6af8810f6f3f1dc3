"""Courses on their way to this machine: one list for every screen, the texts first, pictures after them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Report, Store, Task
from lms_core.changes import Changes, Topic
from lms_core.content.pack import read_pack
from lms_core.courses.model import Card
from lms_core.errors import LmsError
from lms_core.workspace import Workspace


@dataclass(frozen=True)
class Progress:
    """How far a download is, in bytes."""

    done: int = 0
    total: int = 0


class Downloads(QObject):
    """What is being fetched. A course can be read as soon as its text is here."""

    changed = Signal(str)
    failed = Signal(str, object)

    def __init__(
        self, store: Store, parent: QObject | None = None, *, metered: Callable[[], bool] = lambda: False
    ) -> None:
        super().__init__(parent)
        self._store, self._metered = store, metered
        self._tasks: dict[str, Task | None] = {}
        self._progress: dict[str, Progress] = {}
        self._stopped: set[str] = set()

    def progress(self, course: str) -> Progress | None:
        """How far a course is; None when nothing of it is on its way."""
        return self._progress.get(course)

    def fetch(self, course: str, *, media: bool = True) -> None:
        """Fetch or update a course; without `media`, and where every byte costs, its text alone."""
        if course in self._progress:
            return
        media = media and not self._metered()
        self._progress[course] = Progress()
        self._stopped.discard(course)
        self.changed.emit(course)
        self._store.run(
            self,
            lambda workspace: workspace.courses.card(course),
            lambda card: self._fetch_text(card, media=media),
            lambda error: self._end(course, error),
        )

    def cancel(self, course: str) -> None:
        """Stop; what has arrived is kept and used the next time."""
        self._stopped.add(course)
        task = self._tasks.get(course)
        if task is not None:
            task.cancel()

    def _fetch_text(self, card: Card, *, media: bool) -> None:
        def work(workspace: Workspace, report: Report) -> None:
            for pack in filter(None, (card.pack, card.key_pack)):
                workspace.fetch_pack(pack, lambda done, total: report(done, total, card.title))

        self._begin(card.id, self._store.task(
            self, work, lambda _: self._install(card, media=media), lambda error: self._end(card.id, error)
        ))  # fmt: skip

    def _begin(self, course: str, task: Task) -> None:
        if course not in self._progress:
            return
        self._tasks[course] = task
        task.progressed.connect(lambda done, total, _: self._on_progressed(course, done, total))
        if course in self._stopped:
            task.cancel()

    def _on_progressed(self, course: str, done: int, total: int) -> None:
        if course in self._progress:
            self._progress[course] = Progress(done, total)
            self.changed.emit(course)

    def _install(self, card: Card, *, media: bool) -> None:
        self._store.run(
            self,
            lambda workspace: workspace.installed.install(card.id),
            lambda _: self._fetch_media(card) if media else self._end(card.id, None),
            lambda error: self._end(card.id, error),
        )

    def _fetch_media(self, card: Card) -> None:
        def work(workspace: Workspace, report: Report) -> None:
            sizes = {m.sha256: m.size for m in read_pack(workspace.media.read(card.pack)).media}
            missing = [sha256 for sha256 in sizes if not workspace.media.has(sha256)]
            total, before = sum(sizes[sha] for sha in missing), 0
            for sha in missing:
                so_far = before
                workspace.fetch_blob(sha, lambda done, _, so_far=so_far: report(so_far + done, total, card.title))
                before += sizes[sha]

        self._begin(card.id, self._store.task(
            self, work, lambda _: self._end(card.id, None), lambda error: self._end(card.id, error)
        ))  # fmt: skip

    def _end(self, course: str, error: LmsError | None) -> None:
        self._tasks.pop(course, None)
        self._progress.pop(course, None)
        self.changed.emit(course)
        self._store.changed.emit(Changes(frozenset({Topic.MEDIA})))
        if error is not None and error.code != "cancelled":
            self.failed.emit(course, error)
