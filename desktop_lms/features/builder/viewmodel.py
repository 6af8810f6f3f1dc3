"""The outline of a draft and everything one can do with it: add, rename, move, copy, trash, restore, undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.features.builder.steps import Steps
from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.content.model import MediaRef, Prerequisite
from lms_core.courses.attaching import keep_picture
from lms_core.courses.categories import Category, category_of, names_above
from lms_core.courses.model import CourseDraft, Finding, Outline, OutlineLesson, OutlineModule, Trashed
from lms_core.courses.quality import Quality, quality_of
from lms_core.errors import LmsError
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.DRAFTS, Topic.COURSES, Topic.SYNC})


@dataclass(frozen=True)
class Building:
    """A draft as the builder shows it."""

    course: CourseDraft
    outline: Outline
    findings: tuple[Finding, ...]
    quality: Quality
    trashed: tuple[Trashed, ...]
    undecided: frozenset[str] = frozenset()
    """Rows of which two texts wait for a decision."""
    categories: tuple[Category, ...] = ()
    prerequisites: tuple[Prerequisite, ...] = ()
    candidates: tuple[tuple[str, str], ...] = ()
    """Courses that could come before this one: id and title."""

    @property
    def category(self) -> str:
        """The id of the course's category; what the course says itself where there are none, as without a server."""
        found = category_of(self.categories, self.course.category)
        return found.id if found else self.course.category

    @property
    def category_choices(self) -> list[tuple[str, str]]:
        """Categories as (id, name), each under the one above it."""
        choices = [(c.id, " › ".join(names_above(self.categories, c))) for c in self.categories]
        return choices or [(self.course.category, self.course.category)]

    @property
    def lessons(self) -> tuple[OutlineLesson, ...]:
        """All lessons in order."""
        return tuple(lesson for module in self.outline.modules for lesson in module.lessons)

    def module_of(self, row: str) -> OutlineModule | None:
        """The module of a lesson, or the module itself."""
        return next((m for m in self.outline.modules if m.id == row or any(x.id == row for x in m.lessons)), None)

    def title(self, row: str) -> str:
        """The title of a module or lesson."""
        rows: tuple[Any, ...] = (*self.outline.modules, *self.lessons)
        return next((r.title for r in rows if r.id == row), "")

    def is_module(self, row: str) -> bool:
        """Whether the row is a module."""
        return any(m.id == row for m in self.outline.modules)

    def siblings(self, row: str) -> list[str]:
        """The row with those beside it, in order."""
        if self.is_module(row):
            return [m.id for m in self.outline.modules]
        module = self.module_of(row)
        return [x.id for x in module.lessons] if module else []

    def spot(self, row: str) -> tuple[str, str | None]:
        """Where a row stands: its parent, and the sibling before it."""
        line = self.siblings(row)
        at = line.index(row)
        module = None if self.is_module(row) else self.module_of(row)
        return module.id if module else self.course.id, line[at - 1] if at else None

    def worst(self, row: str) -> str:
        """`error`, `warning` or nothing, for the mark in the outline."""
        if row in self.undecided:
            return "warning"
        found = {f.severity for f in self.findings if f.row == row}
        return "error" if "error" in found else "warning" if found else ""


def load(workspace: Workspace, course: str) -> Building:
    """Read a draft in one transaction."""
    with workspace.work():
        courses = workspace.courses
        return Building(
            courses.draft(course),
            courses.outline(course),
            courses.checklist(course),
            quality_of(courses.document(course)),
            tuple(courses.trashed(course)),
            frozenset(item.row for item in workspace.conflicts.open()),
            tuple(courses.categories()),
            tuple(workspace.contents.prerequisites(course)),
            tuple(workspace.contents.candidates(course)),
        )


