"""Reading a lesson: text, place, notes and highlights, done or not, and the time spent on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from desktop_lms.features.lesson.drawing import Drawing
from desktop_lms.features.lesson.study import StudyTime
from desktop_lms.features.lesson.text import Dress
from desktop_lms.features.lesson.undoing import Adding, Deleting, Kept, Marking
from desktop_lms.noting import NoteWriter
from desktop_lms.store import Store
from desktop_lms.timers import once
from lms_core.changes import Changes, Topic
from lms_core.content.model import CourseDocument, LessonDoc, MediaRef
from lms_core.content.text import lesson_minutes
from lms_core.errors import LmsError, NotFound
from lms_core.learning.model import Bookmark, LessonState, Note
from lms_core.workspace import Workspace

SAVE_MS = 800
FLUSH_MS = 60_000
SEEN_ENOUGH = 97.0
AROUND = {Topic.NOTES, Topic.COURSES, Topic.MEDIA, Topic.LEARNING}


@dataclass(frozen=True)
class Neighbour:
    """A lesson before or after this one, or in the outline."""

    id: str
    number: str
    title: str
    kind: str
    status: str


@dataclass(frozen=True)
class Section:
    """A module in the outline beside the text."""

    title: str
    lessons: tuple[Neighbour, ...]


@dataclass(frozen=True)
class Reading:
    """A lesson with everything around it."""

    course_id: str
    course_title: str
    module: str
    number: str
    lesson: LessonDoc
    minutes: int
    state: LessonState
    outline: tuple[Section, ...]
    previous: Neighbour | None
    following: Neighbour | None
    notes: tuple[Note, ...]
    bookmarks: tuple[Bookmark, ...]
    missing: frozenset[str]
    files: Mapping[str, MediaRef]
    around: tuple[LessonDoc, ...] = ()
    """The lessons after and before this one, to be rendered ahead."""


def load(workspace: Workspace, lesson: str) -> Reading:
    """Read a lesson; raises NotFound, and why it is not open to the person."""
    course = workspace.installed.course_of(lesson)
    workspace.learning.check_open(lesson)
    document = workspace.installed.document(course)
    if (found := document.lesson(lesson)) is None:
        raise NotFound
    if not found.preview:
        workspace.downloads.check_open(course)
    states = workspace.learning.lesson_states(course)
    sections, line, quizzes, module_title = [], [], 0, ""
    for n, module in enumerate(document.modules, 1):
        rows, texts = [], 0
        for each in module.lessons:
            quizzes += each.kind == "quiz"
            texts += each.kind != "quiz"
            number = f"Q{quizzes}" if each.kind == "quiz" else f"{n}.{texts}"
            status = states[each.id].status if each.id in states else "not_started"
            rows.append(Neighbour(each.id, number, each.title, each.kind, status))
            module_title = f"{n} {module.title}" if each.id == lesson else module_title
        sections.append(Section(f"{n} {module.title}", tuple(rows)))
        line += rows
    at = next(i for i, each in enumerate(line) if each.id == lesson)
    return Reading(
        course_id=course, course_title=document.title, module=module_title,
        number=line[at].number,
        lesson=workspace.downloads.given(course, found),
        minutes=lesson_minutes(found),
        state=states.get(lesson, LessonState(lesson)),
        outline=tuple(sections),
        previous=line[at - 1] if at else None,
        following=line[at + 1] if at + 1 < len(line) else None,
        notes=tuple(workspace.notes.all(lesson=lesson)),
        bookmarks=tuple(workspace.notes.bookmarks(course=course)),
        missing=frozenset(m.sha256 for m in document.media if not workspace.media.has(m.sha256)),
        files={m.sha256: m for m in document.media},
        around=_around_of(document, lesson),
    )  # fmt: skip


def _around_of(document: CourseDocument, lesson: str) -> tuple[LessonDoc, ...]:
    line = document.lessons()
    at = next(n for n, each in enumerate(line) if each.id == lesson)
    return tuple(each for each in (*line[at + 1 : at + 2], *line[max(0, at - 1) : at]) if each.kind != "quiz")


class LessonModel(QObject):
    """State of the reading page. Edits of notes can be undone through `undo_stack`."""

    changed = Signal()
    notes_changed = Signal()
    came = Signal()
    """What was opened is here, as it is now."""
    shutting = Signal()
    """It may not be shown any more: what was typed is to be kept."""
    saved = Signal()
    """What was typed is on the disk."""

    def __init__(self, store: Store, lesson: str = "", *, study: StudyTime, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.lesson_id = lesson
        self.reading: Reading | None = None
        self.notes: tuple[Note, ...] = ()
        self.error: LmsError | None = None
        self.study = study
        self.drawing = Drawing(store, self)
        self.drawing.failed.connect(self._on_failed)
        self.undo_stack = QUndoStack(self)
        self._place: tuple[float, Mapping[str, Any]] | None = None
        self._place_timer = once(self, SAVE_MS, self.save_place)
        self.writer = NoteWriter(store, self)
        self.writer.saved.connect(self.saved)
        self._study_timer = once(self, FLUSH_MS, self.save_study)
        self.is_open = False
        """Whether somebody reads it now; what changes is read again for them alone."""
        store.changed.connect(self._on_changed)

    # --- opening and leaving
    def open(self) -> None:
        """Read the lesson, and note that it was opened once it is shown."""
        lesson, self.is_open = self.lesson_id, True

        def note(workspace: Workspace) -> None:
            workspace.learning.open_lesson(lesson)

        def show(reading: Reading) -> None:
            self._on_loaded(reading)
            self.came.emit()
            QTimer.singleShot(0, self, lambda: self.store.run(self, note, self._on_done, self.tell_of))

        self.store.read(self, lambda workspace: load(workspace, lesson), show, self._on_shut)

    def tell_of(self, error: LmsError) -> None:
        """Tell what failed beside a lesson that could be read; else the page says it."""
        if self.reading is not None:
            self.store.failed.emit(error)

    def leave(self) -> None:
        """Keep place, notes and time before the page goes."""
        self.is_open = False
        self.drawing.stop()
        self.save_place()
        self.writer.save()
        self.study.stop()
        self.save_study()

    def _refresh(self) -> None:
        lesson = self.lesson_id

        def fail(error: LmsError) -> None:
            (self._on_shut if isinstance(error, NotFound) else self._on_failed)(error)

        self.store.read(self, lambda workspace: load(workspace, lesson), self._on_loaded, fail)

    def _on_changed(self, changes: Changes) -> None:
        if self.is_open and changes.topics & AROUND:
            self._refresh()

    def _on_loaded(self, reading: Reading) -> None:
        first = self.reading is None or self.reading.lesson != reading.lesson
        moved = self.reading is None or self.reading.missing != reading.missing
        noted = self.reading is None or _around(self.reading) != _around(reading)
        self.reading, self.notes, self.error = reading, reading.notes, None
        if first or moved:
            self.changed.emit()
        elif noted:
            self.notes_changed.emit()

    def _on_shut(self, error: LmsError) -> None:
        self.shutting.emit()
        self.reading, self.notes = None, ()
        self._on_failed(error)

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    def _on_done(self, _: object) -> None:
        """What changed is told by the store."""

    def prepare(self, dress: Dress, *, soon: bool = False) -> None:
        """Render the text in a dress; `drawing` tells."""
        if self.reading is not None:
            self.drawing.show(self.reading, dress, soon=soon)

    # --- place and time
    def moved_to(self, percent: float, place: Mapping[str, Any]) -> None:
        """The reader scrolled: `percent` of the text is seen, `place` leads back here."""
        self._place = (percent, place)
        self.active()
        if not self._place_timer.isActive():
            self._place_timer.start()

    def save_place(self) -> None:
        """Keep the reading place now; a text read to its end counts as done once."""
        self._place_timer.stop()
        place, self._place = self._place, None
        if place is None or self.reading is None:
            return
        lesson, (percent, where) = self.lesson_id, place
        self.store.run(
            self,
            lambda workspace: workspace.learning.record_position(lesson, percent=percent, place=where),
            self._on_done,
        )

    def keep_place(self, key: str, place: Any) -> None:
        """Keep the place of a part of the lesson under its key."""
        lesson = self.lesson_id
        self.store.run(
            self,
            lambda workspace: workspace.learning.record_position(lesson, percent=0, place={key: place}),
            self._on_done,
        )

    def watched(self, seconds: int, total: int, position: int, film: str) -> None:
        """Keep how much of the lesson's video was watched (PRG-02)."""
        lesson = self.lesson_id

        def work(workspace: Workspace) -> None:
            workspace.learning.record_watched(lesson, watched=seconds, total=total, position=position, film=film)

        self.store.run(self, work, self._on_done)

    def active(self) -> None:
        """The person moved, typed or scrolled."""
        self.study.touch()
        if not self._study_timer.isActive():
            self._study_timer.start()

    def save_study(self) -> None:
        """Send the time spent so far; what still counts is sent later."""
        self._study_timer.stop()
        if self.study.is_active:
            self._study_timer.start()
        lesson, spent = self.lesson_id, self.study.take()
        if spent is None or self.reading is None:
            return
        start, seconds = spent
        self.store.run(
            self,
            lambda workspace: workspace.learning.record_session(lesson, start_ms=start, seconds=seconds),
            self._on_done,
        )

    # --- done
    @property
    def is_done(self) -> bool:
        """Whether the lesson is marked as done."""
        return self.reading is not None and self.reading.state.status == "done"

    def mark(self, *, done: bool) -> None:
        """Mark the lesson as done or as not done."""
        lesson = self.lesson_id

        def work(workspace: Workspace) -> Reading:
            (workspace.learning.complete if done else workspace.learning.reopen)(lesson)
            return load(workspace, lesson)

        self.store.run(self, work, self._on_marked, self._on_failed)

    def _on_marked(self, reading: Reading) -> None:
        self.reading = reading
        self.notes_changed.emit()

    # --- bookmarks
    def bookmark(self, place: int, words: str) -> bool:
        """Keep a place with the words that stand there, once; undo takes it back."""
        reading = self.reading
        if reading is None or (self.lesson_id, str(place)) in {(b.lesson_id, b.anchor) for b in reading.bookmarks}:
            return False
        self.undo_stack.push(Marking(self, str(place), words if place else reading.lesson.title))
        return True

    def keep_bookmark(self, anchor: str, words: str, then: Callable[[str], None]) -> None:
        """Store a bookmark; `then` gets its id."""
        lesson = self.lesson_id
        self.store.run(self, lambda workspace: workspace.notes.add_bookmark(lesson, anchor=anchor, title=words), then)

    def delete_bookmark(self, bookmark: str) -> None:
        """Delete a bookmark."""
        self.store.run(self, lambda workspace: workspace.notes.delete_bookmark(bookmark), self._on_done)

    # --- notes
    def add_note(self, body: str, **anchor: Any) -> None:
        """Write a note or set a highlight (`quote`, `before`, `after`, `start`, `colour`)."""
        if body.strip() or anchor.get("quote"):
            self.undo_stack.push(Adding(self, body, anchor))

    def delete_note(self, note: str) -> None:
        """Delete a note; undo brings it back."""
        found = next((each for each in self.notes if each.id == note), None)
        if found is not None:
            self.writer.save()
            self.undo_stack.push(Deleting(self, found))

    def colour_note(self, note: str, colour: str) -> None:
        """Give a highlight another colour."""
        self.store.run(self, lambda workspace: workspace.notes.change(note, colour=colour), self._on_done)

    def write(
        self, body: str, anchor: Mapping[str, Any], then: Callable[[str], None], fail: Callable[[], None] | None = None
    ) -> None:
        """Store a note; `then` gets its id."""
        lesson, course = self.lesson_id, self.reading.course_id if self.reading else None

        def failed(error: LmsError) -> None:
            if fail:
                fail()
            self.store.failed.emit(error)

        self.store.run(
            self, lambda workspace: workspace.notes.add(body, lesson=lesson, course=course, **anchor), then, failed
        )

    def write_memo(self, lesson: str, text: str, *, base: str, then: Callable[[str | None], None]) -> None:
        """Store the memo of a lesson; `base` is what stood there before, `then` gets what stands there now, or None."""

        def work(workspace: Workspace) -> str:
            workspace.learning.write_memo(lesson, text, base=base)
            return workspace.learning.lesson_state(lesson).memo

        def failed(error: LmsError) -> None:
            then(None)
            self.store.failed.emit(error)

        self.store.run(self, work, then, failed)

    def take(self, note: str, then: Callable[[Sequence[Kept]], None]) -> None:
        """Delete a stored note; `then` gets it as it was."""
        self.store.run(self, lambda workspace: workspace.notes.take([note]), then)

    def write_again(self, kept: Sequence[Kept], then: Callable[[Sequence[str]], None]) -> None:
        """Store what was deleted; `then` gets the ids."""
        self.store.run(self, lambda workspace: workspace.notes.write_again(kept), then)


def _around(reading: Reading) -> tuple[Any, ...]:
    """What stands beside the text: notes, bookmarks, the memo, and which lessons are done, here or elsewhere."""
    return reading.notes, reading.bookmarks, reading.outline, reading.state.status, reading.state.memo
