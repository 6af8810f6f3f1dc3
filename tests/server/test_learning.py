"""Learning over HTTP: enrolments, progress, notes and bookmarks, and that laptops see the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from lms_core.accounts.passwords import PasswordHasher
from lms_core.db.engine import read
from lms_core.learning import tables as t
from lms_core.workspace import Workspace
from sync_server.config import Settings
from tests.fakes import FakeClock
from tests.server.learners import NONE, laptop_of, open_world, sync
from tests.server.people import Client
from tests.server.rights import World


@pytest.fixture
def world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    with open_world(data, settings, clock, hasher) as each:
        yield each


@pytest.fixture
def laptop(world: World, tmp_path: Path, clock: FakeClock) -> Iterator[Workspace]:
    """A laptop of `student`."""
    with laptop_of(world, "student", tmp_path, clock) as each:
        yield each


def rows(world: World, table: Table, who: str = "student") -> list[dict[str, Any]]:
    """Somebody's rows at the hub, without ids and whose they are."""
    world.opened.hub.project()
    with read(world.opened.hub.engine) as conn:
        found = conn.execute(select(table).where(table.c.user_id == world.account(who))).mappings()
        return sorted(({k: v for k, v in row.items() if k not in ("id", "user_id")} for row in found), key=str)


def joined(world: World) -> tuple[Client, str, str]:
    """`student`, enrolled in a free course: the client, the enrolment and the lesson."""
    student, course = world.people["student"], world.free()
    answer = student.post(f"/courses/{course}/enroll")
    assert answer.status_code == 200, answer.text
    return student, answer.json()["id"], world.lesson(course)


# --- enrolments
@pytest.mark.postgresql(soak=True)
def test_who_enrols_learns_leaves_and_comes_back(world: World) -> None:  # ENR-01, ENR-09, ENR-10
    student, name, lesson = joined(world)
    slug = student.get(f"/courses/{world.free()}").json()["slug"]
    again = student.post("/enrollments", {"course_id": slug})
    assert (again.status_code, again.json()["id"]) == (201, name)
    assert again.headers["location"] == f"/api/v1/enrollments/{name}"
    found = student.get(f"/enrollments/{name}")
    assert found.json() | {"enrolled_at": "", "title": ""} == {
        "id": name, "user_id": world.account("student"), "course_id": world.free(), "title": "", "status": "active",
        "enrolled_at": "", "percent": 0.0, "lessons_done": 0, "lessons_total": 1, "seconds": 0, "last_lesson": None,
        "last_active_at": None, "payment_status": "free", "completed_at": None,
    }  # fmt: skip
    assert found.json()["enrolled_at"].endswith("Z")
    assert student.get(f"/enrollments/{name}", headers={"If-None-Match": found.headers["etag"]}).status_code == 304
    student.post(f"/lessons/{lesson}/progress", {"percent": 30})
    stale = student.ask("DELETE", f"/enrollments/{name}", headers={"If-Match": '"other"'})
    assert stale.status_code == 412
    left = student.post(f"/enrollments/{name}/unenroll")
    assert (left.status_code, left.json()["status"]) == (200, "unenrolled")
    assert student.delete(f"/enrollments/{name}").status_code == 204
    counts = {x: student.get("/enrollments", params={"status": x}).json()["count"] for x in ("active", "cancelled")}
    assert counts == {"active": 0, "cancelled": 1}, "cancelled is another word for unenrolled"
    assert student.get(f"/lessons/{lesson}/progress").json()["code"] == "not_enrolled"
    assert student.post(f"/courses/{world.free()}/enroll").json()["status"] == "active"
    assert student.get(f"/lessons/{lesson}/progress").json()["percent"] == 30
    listed = student.get("/enrollments", params={"course": world.free()}).json()
    assert (listed["count"], listed["results"][0]["id"]) == (1, name)


