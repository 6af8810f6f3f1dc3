"""Attempts that are taken at the hub, answer by answer; handed in they are the same rows as those of a laptop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, select, update

from lms_core.accounts.model import Caller
from lms_core.accounts.reading import rows_of
from lms_core.assessment import tables as t
from lms_core.assessment.exams import ExamsService, Sheet, exam_lease
from lms_core.assessment.model import Timing, draw
from lms_core.assessment.service import handing_in, picked_of
from lms_core.content.model import QuestionDoc
from lms_core.courses.publishing import Documents
from lms_core.courses.tables import assessment as drafts
from lms_core.courses.tables import course_card
from lms_core.errors import NotFound, UserError
from lms_core.learning.desk import Look, Shelf, WorkAs
from lms_core.learning.effects import PlanOf
from lms_core.learning.rights import standing_of
from lms_core.learning.service import LearningService
from lms_core.permissions import can_manage_course, is_owner
from lms_core.schema import Actor
from lms_core.unit import Reader, Unit, Work


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt as the hub has it; times in ms. Its questions are shown, without a key, while it goes on."""

    id: str
    user_id: str
    course_id: str
    lesson_id: str
    assessment_id: str
    number: int
    started_at: int
    deadline_at: int | None
    submitted_at: int | None
    timed_out: bool
    answers: Mapping[str, list[str]]
    questions: tuple[QuestionDoc, ...] = ()


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What an attempt is worth; `pending` until the hub has graded it. Results are by question."""

    attempt_id: str
    status: str = "pending"
    score: float | None = None
    max_score: float | None = None
    percent: float | None = None
    passed: bool | None = None
    over_limit: bool = False
    timing: Timing = ""
    results: Mapping[str, tuple[float, float, bool]] = msgspec.field(default_factory=dict)


class _Open(NamedTuple):
    """An attempt that goes on, as `handing_in` takes it."""

    id: str
    course_id: str
    lesson_id: str
    assessment_id: str
    pack: str
    number: int
    started_at: int
    deadline_at: int | None
    answers: dict[str, list[str]]
    drawn: tuple[QuestionDoc, ...]
    paper: None = None

    @property
    def questions(self) -> list[str]:
        """Ids in the order of the attempt."""
        return [question.id for question in self.drawn]


class _Starting(ExamsService):
    """Starts quizzes of every mode."""

    def __init__(self, work: Work, documents: Documents) -> None:
        super().__init__(work)
        self._documents = documents

    def _row(self, unit: Unit, assessment: str, pack: str = "") -> Sheet:
        card = course_card.c
        query = select(drafts.c.lesson_id, card.course_id, card.pack, card.version, card.is_published)
        rows = unit.all(query.join(course_card, card.course_id == drafts.c.course_id).where(drafts.c.id == assessment))
        document = self._documents(pack or rows[0].pack) if rows and (pack or rows[0].is_published) else None
        lesson = document.lesson(rows[0].lesson_id) if document else None
        if document is None or lesson is None or lesson.assessment is None:
            raise NotFound("no_quiz")
        if lesson.assessment.mode == "exam":
            return super()._row(unit, assessment, pack)
        return Sheet(document.course_id, lesson.id, pack or rows[0].pack, document.version, lesson.assessment)


class AttemptsDesk:
    """Take quizzes at the hub, and read what came of it."""

    def __init__(self, *, work: WorkAs, look: Look, plan_of: PlanOf, documents: Documents) -> None:
        self._work, self._look, self._plan_of = work, look, plan_of
        self._documents = documents

    def start(self, caller: Caller, assessment: str) -> Taken:
        """Begin an attempt, or go on with the one that is open.

        Raises:
            NotFound: `no_quiz`. UserError: `not_enrolled`, `no_attempts_left`.
        """
        with self._work(Actor(caller.account, caller.role)) as unit:
            shelf = Shelf(unit, unit.actor, self._plan_of)
            starting = _Starting(lambda: nullcontext(unit), self._documents)
            shelf.learned(starting._row(unit, assessment).lesson_id)
            for lease in _leases(unit, caller, exam_lease.c.assessment_id == assessment):
                self._end(unit, lease)
            paper = starting.start(caller, assessment)
            LearningService(lambda: nullcontext(unit), shelf).open_lesson(paper.lesson_id)
            (lease,) = _leases(unit, caller, exam_lease.c.attempt == paper.attempt)
            if lease.answers is None:
                _keep(unit, paper.attempt, {})
                (lease,) = _leases(unit, caller, exam_lease.c.attempt == paper.attempt)
            return _running(caller, self._open(unit, lease))

    def _end(self, unit: Unit, lease: Any) -> None:
        """Hand in an attempt of the actor's that ran out of time, with the answers that came in time (ATT-05)."""
        if lease.answers is not None and lease.deadline_at is not None and unit.now_ms >= lease.deadline_at:
            self._hand_in(unit, lease)

    def answer(self, caller: Caller, attempt: str, question: str, chosen: Iterable[str]) -> Taken:
        """Keep an answer; the last one to a question counts.

        Raises:
            NotFound: for an attempt of somebody else, `no_attempt`, `no_question`.
            UserError: `attempt_closed`, `time_is_up`, `bad_choice`.
        """
        with self._work(Actor(caller.account, caller.role)) as unit:
            lease = _lease(unit, caller, attempt)
            if _given(unit, attempt) is not None:
                raise UserError("attempt_closed")
            if lease.deadline_at is not None and unit.now_ms >= lease.deadline_at:
                raise UserError("time_is_up")
            now = self._open(unit, lease)
            answers = {**now.answers, question: picked_of(now.drawn, question, chosen)}
            _keep(unit, attempt, answers)
            return _running(caller, now._replace(answers=answers))

    def submit(self, caller: Caller, attempt: str) -> Taken:
        """Hand in; asked again it is handed in already. Raises NotFound."""
        with self._work(Actor(caller.account, caller.role)) as unit:
            given = _given(unit, attempt)
            if given is None:
                self._hand_in(unit, _lease(unit, caller, attempt))
                given = _given(unit, attempt)
            if given is None or not is_owner(caller, given.user_id):
                raise NotFound
            return _taken(unit, given)

    def _hand_in(self, unit: Unit, lease: Any) -> None:
        now = self._open(unit, lease)
        if _given(unit, now.id) is not None:
            return
        late = now.deadline_at is not None and unit.now_ms >= now.deadline_at
        end = now.deadline_at if late and now.deadline_at is not None else unit.now_ms
        unit.emit(*handing_in(unit.actor.account, now, end=end, late=late), group=True)
        shelf = Shelf(unit, unit.actor, self._plan_of)
        LearningService(lambda: nullcontext(unit), shelf).record_position(now.lesson_id, percent=100, place={})

    def attempt(self, caller: Caller, attempt: str) -> Taken:
        """An attempt of the caller's, or one handed in to a course whose students they manage. Raises NotFound."""
        with self._look() as conn:
            given = _given(conn, attempt)
            if given is not None:
                _must_read(conn, caller, given)
                return _taken(conn, given)
        with self._work(Actor(caller.account, caller.role)) as unit:
            lease = _lease(unit, caller, attempt)
            self._end(unit, lease)
            given = _given(unit, attempt)
            return _running(caller, self._open(unit, lease)) if given is None else _taken(unit, given)

    def result(self, caller: Caller, attempt: str) -> Result:
        """What a handed-in attempt is worth, for the same people. Raises NotFound."""
        with self._look() as conn:
            given = _given(conn, attempt)
            if given is None:
                raise NotFound
            _must_read(conn, caller, given)
            rows = rows_of(conn, select(t.grade).where(t.grade.c.attempt_id == attempt))
            if not rows:
                return Result(attempt_id=attempt)
            r = rows[0]
            return Result(
                attempt_id=attempt, status=r.status, score=r.score, max_score=r.max_score, percent=r.percent,
                passed=r.passed, over_limit=bool(r.over_limit), timing=r.timing or "",
                results={question: tuple(worth) for question, worth in (r.results or {}).items()},
            )  # fmt: skip

    def _open(self, unit: Unit, lease: Any) -> _Open:
        sheet = _Starting(lambda: nullcontext(unit), self._documents)._row(unit, lease.assessment_id, lease.pack)
        return _Open(
            lease.attempt, sheet.course_id, sheet.lesson_id, lease.assessment_id, lease.pack, lease.number,
            lease.started_at, lease.deadline_at, msgspec.json.decode(lease.answers or "{}"),
            draw(sheet.quiz, lease.attempt),
        )  # fmt: skip


