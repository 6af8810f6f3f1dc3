"""One course: what it is, how far one is, where to go on, and whether a newer version is out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from desktop_lms.words import price_words
from lms_core.certificates.shelf import Given
from lms_core.changes import Changes, Topic
from lms_core.content.model import CourseDocument, LessonDoc
from lms_core.content.text import lesson_minutes
from lms_core.courses.model import Card
from lms_core.courses.plan import PlannedLesson
from lms_core.errors import LmsError, NotFound
from lms_core.learning.model import Continue, CourseState, LessonState, LessonStatus
from lms_core.learning.rules import Joining, Reason, can_user_enroll
from lms_core.rest.previews import FreeLesson, PreviewsApi
from lms_core.workspace import Workspace

TOPICS = frozenset({Topic.COURSES, Topic.LEARNING, Topic.ASSESSMENT, Topic.MEDIA})


@dataclass(frozen=True)
class LessonRow:
    """A lesson in the outline; `number` is like 3.2, for quizzes like Q3."""

    id: str
    number: str
    title: str
    kind: str
    minutes: int
    status: LessonStatus
    changed: bool = False
    """Whether an update changed it since the person last opened it."""
    needs: str = ""
    """The lesson that must be done before this one opens, and its number."""
    needs_number: str = ""
    has_lab: bool = False
    """Whether there is something to try out in it."""
    preview: bool = False
    """Whether those who have not joined read it too."""


@dataclass(frozen=True)
class ModuleRow:
    """A module in the outline."""

    number: int
    title: str
    lessons: tuple[LessonRow, ...]

    @property
    def done(self) -> int:
        """How many of its lessons are done."""
        return sum(lesson.status == "done" for lesson in self.lessons)


@dataclass(frozen=True)
class CourseHome:
    """Everything the page shows. `update` is the version that the catalogue has and this machine has not."""

    id: str
    title: str
    subtitle: str
    description: str
    authors: tuple[str, ...]
    language: str
    level: str
    category: str
    license: str
    objectives: tuple[str, ...]
    requirements: tuple[str, ...]
    version: str
    minutes: int
    lessons: int
    state: CourseState
    resume: Continue | None
    modules: tuple[ModuleRow, ...]
    card: Card | None
    update: str
    price: str
    """What it costs, for somebody who cannot join without paying."""
    running: str
    """The quiz that goes on, for an update waits for its end."""
    where: Literal["here", "text", "away"]
    size: int
    certificate: Given
    """Whether one is given, is earned as far as this device knows, or is here."""
    joining: Joining
    sequential: bool
    free: tuple[FreeLesson, ...] = ()
    """The lessons of the version that is here, for somebody who cannot join without paying."""

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the person cannot join."""
        return can_user_enroll(self.joining)

    @property
    def enrolled(self) -> bool:
        """Whether the person takes this course."""
        return self.state.status in ("active", "completed")

    @property
    def resume_number(self) -> str:
        """The number of the lesson to go on with."""
        lesson = self.resume.lesson_id if self.resume else ""
        return next((row.number for module in self.modules for row in module.lessons if row.id == lesson), "")


Locks = Mapping[str, PlannedLesson]


def outline(
    document: CourseDocument, states: dict[str, LessonState], locks: Locks, changed: Collection[str] = ()
) -> tuple[ModuleRow, ...]:
    """The modules of a course with the state of each lesson; `locks` tells what a lesson needs that is not open."""
    modules, quizzes, labels = [], 0, dict[str, str]()
    for number, module in enumerate(document.modules, 1):
        rows, texts = [], 0
        for lesson in module.lessons:
            quizzes += lesson.kind == "quiz"
            texts += lesson.kind != "quiz"
            label = f"Q{quizzes}" if lesson.kind == "quiz" else f"{number}.{texts}"
            status = states[lesson.id].status if lesson.id in states else "not_started"
            new, first = lesson.id in changed, locks.get(lesson.id)
            labels[lesson.id] = label
            needs = (first.title, labels.get(first.id, "")) if first else ("", "")
            rows.append(LessonRow(lesson.id, label, lesson.title, lesson.kind, minutes_of(lesson), status, new, *needs,
                                  has_lab=lesson.has_lab, preview=lesson.preview))  # fmt: skip
        modules.append(ModuleRow(number, module.title, tuple(rows)))
    return tuple(modules)


def minutes_of(lesson: LessonDoc) -> int:
    """Minutes a lesson takes: as its author said, else by its length."""
    quiz = lesson.assessment
    if lesson.minutes:
        return lesson.minutes
    return (quiz.time_limit_minutes or quiz.count) if quiz else lesson_minutes(lesson)