def test_what_cannot_be_joined(world: World) -> None:  # ENR-06
    student, paid, draft = world.people["student"], world.published("instructor"), world.course("instructor")
    refused = student.post(f"/courses/{paid}/enroll")
    assert (refused.status_code, refused.json()["code"]) == (400, "payment_needed")
    why = student.get(f"/courses/{paid}/can-enroll").json()
    assert why == {"can_enroll": False, "reasons": ["payment_needed"], "prerequisites": []}
    assert student.get(f"/courses/{world.free()}/can-enroll").json()["can_enroll"] is True
    assert student.get(f"/courses/{draft}/can-enroll").status_code == 404
    for path in (draft, NONE, "tides", "%00"):
        assert student.post(f"/courses/{path}/enroll").status_code == 404
    for body in ({}, {"course_id": 1}, {"course_id": paid, "user_id": world.account("foreign")}, [], "x"):
        assert student.post("/enrollments", body).status_code == 400
    assert student.get("/enrollments").json()["count"] == 0
    assert student.get("/enrollments", params={"status": "left"}).status_code == 400
    for path in (NONE, "1"):
        assert student.get(f"/enrollments/{path}").status_code == 404
        assert student.get(f"/enrollments/{path}/progress").status_code == 404
        assert student.post(f"/enrollments/{path}/unenroll").status_code == 404


# --- progress
def test_how_much_of_a_video_was_seen_never_falls(world: World) -> None:  # PRG-02
    student, _, lesson = joined(world)
    for watched, told in ((30, 25.0), (10, 25.0), (500, 100.0)):
        seen = {"watched": {"watched_seconds": watched, "total_seconds": 120}}
        body = student.post(f"/lessons/{lesson}/progress", seen).json()
        assert (body["completion_percentage"], body["total_seconds"]) == (told, 120)
    assert student.post(f"/lessons/{lesson}/progress", {"watched": {"watched_seconds": 1}}).status_code == 400


def test_a_place_of_many_devices_goes_back_as_it_came(world: World) -> None:  # PRG-02
    student, _, lesson = joined(world)
    row = student.post(f"/lessons/{lesson}/progress", {"percent": 1, "position": {}}).json()["id"]
    seen = {f"{LONG_ID}:seen:{n:016x}": "0-12 30-41" for n in range(30)}  # of one film on as many devices
    back = student.ask("PATCH", f"/progress/{row}", json={"position": seen}).json()["position"]
    assert student.ask("PATCH", f"/progress/{row}", json={"position": back}).json()["position"] == back
    assert seen.items() <= back.items()


LONG_ID = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"


@pytest.mark.postgresql(soak=True)
def test_progress_is_told_and_counts(world: World, clock: FakeClock) -> None:  # PRG-01, PRG-03, PRG-09, PRG-10
    student, name, lesson = joined(world)
    nothing = student.get(f"/lessons/{lesson}/progress").json()
    assert (nothing["status"], nothing["opened_at"]) == ("not_started", None)
    began = clock.now().isoformat().replace("+00:00", "Z")
    clock.advance(ms=120_000)
    told = {"percent": 40, "position": {"seconds": 12.5, "page": 2}, "studied": {"started_at": began, "seconds": 60}}
    first = student.post(f"/lessons/{lesson}/progress", told)
    assert (first.status_code, first.json()["status"]) == (200, "in_progress"), first.text
    row = first.json()["id"]
    assert student.post(f"/lessons/{lesson}/progress", told).json() | {"opened_at": ""} == first.json() | {
        "opened_at": ""
    }
    less = student.ask("PATCH", f"/progress/{row}", json={"percent": 10, "position": {"page": 3}}).json()
    assert (less["percent"], less["position"]) == (40, {"seconds": 12.5, "page": 3})
    put = student.ask("PUT", f"/progress/{row}", json={"is_completed": True, "percent": 50, "position": {}})
    assert (put.json()["status"], put.json()["percent"]) == ("done", 100)
    world.opened.hub.project()
    whole = student.get(f"/enrollments/{name}/progress").json()
    assert [each["id"] for each in whole["lessons"]] == [row]
    assert (whole["enrollment"]["percent"], whole["enrollment"]["status"]) == (100, "completed")
    assert whole["enrollment"]["seconds"] == 60, "time that is told twice counts once"
    assert whole["enrollment"]["last_lesson"] == lesson
    assert min(whole["enrollment"][name] for name in ("last_active_at", "completed_at")) > began
    assert student.get("/users/me/progress-stats").json() == {
        "total_courses": 1, "courses_completed": 1, "courses_in_progress": 0, "total_time_spent": 60,
        "certificates_earned": 0, "average_progress": 100.0,
    }  # fmt: skip
    body = {"is_completed": False, "percent": 0, "position": {}}
    assert student.ask("PUT", f"/lessons/{lesson}/progress", json=body).json()["status"] == "in_progress"
    for query, count in (
        ({"lesson": lesson}, 1),
        ({"enrollment": name}, 1), ({"course": NONE}, 0), ({"lesson": NONE}, 0),
    ):  # fmt: skip
        assert student.get("/progress", params=query).json()["count"] == count
    teacher = world.people["foreign"].get(f"/enrollments/{name}/progress")
    assert teacher.json()["lessons"][0]["percent"] == 100


