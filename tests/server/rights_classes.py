"""Who may call which route of classes: those of the table in rights.py."""

from __future__ import annotations

from lms_core.classes.model import Wish
from lms_core.permissions import can_manage_cohort, is_authenticated, is_cohort_member, is_moderator_or_up
from tests.server.rights import DESK, GONE, SIGNED_IN, Case, World, at, body, lead_of

RUN_CLASS = DESK | {"instructor"}
IN_CLASS = RUN_CLASS | {"enrolled"}
FOREIGN_CLASS = DESK | {"foreign"}


def _class(w: World, name: str, foreign: bool) -> str:
    """A class in which `enrolled` learns and `instructor` teaches, or one of others."""
    classes, desk = w.opened.served.classes, w.caller("admin")
    made = classes.create(desk, Wish(name=f"Class {w.number()}"))
    classes.add_members(desk, made, [w.account("foreign" if foreign else "instructor")], kind="instructor")
    classes.add_members(desk, made, [w.account("admin" if foreign else "enrolled")])
    classes.add_course(desk, made, w.published("admin"))
    return made


CASES = {
    "GET /classes": Case(is_authenticated, SIGNED_IN),
    "POST /classes": Case(is_moderator_or_up, DESK, ask=body(lambda *_: {"name": "8b"})),
    "POST /classes/join": Case(is_authenticated, SIGNED_IN, ask=body(lambda *_: {"code": "no code"}), says=GONE),
    "GET /classes/{class_id}": Case(is_cohort_member, IN_CLASS, FOREIGN_CLASS, at(class_id=_class)),
    "PATCH /classes/{class_id}": Case(
        can_manage_cohort, RUN_CLASS, FOREIGN_CLASS, body(lambda *_: {"term": "Spring"}, class_id=_class)
    ),
    "DELETE /classes/{class_id}": Case(can_manage_cohort, RUN_CLASS, FOREIGN_CLASS, at(class_id=_class)),
    "POST /classes/{class_id}/roll-over": Case(
        is_moderator_or_up, DESK, DESK, body(lambda *_: {"name": "9b"}, class_id=_class)
    ),
    "GET /classes/{class_id}/members": Case(can_manage_cohort, RUN_CLASS, FOREIGN_CLASS, at(class_id=_class)),
    "POST /classes/{class_id}/members": Case(
        can_manage_cohort,
        RUN_CLASS,
        FOREIGN_CLASS,
        body(lambda w, *_: {"people": [w.account("student")]}, class_id=_class),
    ),
    "DELETE /classes/{class_id}/members/{user_id}": Case(
        can_manage_cohort,
        IN_CLASS,
        FOREIGN_CLASS,  # whoever learns there may leave
        at(class_id=_class, user_id=lambda w, _, foreign: w.account("admin" if foreign else "enrolled")),
    ),
    "GET /classes/{class_id}/courses": Case(is_cohort_member, IN_CLASS, FOREIGN_CLASS, at(class_id=_class)),
    "POST /classes/{class_id}/courses": Case(
        can_manage_cohort,
        RUN_CLASS,
        FOREIGN_CLASS,
        body(lambda w, _, foreign: {"course_id": w.published(lead_of(foreign))}, class_id=_class),
    ),
    "DELETE /classes/{class_id}/courses/{course_id}": Case(
        can_manage_cohort,
        RUN_CLASS,
        FOREIGN_CLASS,
        at(class_id=_class, course_id=lambda w, *_: w.published("admin")),
    ),
    "GET /classes/{class_id}/code": Case(can_manage_cohort, RUN_CLASS, FOREIGN_CLASS, at(class_id=_class)),
    "POST /classes/{class_id}/code": Case(
        can_manage_cohort, RUN_CLASS, FOREIGN_CLASS, body(lambda *_: {}, class_id=_class)
    ),
    "DELETE /classes/{class_id}/code": Case(can_manage_cohort, RUN_CLASS, FOREIGN_CLASS, at(class_id=_class)),
}
