"""How far somebody is: time, streak and goals, courses, grades and certificates, all from this device."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.analytics.learner import Graded, LearningStatistics, grades_of, statistics_of
from lms_core.certificates.model import Shown
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError
from lms_core.learning.days import sessions_of
from lms_core.learning.model import CourseState, Day, Goal, by_day
from lms_core.permissions import LEARNING
from lms_core.ports import LOCAL
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.LEARNING, Topic.COURSES, Topic.ASSESSMENT, Topic.SETTINGS})
DAYS = 14


class Progress(msgspec.Struct, frozen=True):
    """Everything the page shows, read in one go; `as_of` is the last sync in ms, None without one."""

    today: date
    figures: LearningStatistics
    days: tuple[Day, ...]
    """The last fourteen, today last."""
    week: tuple[Day, ...]
    goals: tuple[Goal, ...]
    goal_minutes: int
    goal_days: int
    courses: tuple[CourseState, ...]
    grades: tuple[Graded, ...]
    """In the order of the attempts."""
    certificates: tuple[Shown, ...]
    as_of: int | None
    has_server: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing was learned yet."""
        return not (self.courses or self.figures.total_time_spent or self.grades or self.certificates)


def load(workspace: Workspace, first_weekday: int) -> Progress:
    """Read the page's content in one transaction."""
    with workspace.work() as unit:
        now = workspace.clock.now().astimezone(LOCAL)
        me = workspace.account
        settings = workspace.personal.settings()
        since = workspace.clock.ms() - (DAYS + 1) * 86_400_000
        spent = by_day(sessions_of(unit, me, since=since), LOCAL)
        days = (now.date() - timedelta(days=n) for n in range(DAYS - 1, -1, -1))
        return Progress(
            today=now.date(),
            figures=statistics_of(unit, me, zone=LOCAL, now_ms=workspace.clock.ms()),
            days=tuple(Day(day, spent.get(day, 0)) for day in days),
            week=tuple(workspace.days.week(LOCAL, first_weekday=first_weekday)),
            goals=workspace.days.goals(LOCAL, first_weekday=first_weekday),
            goal_minutes=settings.goal_minutes,
            goal_days=settings.goal_days,
            courses=tuple(s for s in workspace.learning.my_courses() if s.status in LEARNING and s.title),
            grades=tuple(grades_of(unit, me)),
            certificates=tuple(workspace.certificates.own()),
            as_of=workspace.sync.status().last_synced_at,
            has_server=workspace.transport is not None,
        )


def moment(ms: int) -> datetime:
    """A moment in local time."""
    return datetime.fromtimestamp(ms / 1000, LOCAL)


class ProgressModel(QObject):
    """State of the page; `content` is None until it was read for the first time."""

    changed = Signal()
    exported = Signal()
    """The own data is in a file."""

    def __init__(self, store: Store, *, first_weekday: int = 0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._first_weekday = store, first_weekday
        self.content: Progress | None = None
        self.error: LmsError | None = None
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        first = self._first_weekday
        self._store.read(self, lambda workspace: load(workspace, first), self._on_loaded, self._on_failed)

    def set_goals(self, *, minutes: int, days: int) -> None:
        """Set what one wants to reach, 0 for nothing."""
        self._store.run(
            self,
            lambda workspace: workspace.personal.change_settings(goal_minutes=minutes, goal_days=days),
            fail=self._on_failed,
        )

    def export(self, path: Path) -> None:
        """Write all own data on this device into a zip that other programs read."""
        self._store.run(self, lambda workspace: workspace.export_data(path), self._on_exported, self._on_failed)

    def _on_exported(self, _: object) -> None:
        self.exported.emit()

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, content: Progress) -> None:
        self.content, self.error = content, None
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()
