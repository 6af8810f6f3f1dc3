"""An instructor's courses: how far each is, who learns with it, and the first step of a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.copying import copy_course
from lms_core.courses.model import CourseDraft
from lms_core.errors import LmsError
from lms_core.learning.model import RosterEntry
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.DRAFTS, Topic.COURSES, Topic.PEOPLE, Topic.SYNC, Topic.ACCOUNT, Topic.SETTINGS})
STEPS = "steps.teach"
AT_RISK_MS = 14 * 86_400_000
State = Literal["draft", "waiting", "refused", "published", "archived"]


@dataclass(frozen=True)
class TaughtCourse:
    """One course of the list. `average` is the mean percent of its learners, None without any."""

    id: str
    title: str
    subtitle: str
    state: State
    version: str
    lessons: int
    learners: int
    average: float | None
    active: int
    at_risk: int
    reason: str = ""


@dataclass(frozen=True)
class Teaching:
    """What the page shows."""

    name: str
    courses: tuple[TaughtCourse, ...]
    archived: tuple[TaughtCourse, ...]
    as_of: int | None
    steps: dict[str, bool]
    """First steps and whether they are done; none once they were put away, or when all are."""

    @property
    def learners(self) -> int:
        """Learners of all courses together."""
        return sum(c.learners for c in self.courses)

    @property
    def at_risk(self) -> int:
        """Learners who have not been seen for two weeks and are not done."""
        return sum(c.at_risk for c in self.courses)

    @property
    def drafts(self) -> int:
        """Courses that nobody can read yet."""
        return sum(c.state == "draft" for c in self.courses)


def load(workspace: Workspace) -> Teaching:
    """Read the page's content."""
    waiting = {op.row for op in workspace.sync.outbox() if _publishes(op.entity, op.kind, op.args)}
    refused = {p.op.row: p.code for p in workspace.sync.parked() if _publishes(p.op.entity, p.op.kind, p.op.args)}
    now = workspace.clock.ms()
    rows = [
        _row(draft, workspace.learning.roster(draft.id), now=now, waiting=draft.id in waiting,
             reason=refused.get(draft.id, ""))
        for draft in workspace.courses.my_courses()
    ]  # fmt: skip
    return Teaching(
        workspace.person.name,
        tuple(row for row in rows if row.state != "archived"),
        tuple(row for row in rows if row.state == "archived"),
        workspace.sync.status().last_synced_at,
        _steps(workspace, rows),
    )


def _steps(workspace: Workspace, courses: Sequence[TaughtCourse]) -> dict[str, bool]:
    if workspace.choices.get(STEPS):
        return {}
    written = [x for c in courses for m in workspace.courses.outline(c.id).modules for x in m.lessons]
    steps = {
        "course": bool(courses),
        "lesson": any(workspace.courses.lesson_draft(x.id).body.strip() for x in written if x.kind == "reading"),
        "quiz": any(x.kind == "quiz" for x in written),
        "publish": any(c.state in ("published", "waiting", "archived") for c in courses),
    }
    if all(steps.values()):
        workspace.choices.set(STEPS, True)
        return {}
    return steps


def _publishes(entity: str, kind: str, args: dict[str, object]) -> bool:
    return entity == "course" and kind == "state" and args.get("verb") == "publish"


def _row(draft: CourseDraft, roster: Sequence[RosterEntry], *, now: int, waiting: bool, reason: str) -> TaughtCourse:
    people = [p for p in roster if p.status in ("active", "completed")]
    idle = [p for p in people if p.percent < 100 and now - (p.last_active_at or 0) > AT_RISK_MS]
    state: State = "draft"
    if draft.status == "archived":
        state = "archived"
    elif reason:
        state = "refused"
    elif waiting:
        state = "waiting"
    elif draft.version:
        state = "published"
    return TaughtCourse(
        draft.id, draft.title, draft.subtitle, state, draft.version, draft.lessons, len(people),
        round(sum(p.percent for p in people) / len(people), 1) if people else None,
        len(people) - len(idle), len(idle), reason,
    )  # fmt: skip


class TeachModel(QObject):
    """State of the page; `content` is None until it was read for the first time."""

    changed = Signal()
    created = Signal(str)
    """A course was made: its id."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.content: Teaching | None = None
        self.error: LmsError | None = None
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, load, self._on_loaded, self._on_failed)

    def create(self, title: str, *, module: str, lesson: str) -> None:
        """Make a blank course with one module and one empty lesson, so that writing can begin at once."""
        self._store.run(
            self, lambda workspace: _create(workspace, title, module, lesson), self.created.emit, self._on_failed
        )

    def copy(self, course: str) -> None:
        """Make a course that begins as another one is."""
        self._store.run(self, lambda workspace: copy_course(workspace, course), self.created.emit, self._on_failed)

    def archive(self, course: str) -> None:
        """Put a course away."""
        self._store.run(self, lambda workspace: workspace.courses.archive(course), None, self._on_failed)

    def bring_back(self, course: str) -> None:
        """Bring a course back from the archive."""
        self._store.run(self, lambda workspace: workspace.courses.reopen(course), None, self._on_failed)

    def put_steps_away(self) -> None:
        """Show the first steps no more."""
        self._store.run(self, lambda workspace: workspace.choices.set(STEPS, True))

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, content: Teaching) -> None:
        self.content, self.error = content, None
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()


def _create(workspace: Workspace, title: str, module: str, lesson: str) -> str:
    with workspace.work():
        course = workspace.courses.create_course(title)
        workspace.courses.add_lesson(workspace.courses.add_module(course, module), lesson)
    return course
