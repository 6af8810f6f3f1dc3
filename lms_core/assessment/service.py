"""Taking a quiz without a network: every answer is durable at once, handing in is one group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select, update

from lms_core import ops
from lms_core.assessment import entities as e
from lms_core.assessment import tables as t
from lms_core.assessment.model import (
    Attempt,
    Grade,
    OpenAttempt,
    Paper,
    QuestionResult,
    Receipt,
    digest,
    draw,
    score,
    totals,
)
from lms_core.changes import Topic
from lms_core.content.model import AnswerKey, AssessmentDoc, CourseDocument, QuestionDoc
from lms_core.courses.installed import InstallService
from lms_core.errors import LmsError, NotFound, UserError
from lms_core.learning.service import LearningService
from lms_core.ops import Draft, Values
from lms_core.unit import Unit, Work

Missed = Callable[[str, str, Sequence[QuestionDoc], AnswerKey], None]
"""Told the lesson, the course and the questions of a handed-in attempt that were answered wrongly, with their key."""


class AssessmentService:
    """Quizzes of the person of a replica."""

    def __init__(self, work: Work, courses: InstallService, learning: LearningService) -> None:
        self._work = work
        self._courses = courses
        self._learning = learning
        self.missed: Missed | None = None
        """Told what was answered wrongly, set by the workspace."""

    def assessment(self, lesson: str) -> AssessmentDoc:
        """The quiz of an installed lesson; raises NotFound."""
        return _quiz(self._courses.document(self._courses.course_of(lesson)), lesson)

    # --- an attempt that is going on
    def start(self, lesson: str) -> OpenAttempt:
        """Begin an attempt, or go on with the one that is open.

        Raises:
            UserError: `no_attempts_left`, `exam_needs_network` (then `begin` with what the hub hands out).
        """
        running = self.resume(lesson)
        if running:
            return running
        here = self._courses.version_with(lesson)
        quiz = self.assessment(lesson)
        if quiz.mode == "exam":
            raise UserError("exam_needs_network")
        with self._work() as unit:
            number = self._used(unit, quiz.id) + 1
            if quiz.attempts_allowed is not None and number > quiz.attempts_allowed:
                raise UserError("no_attempts_left", allowed=quiz.attempts_allowed)
            self._learning.open_lesson(lesson)
            limit = quiz.time_limit_minutes
            row = unit.new_id()
            values: Values = {
                "id": row, "lesson_id": lesson, "course_id": here.course_id, "assessment_id": quiz.id,
                "pack": here.pack, "version": here.version, "number": number, "started_at": unit.now_ms,
                "deadline_at": unit.now_ms + limit * 60_000 if limit else None,
                "questions": [q.id for q in draw(quiz, row)], "answers": {}, "flags": [], "at": 0, "paper": None,
            }  # fmt: skip
            unit.local(insert(t.open_attempt), [values], topic=Topic.ASSESSMENT)
        return self._now(lesson)

    def begin(self, paper: Paper) -> OpenAttempt:
        """Begin an exam with what the hub handed out; its questions go with the attempt when it is handed in."""
        running = self.resume(paper.lesson_id)
        if running:
            return running
        with self._work() as unit:
            left = None if paper.deadline_at is None else max(0, paper.deadline_at - paper.now)
            values: Values = {
                "id": paper.attempt, "lesson_id": paper.lesson_id, "course_id": paper.course_id,
                "assessment_id": paper.assessment.id, "pack": paper.pack, "version": paper.version,
                "number": paper.number, "started_at": unit.now_ms - (paper.now - paper.started_at),
                "deadline_at": None if left is None else unit.now_ms + left,
                "questions": [q.id for q in draw(paper.assessment, paper.attempt)], "answers": {}, "flags": [],
                "at": 0, "paper": msgspec.to_builtins(paper),
            }  # fmt: skip
            unit.local(insert(t.open_attempt), [values], topic=Topic.ASSESSMENT)
            self._learning.open_lesson(paper.lesson_id)
        return self._now(paper.lesson_id)

    def _used(self, unit: Unit, assessment: str) -> int:
        c = t.attempt.c
        query = select(func.count()).select_from(t.attempt)
        return int(unit.all(query.where(c.assessment_id == assessment, c.user_id == unit.actor.account))[0][0])

    def attempts_left(self, lesson: str) -> int | None:
        """Attempts that are left; None when there is no limit."""
        quiz = self.assessment(lesson)
        if quiz.attempts_allowed is None:
            return None
        with self._work() as unit:
            return max(0, quiz.attempts_allowed - self._used(unit, quiz.id))

    def resume(self, lesson: str) -> OpenAttempt | None:
        """The attempt that is going on, as it stood, also after a crash."""
        with self._work() as unit:
            rows = unit.all(select(t.open_attempt).where(t.open_attempt.c.lesson_id == lesson))
        return self._open(rows[0]) if rows else None

    def _open(self, r: Any) -> OpenAttempt:
        quiz = _paper(r).assessment if r.paper else _quiz(self._courses.open(r.pack), r.lesson_id)
        questions = {q.id: q for q in draw(quiz, r.id)}
        return OpenAttempt(
            id=r.id,
            lesson_id=r.lesson_id,
            course_id=r.course_id,
            assessment=quiz,
            pack=r.pack,
            number=r.number,
            started_at=r.started_at,
            deadline_at=r.deadline_at,
            questions=tuple(questions[q] for q in r.questions if q in questions),
            answers={q: tuple(v) for q, v in r.answers.items()},
            flags=frozenset(r.flags),
            at=r.at,
        )

    def answer(self, lesson: str, question: str, chosen: Iterable[str]) -> OpenAttempt:
        """Keep an answer; it is durable when this returns. After the deadline it is refused (`time_is_up`)."""
        with self._work() as unit:
            row = self._row(unit, lesson)
            if row.deadline_at is not None and unit.now_ms > row.deadline_at:
                raise UserError("time_is_up")
            picked = picked_of(self._open(row).questions, question, chosen)
            answers = {**row.answers, question: picked}
            self._set(unit, lesson, {"answers": answers})
        return self._now(lesson)

    def flag(self, lesson: str, question: str, *, on: bool) -> OpenAttempt:
        """Mark a question to come back to."""
        with self._work() as unit:
            flags = set(self._row(unit, lesson).flags)
            (flags.add if on else flags.discard)(question)
            self._set(unit, lesson, {"flags": sorted(flags)})
        return self._now(lesson)

    def turn_to(self, lesson: str, index: int) -> None:
        """Keep which question is in view."""
        with self._work() as unit:
            self._set(unit, lesson, {"at": index})

    def _row(self, unit: Unit, lesson: str) -> Any:
        rows = unit.all(select(t.open_attempt).where(t.open_attempt.c.lesson_id == lesson))
        if not rows:
            raise NotFound("no_attempt")
        return rows[0]

    def _set(self, unit: Unit, lesson: str, values: Values) -> None:
        unit.local(update(t.open_attempt).where(t.open_attempt.c.lesson_id == lesson).values(values))

    def _now(self, lesson: str) -> OpenAttempt:
        found = self.resume(lesson)
        if found is None:
            raise NotFound("no_attempt")
        return found

    def time_left_ms(self, attempt: OpenAttempt) -> int | None:
        """Milliseconds until the attempt ends by itself; None without a limit."""
        if attempt.deadline_at is None:
            return None
        with self._work() as unit:
            return max(0, attempt.deadline_at - unit.now_ms)

    def abandon(self, lesson: str) -> None:
        """Throw an attempt of a practice quiz away."""
        with self._work() as unit:
            unit.local(delete(t.open_attempt).where(t.open_attempt.c.lesson_id == lesson), topic=Topic.ASSESSMENT)

    # --- handing in
    def submit(self, lesson: str) -> Receipt:
        """Hand in: attempt and answers are one group that stands or falls as a whole.

        A passed quiz is a done lesson; where only the hub can grade, the hub says so (PRG-08).
        """
        with self._work() as unit:
            r = self._row(unit, lesson)
            late = r.deadline_at is not None and unit.now_ms > r.deadline_at
            end = r.deadline_at if late else unit.now_ms
            unit.emit(*handing_in(unit.actor.account, r, end=end, late=late), group=True)
            unit.local(delete(t.open_attempt).where(t.open_attempt.c.lesson_id == lesson), topic=Topic.ASSESSMENT)
            if self._judge(r):
                self._learning.finish(lesson)
            else:
                self._learning.record_position(lesson, percent=100, place={})
        return self.receipt(r.id)

    def receipt(self, attempt: str) -> Receipt:
        """The receipt of a handed-in attempt; raises NotFound."""
        with self._work() as unit:
            rows = unit.all(select(t.attempt).where(t.attempt.c.id == attempt))
        given = self.attempt(attempt)
        answers = {q: chosen for q, chosen in given.answers.items() if chosen}
        code = digest(attempt, answers, given.submitted_at)
        return Receipt(attempt, given.submitted_at, code, len(answers), len(rows[0].questions or ()))

    def hand_in_expired(self) -> int | None:
        """Hand in what ran out of time, also while the app was closed (ATT-05); returns when the next one will."""
        c = t.open_attempt.c
        with self._work() as unit:
            rows = unit.all(select(c.lesson_id, c.deadline_at).where(c.deadline_at.is_not(None)))
            for lesson in (r.lesson_id for r in rows if r.deadline_at <= unit.now_ms):
                self.submit(lesson)
            return min((r.deadline_at for r in rows if r.deadline_at > unit.now_ms), default=None)

    def running(self) -> list[tuple[str, str, str]]:
        """(course, lesson, pack) of the attempts that are going on, of whatever version."""
        c = t.open_attempt.c
        with self._work() as unit:
            return [(*r,) for r in unit.all(select(c.course_id, c.lesson_id, c.pack).order_by(c.started_at))]

    def _judge(self, r: Any) -> bool:
        """Whether this device knows that the attempt is passed: only a practice quiz has its key here (PRG-08).

        What was answered wrongly is told.
        """
        key = self._courses.key(r.pack, r.assessment_id)
        if key is None:
            return False
        try:
            quiz = _quiz(self._courses.open(r.pack), r.lesson_id)
        except LmsError:
            # its version is gone and no network: the hub grades
            return False
        results = score(quiz.questions, r.answers, key)
        wrong = {each.question_id for each in results if not each.correct}
        if self.missed and wrong:
            self.missed(r.lesson_id, r.course_id, [q for q in quiz.questions if q.id in wrong], key)
        return totals(results)[2] >= quiz.pass_percent

    # --- results
    def attempts(self, lesson: str) -> list[Attempt]:
        """Handed-in attempts at a quiz, the latest first."""
        with self._work() as unit:
            c = t.attempt.c
            mine = select(t.attempt).where(c.lesson_id == lesson, c.user_id == unit.actor.account)
            rows = unit.all(mine.order_by(c.submitted_at.desc()))
            grades = self._grades(unit, [r.id for r in rows])
            given: dict[str, dict[str, tuple[str, ...]]] = {}
            for a in unit.all(select(t.answer).where(t.answer.c.attempt_id.in_([r.id for r in rows]))):
                given.setdefault(a.attempt_id, {})[a.question_id] = tuple(a.response or ())
        return [
            Attempt(r.id, lesson, r.number, r.started_at, r.submitted_at, grades.get(r.id), given.get(r.id, {}), r.pack)
            for r in rows
        ]

    def handed_in(self) -> bool:
        """Whether this person has ever handed in a quiz."""
        with self._work() as unit:
            return bool(unit.all(select(t.attempt.c.id).where(t.attempt.c.user_id == unit.actor.account).limit(1)))

    def attempt(self, attempt: str) -> Attempt:
        """One handed-in attempt; raises NotFound."""
        with self._work() as unit:
            rows = unit.all(select(t.attempt.c.lesson_id).where(t.attempt.c.id == attempt))
        found = next((a for r in rows for a in self.attempts(r.lesson_id) if a.id == attempt), None)
        if found is None:
            raise NotFound
        return found

    def _grades(self, unit: Unit, attempts: list[str]) -> dict[str, Grade]:
        """The hub's grades, and where it has not spoken yet the ones this device reckons."""
        out: dict[str, Grade] = {}
        for table, final in ((t.derived_grade, False), (t.grade, True)):
            for r in unit.all(select(table).where(table.c.attempt_id.in_(attempts))):
                results = tuple(QuestionResult(q, *v) for q, v in (r.results or {}).items())
                out[r.attempt_id] = Grade(
                    r.attempt_id, r.lesson_id, r.number, r.score, r.max_score, r.percent, bool(r.passed), final,
                    bool(r.over_limit), r.timing or "", results,
                )  # fmt: skip
        return out

    def key(self, attempt: str) -> AnswerKey | None:
        """Right answers and explanations of a handed-in practice attempt; None where the rule hides them."""
        with self._work() as unit:
            rows = unit.all(select(t.attempt.c.pack, t.attempt.c.assessment_id).where(t.attempt.c.id == attempt))
        return self._courses.key(rows[0].pack, rows[0].assessment_id) if rows else None