NO_PROGRESS: tuple[Any, ...] = (
    {"percent": 101}, {"percent": -1}, {"percent": "x"}, {"user_id": NONE}, {"done_at": 1}, {"is_completed": None},
    {"position": {"x": [1]}},
    {"studied": {"started_at": "2026-01-05", "seconds": 60}},
    {"studied": {"started_at": "2030-01-05T00:00:00Z", "seconds": 60}},
    {"studied": {"started_at": "2026-01-05T00:00:00Z", "seconds": 86_400}},
    {"studied": {"started_at": "1960-01-05T00:00:00Z", "seconds": 60}},
)  # fmt: skip


def test_what_is_no_progress(world: World) -> None:  # PRG-06, PRG-07
    student, _, lesson = joined(world)
    for body in NO_PROGRESS:
        assert student.post(f"/lessons/{lesson}/progress", body).status_code == 400, body
    assert rows(world, t.progress) == []
    assert rows(world, t.study_session) == []


def test_a_quiz_is_not_completed_by_saying_so(world: World) -> None:  # PRG-08
    course = world.published("instructor")
    quiz = world.draft(course).outline(course).modules[0].lessons[-1].id
    refused = world.people["enrolled"].post(f"/lessons/{quiz}/progress", {"is_completed": True})
    assert (refused.status_code, refused.json()["code"]) == (400, "quiz_not_passed")


def test_progress_of_nobody(world: World) -> None:
    student, _, lesson = joined(world)
    for path in (NONE, "1"):
        assert student.ask("PATCH", f"/progress/{path}", json={"percent": 1}).status_code == 404
        assert student.get(f"/lessons/{path}/progress").status_code == 404
    row = student.post(f"/lessons/{lesson}/progress", {}).json()["id"]
    assert student.ask("PUT", f"/progress/{row}", json={"percent": 1}).status_code == 400, "a PUT says everything"
    stale = student.ask("PATCH", f"/progress/{row}", json={"percent": 1}, headers={"If-Match": '"other"'})
    assert stale.status_code == 412
    unpublished = world.course("instructor")
    world.enrol("student", unpublished)
    assert student.post(f"/lessons/{world.lesson(unpublished)}/progress", {}).status_code == 404


