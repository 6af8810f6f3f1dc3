"""Classes over HTTP and on laptops: made, joined, taught, carried into the next term."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from lms_core.accounts.passwords import PasswordHasher
from lms_core.entities import SCHEMA, hub_effects
from lms_core.media.store import MediaStore
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import PACKS, Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import Client
from tests.server.rights import World

TERM = {"name": "8b", "term": "Autumn 2026", "starts_on": "2026-09-01", "ends_on": "2027-01-29"}


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    effects = hub_effects(MediaStore(data / PACKS))
    with open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as each:
        yield each


@pytest.fixture
def world(opened: Opened, settings: Settings) -> Iterator[World]:
    with TestClient(create_app(settings, opened.served), raise_server_exceptions=False) as http:
        yield World(opened, Client(http))


def made(world: World, **changes: Any) -> str:
    answer = world.people["manager"].post("/classes", TERM | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def learns(world: World, name: str) -> set[str]:
    """The courses that somebody is enrolled in, as the hub shows them."""
    from sqlalchemy import select

    from lms_core.db.engine import read
    from lms_core.learning.tables import enrollment

    world.opened.hub.project()
    with read(world.opened.hub.engine) as conn:
        mine = enrollment.c.user_id == world.account(name), enrollment.c.status == "active"
        return set(conn.scalars(select(enrollment.c.course_id).where(*mine)))


@pytest.mark.postgresql(soak=True)
def test_a_code_lets_students_in_and_they_learn_what_the_class_learns(world: World) -> None:  # ACC-20
    teacher, student = world.people["instructor"], world.people["student"]
    name = made(world)
    people = {"people": ["instructor@school.example"], "kind": "instructor"}
    assert world.people["manager"].post(f"/classes/{name}/members", people).json() == {"added": 1}
    course = world.published("instructor")
    assert teacher.post(f"/classes/{name}/courses", {"course_id": course}).status_code == 204
    code = teacher.post(f"/classes/{name}/code", {}).json()
    assert teacher.get(f"/classes/{name}/code").json() == code
    typed = code["code"].lower().replace("-", " ")
    joined = student.post("/classes/join", {"code": typed}).json()
    assert (joined["id"], joined["mine"], joined["students"], joined["courses"]) == (name, "student", 1, 1)
    assert course in learns(world, "student")
    assert student.post("/classes/join", {"code": typed}).status_code == 200
    assert teacher.get(f"/classes/{name}/code").json()["uses_left"] == code["uses_left"] - 1
    assert student.get("/classes").json()["results"][0]["name"] == "8b"
    assert [m["kind"] for m in teacher.get(f"/classes/{name}/members").json()["results"]] == ["instructor", "student"]
    assert student.get(f"/classes/{name}/members").status_code == 403
    assert student.get(f"/classes/{name}/courses").json()[0]["course_id"] == course


def test_a_course_that_comes_later_reaches_who_is_there(world: World) -> None:
    name, admin = made(world), world.people["admin"]
    admin.post(f"/classes/{name}/members", {"people": [world.account("student")]})
    course = world.published("instructor")
    assert course not in learns(world, "student")
    admin.post(f"/classes/{name}/courses", {"course_id": course})
    assert course in learns(world, "student")
    assert admin.delete(f"/classes/{name}/courses/{course}").status_code == 204
    assert course in learns(world, "student"), "what was begun goes on"
    assert admin.delete(f"/classes/{name}/courses/{course}").status_code == 404


@pytest.mark.postgresql(soak=True)
def test_the_next_term_takes_along_what_it_is_told_to(world: World) -> None:
    admin, name = world.people["admin"], made(world)
    for kind, who in (("instructor", "instructor"), ("student", "student")):
        admin.post(f"/classes/{name}/members", {"people": [f"{who}@school.example"], "kind": kind})
    admin.post(f"/classes/{name}/courses", {"course_id": world.published("instructor")})
    code = admin.post(f"/classes/{name}/code", {}).json()["code"]
    new = admin.post(f"/classes/{name}/roll-over", {"name": "9b", "term": "Spring 2027", "students": True}).json()
    assert (new["students"], new["instructors"], new["courses"], new["came_from"]) == (1, 1, 1, name)
    assert world.people["student"].post("/classes/join", {"code": code}).json()["code"] == "class_code_unknown"
    assert {c["name"] for c in admin.get("/classes").json()["results"]} == {"9b"}
    assert {c["name"] for c in admin.get("/classes", params={"archived": True}).json()["results"]} == {"8b"}
    assert admin.post(f"/classes/{name}/code", {}).json()["code"] == "class_archived"
    assert admin.ask("PATCH", f"/classes/{name}", json={"archived": False}).json()["archived_at"] is None


def test_a_code_runs_out_by_time_and_by_number(world: World, clock: FakeClock) -> None:
    admin, name = world.people["admin"], made(world)
    code = admin.post(f"/classes/{name}/code", {"days": 2, "uses": 1}).json()["code"]
    assert world.people["student"].post("/classes/join", {"code": code}).status_code == 200
    late = world.people["foreign"].post("/classes/join", {"code": code})
    assert (late.status_code, late.json()["code"]) == (404, "class_code_unknown")
    code = admin.post(f"/classes/{name}/code", {"days": 2}).json()["code"]
    clock.advance(timedelta(days=3))
    again = world.fresh("foreign").post("/classes/join", {"code": code})
    assert again.json()["code"] == "class_code_unknown"
    admin = world.fresh("admin")
    assert admin.get(f"/classes/{name}/code").json() is None
    admin.post(f"/classes/{name}/code", {})
    assert admin.delete(f"/classes/{name}/code").status_code == 204
    assert admin.get(f"/classes/{name}/code").json() is None


def test_asked_twice_it_is_one_class(world: World) -> None:  # API-14
    own = world.uuid()
    assert made(world, id=own) == made(world, id=own) == own
    taken = world.people["admin"].post("/classes", TERM | {"id": own})
    assert taken.status_code == 409
    assert world.people["manager"].get("/classes").json()["count"] == 1


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": "b"}, "name", "bad_length"),
        ({"starts_on": "1.9.2026"}, "starts_on", "date_invalid"),
        ({"starts_on": "2026-02-30"}, "starts_on", "date_invalid"),
        ({"ends_on": "2026-08-01"}, "ends_on", "ends_before_start"),
        ({"term": "x" * 51}, "term", None),
        ({"id": "mine"}, "id", None),
        ({"created_by": "somebody"}, "created_by", None),
    ],
)
def test_what_cannot_be_a_class(world: World, change: dict[str, Any], field: str, code: str | None) -> None:
    refused = world.people["manager"].post("/classes", TERM | change)
    assert refused.status_code == 400
    if code:
        assert refused.json()["details"]["fields"] == {field: [code]}


def test_people_whom_nobody_knows_and_students_who_should_teach(world: World) -> None:
    admin, name = world.people["admin"], made(world)
    unknown = admin.post(f"/classes/{name}/members", {"people": ["student@school.example", "nobody@school.example"]})
    assert (unknown.status_code, unknown.json()["details"]["people"]) == (400, ["nobody@school.example"])
    assert admin.get(f"/classes/{name}").json()["students"] == 0, "all or nobody"
    teach = {"people": ["student@school.example"], "kind": "instructor"}
    assert admin.post(f"/classes/{name}/members", teach).json()["code"] == "no_instructor"
    assert admin.post(f"/classes/{name}/courses", {"course_id": "none"}).status_code == 404
    draft = world.course("instructor")
    assert admin.post(f"/classes/{name}/courses", {"course_id": draft}).json()["code"] == "course_unavailable"


def test_who_leaves_is_out_and_stays_in_the_course(world: World) -> None:
    admin, name, student = world.people["admin"], made(world), world.people["student"]
    admin.post(f"/classes/{name}/courses", {"course_id": world.published("instructor")})
    admin.post(f"/classes/{name}/members", {"people": [world.account("student")]})
    assert student.get("/classes").json()["count"] == 1
    assert learns(world, "student")
    assert student.delete(f"/classes/{name}/members/{world.account('student')}").status_code == 204
    assert student.get("/classes").json()["count"] == 0
    assert student.get(f"/classes/{name}").status_code == 404
    assert learns(world, "student")
