"""A laptop of somebody who learns a lot: courses that are installed, notes, and a year of study and progress.

The rows stand as a sync left them: written set by set as what the hub told, with the figures that follow from them.
"""

from __future__ import annotations

import atexit
import random
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

from bench.laptop import note_texts
from bench.server import PASSWORD
from bench.words import words
from lms_core.content.model import AssessmentDoc, CourseDocument, LessonDoc, ModuleDoc, OptionDoc, QuestionDoc
from lms_core.content.pack import build_pack
from lms_core.courses.entities import COURSE_CARD
from lms_core.db.bulk import chunks
from lms_core.learning import entities as e
from lms_core.ops import Values
from lms_core.ports import v5_id
from lms_core.schema import Entity
from lms_core.session import Sessions
from lms_core.sync.wire import Doc, Entry
from lms_core.workspace import Workspace

BUILD = Path(__file__).resolve().parents[1] / "build"
GROWTH = 10
CACHE_KIB = 800_000
"""The file is held in memory while it is filled, for rows come in no order."""
DAY_MS, MINUTE_MS = 86_400_000, 60_000
WORDS_OF_A_LESSON, WORDS_OF_A_TITLE = 60, 4
MODULES, QUIZ_EVERY, SESSIONS_A_DAY = 5, 10, 4
SUBJECTS = ("Tides", "Limpets", "Sampling", "Harbours", "Kelp", "Currents", "Birds", "Weather", "Maps", "Boats")