class BuilderModel(QObject):
    """State of the builder. `current` is the lesson in the editor, `selected` what the tree has marked."""

    changed = Signal()
    current_changed = Signal(str)
    created = Signal(str)
    """A row was made by the person: its id, so that it can be named in place."""
    trashed = Signal(int)

    def __init__(self, store: Store, course: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.course = course
        self.building: Building | None = None
        self.error: LmsError | None = None
        self.current = ""
        self.first = ""
        """The lesson to begin with."""
        self.steps = Steps(store, self)
        self.steps.failed.connect(self._on_failed)
        self.steps.settled.connect(self.refresh)
        store.changed.connect(self._on_changed)

    # --- reading
    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, lambda workspace: load(workspace, self.course), self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, building: Building) -> None:
        self.building, self.error = building, None
        here = [lesson.id for lesson in building.lessons]
        self.changed.emit()
        if self.current not in here:
            self.open(self.first if self.first in here else here[0] if here else "")

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    def open(self, lesson: str) -> None:
        """Put a lesson into the editor."""
        if lesson != self.current:
            self.current = lesson
            self.current_changed.emit(lesson)

    # --- adding
    def add_module(self, title: str) -> None:
        """Add a module behind the one that is open."""
        here = self.building.module_of(self.current) if self.building else None
        after = here.id if here else None
        self._add("add", lambda w: w.courses.add_module(self.course, title, after=after))

    def add_lesson(self, title: str, *, kind: str = "reading", near: str = "", first: str = "") -> None:
        """Add a lesson behind `near` (a lesson or module; else the open lesson), the first one in a module `first`."""
        building = self.building
        module = (building.module_of(near or self.current) if building else None) or (
            building.outline.modules[-1] if building and building.outline.modules else None
        )
        if module is None:
            made = self.course
            if first:
                self._add("add", lambda w: w.courses.add_lesson(w.courses.add_module(made, first), title, kind=kind))
            return
        after = near or self.current
        after_id = after if any(x.id == after for x in module.lessons) else None
        self._add("add", lambda w: w.courses.add_lesson(module.id, title, kind=kind, after=after_id))

    def duplicate(self, lesson: str) -> None:
        """Copy a lesson behind itself."""
        self._add("duplicate", lambda w: w.courses.duplicate(lesson))

    def _add(self, name: str, make: Any) -> None:
        made: list[str] = []

        def do(workspace: Workspace) -> str:
            if made:
                workspace.courses.restore(made[0])
            else:
                made.append(make(workspace))
            return made[0]

        self.steps.push(name, do=do, undo=lambda w: w.courses.trash(made[0]), then=self._on_created)

    def _on_created(self, row: str) -> None:
        self._store.run(self, lambda workspace: load(workspace, self.course), lambda b: self._show_new(b, row))

    def _show_new(self, building: Building, row: str) -> None:
        self._on_loaded(building)
        if not building.is_module(row):
            self.open(row)
        self.created.emit(row)

    # --- changing
    def rename(self, row: str, title: str) -> None:
        """Give a module or lesson another title; an empty one is not taken."""
        old, title = (self.building.title(row) if self.building else ""), title.strip()
        if not title or title == old or self.building is None:
            return
        is_module = self.building.is_module(row)

        def name(workspace: Workspace, text: str) -> None:
            change = workspace.courses.change_module if is_module else workspace.courses.change_lesson
            change(row, title=text)

        self.steps.push("rename", do=lambda w: name(w, title), undo=lambda w: name(w, old))

    def rename_course(self, title: str) -> None:
        """Give the course another title."""
        old = self.building.course.title if self.building else ""
        if title.strip() and title.strip() != old:
            self.change_course(title=title.strip())

    def change_course(self, **settings: Any) -> None:
        """Change settings of the course."""
        if self.building is None:
            return
        names = {"learning_objectives": "objectives"}
        old = {n: getattr(self.building.course, names.get(n, n)) for n in settings}
        old = {n: list(v) if isinstance(v, tuple) else v for n, v in old.items()}
        if old != settings:
            self.steps.push(
                "settings",
                do=lambda w: w.courses.change_course(self.course, **settings),
                undo=lambda w: w.courses.change_course(self.course, **old),
            )

    def choose_picture(self, path: Path) -> None:
        """Make a file of the disk the picture of the course, safe and small (RES-06)."""
        course, media = self.course, self._store.workspace.media
        old = self.building.course.thumbnail if self.building else ""

        def take(file: MediaRef) -> None:
            def do(workspace: Workspace) -> None:
                with workspace.work():
                    workspace.courses.add_file(course, file)
                    workspace.sync.offer(file.sha256)
                    workspace.courses.change_course(course, thumbnail=file.sha256)

            self.steps.push("settings", do=do, undo=lambda w: w.courses.change_course(course, thumbnail=old or None))

        self._store.pool(self, lambda: keep_picture(path, media.put), take, self.steps.failed.emit)

    def remove_picture(self) -> None:
        """Show the drawn cover again."""
        course, old = self.course, self.building.course.thumbnail if self.building else ""
        if old:
            self.steps.push("settings", do=lambda w: w.courses.change_course(course, thumbnail=None),
                            undo=lambda w: w.courses.change_course(course, thumbnail=old))  # fmt: skip

    def require(self, needed: str, *, mandatory: bool = True) -> None:
        """Let another course come before this one, or change whether it must."""
        course, old = self.course, self._needed(needed)

        def back(workspace: Workspace) -> None:
            if old is None:
                workspace.contents.release(course, needed)
            else:
                workspace.contents.require(course, needed, mandatory=old.mandatory)

        if old is None or old.mandatory != mandatory:
            self.steps.push("settings", do=lambda w: w.contents.require(course, needed, mandatory=mandatory), undo=back)

    def release(self, needed: str) -> None:
        """Take a course from those that come before this one."""
        course, old = self.course, self._needed(needed)
        if old is not None:
            self.steps.push("settings", do=lambda w: w.contents.release(course, needed),
                            undo=lambda w: w.contents.require(course, needed, mandatory=old.mandatory))  # fmt: skip

    def _needed(self, course: str) -> Prerequisite | None:
        found = self.building.prerequisites if self.building else ()
        return next((each for each in found if each.course_id == course), None)

    def trash(self, rows: Sequence[str]) -> None:
        """Put rows into the trash."""
        if rows:
            self.steps.push("trash", do=lambda w: _each(w, w.courses.trash, rows),
                            undo=lambda w: _each(w, w.courses.restore, rows))  # fmt: skip
            self.trashed.emit(len(rows))

    def restore(self, rows: Sequence[str]) -> None:
        """Take rows out of the trash."""
        self.steps.push("restore", do=lambda w: _each(w, w.courses.restore, rows),
                        undo=lambda w: _each(w, w.courses.trash, rows))  # fmt: skip

    # --- moving
    def move(self, rows: Sequence[str], parent: str, after: str | None) -> None:
        """Put rows, in their order, below a parent behind a sibling (None: first)."""
        building = self.building
        if building is None or not rows or after in rows:
            return
        known = [r for r in (*[m.id for m in building.outline.modules], *[x.id for x in building.lessons]) if r in rows]
        if any(building.is_module(row) != (parent == self.course) for row in known):
            return
        old = [(row, *building.spot(row)) for row in known]
        new = [(row, parent, after if n == 0 else known[n - 1]) for n, row in enumerate(known)]
        if old != new:
            self.steps.push("move", do=lambda w: _place(w, new), undo=lambda w: _place(w, old))

    def move_by(self, row: str, step: int) -> None:
        """Move a row one place up (-1) or down (+1); a lesson at the edge goes into the next module."""
        building = self.building
        if building is None:
            return
        line = building.siblings(row)
        at = line.index(row) + step
        parent = building.spot(row)[0]
        if 0 <= at < len(line):
            without = [r for r in line if r != row]
            self.move([row], parent, without[at - 1] if at else None)
        elif not building.is_module(row):
            modules = building.outline.modules
            n = next(i for i, m in enumerate(modules) if m.id == parent) + step
            if 0 <= n < len(modules):
                lessons = modules[n].lessons
                self.move([row], modules[n].id, lessons[-1].id if step < 0 and lessons else None)


def _each(workspace: Workspace, verb: Any, rows: Sequence[str]) -> None:
    with workspace.work():
        for row in rows:
            verb(row)


def _place(workspace: Workspace, spots: Sequence[tuple[str, str, str | None]]) -> None:
    with workspace.work():
        for row, parent, after in spots:
            workspace.courses.move(row, parent=parent, after=after)