def load(workspace: Workspace, course: str) -> CourseHome:
    """Read a course; raises NotFound when neither this machine nor the catalogue has it."""
    state = workspace.learning.course_state(course)
    card = _card(workspace, course)
    joining = workspace.learning.joining(course)
    if not state.installed:
        return _from_card(state, card, joining, workspace.certificates.state_of(course))
    document = workspace.installed.document(course)
    here = workspace.installed.find(course)
    media = {m: workspace.media.has(m.sha256) for m in workspace.downloads.allowed(document).media}
    changed, locks = workspace.downloads.changed_lessons(course), workspace.learning.locks(course)
    modules = outline(document, workspace.learning.lesson_states(course), locks, changed)
    return CourseHome(
        id=course,
        title=document.title,
        subtitle=document.subtitle,
        description=document.description,
        authors=document.authors,
        language=document.language,
        level=document.level,
        category=document.category,
        license=document.license,
        objectives=document.objectives,
        requirements=document.requirements,
        version=document.version,
        minutes=sum(row.minutes for module in modules for row in module.lessons),
        lessons=len(document.lessons()),
        state=state,
        resume=workspace.learning.continue_in(course),
        modules=modules,
        card=card,
        update=card.version if card and card.version != document.version else "",
        price=price_of(joining, card),
        running=next((lesson for of, lesson, _ in workspace.assessment.running() if of == course), ""),
        where="here" if all(media.values()) else "text",
        size=(here.size if here else 0) + sum(m.size for m, is_here in media.items() if is_here),
        certificate=workspace.certificates.state_of(course),
        joining=joining,
        sequential=document.sequential,
        free=_free(document) if price_of(joining, card) else (),
    )


def _free(document: CourseDocument) -> tuple[FreeLesson, ...]:
    found = (FreeLesson(x.id, x.title, x.kind, x.minutes, x.preview) for x in document.lessons())
    return tuple(each for each in found if each.is_shown)


def _card(workspace: Workspace, course: str) -> Card | None:
    try:
        return workspace.courses.card(course)
    except NotFound:
        return None


def price_of(joining: Joining, card: Card | None) -> str:
    """The price that keeps a person from joining; empty when none does."""
    if card is None or "payment_needed" not in can_user_enroll(joining):
        return ""
    return price_words(card.price, card.currency)


def _from_card(state: CourseState, card: Card | None, joining: Joining, certificate: Given) -> CourseHome:
    if card is None:
        raise NotFound
    return CourseHome(
        id=card.id,
        title=card.title,
        subtitle=card.subtitle,
        description=card.description or card.short_description,
        authors=card.authors,
        language=card.language,
        level=card.level,
        category=card.category,
        license="",
        objectives=card.objectives,
        requirements=(),
        version=card.version,
        minutes=card.minutes,
        lessons=card.lessons,
        state=state,
        resume=None,
        modules=(),
        card=card,
        update="",
        price=price_of(joining, card),
        running="",
        where="away",
        size=card.pack_size + card.media_size,
        certificate=certificate,
        joining=joining,
        sequential=False,
    )


def _ignore(error: LmsError) -> None:
    """Without a line to the hub the page does without previews."""


class Sheets(Protocol):
    """Sheets about what of a course lies on this device."""

    def keep(self, course: str) -> None:
        """Ask what is to stay or to come."""

    def update(self, course: str) -> None:
        """Show what a newer version brings."""


class CourseModel(QObject):
    """State of a course's page."""

    changed = Signal()
    left = Signal()
    """The person left the course; `join` undoes it."""

    def __init__(self, store: Store, course: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.course = course
        self.home: CourseHome | None = None
        self.error: LmsError | None = None
        self.previews: tuple[FreeLesson, ...] = ()
        """Lessons of a course that one has not joined, as this device or the hub knows."""
        self._asked = ""
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        course = self.course
        self._store.read(self, lambda workspace: load(workspace, course), self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, home: CourseHome) -> None:
        self.home, self.error = home, None
        self.previews = home.free or self.previews
        self.changed.emit()
        if home.where == "away" and home.price and home.version != self._asked:
            self._asked = home.version
            workspace, course = self._store.workspace, self.course
            self._store.pool(self, lambda: PreviewsApi(workspace.online()).find(course), self._on_previews, _ignore)

    def _on_previews(self, found: tuple[FreeLesson, ...]) -> None:
        self.previews = found
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    def join(self) -> None:
        """Enrol."""
        course = self.course
        self._store.run(self, lambda workspace: workspace.learning.enroll(course), self._on_done)

    def leave(self) -> None:
        """Leave the course; progress and notes stay."""
        course = self.course
        self._store.run(self, lambda workspace: workspace.learning.drop(course), self._on_left)

    def mark(self, lesson: str, *, done: bool) -> None:
        """Mark a lesson as done or as not done."""

        def work(workspace: Workspace) -> None:
            (workspace.learning.complete if done else workspace.learning.reopen)(lesson)

        self._store.run(self, work, self._on_done)

    def _on_done(self, _: object) -> None:
        """What changed is told by the store."""

    def _on_left(self, _: object) -> None:
        self.left.emit()
