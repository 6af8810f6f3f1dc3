"""The roster of a course: who learns, how far they are, when they were last here; filtered and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.errors import DiskFull, LmsError, StorageError
from lms_core.learning.model import RosterEntry
from lms_core.permissions import LEFT
from lms_core.rest.students import StudentsApi
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.PEOPLE, Topic.DRAFTS, Topic.SYNC})
AT_RISK_MS = 14 * 86_400_000
GROUPS = ("all", "active", "at_risk", "completed", "dropped")
COLUMNS = ("name", "email", "status", "percent", "minutes", "last_active", "best_score", "unproved", "late")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Roster:
    """The learners of a course, and how old the figures are (ms of the last sync, None: never)."""

    course_id: str
    title: str
    people: tuple[RosterEntry, ...]
    as_of: int | None
    now: int


def load(workspace: Workspace, course: str) -> Roster:
    """Read the roster."""
    return Roster(
        course,
        workspace.courses.draft(course).title,
        tuple(workspace.learning.roster(course)),
        workspace.sync.status().last_synced_at,
        workspace.clock.ms(),
    )


def group_of(person: RosterEntry, now: int) -> str:
    """The group that a learner stands in; `at_risk` are those who have not been here for two weeks."""
    if person.status in LEFT:
        return "dropped"
    if person.status == "suspended":
        return person.status
    if person.status == "completed" or person.percent >= 100:
        return "completed"
    return "at_risk" if now - (person.last_active_at or 0) > AT_RISK_MS else "active"


def as_csv(people: Sequence[RosterEntry], header: Sequence[str] = COLUMNS) -> str:
    """The people as CSV. A text that a spreadsheet would run as a formula gets an apostrophe (OWASP CSV injection)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for p in people:
        seen = ""
        if p.last_active_at:
            seen = datetime.fromtimestamp(p.last_active_at / 1000, UTC).isoformat(timespec="seconds")
        score = "" if p.best_score is None else f"{p.best_score:g}"
        row = (p.name, p.email, p.status, f"{p.percent:g}", str(p.seconds // 60), seen, score, str(p.unproved),
               str(p.late))  # fmt: skip
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return out.getvalue()


class PeopleModel(QObject):
    """State of the page. `rows` are the people that the filter lets through."""

    changed = Signal()
    exported = Signal(str, int)
    """A file was written: its path and how many people are in it."""
    suspended = Signal(str, bool)
    """Somebody was suspended, or may go on: the name and which."""

    def __init__(
        self,
        store: Store,
        course: str,
        sync_now: Callable[[], object] = lambda: None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._sync_now = store, sync_now
        self.course = course
        self.roster: Roster | None = None
        self.error: LmsError | None = None
        self.query = ""
        self.group = "all"
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, lambda workspace: load(workspace, self.course), self._on_loaded, self._on_failed)

    @property
    def rows(self) -> tuple[RosterEntry, ...]:
        """The people to show."""
        if self.roster is None:
            return ()
        words = self.query.casefold().split()
        return tuple(
            p
            for p in self.roster.people
            if self.group in ("all", group_of(p, self.roster.now))
            and all(word in f"{p.name} {p.email}".casefold() for word in words)
        )

    @property
    def groups(self) -> tuple[str, ...]:
        """Those to choose from; the suspended only where there are any."""
        return (*GROUPS, "suspended") if self.count("suspended") or self.group == "suspended" else GROUPS

    def person(self, user: str) -> RosterEntry | None:
        """A learner by the id of the account."""
        return next((p for p in self.rows if p.user_id == user), None)

    def suspend(self, person: RosterEntry, *, on: bool) -> None:
        """Keep somebody from learning the course, or let them go on; the server must be reached."""
        workspace, course = self._store.workspace, self.course

        def done(_: None) -> None:
            self.error = None
            self._sync_now()
            self.changed.emit()
            self.suspended.emit(person.name or person.email, on)

        def work() -> None:
            StudentsApi(workspace.online()).set_suspended(course, person.user_id, suspended=on)

        self._store.pool(self, work, done, self._on_failed)

    def count(self, group: str) -> int:
        """How many people stand in a group."""
        if self.roster is None:
            return 0
        return sum(group in ("all", group_of(p, self.roster.now)) for p in self.roster.people)

    def search(self, query: str) -> None:
        """Narrow by name or e-mail address."""
        self.query = query
        self.changed.emit()

    def choose(self, group: str) -> None:
        """Show one group."""
        self.group = group
        self.changed.emit()

    def export(self, path: Path, header: Sequence[str] = COLUMNS) -> None:
        """Write the people shown to a CSV file; an older file stays whole when the disk is full."""
        people = self.rows
        self._store.pool(self, lambda: _write(path, as_csv(people, header)), self._on_exported, self._on_failed)

    def _on_exported(self, path: Path) -> None:
        self.exported.emit(str(path), len(self.rows))

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, roster: Roster) -> None:
        self.roster, self.error = roster, None
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()


def _write(path: Path, text: str) -> Path:
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8-sig", newline="")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        if error.errno == 28:
            raise DiskFull(path=str(path)) from error
        raise StorageError("file_unwritable", path=str(path)) from error
    return path
