"""Exams at the hub: questions leave it as an attempt starts, with a lease that says until when (SYNC.md section 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text, insert, select

from lms_core.assessment.model import Paper
from lms_core.assessment.tables import attempt
from lms_core.content.model import AssessmentDoc
from lms_core.courses.publishing import exam_paper, read_paper
from lms_core.courses.tables import course_card
from lms_core.errors import NotFound, UserError
from lms_core.learning.tables import enrollment
from lms_core.ops import Values
from lms_core.unit import Unit, Work

if TYPE_CHECKING:
    from lms_core.accounts.model import Caller

HUB_EXAMS = MetaData()
"""Tables that only the hub has; migrations make them."""

exam_lease = Table(
    "exam_lease",
    HUB_EXAMS,
    Column("attempt", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("assessment_id", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("deadline_at", BigInteger),
    Column("answers", Text),
    Index("exam_lease_account", "account", "assessment_id"),
)
"""Who started which attempt, when, and until when; with the answers, in JSON, where it is taken at the hub."""


class Sheet(NamedTuple):
    """A quiz in a version of a course."""

    course_id: str
    lesson_id: str
    pack: str
    version: str
    quiz: AssessmentDoc


class ExamsService:
    """Start exams, in the hub's name."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def start(self, caller: Caller, assessment: str) -> Paper:
        """Begin an attempt and hand its questions out; asked again before its end, the same once more.

        Raises:
            NotFound: `no_quiz`. UserError: `not_enrolled`, `no_attempts_left`.
        """
        me = caller.account
        with self._work() as unit:
            self._check_learner(unit, me, assessment)
            mine = select(exam_lease).where(exam_lease.c.account == me, exam_lease.c.assessment_id == assessment)
            leases = unit.all(mine)
            given = unit.all(select(attempt.c.id).where(attempt.c.user_id == me, attempt.c.assessment_id == assessment))
            done = {row.id for row in given}
            for lease in leases:
                if lease.attempt not in done and (lease.deadline_at is None or unit.now_ms < lease.deadline_at):
                    return _paper(unit, lease, self._row(unit, assessment, lease.pack))
            row = self._row(unit, assessment)
            quiz = row.quiz
            number = len(done | {lease.attempt for lease in leases}) + 1
            if quiz.attempts_allowed is not None and number > quiz.attempts_allowed:
                raise UserError("no_attempts_left", allowed=quiz.attempts_allowed)
            new = _lease(unit, quiz, account=me, pack=row.pack, number=number)
            unit.local(insert(exam_lease), [new])
            (lease,) = unit.all(select(exam_lease).where(exam_lease.c.attempt == new["attempt"]))
            return _paper(unit, lease, row)

    def _check_learner(self, unit: Unit, me: str, assessment: str) -> None:
        course = self._row(unit, assessment).course_id
        mine = select(enrollment.c.status).where(enrollment.c.user_id == me, enrollment.c.course_id == course)
        if not any(row.status != "none" for row in unit.all(mine)):
            raise UserError("not_enrolled")

    def _row(self, unit: Unit, assessment: str, pack: str = "") -> Sheet:
        """The exam in a version, by default the published one."""
        paper, card = exam_paper.c, course_card.c
        query = select(exam_paper, card.version).join(course_card, card.course_id == paper.course_id)
        query = query.where(paper.assessment_id == assessment)
        query = query.where(paper.pack == pack) if pack else query.where(paper.pack == card.pack, card.is_published)
        rows = unit.all(query)
        if not rows:
            raise NotFound("no_quiz")
        found = rows[0]
        return Sheet(found.course_id, found.lesson_id, found.pack, found.version, read_paper(found.body))


def _lease(unit: Unit, quiz: AssessmentDoc, *, account: str, pack: str, number: int) -> Values:
    limit = quiz.time_limit_minutes
    return {
        "attempt": unit.new_id(), "account": account, "assessment_id": quiz.id, "pack": pack, "number": number,
        "started_at": unit.now_ms, "deadline_at": unit.now_ms + limit * 60_000 if limit else None,
    }  # fmt: skip


def _paper(unit: Unit, lease: Any, row: Sheet) -> Paper:
    return Paper(
        attempt=lease.attempt,
        course_id=row.course_id,
        lesson_id=row.lesson_id,
        pack=lease.pack,
        version=row.version,
        number=lease.number,
        started_at=lease.started_at,
        deadline_at=lease.deadline_at,
        now=unit.now_ms,
        assessment=row.quiz,
    )