class Size(NamedTuple):
    """How much there is; `times(10)` is ten times as much of everything but the days, in lessons of fewer words."""

    courses: int = 200
    lessons: int = 20_000
    notes: int = 20_000
    days: int = 365
    words: int = WORDS_OF_A_LESSON

    def times(self, factor: int) -> Size:
        """A larger one."""
        much = (self.courses * factor, self.lessons * factor, self.notes * factor)
        return Size(*much, self.days, max(1, self.words // factor))

    def __str__(self) -> str:
        return f"{self.courses:,} courses, {self.lessons:,} lessons, {self.notes:,} notes, {self.days} days"


def library(folder: Path, size: Size = Size(), *, password: str | None = PASSWORD) -> Path:  # noqa: B008 - a tuple
    """Make the profile in a data folder unless it is there; without a password the app opens it by itself."""
    if not (folder / "profiles").exists():
        workspace = Sessions(folder).start_local("Bench", password)
        try:
            fill(workspace, size)
        finally:
            workspace.close()
    return folder


@cache
def grown() -> tuple[Path, Size]:
    """A profile ten times as large without a password, made once for all benchmarks of a process, and its size."""
    BUILD.mkdir(exist_ok=True)
    folder = Path(mkdtemp(prefix="bench-grown-", dir=BUILD))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    size = Size().times(GROWTH)
    return library(folder, size, password=None), size


def shelf(folder: Path, count: int) -> Path:
    """Make a profile of somebody in so many courses of one lesson, none of which is on the machine."""
    if not (folder / "profiles").exists():
        workspace = Sessions(folder).start_local("Bench", None)
        try:
            chance = random.Random(7)
            found, size = words(chance, 200_000), Size(count, count, 0, 1, 1)
            documents = [_document(n, size, chance, found) for n in range(count)]
            me, now = workspace.account, workspace.clock.ms()
            _tell(workspace, COURSE_CARD, "catalog", _cards(documents, now))
            _tell(workspace, e.ENROLLMENT, f"account/{me}", _Year(me, documents, now, 1).enrollments())
        finally:
            workspace.close()
    return folder


def course_id(n: int) -> str:
    """The id of a course."""
    return v5_id("course", str(n))


def lesson_id(n: int, k: int) -> str:
    """The id of one of its lessons."""
    return v5_id("lesson", str(n), str(k))


def fill(workspace: Workspace, size: Size) -> None:
    """Fill an empty profile."""
    chance = random.Random(7)
    found = words(chance, 200_000)
    documents = [_document(n, size, chance, found) for n in range(size.courses)]
    with workspace.work() as unit:
        unit.conn.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KIB}")
    me, now = workspace.account, workspace.clock.ms()
    year = _Year(me, documents, now, size.days)
    _tell(workspace, COURSE_CARD, "catalog", _cards(documents, now))
    _tell(workspace, e.ENROLLMENT, f"account/{me}", year.enrollments())  # before the courses: each is indexed once
    for some in chunks(documents):
        with workspace.work():
            for document in some:
                body = build_pack(document)
                workspace.installed.install_pack(workspace.media.put(body), body)
    for entity, rows in (
        (e.PROGRESS, year.progress()), (e.STUDY_SESSION, year.sessions(chance)),
        (e.NOTE, _notes(me, documents, size, now)),
    ):  # fmt: skip
        _tell(workspace, entity, f"account/{me}", rows)
    while workspace.search.catch_up():
        pass


def _tell(workspace: Workspace, entity: Entity, scope: str, rows: Iterable[tuple[str, Values]]) -> None:
    """Write rows as the hub would have told them; what follows from them follows."""
    entries = [Entry(1, row, entity.name, (1, 1), Doc(values)) for row, values in rows]
    with workspace.work() as unit:
        for some in chunks(entries):
            unit.engine.refold(unit.tx, unit.tx.put_base(scope, some, fresh=False), left=False)


def _document(n: int, size: Size, chance: random.Random, found: list[str]) -> CourseDocument:
    def text(count: int) -> str:
        at = chance.randrange(len(found) - count)
        return " ".join(found[at : at + count])

    lessons = size.lessons // size.courses
    made = [
        LessonDoc(
            lesson_id(n, k), text(WORDS_OF_A_TITLE).capitalize(), body=text(size.words), minutes=8,
            **_quiz(n, k, text) if k % QUIZ_EVERY == QUIZ_EVERY - 1 else {},
        )
        for k in range(lessons)
    ]  # fmt: skip
    each = -(-lessons // MODULES)
    modules = tuple(
        ModuleDoc(f"{n}-{m}", text(WORDS_OF_A_TITLE).capitalize(), lessons=tuple(made[m * each : (m + 1) * each]))
        for m in range(MODULES)
    )
    title = f"{SUBJECTS[n % len(SUBJECTS)]} {n // len(SUBJECTS) + 1}"
    return CourseDocument(course_id(n), "1.0", title, description=text(40), authors=("Tess Harbour",), modules=modules)


def _quiz(n: int, k: int, text: Callable[[int], str]) -> dict[str, Any]:
    options = (OptionDoc("a", text(3)), OptionDoc("b", text(3)))
    questions = tuple(QuestionDoc(f"q{x}", "single", text(8), options=options) for x in range(5))
    return {"kind": "quiz", "assessment": AssessmentDoc(v5_id("quiz", str(n), str(k)), text(3), questions=questions)}


def _cards(documents: Sequence[CourseDocument], now: int) -> Iterator[tuple[str, Values]]:
    for n, each in enumerate(documents):
        yield COURSE_CARD.id_for(each.course_id), {
            "course_id": each.course_id, "title": each.title, "description": each.description, "version": "1.0",
            "is_published": True, "authors": list(each.authors), "lessons": len(each.lessons()),
            "published_at": now - n * DAY_MS,
        }  # fmt: skip


class _Year:
    """What somebody did: half of the lessons of each course are done, one is begun, an hour of study a day."""

    def __init__(self, me: str, documents: Sequence[CourseDocument], now: int, days: int) -> None:
        self._me, self._documents, self._now, self._days = me, documents, now, days
        self._lessons = [(each.course_id, [x.id for x in each.lessons()]) for each in documents]

    def enrollments(self) -> Iterator[tuple[str, Values]]:
        for each in self._documents:
            yield e.ENROLLMENT.id_for(self._me, each.course_id), {
                "user_id": self._me, "course_id": each.course_id, "status": "active",
                "enrolled_at": self._now - self._days * DAY_MS,
            }  # fmt: skip

    def progress(self) -> Iterator[tuple[str, Values]]:
        for n, (course, lessons) in enumerate(self._lessons):
            done = len(lessons) // 2
            for k, lesson in enumerate(lessons[: done + 1]):
                at = self._now - self._days * DAY_MS * (len(lessons) - k) // len(lessons) - n * MINUTE_MS
                over = {"done_at": at + MINUTE_MS, "first_done_at": at + MINUTE_MS, "percent": 100.0}
                yield e.PROGRESS.id_for(self._me, lesson), {
                    "user_id": self._me, "course_id": course, "lesson_id": lesson, "opened_at": at,
                    "position": {"at": k}, **(over if k < done else {"percent": 40.0}),
                }  # fmt: skip

    def sessions(self, chance: random.Random) -> Iterator[tuple[str, Values]]:
        for day in range(self._days):
            course, lessons = self._lessons[chance.randrange(len(self._lessons))]
            for n in range(SESSIONS_A_DAY):
                start = self._now - day * DAY_MS - (n + 1) * 20 * MINUTE_MS
                yield v5_id("session", str(day), str(n)), {
                    "user_id": self._me, "course_id": course, "lesson_id": lessons[n], "start": start, "seconds": 900,
                }  # fmt: skip


def _notes(me: str, documents: Sequence[CourseDocument], size: Size, now: int) -> Iterator[tuple[str, Values]]:
    for n, text in enumerate(note_texts(size.notes, seed=5)):
        course = documents[n % len(documents)]
        lessons = course.modules[n % MODULES].lessons
        lesson = lessons[n % len(lessons)].id if lessons else None
        yield v5_id("note", str(n)), {
            "user_id": me, "course_id": course.course_id, "lesson_id": lesson, "body": text, "tags": [f"tag{n % 40}"],
            "quote": text[:40] if n % 3 == 0 else "", "colour": "amber" if n % 3 == 0 else "",
            "created_at": now - n * size.days * DAY_MS // size.notes,
        }  # fmt: skip