# --- notes and bookmarks
@pytest.mark.postgresql(soak=True)
def test_notes_are_written_found_and_changed(world: World) -> None:  # PRG-12, PRG-13, API-14
    student, name, lesson = joined(world)
    own = world.uuid()
    wish = {"body": "Wind *makes* waves.", "quote": "Wind", "colour": "mint", "tags": ["sea", "100%"], "id": own}
    made = student.post(f"/lessons/{lesson}/notes", wish)
    assert (made.status_code, made.json()["id"]) == (201, own), made.text
    assert made.headers["location"] == f"/api/v1/notes/{own}"
    assert student.post(f"/lessons/{lesson}/notes", wish).json() == made.json()
    student.post(f"/lessons/{lesson}/notes", {"body": "Later"})
    listed = student.get("/notes").json()
    assert [note["body"] for note in listed["results"]] == ["Later", "Wind *makes* waves."]
    for query, count in (
        ({"tag": "sea"}, 1), ({"tag": "se"}, 0), ({"tag": "100%"}, 1), ({"tag": "1%"}, 0), ({"search": "MAKES"}, 1),
        ({"search": "%"}, 0), ({"lesson": lesson}, 2), ({"course": NONE}, 0), ({"page_size": 1}, 2),
    ):  # fmt: skip
        assert student.get("/notes", params=query).json()["count"] == count, query
    assert student.get(f"/enrollments/{name}/notes").json()["count"] == 2
    change = {"body": "Wind makes waves.", "tags": ["sea"]}
    stale = student.ask("PUT", f"/notes/{own}", json=change, headers={"If-Match": '"other"'})
    assert stale.status_code == 412
    done = student.ask("PUT", f"/notes/{own}", json=change, headers={"If-Match": made.headers["etag"]}).json()
    assert (done["body"], done["tags"], done["quote"], done["colour"]) == ("Wind makes waves.", ["sea"], "", "")
    assert done["edited_at"]
    for person in ("foreign", "admin"):
        assert world.people[person].get("/notes").json()["count"] == 0
        assert world.people[person].get(f"/enrollments/{name}/notes").status_code == 404
    taken = world.people["admin"].post(f"/lessons/{lesson}/notes", wish)
    assert (taken.status_code, taken.json()["code"]) == (409, "id_reused")
    assert student.delete(f"/notes/{own}").status_code == 204
    assert student.delete(f"/notes/{own}").status_code == 404
    assert student.ask("PUT", f"/notes/{own}", json=change).status_code == 404


@pytest.mark.postgresql(soak=True)
def test_a_note_stands_in_a_video_or_a_pdf_and_in_an_enrolment(world: World) -> None:  # PRG-12
    student, name, lesson = joined(world)
    plain = student.post(f"/lessons/{lesson}/notes", {"body": "Foam"}).json()
    assert (plain["enrollment_id"], plain["is_private"], plain["timestamp_seconds"], plain["page"]) == (
        name, True, None, None,
    )  # fmt: skip
    film = student.post(f"/lessons/{lesson}/notes", {"body": "Crab", "timestamp_seconds": 83}).json()
    assert film["timestamp_seconds"] == 83
    leaf = student.ask("PUT", f"/notes/{film['id']}", json={"body": "Crab", "page": 4}).json()
    assert (leaf["timestamp_seconds"], leaf["page"]) == (None, 4)
    assert student.get("/notes").json()["results"] == [leaf, plain]


def test_a_laptops_place_in_a_video_stays_when_the_words_are_changed(world: World, laptop: Workspace) -> None:
    student, _, lesson = joined(world)
    sync(world, laptop)
    laptop.installed.install(world.free())
    note = laptop.notes.add("Crab", lesson=lesson, anchor='{"at_s":83.5,"item":"film"}')
    sync(world, laptop)
    done = student.ask("PUT", f"/notes/{note}", json={"body": "Two crabs", "timestamp_seconds": 83}).json()
    assert (done["body"], done["timestamp_seconds"]) == ("Two crabs", 83)
    sync(world, laptop)
    assert laptop.notes.get(note).anchor == '{"at_s":83.5,"item":"film"}'


