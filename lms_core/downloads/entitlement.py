"""Whether somebody still may open what lies on their device: rights end, what one did and the files stay (OFF-02)."""

from __future__ import annotations

from lms_core.courses.entities import COURSE, COURSE_CARD, COURSE_INSTRUCTOR
from lms_core.courses.rules import instructor_id
from lms_core.errors import Denied
from lms_core.learning.entities import ENROLLMENT
from lms_core.permissions import can_read_course
from lms_core.unit import Unit


def check_open(unit: Unit, course: str) -> None:
    """Raise Denied `enrollment_suspended` or `enrollment_ended` for a course that is closed to the actor.

    A course that no hub has told of is one's own. What lies here comes to life again with the right to it, without
    being fetched.
    """
    me = unit.actor.account
    card = unit.row(COURSE_CARD, COURSE_CARD.id_for(course))
    enrollment = unit.row(ENROLLMENT, ENROLLMENT.id_for(me, course))
    membership = unit.row(COURSE_INSTRUCTOR, instructor_id(course, me))
    suspended = enrollment is not None and enrollment["status"] == "suspended"
    if (card is None and not suspended) or (membership is None and unit.row(COURSE, course) is not None):
        return
    if suspended and not can_read_course(unit.actor, card=None, enrollment=None, membership=membership):
        raise Denied("enrollment_suspended")
    if not can_read_course(unit.actor, card=card, enrollment=enrollment, membership=membership):
        raise Denied("enrollment_ended")
