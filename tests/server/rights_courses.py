"""Who may call which route of courses, modules, lessons and quizzes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from lms_core.courses.contents import ContentsService
from lms_core.courses.service import CoursesService
from lms_core.permissions import (
    can_manage_course,
    can_read_course,
    is_admin,
    is_anyone,
    is_instructor_or_admin,
    is_lead_instructor,
)
from lms_core.schema import Actor
from tests.server.rights import (
    ADMINS,
    AUTHORS,
    COURSE_READERS,
    EVERYBODY,
    FOREIGN_READERS,
    Case,
    World,
    at,
    body,
    exam_of,
    lead_of,
)

# --- courses
EDITORS, FOREIGN_EDITORS = frozenset({"instructor", "admin"}), FOREIGN_READERS
PUBLIC = EVERYBODY - {"deactivated"}


def _shown(w: World, name: str, foreign: bool) -> str:
    """A published course that nobody changes."""
    return w.published(lead_of(foreign))


def _draft(w: World, name: str, foreign: bool) -> str:
    """A draft that may be changed; a new one for whoever may change it."""
    lead = lead_of(foreign)
    if name in (FOREIGN_EDITORS if foreign else EDITORS):
        return w.course(lead)
    if lead not in w.drafts:
        w.drafts[lead] = w.course(lead)
    return w.drafts[lead]


def _module(w: World, name: str, foreign: bool) -> str:
    return w.draft("").outline(_draft(w, name, foreign)).modules[0].id


def _lesson(w: World, name: str, foreign: bool) -> str:
    return w.draft("").outline(_draft(w, name, foreign)).modules[0].lessons[0].id


def _shown_lesson(w: World, name: str, foreign: bool) -> str:
    return w.draft("").outline(_shown(w, name, foreign)).modules[0].lessons[-1].id


def _shown_module(w: World, name: str, foreign: bool) -> str:
    return w.draft("").outline(_shown(w, name, foreign)).modules[0].id


def _quiz(w: World, name: str, foreign: bool) -> str:
    lesson = _lesson(w, name, foreign)
    with w.opened.hub.unit() as unit:
        courses = CoursesService(lambda: nullcontext(unit))
        courses.change_lesson(lesson, kind="quiz")
        return courses.ensure_assessment(lesson)


def _question(w: World, name: str, foreign: bool) -> str:
    quiz = _quiz(w, name, foreign)
    with w.opened.hub.unit() as unit:
        return CoursesService(lambda: nullcontext(unit)).add_question(quiz, "Why?", options=["a", "b"], correct=[0])


def _first(w: World, name: str, foreign: bool) -> str:
    return w.lesson(_shown(w, name, foreign))


def _held(verb: str, lesson: Callable[..., str]) -> Callable[[World, str, bool], str]:
    """The first content item (`items`) or resource of a lesson."""

    def find(w: World, name: str, foreign: bool) -> str:
        made: Any = getattr(ContentsService(w.opened.hub.unit), verb)(lesson(w, name, foreign))
        return str(made[0].id)

    return find


def _after_free(w: World, name: str, foreign: bool) -> str:
    """A draft before which another course comes."""
    course = _one_draft(w, name, foreign)
    ContentsService(w.opened.hub.unit).require(course, w.free())
    return course


def _one_draft(w: World, name: str, foreign: bool) -> str:
    """A draft that may be changed by all in turn: an account leads only so many courses."""
    return _draft(w, "", foreign)


def _its_lesson(w: World, name: str, foreign: bool) -> str:
    return w.lesson(_one_draft(w, name, foreign))


def _item(w: World, name: str, foreign: bool) -> str:
    return ContentsService(w.opened.hub.unit).add_item(_its_lesson(w, name, foreign), "text", body="Mud.")


def _resource(w: World, name: str, foreign: bool) -> str:
    address = "https://maps.example.org"
    return ContentsService(w.opened.hub.unit).add_resource(_its_lesson(w, name, foreign), "Maps", url=address)


def _about(**path: Any) -> Callable[..., Case]:
    """A case of what only those who may edit the course may do."""
    return lambda said=None: Case(
        can_manage_course, EDITORS, FOREIGN_EDITORS, body(lambda *_: said, **path) if said is not None else at(**path)
    )


def _category(w: World, name: str, foreign: bool) -> str:
    made = w.opened.served.categories.create(Actor("x", "admin"), {"name": f"Category {w.number()}"})
    return made.slug


def _named(w: World, name: str, foreign: bool) -> Any:
    return {"name": f"Category {w.number()}"}


QUESTION = {"text": "Why?", "options": ["a", "b"], "correct": [1]}
_in_course, _in_module, _in_lesson = _about(course=_draft), _about(module=_module), _about(lesson=_lesson)
_in_one = _about(lesson=_its_lesson)
_in_quiz, _in_question = _about(assessment=_quiz), _about(question=_question)

CASES: dict[str, Case] = {
    "GET /categories": Case(is_anyone, EVERYBODY - {"deactivated"}),
    "GET /categories/{name}": Case(is_anyone, EVERYBODY - {"deactivated"}, ask=at(name=lambda *_: "general")),
    "POST /categories": Case(is_admin, ADMINS, ask=body(lambda w, *_: {"name": f"Category {w.number()}"})),
    "PUT /categories/{name}": Case(is_admin, ADMINS, ask=body(_named, name=_category)),
    "PATCH /categories/{name}": Case(is_admin, ADMINS, ask=body(_named, name=_category)),
    "POST /categories/{name}/move": Case(is_admin, ADMINS, ask=body(lambda *_: {}, name=_category)),
    "DELETE /categories/{name}": Case(is_admin, ADMINS, ask=at(name=_category)),
    "GET /courses": Case(is_anyone, PUBLIC),
    "GET /courses/{course}": Case(is_anyone, PUBLIC, PUBLIC, at(course=_shown)),
    "POST /courses": Case(is_instructor_or_admin, AUTHORS, ask=body(lambda w, *_: {"title": f"New {w.number()}"})),
    "PUT /courses/{course}": _in_course({"title": "Another"}),
    "PATCH /courses/{course}": _in_course({"subtitle": "Another"}),
    "DELETE /courses/{course}": _in_course(),
    "POST /courses/{course}/publish": _in_course({}),
    "POST /courses/{course}/clone": Case(
        can_manage_course, EDITORS, FOREIGN_EDITORS, body(lambda w, *_: {"title": f"Copy {w.number()}"}, course=_shown)
    ),
    "GET /courses/facets": Case(is_anyone, EVERYBODY - {"deactivated"}),
    "GET /courses/featured": Case(is_anyone, EVERYBODY - {"deactivated"}),
    "PUT /courses/{course}/featured": Case(
        is_admin, ADMINS, ADMINS, body(lambda *_: {"is_featured": True}, course=_shown)
    ),
    "POST /courses/{course}/unpublish": _in_course(),
    "GET /courses/{course}/versions": Case(can_manage_course, EDITORS, FOREIGN_EDITORS, at(course=_shown)),
    "GET /courses/{course}/instructors": Case(is_anyone, PUBLIC, PUBLIC, at(course=_shown)),
    "POST /courses/{course}/instructors": Case(
        is_lead_instructor, EDITORS, FOREIGN_EDITORS,
        body(lambda w, *_: {"user_id": w.account("admin")}, course=_draft),
    ),
    "GET /modules": Case(
        is_anyone, PUBLIC, PUBLIC, lambda w, name, foreign: ({}, {"params": {"course": _shown(w, name, foreign)}})
    ),
    "GET /modules/{module}": Case(is_anyone, PUBLIC, PUBLIC, at(module=_shown_module)),
    "POST /modules": Case(
        can_manage_course, EDITORS, FOREIGN_EDITORS,
        body(lambda w, name, foreign: {"title": "New", "course": _draft(w, name, foreign)}),
    ),
    "PUT /modules/{module}": _in_module({"title": "Another"}),
    "PATCH /modules/{module}": _in_module({"title": "Another"}),
    "DELETE /modules/{module}": _in_module(),
    "GET /lessons": Case(
        is_anyone, PUBLIC, PUBLIC, lambda w, name, foreign: ({}, {"params": {"course": _shown(w, name, foreign)}})
    ),
    "GET /lessons/{lesson}": Case(is_anyone, PUBLIC, PUBLIC, at(lesson=_shown_lesson)),
    "POST /lessons": Case(
        can_manage_course, EDITORS, FOREIGN_EDITORS,
        body(lambda w, name, foreign: {"title": "New", "module_id": _module(w, name, foreign)}),
    ),
    "GET /lessons/{lesson}/analytics": Case(can_manage_course, EDITORS, FOREIGN_EDITORS, at(lesson=_shown_lesson)),
    "PUT /lessons/{lesson}": _in_lesson({"title": "Another"}),
    "PATCH /lessons/{lesson}": _in_lesson({"title": "Another"}),
    "DELETE /lessons/{lesson}": _in_lesson(),
    "GET /lessons/{lesson}/items": Case(is_anyone, PUBLIC, PUBLIC, at(lesson=_first)),
    "GET /lessons/{lesson}/items/{item}": Case(
        can_read_course, COURSE_READERS, FOREIGN_READERS, at(lesson=_first, item=_held("items", _first)),
        refused=frozenset({401, 404}),
    ),
    "POST /lessons/{lesson}/items": _in_one({"kind": "text", "body": "Sand."}),
    "PUT /lessons/{lesson}/items/{item}": _about(lesson=_its_lesson, item=_item)({"body": "Sea."}),
    "DELETE /lessons/{lesson}/items/{item}": _about(lesson=_its_lesson, item=_item)(),
    "POST /lessons/{lesson}/video": _in_one({"url": "https://vimeo.com/1"}),
    "POST /lessons/{lesson}/pdf": _in_one({"url": "https://example.org/a.pdf"}),
    "GET /lessons/{lesson}/resources": Case(is_anyone, PUBLIC, PUBLIC, at(lesson=_first)),
    "POST /lessons/{lesson}/resources": _in_one({"title": "Maps", "url": "https://maps.example.org"}),
    "GET /resources/{resource}": Case(
        can_read_course, COURSE_READERS, FOREIGN_READERS, at(resource=_held("resources", _first)),
        refused=frozenset({401, 404}),
    ),
    "PUT /resources/{resource}": _about(resource=_resource)(
        {"title": "Maps", "url": "https://maps.example.org"}
    ),
    "DELETE /resources/{resource}": _about(resource=_resource)(),
    "GET /courses/{name}/prerequisites": Case(is_anyone, PUBLIC, PUBLIC, at(name=_shown)),
    "PUT /courses/{name}/prerequisites/{needed}": _about(name=_one_draft, needed=lambda w, *_: w.free())({}),
    "DELETE /courses/{name}/prerequisites/{needed}": Case(
        can_manage_course, EDITORS, FOREIGN_EDITORS, at(name=_after_free, needed=lambda w, *_: w.free())
    ),
    "GET /lessons/{lesson}/assessment": Case(
        can_read_course, COURSE_READERS, FOREIGN_READERS, at(lesson=_shown_lesson)
    ),
    "POST /lessons/{lesson}/assessment": _in_lesson({}),
    "GET /assessments/{assessment}": Case(can_read_course, COURSE_READERS, FOREIGN_READERS, at(assessment=exam_of)),
    "PUT /assessments/{assessment}": _in_quiz({"mode": "practice"}),
    "PATCH /assessments/{assessment}": _in_quiz({"mode": "practice"}),
    "GET /assessments/{assessment}/questions": Case(
        can_read_course, COURSE_READERS, FOREIGN_READERS, at(assessment=exam_of)
    ),
    "POST /assessments/{assessment}/questions": _in_quiz(QUESTION),
    "PUT /questions/{question}": _in_question(QUESTION),
    "DELETE /questions/{question}": _in_question(),
}  # fmt: skip
for _method, _said in (("PUT", {"is_lead": True}), ("PATCH", {"title": "Lead"}), ("DELETE", None)):

    def _teaches(w: World, name: str, foreign: bool) -> str:
        return w.account("assistant" if not foreign else "foreign")

    CASES[f"{_method} /courses/{{course}}/instructors/{{user}}"] = Case(
        is_lead_instructor, EDITORS, FOREIGN_EDITORS,
        _about(course=_draft, user=_teaches)(_said).ask,
        says=frozenset({200, 204} if _method != "DELETE" else {204, 409}),  # 409: the last who leads a course stays
    )  # fmt: skip
for _method in ("GET", "HEAD"):
    CASES[f"{_method} /courses/{{course}}/package"] = Case(
        can_read_course, COURSE_READERS, FOREIGN_READERS, at(course=_shown)
    )
