"""Notifications over HTTP: listed, read, put away, said by administrators, and only one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lms_core.accounts.passwords import PasswordHasher
from lms_core.notifications.notify import notify
from sync_server.config import Settings
from tests.fakes import FakeClock
from tests.server.learners import NONE, laptop_of, open_world, sync
from tests.server.rights import World


@pytest.fixture
def world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    with open_world(data, settings, clock, hasher) as each:
        yield each


def tell(world: World, name: str, event: str = "enrolled", **more: Any) -> None:
    with world.opened.hub.unit() as unit:
        notify(unit, world.account(name), event, **{"values": {"course": "Tides"}} | more)


@pytest.mark.postgresql(soak=True)
def test_one_reads_and_puts_away_what_one_is_told(world: World, clock: FakeClock) -> None:  # NTF-01, NTF-04
    student = world.people["student"]
    tell(world, "student", subject="c1")
    clock.advance(ms=1000)
    tell(world, "student", "course_completed", subject="c1", action_url="course/c1")
    found = student.get("/notifications").json()
    assert (found["count"], found["unread"], found["next"]) == (2, 2, None)
    newest, older = found["results"]
    assert newest | {"id": "", "created_at": ""} == {
        "id": "", "notification_type": "completion", "event": "course_completed", "priority": "normal",
        "title": "You have completed “Tides”", "message": "All its lessons are done. Well done!",
        "action_url": "course/c1", "action_text": "Open the course", "metadata": {"course": "Tides"},
        "created_at": "", "is_read": False, "read_at": None, "is_dismissed": False, "dismissed_at": None,
        "email_sent": False, "email_sent_at": None, "expires_at": None,
    }  # fmt: skip
    read = student.post(f"/notifications/{newest['id']}/read")
    assert (read.status_code, read.json()["is_read"]) == (200, True)
    assert student.post(f"/notifications/{newest['id']}/read").json() == read.json()
    unread = student.get("/notifications", params={"status": "unread"}).json()
    assert ([each["id"] for each in unread["results"]], unread["unread"]) == ([older["id"]], 1)
    assert student.post(f"/notifications/{older['id']}/dismiss").json()["is_dismissed"] is True
    assert student.get("/notifications").json()["count"] == 1
    assert student.get("/notifications", params={"kind": "enrollment"}).json()["count"] == 0
    tell(world, "student", subject="c2")
    assert student.post("/notifications/read-all").json() == {"count": 1}
    assert student.get("/notifications").json()["unread"] == 0


def test_it_is_told_in_the_language_that_is_asked_for(world: World) -> None:
    tell(world, "student")
    found = world.people["student"].get("/notifications", headers={"Accept-Language": "de"}).json()
    assert found["results"][0]["title"] == "Du lernst jetzt „Tides“"


def test_what_is_nobodys_or_wrong(world: World) -> None:
    student, other = world.people["student"], world.people["enrolled"]
    tell(world, "student")
    name = student.get("/notifications").json()["results"][0]["id"]
    for path in (name, NONE, "1"):
        for verb in ("read", "dismiss"):
            assert other.post(f"/notifications/{path}/{verb}").status_code == 404
    assert student.get("/notifications").json()["unread"] == 1
    assert student.get("/notifications", params={"status": "new"}).status_code == 400
    for body in ({}, {"title": "ab"}, {"title": "Later", "kind": "grade"}, {"title": "Later", "days": 0}, [], "x"):
        assert world.people["admin"].post("/notifications", body).status_code == 400
    assert world.people["admin"].post("/notifications", {"title": "a\nb c"}).json()["code"] == "invalid_fields"
    assert world.people["manager"].post("/notifications", {"title": "Later"}).status_code == 403


@pytest.mark.postgresql(soak=True)
def test_an_administrator_tells_everybody_or_a_role(world: World, clock: FakeClock) -> None:  # NTF-02, SEC-12
    admin = world.people["admin"]
    wish = {"kind": "maintenance", "title": "We rest", "message": "From six to seven.", "days": 1}
    assert admin.post("/notifications", wish).json() == {"count": 7}
    clock.advance(ms=1000)
    only = {"title": "A staff meeting", "roles": ["instructor", "manager"], "id": world.uuid()}
    assert admin.post("/notifications", only).json() == {"count": 4}
    assert admin.post("/notifications", only).json() == {"count": 4}  # nobody is told twice
    told = {name: world.people[name].get("/notifications").json()["results"] for name in ("student", "manager")}
    assert [each["title"] for each in told["student"]] == ["We rest"]
    assert [each["title"] for each in told["manager"]][:1] == ["A staff meeting"]
    assert {each["event"] for each in told["manager"]} == {"announcement", "maintenance", "role_changed"}
    meeting, entry = admin.get("/audit", params={"action": "announced"}).json()["results"]
    assert meeting["after"]["title"] == "A staff meeting"
    assert entry["after"] == {"kind": "maintenance", "title": "We rest", "roles": [], "people": 7}
    clock.advance(ms=86_400_001)
    assert world.client.sign_in("student").get("/notifications").json()["count"] == 0


def test_what_is_read_here_is_read_on_the_laptop(world: World, tmp_path: Path, clock: FakeClock) -> None:  # NTF-08
    tell(world, "student")
    with laptop_of(world, "student", tmp_path, clock) as laptop:
        assert laptop.inbox.unread() == 1
        world.people["student"].post("/notifications/read-all")
        sync(world, laptop)
        assert laptop.inbox.unread() == 0
        laptop.inbox.dismiss(laptop.inbox.list()[1][0].id)
        sync(world, laptop)
    assert world.people["student"].get("/notifications").json()["count"] == 0


def test_members_of_a_class_and_learners_of_its_courses_are_told(world: World) -> None:  # ACC-20, ENR-01
    desk = world.people["manager"]
    name = desk.post("/classes", {"name": "8b"}).json()["id"]
    desk.post(f"/classes/{name}/members", {"people": ["student@school.example"]})
    desk.post(f"/classes/{name}/courses", {"course_id": world.free()})
    world.opened.hub.project()
    told = world.people["student"].get("/notifications").json()["results"]
    assert {each["event"]: each["metadata"] for each in told}["class_joined"] == {"class": "8b"}
    assert [each["action_url"] for each in told if each["event"] == "enrolled"] == [f"course/{world.free()}"]
    code = desk.post(f"/classes/{name}/code", {}).json()["code"]
    world.people["enrolled"].post("/classes/join", {"code": code})
    told = world.people["enrolled"].get("/notifications").json()["results"]
    assert "class_joined" not in {each["event"] for each in told}  # whoever joins by a code knows it
