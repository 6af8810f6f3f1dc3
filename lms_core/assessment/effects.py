"""What follows from a handed-in attempt: its grade, where the answer key is, and the best score in the roster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select

from lms_core import ops
from lms_core.accounts.entities import ACCOUNT
from lms_core.assessment import entities as e
from lms_core.assessment import tables as t
from lms_core.assessment.exams import exam_lease
from lms_core.assessment.model import score, timing, totals
from lms_core.content.model import AnswerKey, AssessmentDoc
from lms_core.courses.entities import ASSESSMENT
from lms_core.courses.publishing import answer_key
from lms_core.db.bulk import chunks
from lms_core.learning import entities as learning
from lms_core.learning.effects import Pair, PlanOf, figures
from lms_core.learning.model import is_done
from lms_core.learning.tables import course_progress, enrollment
from lms_core.notifications.notify import notify
from lms_core.ops import Values
from lms_core.unit import Effect, Unit

Quiz = tuple[AssessmentDoc, AnswerKey]
FindQuiz = Callable[[Unit, str, str], Quiz | None]
"""The quiz and key of an assessment in a pack (unit, pack, assessment), or None where this side has no key."""


def grading(find: FindQuiz) -> Effect:
    """Grade attempts whose answer key this side has: the hub all, a device only practice (SYNC.md section 7).

    At the hub a passed quiz is a done lesson (PRG-08).
    """

    def run(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
        ids = set(changed.get("attempt", ()))
        for part in chunks(sorted(ids)) if not unit.actor.is_hub else ():
            # what was handed in is open no more, also where a restored copy says otherwise
            unit.local(delete(t.open_attempt).where(t.open_attempt.c.id.in_(part)))
        for part in chunks(changed.get("answer", frozenset())):
            ids.update(r.attempt_id for r in unit.all(select(t.answer.c.attempt_id).where(t.answer.c.id.in_(part))))
        quizzes: dict[Pair, Quiz | None] = {}
        for user, assessment in sorted(_series(unit, ids)):
            for number, attempt in enumerate(_in_order(unit, user, assessment), 1):
                wanted = (attempt.pack, assessment)
                if wanted not in quizzes:
                    quizzes[wanted] = find(unit, *wanted)
                found = quizzes[wanted]
                if found and (not unit.actor.is_hub or _genuine(unit, attempt)):
                    _grade(unit, attempt, found, number)

    return Effect(frozenset({"attempt", "answer"}), run)


def _series(unit: Unit, attempts: Collection[str]) -> set[Pair]:
    """Whose attempts at what: one that arrives late moves the numbers of those begun after it (ATT-03)."""
    c = t.attempt.c
    return {
        (r.user_id, r.assessment_id)
        for part in chunks(attempts)
        for r in unit.all(select(c.user_id, c.assessment_id).where(c.id.in_(part)))
    }


def _in_order(unit: Unit, user: str, assessment: str) -> Sequence[Any]:
    c = t.attempt.c
    mine = select(t.attempt).where(c.user_id == user, c.assessment_id == assessment)
    return unit.all(mine.order_by(c.started_at, c.id))


def _done(unit: Unit, attempt: Any) -> None:
    """Note a passed quiz in the learner's progress, unless the lesson was opened again since."""
    row = learning.PROGRESS.id_for(attempt.user_id, attempt.lesson_id)
    now = unit.row(learning.PROGRESS, row) or {}
    at = attempt.submitted_at
    if is_done(now.get("done_at"), now.get("reopened_at")) or (now.get("reopened_at") or 0) >= at:
        return
    if not now:
        keys = {"user_id": attempt.user_id, "course_id": attempt.course_id, "lesson_id": attempt.lesson_id}
        unit.emit(ops.create(learning.PROGRESS, row, {**keys, "opened_at": attempt.started_at}))
    for name, value in (("done_at", at), ("first_done_at", at), ("percent", 100.0)):
        unit.emit(ops.change(learning.PROGRESS, row, name, value))


def _genuine(unit: Unit, attempt: Any) -> bool:
    """Whether the version, the lesson and the quiz that a device named belong to the course that it named."""
    rows = unit.all(select(answer_key.c.course_id).where(answer_key.c.pack == attempt.pack))
    named = (attempt.course_id, attempt.assessment_id)
    return (rows[0].course_id, ASSESSMENT.id_for(attempt.lesson_id)) == named


