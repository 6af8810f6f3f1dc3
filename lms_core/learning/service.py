"""What a learner does, without a network: enrol, read, finish, take it back, study."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Table, select

from lms_core import ops
from lms_core.courses.entities import COURSE_INSTRUCTOR
from lms_core.courses.plan import CoursePlan, PlannedLesson
from lms_core.courses.rules import instructor_id
from lms_core.courses.tables import course_card, installed, installed_lesson
from lms_core.errors import Denied, LmsError, NotFound, UserError
from lms_core.learning import entities as e
from lms_core.learning import tables as t
from lms_core.learning.activity import Activity
from lms_core.learning.days import figures_of
from lms_core.learning.due import quizzes_to_do
from lms_core.learning.joining import joining_of
from lms_core.learning.model import (
    Continue,
    CourseState,
    LessonState,
    RosterEntry,
    is_done,
    is_watched,
    percent_done,
    percent_watched,
)
from lms_core.learning.rules import Joining, Reason, can_user_enroll, locked
from lms_core.learning.watching import FILM, seconds_seen, under_device
from lms_core.permissions import LEARNING, LEFT
from lms_core.unit import Unit, Work

MIN_SESSION_S, MAX_STRETCH_S = 5, 86_400


class Lessons(Protocol):
    """The lessons that can be learned on this side: of versions that are installed, or at the hub published."""

    def course_of(self, lesson: str) -> str:
        """The course that a lesson belongs to; raises NotFound."""

    def kind_of(self, lesson: str) -> str:
        """One of LESSON_KINDS; empty for one that is not here."""

    def plan(self, course: str) -> CoursePlan:
        """The lessons of the version that counts here; none where it is not known."""


class LearningService:
    """Enrolment, progress and study time of the actor; `device` names this one, "" where none writes."""

    def __init__(self, work: Work, courses: Lessons, activity: Activity | None = None) -> None:
        self._work, self._courses, self._activity = work, courses, activity
        self.device: Callable[[Any], str] = lambda unit: ""

    # --- enrolment
    def enroll(self, course: str) -> None:
        """Enrol; doing it twice, or on two devices, is one enrolment (ENR).

        Raises:
            UserError: `course_unavailable`, `payment_needed`, `prerequisites_missing`. Denied: `enrollment_suspended`.
        """
        with self._work() as unit:
            self._enroll(unit, course)

    def joining(self, course: str) -> Joining:
        """What `can_user_enroll` looks at, as this machine knows it."""
        with self._work() as unit:
            return joining_of(unit, unit.actor.account, course)

    def _enroll(self, unit: Unit, course: str) -> None:
        me = unit.actor.account
        row = e.ENROLLMENT.id_for(me, course)
        joining = joining_of(unit, me, course)
        reasons = can_user_enroll(joining)
        if "enrolled" in reasons:
            return
        if reasons:
            raise refusal(joining, reasons[0])
        if unit.row(e.ENROLLMENT, row) is None:
            values = {"user_id": me, "course_id": course, "enrolled_at": unit.now_ms}
            unit.emit(ops.create(e.ENROLLMENT, row, values))
        unit.emit(ops.act(e.ENROLLMENT, row, "enroll", expect=joining.status))

    def drop(self, course: str) -> None:
        """Leave a course; progress and notes stay."""
        with self._work() as unit:
            row = e.ENROLLMENT.id_for(unit.actor.account, course)
            now = unit.row(e.ENROLLMENT, row)
            if now and now["status"] in LEARNING:
                unit.emit(ops.act(e.ENROLLMENT, row, "unenroll", expect=now["status"]))

    def enrollment(self, course: str) -> str:
        """none, active, completed, suspended, unenrolled, or dropped as earlier versions said it."""
        with self._work() as unit:
            row = unit.row(e.ENROLLMENT, e.ENROLLMENT.id_for(unit.actor.account, course))
        return str(row["status"]) if row else "none"

    def my_courses(self) -> list[CourseState]:
        """Courses the person learns or has on this machine, the last active first."""
        with self._work() as unit:
            me = unit.actor.account
            joined = t.enrollment.c
            enrolled = {
                course: status
                for course, status in unit.all(select(joined.course_id, joined.status).where(joined.user_id == me))
                if status != "none"
            }
            here = {r.course_id: r for r in unit.all(select(*_named(installed)))}
            titles = {r.course_id: r for r in unit.all(select(*_named(course_card)))}
            figures = figures_of(unit, unit.actor.account)
        wanted = {c for c, status in enrolled.items() if status not in LEFT} | here.keys()
        states = [_state(c, enrolled.get(c, "none"), figures.get(c), here.get(c), titles.get(c)) for c in wanted]
        return sorted(states, key=lambda s: (-(s.last_active_at or 0), s.title.casefold()))

    def course_state(self, course: str) -> CourseState:
        """One course; raises NotFound when it is neither here nor in the catalogue."""
        with self._work() as unit:
            me = unit.actor.account
            row = unit.row(e.ENROLLMENT, e.ENROLLMENT.id_for(me, course))
            here = unit.all(select(installed).where(installed.c.course_id == course))
            card = unit.all(select(course_card).where(course_card.c.course_id == course))
            figure = figures_of(unit, unit.actor.account).get(course)
        if not here and not card:
            raise NotFound("course_away" if row else "not_found")
        status, found = row["status"] if row else "none", here[0] if here else None
        return _state(course, status, figure, found, card[0] if card else None)

    # --- progress
    def lesson_states(self, course: str) -> dict[str, LessonState]:
        """States of the course's lessons that were ever opened."""
        with self._work() as unit:
            return {r.lesson_id: _lesson_state(r) for r in self._progress_of(unit, course)}

    def _progress_of(self, unit: Unit, course: str) -> Sequence[Any]:
        c = t.progress.c
        return unit.all(select(t.progress).where(c.course_id == course, c.user_id == unit.actor.account))

    def lesson_state(self, lesson: str) -> LessonState:
        """State of one lesson."""
        with self._work() as unit:
            rows = unit.all(select(t.progress).where(t.progress.c.id == e.PROGRESS.id_for(unit.actor.account, lesson)))
        return _lesson_state(rows[0]) if rows else LessonState(lesson)

    def open_lesson(self, lesson: str) -> None:
        """Note that the lesson was opened, and enrol where the course is on this machine (ENR-07).

        Raises:
            UserError: `lesson_locked`, or why one cannot enrol. Denied: `enrollment_suspended`.
        """
        with self._work() as unit:
            self._check_open(unit, lesson)
            row = self._progress(unit, lesson)
            unit.emit(ops.change(e.PROGRESS, row, "opened_at", unit.now_ms))
            if self._activity is not None:
                self._activity.note("lesson_open", course=self._courses.course_of(lesson), lesson=lesson)

    def check_open(self, lesson: str) -> None:
        """Raise Denied for a suspended learner, UserError `lesson_locked` while lessons before this one are to do."""
        with self._work() as unit:
            self._check_open(unit, lesson)

    def _check_open(self, unit: Unit, lesson: str) -> None:
        me, course = unit.actor.account, self._courses.course_of(lesson)
        now = unit.row(e.ENROLLMENT, e.ENROLLMENT.id_for(me, course))
        if now and now["status"] == "suspended":
            raise Denied("enrollment_suspended")
        plan = self._courses.plan(course)
        if plan.sequential and unit.row(COURSE_INSTRUCTOR, instructor_id(course, me)) is None:
            needs = locked(plan, done_in(self._progress_of(unit, course))).get(lesson)
            if needs:
                raise UserError("lesson_locked", needs=needs.title)

    def locks(self, course: str) -> dict[str, PlannedLesson]:
        """Lessons that are not open yet, each with the one that must be done first."""
        with self._work() as unit:
            plan = self._courses.plan(course)
            if not plan.sequential or unit.row(COURSE_INSTRUCTOR, instructor_id(course, unit.actor.account)):
                return {}
            return locked(plan, done_in(self._progress_of(unit, course)))

    def _progress(self, unit: Unit, lesson: str) -> str:
        """The progress row of a lesson, made when there is none."""
        me = unit.actor.account
        row = e.PROGRESS.id_for(me, lesson)
        if unit.row(e.PROGRESS, row) is None:
            course = self._courses.course_of(lesson)
            self._enroll(unit, course)
            values = {"user_id": me, "course_id": course, "lesson_id": lesson, "opened_at": unit.now_ms}
            unit.emit(ops.create(e.PROGRESS, row, values))
        return row

    def complete(self, lesson: str) -> None:
        """Mark a lesson as done (PRG-08). Raises UserError `quiz_not_passed`, which a quiz must be; `lesson_locked`."""
        with self._work() as unit:
            self._check_open(unit, lesson)
            if self._courses.kind_of(lesson) == "quiz":
                raise UserError("quiz_not_passed")
            self.finish(lesson)

    def finish(self, lesson: str) -> None:
        """Note that a lesson is done, a quiz too once it is passed."""
        with self._work() as unit:
            row = self._progress(unit, lesson)
            now = unit.row(e.PROGRESS, row) or {}
            if is_done(now.get("done_at"), now.get("reopened_at")):
                return
            at = max(unit.now_ms, (now.get("reopened_at") or 0) + 1)
            unit.emit(
                ops.change(e.PROGRESS, row, "done_at", at),
                ops.change(e.PROGRESS, row, "first_done_at", at),
                ops.change(e.PROGRESS, row, "percent", 100.0),
            )

    def reopen(self, lesson: str) -> None:
        """Take a completion back."""
        with self._work() as unit:
            row = self._progress(unit, lesson)
            now = unit.row(e.PROGRESS, row) or {}
            if is_done(now.get("done_at"), now.get("reopened_at")):
                at = max(unit.now_ms, now["done_at"])
                unit.emit(ops.change(e.PROGRESS, row, "reopened_at", at))

    def record_position(self, lesson: str, *, percent: float, place: Mapping[str, Any]) -> None:
        """Keep the reading place; `percent` of the lesson seen so far never falls."""
        with self._work() as unit:
            row = self._progress(unit, lesson)
            now = unit.row(e.PROGRESS, row) or {}
            for key, value in under_device(place, self.device(unit)).items():
                if (now.get("position") or {}).get(key) != value:
                    unit.emit(ops.change(e.PROGRESS, row, f"position/{key}", value))
            if percent > (now.get("percent") or 0):
                unit.emit(ops.change(e.PROGRESS, row, "percent", round(min(percent, 100.0), 1)))

    def record_watched(
        self, lesson: str, *, watched: int, total: int, position: int | None = None, film: str = ""
    ) -> None:
        """Keep how many different seconds of a lesson's video were seen, of how many, and where it stands (PRG-02).

        What all devices saw of the `film` counts, and never falls. A video lesson is done at 90 of 100, and not again
        after it was taken back (PRG-08).
        """
        if total <= 0:
            return
        with self._work() as unit:
            row = self._progress(unit, lesson)
            now = unit.row(e.PROGRESS, row) or {}
            place: dict[str, Any] = {} if position is None else {"seconds": max(0, position)}
            place |= {FILM: film} if film else {}
            together = seconds_seen({**(now.get("position") or {}), **place}, total)
            told = {"watched": max(0, together, min(watched, total)), "total": total}
            for name, value in told.items():
                if value > (now.get(name) or 0):
                    unit.emit(ops.change(e.PROGRESS, row, name, min(value, e.MAX_VIDEO_S)))
            self.record_position(lesson, percent=percent_watched(told["watched"], total), place=place)
            if self._courses.kind_of(lesson) == "video" and not now.get("first_done_at") and is_watched(**told):
                self.finish(lesson)

    def write_memo(self, lesson: str, text: str, *, base: str | None = None) -> None:
        """Change the memo of a lesson, a short text with its progress (PRG-01); `base` is what its writer saw."""
        with self._work() as unit:
            row = self._progress(unit, lesson)
            base = (unit.row(e.PROGRESS, row) or {}).get("notes") or "" if base is None else base
            if text != base:
                unit.emit(ops.edit_text(e.PROGRESS, row, field="notes", base=base, text=text))

    def record_session(self, lesson: str, *, start_ms: int, seconds: int) -> None:
        """Keep a stretch of active study; shorter ones than five seconds are dropped, long ones cut into four hours.

        Raises:
            UserError: `time_implausible` for more than a day at once, or for what is still to come (PRG-06).
        """
        if seconds < MIN_SESSION_S:
            return
        if seconds > MAX_STRETCH_S:
            raise UserError("time_implausible")
        with self._work() as unit:
            course = self._courses.course_of(lesson)
            while seconds > 0:
                part = min(seconds, e.MAX_SESSION_S)
                values = {
                    "user_id": unit.actor.account, "course_id": course, "lesson_id": lesson, "start": start_ms,
                    "seconds": part,
                }  # fmt: skip
                unit.emit(ops.create(e.STUDY_SESSION, unit.new_id(), values))
                start_ms, seconds = start_ms + part * 1000, seconds - part

    # --- where to go on
    def continue_item(self, courses: Sequence[CourseState] | None = None) -> Continue | None:
        """The exact place to go on in the course that was active last, or None; `courses` when they are known."""
        for course in self.my_courses() if courses is None else courses:
            if (
                course.installed
                and course.status not in LEFT | {"suspended"}
                and course.lessons_done < course.lessons_total
            ):
                return self.continue_in(course.course_id)
        return None

    def continue_in(self, course: str) -> Continue | None:
        """Where to go on in one course: of lessons that are open and not done the one opened last, else the first."""
        c = installed_lesson.c
        with self._work() as unit:
            lessons = unit.all(
                select(c.id, c.title, c.minutes, installed.c.title.label("course_title"), installed.c.sequential)
                .join(installed, installed.c.course_id == c.course_id)
                .where(c.course_id == course)
                .order_by(c.ord)
            )
            rows = self._progress_of(unit, course)
            shut = self.locks(course) if lessons and lessons[0].sequential else {}
        states = {r.lesson_id: _lesson_state(r) for r in rows}
        opened = {r.lesson_id: r.opened_at or 0 for r in rows}
        todo = [x for x in lessons if states.get(x.id, LessonState(x.id)).status != "done"]
        if not todo:
            return None
        target = max((x for x in todo if x.id not in shut), key=lambda x: opened.get(x.id, 0))
        state = states.get(target.id, LessonState(target.id))
        percent = percent_done(len(lessons) - len(todo), len(lessons))
        stood = (state.position, state.percent, target.minutes, bool(rows))
        return Continue(course, target.course_title, target.id, target.title, percent, *stood)

    def quizzes_to_do(self, most: int | None = None) -> list[tuple[str, str, str, str]]:
        """(course, course title, lesson, lesson title) of quizzes not yet handed in, of courses on this machine.

        With `most` no more courses are looked into, by their titles, than it takes.
        """
        with self._work() as unit:
            return quizzes_to_do(unit, most)

    # --- people
    def roster(self, course: str) -> list[RosterEntry]:
        """Learners of a course as its instructors see them, by name."""
        with self._work() as unit:
            rows = unit.all(select(t.roster_entry).where(t.roster_entry.c.course_id == course))
        people = [
            RosterEntry(
                r.user_id,
                r.name,
                r.email,
                r.status,
                r.percent,
                r.seconds,
                r.last_active_at,
                r.best_score,
                r.unproved or 0,
                r.late or 0,
            )
            for r in rows
        ]
        return sorted(people, key=lambda x: x.name.casefold())


