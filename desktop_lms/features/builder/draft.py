"""The lesson in the editor: every edit is durable within a second, pictures become files of the course."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.features.builder.steps import Steps
from desktop_lms.store import Store
from desktop_lms.timers import once
from lms_core.changes import Changes, Topic
from lms_core.content.model import MediaRef
from lms_core.content.text import plain_text, reading_minutes
from lms_core.courses.model import LessonDraft
from lms_core.errors import LmsError, NotFound, UserError
from lms_core.media.images import MAX_BYTES, prepare_image
from lms_core.workspace import Workspace

AUTOSAVE_MS = 600


class DraftModel(QObject):
    """One lesson. `text` is what the editor shows, `saved` says whether all of it is durable."""

    opened = Signal()
    replaced = Signal(str)
    """The text was changed by somebody else, or by undo: show it."""
    saved_changed = Signal()
    settings_changed = Signal()
    image_added = Signal(str)
    """Markdown to insert where the cursor is."""
    failed = Signal(LmsError)

    def __init__(self, store: Store, steps: Steps, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._steps = steps
        self.lesson: LessonDraft | None = None
        self.text = ""
        self._base = ""
        self._wanted = ""
        self._saving = 0
        self._unsaved: dict[str, tuple[str, str]] = {}
        """Words of lessons that could not be written: (base, text)."""
        self._timer = once(self, AUTOSAVE_MS, self.flush)
        store.changed.connect(self._on_changed)

    @property
    def saved(self) -> bool:
        """Whether every word is durable on this machine."""
        return not self._saving and self.text == self._base

    @property
    def words(self) -> int:
        """Words of the text."""
        return len(plain_text(self.text).split())

    @property
    def minutes(self) -> int:
        """Minutes it takes to read the text."""
        return reading_minutes(self.text)

    # --- opening
    def open(self, lesson: str) -> None:
        """Show another lesson; what was typed in the last one is written first."""
        self.flush()
        if self.lesson and self.text != self._base:
            self._unsaved[self.lesson.id] = (self._base, self.text)
        self._wanted = lesson
        self.lesson, self.text, self._base = None, "", ""
        if lesson:
            self._store.run(self, lambda workspace: workspace.courses.lesson_draft(lesson), self._on_opened,
                            self.failed.emit)  # fmt: skip
        else:
            self.opened.emit()

    def _on_opened(self, lesson: LessonDraft) -> None:
        if lesson.id != self._wanted:
            return
        self.lesson = lesson
        self._base, self.text = self._unsaved.pop(lesson.id, (lesson.body, lesson.body))
        if self.text != self._base:
            self._timer.start()
        self.opened.emit()
        self.saved_changed.emit()

    def _on_changed(self, changes: Changes) -> None:
        if self.lesson and Topic.DRAFTS in changes.topics and self.lesson.id in changes.rows:
            wanted = self.lesson.id
            self._store.run(self, lambda workspace: _find(workspace, wanted), self._on_read_again, self.failed.emit)

    def _on_read_again(self, lesson: LessonDraft | None) -> None:
        if lesson is None or self.lesson is None or lesson.id != self.lesson.id:
            return
        settings_differ = _settings(lesson) != _settings(self.lesson)
        self.lesson = lesson
        if self.saved and lesson.body != self.text:
            self.text = self._base = lesson.body
            self.replaced.emit(lesson.body)
        if settings_differ:
            self.settings_changed.emit()

    # --- writing
    def edit(self, text: str) -> None:
        """Take what was typed; it is written when typing rests, within a second."""
        if text == self.text:
            return
        self.text = text
        if not self._timer.isActive():
            self._timer.start()
        self.saved_changed.emit()

    def flush(self) -> None:
        """Write now what was typed."""
        self._timer.stop()
        if self.lesson is None or self.text == self._base:
            return
        lesson, base, text = self.lesson.id, self._base, self.text
        self._base, self._saving = text, self._saving + 1
        self._store.run(
            self,
            lambda workspace: workspace.courses.edit_lesson(lesson, base=base, text=text),
            self._on_saved,
            lambda error: self._on_not_saved(error, lesson, base, text),
        )

    def _on_saved(self, _: object) -> None:
        self._saving -= 1
        self.saved_changed.emit()

    def _on_not_saved(self, error: LmsError, lesson: str, base: str, text: str) -> None:
        """Keep the words as unsaved and try again with the next edit, or when their lesson is opened again."""
        self._saving -= 1
        if self.lesson and self.lesson.id == lesson:
            self._base = base
        else:
            self._unsaved[lesson] = (base, text)
        self.saved_changed.emit()
        self.failed.emit(error)

    def change(self, **settings: Any) -> None:
        """Change settings of the lesson, with undo."""
        if self.lesson is None:
            return
        row, old = self.lesson.id, {name: getattr(self.lesson, name) for name in settings}
        old = {n: list(v) if isinstance(v, tuple) else v for n, v in old.items()}
        if old == settings:
            return

        def write(workspace: Workspace, values: dict[str, Any]) -> None:
            with workspace.work():
                workspace.courses.change_lesson(row, **values)
                if values.get("kind") == "quiz":
                    workspace.courses.ensure_assessment(row)

        self._steps.push("settings", do=lambda w: write(w, settings), undo=lambda w: write(w, old))

    # --- pictures
    def add_image(self, name: str, data: bytes) -> None:
        """Make a picture safe and small, store it with the course and say what to insert."""
        self._prepare(lambda: (name, *prepare_image(data, name)))

    def add_image_file(self, path: Path) -> None:
        """The same with a file of the disk."""
        self._prepare(lambda: (path.name, *prepare_image(_read(path), path.name)))

    def _prepare(self, work: Callable[[], tuple[str, bytes, str]]) -> None:
        if self.lesson is None:
            return
        course = self.lesson.course_id

        def keep(image: tuple[str, bytes, str]) -> None:
            self._store.run(
                self, lambda workspace: _keep(workspace, course, image), self.image_added.emit, self.failed.emit
            )

        self._store.pool(self, work, keep, self.failed.emit)


def _find(workspace: Workspace, lesson: str) -> LessonDraft | None:
    try:
        return workspace.courses.lesson_draft(lesson)
    except NotFound:
        return None


def _settings(lesson: LessonDraft) -> tuple[Any, ...]:
    tiers = (lesson.guest_content, lesson.registered_content, lesson.access_denied_message)
    return (lesson.title, lesson.kind, lesson.minutes, lesson.preview, lesson.access_level, *tiers)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError("image_too_large", name=path.name)
        return path.read_bytes()
    except OSError as error:
        raise UserError("no_such_path", path=str(path)) from error


def _keep(workspace: Workspace, course: str, image: tuple[str, bytes, str]) -> str:
    name, data, mime = image
    sha = workspace.media.put(data)
    with workspace.work():
        workspace.courses.add_file(course, MediaRef(sha, name, mime, len(data)))
        workspace.sync.offer(sha)
    return f"![{Path(name).stem}](media:{sha})"