def picked_of(questions: Sequence[QuestionDoc], question: str, chosen: Iterable[str]) -> list[str]:
    """The options of an answer, each once. Raises NotFound `no_question`, UserError `bad_choice`."""
    asked = next((q for q in questions if q.id == question), None)
    if asked is None:
        raise NotFound("no_question")
    picked = list(dict.fromkeys(chosen))
    if not {o.id for o in asked.options}.issuperset(picked) or (asked.kind != "multiple" and len(picked) > 1):
        raise UserError("bad_choice", field="answer")
    return picked


def handing_in(me: str, r: Any, *, end: int, late: bool) -> list[Draft]:
    """Attempt and answers of an open attempt that ends at `end`, one group."""
    attempt = {
        "user_id": me, "course_id": r.course_id, "lesson_id": r.lesson_id, "assessment_id": r.assessment_id,
        "pack": r.pack, "number": r.number, "submitted_at": end,
        "started_at": _paper(r).started_at if r.paper else r.started_at,
        "seconds": max(0, end - r.started_at) // 1000, "timed_out": late, "questions": list(r.questions),
    }  # fmt: skip
    drafts = [ops.create(e.ATTEMPT, r.id, attempt)]
    for question in r.questions:
        chosen = r.answers.get(question)
        if chosen:
            values = {"user_id": me, "attempt_id": r.id, "question_id": question, "response": list(chosen)}
            drafts.append(ops.create(e.ANSWER, e.ANSWER.id_for(r.id, question), values))
    return drafts


def _paper(r: Any) -> Paper:
    return msgspec.convert(r.paper, Paper)


def _quiz(document: CourseDocument, lesson: str) -> AssessmentDoc:
    found = document.lesson(lesson)
    if found is None or found.assessment is None:
        raise NotFound("no_quiz")
    return found.assessment
