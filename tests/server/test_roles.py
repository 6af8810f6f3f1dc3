"""What each role may do at a server, over the interface and from a laptop, and what it may not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lms_core import ops
from lms_core.accounts.passwords import PasswordHasher
from lms_core.courses import entities as e
from lms_core.errors import Denied
from lms_core.permissions import ROLES
from lms_core.workspace import Workspace
from sync_server.config import Settings
from tests.core.school import forge, refusals
from tests.fakes import FakeClock
from tests.server.learners import laptop_of, open_world, sync
from tests.server.people import Client
from tests.server.rights import World, exam_of

Call = tuple[str, str, Any]
CATEGORY = {"name": "Botany"}


@pytest.fixture
def world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    with open_world(data, settings, clock, hasher) as each:
        yield each


def said(who: Client, *calls: Call) -> dict[str, int]:
    """The status of each call."""
    found = {}
    for method, path, body in calls:
        more = {} if body is None else {"json": body}
        found[f"{method} {path}"] = who.ask(method, path, **more).status_code
    return found


def allowed(who: Client, *calls: Call) -> None:
    wrong = {call: status for call, status in said(who, *calls).items() if status >= 300}
    assert wrong == {}


def refused(who: Client, *calls: Call) -> None:
    wrong = {call: status for call, status in said(who, *calls).items() if status not in (403, 404)}
    assert wrong == {}


def staff_calls(world: World) -> list[Call]:
    """What is for managers and administrators."""
    return [("GET", "/users", None), ("POST", "/classes", {"name": f"Class {world.number()}"})]


def admin_calls(world: World) -> list[Call]:
    """What is for administrators alone."""
    somebody = str(world.client.join(f"new{world.number()}").user["id"])
    return [
        ("PUT", f"/users/{somebody}/role", {"role": "instructor"}),
        ("PATCH", f"/users/{somebody}", {"first_name": "Eva"}),
        ("POST", "/categories", {"name": f"Category {world.number()}"}),
        ("GET", "/instructor/approval", None), ("GET", "/audit", None), ("GET", "/system/db-status", None),
        ("PUT", f"/courses/{world.published('foreign')}/featured", {"is_featured": True}),
    ]  # fmt: skip


def author_calls(world: World, course: str) -> list[Call]:
    """What somebody does with an own course."""
    return [
        ("PATCH", f"/courses/{course}", {"subtitle": "A shore"}),
        ("POST", "/modules", {"course": course, "title": "More"}), ("POST", f"/courses/{course}/publish", {}),
        ("GET", f"/courses/{course}/versions", None),
    ]  # fmt: skip


@pytest.mark.postgresql
def test_a_student_learns(world: World, tmp_path: Path, clock: FakeClock) -> None:  # ROL-03
    student, course = world.people["student"], world.free()
    lesson, foreign = world.lesson(course), world.published("instructor")
    allowed(
        student, ("POST", f"/courses/{course}/enroll", None), ("GET", f"/lessons/{lesson}", None),
        ("POST", f"/lessons/{lesson}/progress", {"percent": 100}),
        ("POST", f"/lessons/{lesson}/notes", {"body": "Wind."}), ("POST", f"/lessons/{lesson}/bookmarks", {}),
        ("GET", "/users/me/progress-stats", None), ("GET", "/instructors", None),
    )  # fmt: skip
    learner = world.people["enrolled"]
    allowed(learner, ("POST", f"/exams/{exam_of(world, 'enrolled', False)}/start", None))
    refused(
        student, ("POST", "/courses", {"title": "Mine"}), ("GET", "/instructor/students", None),
        *author_calls(world, foreign), *staff_calls(world), *admin_calls(world),
    )  # fmt: skip
    with laptop_of(world, "student", tmp_path, clock) as laptop:
        laptop.notes.add("Offline.")
        with pytest.raises(Denied):
            laptop.courses.create_course("Mine")


@pytest.mark.postgresql
def test_an_instructor_teaches(world: World, tmp_path: Path, clock: FakeClock) -> None:  # ROL-04
    tess, course, foreign = world.people["instructor"], world.published("instructor"), world.published("foreign")
    world.opened.hub.project()
    allowed(tess, ("POST", "/courses", {"title": "Another"}), *author_calls(world, course))
    allowed(tess, ("GET", "/instructor/students", None), ("GET", "/instructor/courses", None))
    assert tess.get("/instructor/students").json()["results"][0]["name"] == "Enrolled Moyo"
    allowed(tess, ("POST", f"/courses/{world.free()}/enroll", None))
    refused(tess, *author_calls(world, foreign), *staff_calls(world), *admin_calls(world))
    with laptop_of(world, "instructor", tmp_path, clock) as laptop:
        own = laptop.courses.create_course("Kelp")
        forge(laptop, _theft(laptop, foreign))
        sync(world, laptop)
        assert refusals(laptop) == [("course", "forbidden")]
    assert world.draft(own).draft(own).title == "Kelp"


@pytest.mark.postgresql
def test_a_manager_oversees(world: World, tmp_path: Path, clock: FakeClock) -> None:  # ROL-05
    mina, course = world.people["manager"], world.published("instructor")
    allowed(mina, *staff_calls(world))
    allowed(mina, ("GET", "/notifications", None))
    refused(
        mina, ("POST", "/courses", {"title": "Mine"}), *author_calls(world, course), *admin_calls(world),
        ("GET", "/instructor/students", None),
    )  # fmt: skip
    with laptop_of(world, "manager", tmp_path, clock) as laptop:
        with pytest.raises(Denied):
            laptop.courses.create_course("Mine")
        forge(laptop, _theft(laptop, course))
        sync(world, laptop)
        assert refusals(laptop) == [("course", "forbidden")]


@pytest.mark.postgresql
def test_an_administrator_may_all_of_it(world: World) -> None:  # ROL-06
    root, course = world.people["admin"], world.published("instructor")
    allowed(root, ("POST", "/courses", {"title": "Mine"}), *author_calls(world, course))
    allowed(root, *staff_calls(world), *admin_calls(world))
    who = world.client.join("new").user["id"]
    world.opened.served.accounts.set_role("new@school.example", "instructor")
    world.opened.hub.project()
    for action in ("suspend", "reactivate"):
        allowed(root, ("POST", "/instructor/approval", {"user_id": who, "action": action, "reason": "A word."}))


@pytest.mark.parametrize("role", ROLES)
def test_a_forged_role_gains_nothing(world: World, role: str, tmp_path: Path, clock: FakeClock) -> None:  # ROL-13
    """A laptop whose own account row says something else is judged by what the hub knows."""
    with laptop_of(world, "student", tmp_path, clock) as laptop:
        course = laptop.new_id()
        forge(
            laptop, ops.create(e.COURSE, course, {"created_by": laptop.account, "title": "Mine"}),
            ops.Draft("account", laptop.account, "attr", {"field": "role", "value": role}),
        )  # fmt: skip
        sync(world, laptop)
        assert {entity for entity, _ in refusals(laptop)} == {"course", "account"}
    assert world.people["student"].get("/users/me").json()["role"] == "student"


def _theft(laptop: Workspace, course: str) -> ops.Draft:
    return ops.change(e.COURSE, course, "title", "Taken over")