@pytest.mark.postgresql(soak=True)
def test_a_shared_note_is_read_by_the_course_and_a_private_one_by_nobody(world: World) -> None:  # PRG-13
    student, _, lesson = joined(world)
    note = student.post(f"/lessons/{lesson}/notes", {"body": "Foam", "tags": ["sea"]}).json()["id"]
    manager = world.people["manager"]
    manager.post(f"/courses/{world.free()}/enroll")
    assert manager.get(f"/lessons/{lesson}/notes").json()["count"] == 0
    shared = student.ask("PUT", f"/notes/{note}", json={"body": "Foam", "is_private": False}).json()
    assert shared["is_private"] is False
    world.opened.hub.project()
    for reader in ("manager", "foreign"):
        answer = world.people[reader].get(f"/lessons/{lesson}/notes")
        (seen,) = answer.json()["results"]
        assert (seen["id"], seen["body"]) == (note, "Foam")
        assert seen["author"] == "Student Moyo" or seen["author"].strip()
        assert "@" not in answer.text
        assert world.account("student") not in answer.text
        assert world.people[reader].get("/notes").json()["count"] == 0
        assert world.people[reader].ask("PUT", f"/notes/{note}", json={"body": "Mine"}).status_code == 404
    assert student.get(f"/lessons/{lesson}/notes").json()["count"] == 0, "one's own are told elsewhere"
    for stranger in ("admin", "instructor"):
        refused = world.people[stranger].get(f"/lessons/{lesson}/notes")
        assert (refused.status_code, refused.json()["code"]) == (400, "not_enrolled")
    student.ask("PUT", f"/notes/{note}", json={"body": "Foam"})
    assert manager.get(f"/lessons/{lesson}/notes").json()["count"] == 0


def test_who_does_not_learn_a_course_shares_nothing_in_it(world: World) -> None:  # PRG-13
    lesson, student = world.lesson(world.free()), world.people["student"]
    refused = student.post(f"/lessons/{lesson}/notes", {"body": "Look!", "is_private": False})
    assert (refused.status_code, refused.json()["code"]) == (400, "not_enrolled")
    note = student.post(f"/lessons/{lesson}/notes", {"body": "Mine."})
    assert (note.status_code, note.json()["enrollment_id"]) == (201, None)
    refused = student.ask("PUT", f"/notes/{note.json()['id']}", json={"body": "Look!", "is_private": False})
    assert (refused.status_code, refused.json()["code"]) == (400, "not_enrolled")


NO_NOTE: tuple[Any, ...] = (
    {}, {"body": " "}, {"body": "x", "colour": "red"}, {"body": "x", "tags": ["a"]}, {"body": 1},
    {"body": "x", "tags": ["ab"] * 11}, {"body": "x", "user_id": NONE}, {"body": "x", "id": "mine"},
    {"body": "x", "start": -1}, {"body": "x", "timestamp_seconds": -1}, {"body": "x", "page": 0},
    {"body": "x", "is_private": None}, {"body": "x", "tags": ["  "]},
)  # fmt: skip


def test_what_is_no_note(world: World) -> None:
    student, _, lesson = joined(world)
    for body in NO_NOTE:
        assert student.post(f"/lessons/{lesson}/notes", body).status_code == 400, body
    assert rows(world, t.note) == []


