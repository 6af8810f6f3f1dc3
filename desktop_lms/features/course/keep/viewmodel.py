"""What of a course is to lie on this device, chosen before a byte is fetched."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop_lms.downloads import Downloads
from desktop_lms.store import Store
from lms_core.downloads.plan import Choice, Keep
from lms_core.downloads.service import Offer
from lms_core.errors import LmsError
from lms_core.workspace import Workspace


@dataclass(frozen=True)
class Lesson:
    """A lesson that has files of its own; `size` in bytes."""

    id: str
    title: str
    size: int


@dataclass(frozen=True)
class Sizes:
    """What can be chosen, the bytes of each, those that are here, and those that are free on the disk."""

    title: str
    offer: Offer
    lessons: tuple[Lesson, ...]
    here: int
    free: int


def load(workspace: Workspace, course: str) -> Sizes:
    """Read the sizes; raises NotFound for a course that is neither here nor offered."""
    offer, installed = workspace.downloads.offer(course), workspace.installed.find(course)
    free = workspace.storage.free()
    if installed is None:
        return Sizes(workspace.courses.card(course).title, offer, (), 0, free)
    document = workspace.installed.open(installed.pack)
    lessons = tuple(Lesson(x.id, x.title, offer.lessons[x.id]) for x in document.lessons() if x.id in offer.lessons)
    here = sum({m.sha256: m.size for m in document.media if workspace.media.has(m.sha256)}.values())
    return Sizes(document.title, offer, lessons, installed.size + here, free)


class KeepModel(QObject):
    """State of the sheet; `sizes` is None until they were read."""

    changed = Signal()

    def __init__(self, store: Store, downloads: Downloads, course: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._downloads, self.course = store, downloads, course
        self.sizes: Sizes | None = None
        self.error: LmsError | None = None
        self.choice = Choice()

    def refresh(self) -> None:
        """Read the sizes."""
        course = self.course
        self._store.read(self, lambda workspace: load(workspace, course), self._on_loaded, self._on_failed)

    def _on_loaded(self, sizes: Sizes) -> None:
        self.sizes, self.choice = sizes, sizes.offer.choice
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    # --- choosing
    def size(self, keep: Keep) -> int:
        """Bytes of a choice."""
        return self.sizes.offer.size(Choice(keep, self.choice.lessons)) if self.sizes else 0

    def choose(self, keep: Keep) -> None:
        """Look at another choice."""
        self.choice = Choice(keep, self.choice.lessons)
        self.changed.emit()

    def take(self, lesson: str, *, on: bool) -> None:
        """Take the files of a lesson along, or not."""
        lessons = tuple(x for x in self.choice.lessons if x != lesson)
        self.choice = Choice("lessons", (*lessons, lesson) if on else lessons)
        self.changed.emit()

    @property
    def more(self) -> int:
        """Bytes that would come; below 0 for those that would go."""
        return self.size(self.choice.keep) - self.sizes.here if self.sizes else 0

    @property
    def fits(self) -> bool:
        """Whether there is room for it."""
        return self.sizes is not None and self.more < self.sizes.free

    def settle(self) -> None:
        """Bring it about: what is missing comes, what is too much goes."""
        self._downloads.keep(self.course, self.choice)
