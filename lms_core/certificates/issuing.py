"""When a certificate is issued: soon after what completed a course, and by a job for what was missed (CER-02)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import select

from lms_core.assessment.tables import grade
from lms_core.certificates import tables as t
from lms_core.courses.publishing import Documents, answer_key
from lms_core.courses.tables import course_card
from lms_core.db.bulk import chunks
from lms_core.learning.entities import ENROLLMENT
from lms_core.learning.tables import enrollment, progress
from lms_core.unit import Effect, Reader, Unit


def required_of(documents: Documents) -> Callable[[Reader, str], Collection[str] | None]:
    """Tell the quizzes that must be passed in a course as it is published; None where its version is not here."""

    def required(reader: Reader, course: str) -> Collection[str] | None:
        found = reader.all(select(course_card.c.pack).where(course_card.c.course_id == course))
        document = documents(found[0].pack) if found and found[0].pack else None
        if document is None:
            return None
        return {x.assessment.id for x in document.lessons() if x.assessment and x.assessment.mode != "practice"}

    return required


def completed_of(documents: Documents) -> Callable[[Reader, str, str], int | None]:
    """Tell when (ms) somebody had first done every lesson of a version of a course, the oldest such version first.

    It follows from the learner's rows and the versions alone, so that a restored hub finds the same moment.
    """

    def completed(reader: Reader, user: str, course: str) -> int | None:
        p, key = progress.c, answer_key.c
        mine = select(p.lesson_id, p.first_done_at).where(p.user_id == user, p.course_id == course)
        done: dict[str, int] = {
            row.lesson_id: row.first_done_at for row in reader.all(mine.where(p.first_done_at.is_not(None)))
        }
        for row in reader.all(select(key.pack).where(key.course_id == course).order_by(key.published_at, key.pack)):
            document = documents(row.pack)
            lessons = {x.id for x in document.lessons()} if document else set()
            if lessons and lessons <= done.keys():
                return max(done[name] for name in lessons)
        return max(done.values(), default=None)

    return completed


def lacking() -> Any:
    """Completed enrolments in courses that give certificates, without one."""
    joined = enrollment.join(course_card, course_card.c.course_id == enrollment.c.course_id)
    joined = joined.outerjoin(t.certificate, t.certificate.c.enrollment_id == enrollment.c.id)
    return (
        select(enrollment.c.id, enrollment.c.user_id, enrollment.c.course_id)
        .select_from(joined)
        .where(enrollment.c.status == "completed", course_card.c.has_certificate, t.certificate.c.id.is_(None))
    )


class Due:
    """Enrolments of which the projector saw that they may have earned a certificate.

    It is no more than a hint in the memory of one process: what a crash loses the job finds.
    """

    def __init__(self) -> None:
        self.effect = Effect(frozenset({"enrollment", "grade"}), self._note)
        self._found: set[str] = set()
        self._turn = threading.Lock()

    def take(self) -> list[str]:
        """Those noted since the last time, which are forgotten here."""
        with self._turn:
            found, self._found = self._found, set()
        return sorted(found)

    def _note(self, unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
        touched, found = set(changed.get("enrollment", ())), set[str]()
        for part in chunks(changed.get("grade", frozenset())):
            graded = unit.all(select(grade.c.user_id, grade.c.course_id).where(grade.c.id.in_(part)))
            touched.update(ENROLLMENT.id_for(row.user_id, row.course_id) for row in graded)
        for part in chunks(sorted(touched)):
            found.update(row.id for row in unit.all(lacking().where(enrollment.c.id.in_(part))))
        with self._turn:
            self._found |= found
