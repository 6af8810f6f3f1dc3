"""What a learner meets first: where to go on, what is due, how the week went and what is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from desktop_lms.words import language
from lms_core.changes import Changes, Topic
from lms_core.content.text import reading_minutes
from lms_core.courses.model import Card
from lms_core.courses.plan import PlannedLesson
from lms_core.errors import LmsError
from lms_core.learning.model import Continue, CourseState, Day, Goal, Note
from lms_core.notifications.model import Notification
from lms_core.ports import LOCAL
from lms_core.review.model import Due as Cards
from lms_core.sync.replica import clock
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.ACCOUNT, Topic.COURSES, Topic.LEARNING, Topic.NOTES, Topic.ASSESSMENT, Topic.SETTINGS,
                    Topic.REVIEW, Topic.INBOX})  # fmt: skip
STEPS = "steps.today"
DUE, OTHERS, FRESH, NOTES, AHEAD, TOLD = 4, 3, 3, 3, 3, 3


class Due(msgspec.Struct, frozen=True):
    """A quiz that waits."""

    course_id: str
    course_title: str
    lesson_id: str
    title: str
    questions: int
    minutes: int | None
    running: bool


class Today(msgspec.Struct, frozen=True):
    """Everything the page shows, read in one go."""

    name: str
    now: datetime
    resume: Continue | None
    minutes_left: int
    due: tuple[Due, ...]
    due_total: int
    """How many there are, as far as it matters for whether all are shown."""
    cards: Cards
    week: tuple[Day, ...]
    streak: int
    goals: tuple[Goal, ...]
    ahead: tuple[PlannedLesson, ...]
    """What follows in the course that one is in."""
    others: tuple[CourseState, ...]
    told: tuple[Notification, ...]
    """The last of the inbox that are not read, but for versions, which `updates` has."""
    updates: tuple[Card, ...]
    fresh: tuple[Card, ...]
    notes: tuple[Note, ...]
    titles: dict[str, str]
    steps: dict[str, bool]
    """First steps and whether they are done; none once they were put away, or when all are."""
    clock_off_ms: int = 0

    @property
    def today(self) -> date:
        """The local date."""
        return self.now.date()

    @property
    def is_empty(self) -> bool:
        """Whether the person has no course yet."""
        return self.resume is None and not self.others and not self.due


def load(workspace: Workspace, first_weekday: int) -> Today:
    """Read the page's content in one transaction."""
    with workspace.work():
        return _read(workspace, first_weekday)


def _read(workspace: Workspace, first_weekday: int) -> Today:
    now = workspace.clock.now().astimezone(LOCAL)
    learning = workspace.learning
    courses = learning.my_courses()
    resume = learning.continue_item(courses)
    states = [s for s in courses if s.title]
    waiting = _waiting(workspace)
    versions = {each.course_id: each.version for each in workspace.installed.installed()}
    known = {s.course_id for s in states}
    updates, fresh = workspace.courses.news(versions, known, most=FRESH)
    notes = workspace.notes.all(most=NOTES)
    return Today(
        name=workspace.person.name,
        now=now,
        resume=resume,
        minutes_left=_minutes_left(workspace, resume) if resume else 0,
        due=tuple(_due(workspace, each) for each in waiting[:DUE]),
        due_total=len(waiting),
        cards=workspace.review.due_count(LOCAL),
        week=tuple(workspace.days.week(LOCAL, first_weekday=first_weekday)),
        streak=workspace.days.streak(LOCAL),
        goals=workspace.days.goals(LOCAL, first_weekday=first_weekday),
        ahead=_ahead(workspace, resume),
        others=tuple(s for s in states if not resume or s.course_id != resume.course_id)[:OTHERS],
        told=_told(workspace),
        updates=tuple(updates),
        fresh=tuple(fresh),
        notes=tuple(notes),
        titles=workspace.notes.titles(notes),
        steps=_steps(workspace, courses, noted=bool(notes)),
        clock_off_ms=_clock_off(workspace),
    )