def _leases(unit: Unit, caller: Caller, *where: Any) -> Any:
    return unit.all(select(exam_lease).where(exam_lease.c.account == caller.account, *where))


def _lease(unit: Unit, caller: Caller, attempt: str) -> Any:
    """The start of an attempt that the caller takes here; one that a laptop takes is its own."""
    found = _leases(unit, caller, exam_lease.c.attempt == attempt)
    if not found or found[0].answers is None:
        raise NotFound("no_attempt")
    return found[0]


def _keep(unit: Unit, attempt: str, answers: Mapping[str, list[str]]) -> None:
    body = msgspec.json.encode(answers).decode()
    unit.local(update(exam_lease).where(exam_lease.c.attempt == attempt).values(answers=body))


def _given(source: Reader | Connection, attempt: str) -> Any | None:
    """The row of a handed-in attempt."""
    return next(iter(rows_of(source, select(t.attempt).where(t.attempt.c.id == attempt))), None)


def _must_read(conn: Connection, caller: Caller, given: Any) -> None:
    who = Actor(caller.account, caller.role)
    membership = standing_of(conn, who, given.course_id).membership
    if not is_owner(caller, given.user_id) and not can_manage_course(who, membership, "can_manage_students"):
        raise NotFound


def _running(caller: Caller, now: _Open) -> Taken:
    return Taken(
        id=now.id, user_id=caller.account, course_id=now.course_id, lesson_id=now.lesson_id,
        assessment_id=now.assessment_id, number=now.number, started_at=now.started_at, deadline_at=now.deadline_at,
        submitted_at=None, timed_out=False, answers=now.answers, questions=now.drawn,
    )  # fmt: skip


def _taken(source: Reader | Connection, r: Any) -> Taken:
    answers = rows_of(source, select(t.answer).where(t.answer.c.attempt_id == r.id))
    return Taken(
        id=r.id, user_id=r.user_id, course_id=r.course_id, lesson_id=r.lesson_id, assessment_id=r.assessment_id,
        number=r.number, started_at=r.started_at, deadline_at=None, submitted_at=r.submitted_at,
        timed_out=bool(r.timed_out), answers={a.question_id: list(a.response or ()) for a in answers},
    )  # fmt: skip
