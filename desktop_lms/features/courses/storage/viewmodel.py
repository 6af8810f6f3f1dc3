"""What courses take of this device, and making room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.downloads import Downloads
from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.downloads.plan import Choice
from lms_core.downloads.storage import CourseSpace, Space
from lms_core.errors import LmsError
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.COURSES, Topic.MEDIA})
Part = Literal["text", "image", "file", "video"]


@dataclass(frozen=True)
class Arriving:
    """A course on its way here."""

    course: str
    title: str


@dataclass(frozen=True)
class Board:
    """Everything the page shows but how far downloads are."""

    space: Space
    titles: dict[str, str]
    evictable: tuple[CourseSpace, ...]


def load(workspace: Workspace) -> Board:
    """Read what lies here."""
    titles = {card.id: card.title for card in workspace.courses.catalog()}
    titles |= {here.course_id: here.title for here in workspace.installed.installed()}
    return Board(workspace.storage.space(), titles, tuple(workspace.storage.evictable()))


def parts_of(course: CourseSpace) -> dict[Part, int]:
    """Bytes of a course as the bar shows them."""
    kinds = course.kinds
    return {"text": course.text, "image": kinds["image"], "file": kinds["document"] + kinds["audio"],
            "video": kinds["video"]}  # fmt: skip


class StorageModel(QObject):
    """State of the page; `downloads` tells how far each course is."""

    changed = Signal()
    freed = Signal(str, int)
    """Something went: its name, and the bytes that are free again."""

    def __init__(self, store: Store, downloads: Downloads, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self.downloads = store, downloads
        self.board: Board | None = None
        self.error: LmsError | None = None
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, load, self._on_loaded, self._on_failed)

    @property
    def arriving(self) -> tuple[Arriving, ...]:
        """Courses of which something is to come."""
        titles = self.board.titles if self.board else {}
        return tuple(Arriving(course, titles.get(course, "")) for course in self.downloads.courses)

    def parts(self) -> dict[Part, int]:
        """Bytes of all courses by part."""
        found: dict[Part, int] = {"text": 0, "image": 0, "file": 0, "video": 0}
        for course in self.board.space.courses if self.board else ():
            for part, size in parts_of(course).items():
                found[part] += size
        return found

    # --- making room
    def remove_media(self, course: CourseSpace) -> None:
        """Keep the text of a course alone."""
        self._free(course.title, lambda w: w.storage.narrow(course.course, Choice("text")))

    def remove(self, course: CourseSpace) -> None:
        """Take a course off this device; progress, notes and attempts stay."""
        self.downloads.cancel(course.course)
        forever = not course.can_return  # who was told so and said yes
        self._free(course.title, lambda w: w.storage.remove(course.course, forever=forever))

    def clear_unused(self) -> None:
        """Let go of what nothing uses."""
        self._free("", lambda w: w.storage.clear_unused())

    def make_room(self) -> None:
        """Let media of completed courses go, the least recently opened first, until downloads fit."""
        self._free("", lambda w: w.storage.make_room(w.storage.free()))

    def _free(self, name: str, work: Callable[[Workspace], int]) -> None:
        self._store.run(self, work, lambda size: self._on_freed(name, size), self._on_failed)

    def _on_freed(self, name: str, size: int) -> None:
        self.freed.emit(name, size)
        self.downloads.wake()
        self.refresh()

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, board: Board) -> None:
        self.board, self.error = board, None
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()