def _grade(unit: Unit, attempt: Any, found: Quiz, number: int) -> None:
    quiz, key = found
    rows = unit.all(select(t.answer).where(t.answer.c.attempt_id == attempt.id))
    answers = {r.question_id: tuple(r.response or ()) for r in rows}
    # all questions of the version count, whatever list the device sends along
    results = score(quiz.questions, answers, key)
    got, most, percent = totals(results)
    over = quiz.attempts_allowed is not None and number > quiz.attempts_allowed
    passed = percent >= quiz.pass_percent
    when = timing(_deadline(unit, quiz, attempt), contact_at=attempt.contact_at, received_at=attempt.received_at)
    if passed and not over and unit.actor.is_hub:
        _done(unit, attempt)
    if unit.actor.is_hub and quiz.mode != "practice" and unit.row(e.GRADE, e.GRADE.id_for(attempt.id)) is None:
        _tell(unit, attempt, quiz, percent)
    unit.derive(e.GRADE, e.GRADE.id_for(attempt.id), {
        "attempt_id": attempt.id, "user_id": attempt.user_id, "course_id": attempt.course_id,
        "lesson_id": attempt.lesson_id, "assessment_id": attempt.assessment_id, "number": number, "score": got,
        "max_score": most, "percent": percent, "passed": passed,
        "status": "final" if unit.actor.is_hub else "provisional", "over_limit": over,
        "results": {r.question_id: [r.points, r.max_points, r.correct] for r in results},
        "graded_at": attempt.submitted_at, "timing": when,
    })  # fmt: skip


def _tell(unit: Unit, attempt: Any, quiz: AssessmentDoc, percent: float) -> None:
    values: dict[str, str | float] = {"quiz": quiz.title, "percent": round(percent)}
    notify(
        unit,
        attempt.user_id,
        "graded",
        subject=attempt.id,
        values=values,
        action_url=f"lesson/{attempt.course_id}/{attempt.lesson_id}",
    )


def _deadline(unit: Unit, quiz: AssessmentDoc, attempt: Any) -> int | None:
    """When the attempt had to be handed in, as far as the hub judges it: a practice quiz is nobody's race."""
    if not unit.actor.is_hub or quiz.mode == "practice" or quiz.time_limit_minutes is None:
        return None
    leases = unit.all(select(exam_lease.c.deadline_at).where(exam_lease.c.attempt == attempt.id))
    return int(leases[0].deadline_at if leases else attempt.started_at + quiz.time_limit_minutes * 60_000)


def roster(plan_of: PlanOf) -> Effect:
    """Show instructors who learns their course and how far they are; for the hub alone, which sees everybody."""

    def run(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
        for pair, values in figures(unit, _learners(unit, changed), plan_of).items():
            _entry(unit, pair, values)

    return Effect(frozenset({"enrollment", "course_progress", "grade", "account"}), run)


def _learners(unit: Unit, changed: Mapping[str, frozenset[str]]) -> set[Pair]:
    pairs: set[Pair] = set()
    for name, table, key in (
        ("enrollment", enrollment, enrollment.c.id),
        ("course_progress", course_progress, course_progress.c.id),
        ("grade", t.grade, t.grade.c.id),
        ("account", enrollment, enrollment.c.user_id),
    ):
        for part in chunks(changed.get(name, frozenset())):
            rows = unit.all(select(table.c.user_id, table.c.course_id).where(key.in_(part)))
            pairs.update((r.user_id, r.course_id) for r in rows)
    return pairs


def _entry(unit: Unit, pair: Pair, now: Values) -> None:
    user, course = pair
    joined = unit.row(learning.ENROLLMENT, learning.ENROLLMENT.id_for(user, course))
    person = unit.row(ACCOUNT, user)
    if joined is None or person is None or joined["status"] == "none":
        return
    g = t.grade.c
    mine = (g.user_id == user, g.course_id == course, g.over_limit.is_(False))
    best = unit.all(select(func.max(g.percent)).where(*mine))
    timings = Counter(r.timing for r in unit.all(select(g.timing).where(*mine)))
    unit.derive(learning.ROSTER_ENTRY, learning.ROSTER_ENTRY.id_for(course, user), {
        "course_id": course, "user_id": user, "name": f"{person['first_name']} {person['last_name']}".strip(),
        "email": person["email"], "status": joined["status"], "percent": now["percent"], "seconds": now["seconds"],
        "last_active_at": now["last_active_at"], "best_score": best[0][0],
        "unproved": timings["unverified"], "late": timings["late"],
    })  # fmt: skip
