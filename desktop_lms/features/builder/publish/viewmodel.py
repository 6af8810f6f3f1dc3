"""Publishing a course: the checklist, the note to learners, the wish that waits, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.courses.model import CourseDraft, Finding
from lms_core.errors import LmsError
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.DRAFTS, Topic.COURSES, Topic.SYNC})
State = Literal["draft", "waiting", "refused", "published"]


@dataclass(frozen=True)
class Publication:
    """How far publishing is. `key` is the refused wish, `reason` the code why."""

    course: CourseDraft
    findings: tuple[Finding, ...]
    state: State
    linked: bool
    key: str = ""
    reason: str = ""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that must be mended first."""
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def ready(self) -> bool:
        """Whether the course can be published."""
        return not self.errors


def load(workspace: Workspace, course: str) -> Publication:
    """Read how far publishing is."""
    courses = workspace.courses
    draft = courses.draft(course)
    waiting = any(o.row == course and o.args.get("verb") == "publish" for o in workspace.sync.outbox())
    refused = [p for p in workspace.sync.parked() if p.op.row == course and p.op.args.get("verb") == "publish"]
    state: State = "refused" if refused else "waiting" if waiting else "published" if draft.version else "draft"
    return Publication(
        draft, courses.checklist(course), state, workspace.transport is not None,
        refused[-1].key if refused else "", refused[-1].code if refused else ""
    )  # fmt: skip


class PublishModel(QObject):
    """State of the publish sheet."""

    changed = Signal()
    published = Signal()
    """The wish is durable and goes out with the next sync."""

    def __init__(self, store: Store, course: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.course = course
        self.publication: Publication | None = None
        self.error: LmsError | None = None
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, lambda w: load(w, self.course), self._on_loaded, self._on_failed)

    def look(self, then: Callable[[], object]) -> None:
        """Read what is true now, then go on."""

        def on_loaded(publication: Publication) -> None:
            self._on_loaded(publication)
            then()

        self._store.run(self, lambda w: load(w, self.course), on_loaded, self._on_failed)

    def publish(self, note: str) -> None:
        """Ask for publication; a refused wish before it is settled by this one."""
        earlier = self.publication.key if self.publication else ""
        self._store.run(self, lambda w: _publish(w, self.course, note, earlier), self._on_published, self._on_failed)

    def _on_published(self, _: object) -> None:
        self.published.emit()
        self.refresh()

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, publication: Publication) -> None:
        self.publication, self.error = publication, None
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()


def _publish(workspace: Workspace, course: str, note: str, earlier: str) -> None:
    with workspace.work():
        workspace.courses.publish(course, change_note=note.strip())
        if earlier:
            workspace.sync.discard(earlier)