def _told(workspace: Workspace) -> tuple[Notification, ...]:
    """Announcements, results, certificates and the like that were not read."""
    _, told = workspace.inbox.list(unread=True, language=language(), limit=5 * TOLD)
    return tuple(each for each in told if each.kind != "course_update")[:TOLD]


def _ahead(workspace: Workspace, resume: Continue | None) -> tuple[PlannedLesson, ...]:
    """Lessons behind the one to go on with that are not done; quizzes stand among what is due."""
    if resume is None:
        return ()
    lessons = workspace.installed.plan(resume.course_id).lessons
    at = next((n for n, lesson in enumerate(lessons) if lesson.id == resume.lesson_id), len(lessons))
    states = workspace.learning.lesson_states(resume.course_id)
    done = {name for name, state in states.items() if state.status == "done"}
    return tuple(x for x in lessons[at + 1 :] if x.id not in done and x.kind != "quiz")[:AHEAD]


def _steps(workspace: Workspace, courses: Sequence[CourseState], *, noted: bool) -> dict[str, bool]:
    if workspace.choices.get(STEPS):
        return {}
    steps = {
        "join": bool(courses),
        "lesson": any(course.last_lesson for course in courses),
        "note": noted,
        "quiz": workspace.assessment.handed_in(),
    }
    if all(steps.values()):
        workspace.choices.set(STEPS, True)
        return {}
    return steps


def _clock_off(workspace: Workspace) -> int:
    with workspace.work() as unit:
        return clock.off_by(unit)


def _minutes_left(workspace: Workspace, resume: Continue) -> int:
    whole = resume.minutes
    if not whole:  # installed by an earlier version
        lesson = workspace.installed.document(resume.course_id).lesson(resume.lesson_id)
        whole = reading_minutes(lesson.body) if lesson else 0
    return max(1, round(whole * (100 - resume.seen) / 100)) if whole else 0


def _waiting(workspace: Workspace) -> list[tuple[str, str, str, str]]:
    """Quizzes that go on, a second try and one of an older version too, then the first of those not yet handed in."""
    going = []
    for course, lesson, pack in workspace.assessment.running():
        if workspace.media.has(pack):
            document = workspace.installed.open(pack)
            found = document.lesson(lesson)
            going.append((course, document.title, lesson, found.title if found else ""))
    begun = {lesson for _, _, lesson, _ in going}
    return going + [each for each in workspace.learning.quizzes_to_do(DUE + 1 + len(begun)) if each[2] not in begun]


def _due(workspace: Workspace, item: tuple[str, str, str, str]) -> Due:
    course, course_title, lesson, title = item
    try:
        attempt = workspace.assessment.resume(lesson)
        quiz = attempt.assessment if attempt else workspace.assessment.assessment(lesson)
    except LmsError:
        return Due(course, course_title, lesson, title, 0, None, running=False)
    running = attempt is not None
    return Due(course, course_title, lesson, title, quiz.count, quiz.time_limit_minutes, running=running)


class TodayModel(QObject):
    """State of the page; `content` is None until it was read for the first time."""

    changed = Signal()

    def __init__(self, store: Store, *, first_weekday: int = 0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._first_weekday = first_weekday
        self.content: Today | None = None
        self.error: LmsError | None = None
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        first = self._first_weekday
        self._store.read(self, lambda workspace: load(workspace, first), self._on_loaded, self._on_failed)

    def read(self, told: Notification) -> None:
        """Note that somebody saw what they were told."""
        self._store.run(self, lambda workspace: workspace.inbox.read(told.id))

    def put_steps_away(self) -> None:
        """Show the first steps no more."""
        self._store.run(self, lambda workspace: workspace.choices.set(STEPS, True))

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, content: Today) -> None:
        self.content, self.error = content, None
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()