def _lesson_state(row: Any) -> LessonState:
    done = is_done(row.done_at, row.reopened_at)
    status = "done" if done else "in_progress" if row.opened_at else "not_started"
    return LessonState(
        row.lesson_id, status, row.percent or 0.0, row.position or {}, row.done_at if done else None,  # type: ignore[arg-type]
        row.watched or 0, row.total or 0, row.notes or "",
    )  # fmt: skip


def _named(table: Table) -> tuple[ColumnElement[Any], ...]:
    return table.c.course_id, table.c.title, table.c.lessons


def _state(course: str, status: str, figure: Any, here: Any, card: Any) -> CourseState:
    total = here.lessons if here else card.lessons if card else 0
    return CourseState(
        course_id=course,
        title=here.title if here else card.title if card else "",
        status=status,
        percent=figure.percent or 0.0 if figure else 0.0,
        lessons_done=figure.lessons_done if figure else 0,
        lessons_total=figure.lessons_total if figure else total,
        seconds=figure.seconds if figure else 0,
        last_lesson=figure.last_lesson if figure else None,
        last_active_at=figure.last_active_at if figure else None,
        installed=here is not None,
    )


def done_in(rows: Iterable[Any]) -> frozenset[str]:
    """The lessons that are done, of rows of progress."""
    return frozenset(r.lesson_id for r in rows if is_done(r.done_at, r.reopened_at))


def refusal(joining: Joining, reason: Reason) -> LmsError:
    """A reason of `can_user_enroll` as what is raised."""
    if reason == "suspended":
        return Denied("enrollment_suspended")
    if reason == "prerequisites_missing":
        return UserError(reason, titles=", ".join(x.title for x in joining.needed if x.mandatory and not x.met))
    return UserError(reason)