@pytest.mark.postgresql(soak=True)
def test_bookmarks_are_kept_renamed_and_thrown_away(world: World) -> None:  # PRG-11
    student, name, lesson = joined(world)
    own = world.uuid()
    wish = {"anchor": "312", "title": "Foam", "id": own}
    made = student.post(f"/lessons/{lesson}/bookmarks", wish)
    assert (made.status_code, made.json()["anchor"]) == (201, "312"), made.text
    assert (made.json()["enrollment_id"], made.json()["timestamp_seconds"]) == (name, None)
    for place in ({"timestamp_seconds": 83, "page": None}, {"timestamp_seconds": None, "page": 4}):
        kept = student.post(f"/lessons/{lesson}/bookmarks", {"title": "Foam", **place}).json()
        assert {field: kept[field] for field in place} == place
        assert student.delete(f"/bookmarks/{kept['id']}").status_code == 204
    assert student.post(f"/lessons/{lesson}/bookmarks", wish).json() == made.json()
    assert student.get(f"/enrollments/{name}/bookmarks").json()["results"] == [made.json()]
    assert student.get(f"/enrollments/{name}/bookmarks", params={"lesson": NONE}).json()["count"] == 0
    renamed = student.ask("PUT", f"/bookmarks/{own}", json={"title": "Spray"})
    assert (renamed.json()["title"], renamed.json()["anchor"]) == ("Spray", "312")
    stale = student.ask("PUT", f"/bookmarks/{own}", json={"title": "x"}, headers={"If-Match": made.headers["etag"]})
    assert stale.status_code == 412
    for body in ({}, {"title": "x", "anchor": "1"}, {"title": "x" * 201}):
        assert student.ask("PUT", f"/bookmarks/{own}", json=body).status_code == 400
    assert world.people["admin"].delete(f"/bookmarks/{own}").status_code == 404
    assert student.post(f"/lessons/{NONE}/bookmarks", wish).status_code == 404
    assert student.delete(f"/bookmarks/{own}").status_code == 204
    assert student.delete(f"/bookmarks/{own}").status_code == 404


# --- the same from a laptop
@pytest.mark.postgresql(soak=True)
def test_a_laptop_and_the_interface_write_the_same_rows(world: World, laptop: Workspace) -> None:
    course = world.free()
    lesson = world.lesson(course)
    sync(world, laptop)
    laptop.installed.install(course)
    _learn(laptop, lesson)
    _jot(laptop, lesson)
    sync(world, laptop)
    _learn_over_http(world.people["manager"], course, lesson)
    _jot_over_http(world.people["manager"], lesson)
    for table in (t.enrollment, t.progress, t.course_progress, t.note, t.bookmark):
        assert rows(world, table) == rows(world, table, "manager") != []
    _learn_over_http(world.people["student"], course, lesson)
    assert rows(world, t.progress) == rows(world, t.progress, "manager"), "said twice it is said once"


@pytest.mark.postgresql(soak=True)
def test_what_is_written_over_the_interface_reaches_the_laptop(world: World, laptop: Workspace) -> None:
    student, _, lesson = joined(world)
    sync(world, laptop)
    laptop.installed.install(world.free())
    _jot_over_http(student, lesson)
    student.post(f"/lessons/{lesson}/progress", {"is_completed": True, "position": {"at": 9}})
    sync(world, laptop)
    state = laptop.learning.lesson_state(lesson)
    assert (state.status, state.position) == ("done", {"at": 9})
    assert [note.body for note in laptop.notes.all()] == ["Waves break"]
    assert [mark.title for mark in laptop.notes.bookmarks()] == ["Foam"]


def _learn(laptop: Workspace, lesson: str) -> None:
    laptop.learning.open_lesson(lesson)
    laptop.learning.record_position(lesson, percent=40, place={"at": 7})
    laptop.learning.complete(lesson)


def _learn_over_http(student: Client, course: str, lesson: str) -> None:
    assert student.post(f"/courses/{course}/enroll").status_code == 200
    body = {"percent": 40, "position": {"at": 7}, "is_completed": True}
    assert student.post(f"/lessons/{lesson}/progress", body).status_code == 200


def _jot(laptop: Workspace, lesson: str) -> None:
    laptop.learning.open_lesson(lesson)
    note = laptop.notes.add("Waves", lesson=lesson, quote="Wind", tags=["sea"])
    laptop.notes.edit(note, base="Waves", body="Waves break")
    laptop.notes.add_bookmark(lesson, anchor="312", title="Foam")


def _jot_over_http(student: Client, lesson: str) -> None:
    wish = {"body": "Waves", "quote": "Wind", "tags": ["sea"]}
    note = student.post(f"/lessons/{lesson}/notes", wish).json()["id"]
    assert student.ask("PUT", f"/notes/{note}", json=wish | {"body": "Waves break"}).status_code == 200
    assert student.post(f"/lessons/{lesson}/bookmarks", {"anchor": "312", "title": "Foam"}).status_code == 201
