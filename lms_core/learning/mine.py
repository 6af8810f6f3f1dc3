"""What somebody learns and teaches, as a whole: it is small, and asked for with nearly everything else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import msgspec
from sqlalchemy import bindparam, select

from lms_core.cache import Memory
from lms_core.courses.tables import course_instructor
from lms_core.learning.rights import Standing
from lms_core.learning.tables import enrollment
from lms_core.permissions import is_enrolled
from lms_core.schema import Actor, Row

_c, _m = enrollment.c, course_instructor.c
_JOINED = select(_c.course_id, _c.user_id, _c.status, _c.payment_status).where(_c.user_id == bindparam("me"))
_TAUGHT = select(
    _m.course_id, _m.user_id, _m.is_active, _m.is_lead, _m.can_edit_content, _m.can_manage_students,
    _m.can_view_analytics,
).where(_m.user_id == bindparam("me"))  # fmt: skip
ROW_BYTES = 500

_ByCourse = Mapping[str, Row]


class Mine(msgspec.Struct, frozen=True):
    """Somebody's enrolments and memberships by course, as far as rights look at them."""

    who: Actor | None = None
    enrollments: _ByCourse = {}
    memberships: _ByCourse = {}

    def standing(self, card: Row | None, course: str) -> Standing:
        """What they have to do with a course."""
        return Standing(self.who, card, self.enrollments.get(course), self.memberships.get(course))

    def learns(self, course: str) -> bool:
        """Whether they are enrolled in a course."""
        return is_enrolled(self.who, self.enrollments.get(course))


def mine(reader: Memory, who: Actor | None) -> Mine:
    """What somebody, or a guest, learns and teaches."""
    if who is None:
        return Mine()
    key, of = f"user:{who.account}:courses", (f"account/{who.account}",)
    joined, taught = reader.get(key, partial(_read, reader, who.account), of=of, weigh=_weight)
    return Mine(who, joined, taught)


def _read(reader: Memory, account: str) -> tuple[_ByCourse, _ByCourse]:
    joined, taught = (
        {row.course_id: dict(row._mapping) for row in reader.all(query, {"me": account})}
        for query in (_JOINED, _TAUGHT)
    )
    return joined, taught


def _weight(found: tuple[_ByCourse, _ByCourse]) -> int:
    return ROW_BYTES * (1 + sum(map(len, found)))
