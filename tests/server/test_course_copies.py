"""Courses over the interface that are recommended by administrators, and copies of courses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_lms.features.courses.view import progress_words
from desktop_lms.features.courses.viewmodel import CoursesModel
from desktop_lms.store import InlineStore
from lms_core.accounts.passwords import PasswordHasher
from sync_server.config import Settings
from tests.fakes import FakeClock
from tests.server.learners import NONE, laptop_of, open_world
from tests.server.rights import World


@pytest.fixture
def world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    with open_world(data, settings, clock, hasher) as each:
        yield each


# --- recommended
@pytest.mark.postgresql
def test_administrators_recommend_courses(world: World) -> None:  # CRS-12, CRS-33, SRC-01, SEC-12
    admin, tess, course = world.people["admin"], world.people["instructor"], world.published("instructor")
    other = world.published("foreign")
    assert world.client.get("/courses/featured").json()["count"] == 0
    shown = admin.ask("PUT", f"/courses/{course}/featured", json={"is_featured": True})
    assert shown.json()["is_featured"] is True
    found = world.client.get("/courses/featured").json()["results"]
    assert [(each["id"], each["is_featured"]) for each in found] == [(course, True)]
    assert [each["id"] for each in world.client.get("/courses?is_featured=true").json()["results"]] == [course]
    assert [each["id"] for each in world.client.get("/courses?is_featured=false").json()["results"]] == [other]
    entry = admin.get("/audit?action=course.featured").json()["results"][0]
    assert (entry["entity_id"], entry["after"]) == (course, {"is_featured": True})
    assert tess.post(f"/courses/{course}/publish", {}).status_code == 200
    world.opened.hub.project()
    assert world.client.get("/courses/featured").json()["count"] == 1, "a new version stays recommended"
    admin.ask("PUT", f"/courses/{course}/featured", json={"is_featured": False})
    assert world.client.get("/courses/featured").json()["count"] == 0


def test_a_laptop_shows_what_is_recommended_first(world: World, tmp_path: Path, clock: FakeClock) -> None:  # CRS-12
    first, second = sorted((world.published("instructor"), world.published("foreign")))
    titles = {course: world.client.get(f"/courses/{course}").json()["title"] for course in (first, second)}
    last = max(titles, key=lambda course: titles[course])
    world.people["admin"].ask("PUT", f"/courses/{last}/featured", json={"is_featured": True})
    with laptop_of(world, "student", tmp_path, clock) as laptop:
        assert [(card.id == last, card.is_featured) for card in laptop.courses.catalog()] == [
            (True, True), (False, False),
        ]  # fmt: skip
        shelf = CoursesModel(InlineStore(laptop))
        shelf.refresh()
        told = {row.id: progress_words(row).startswith("Recommended") for row in shelf.library.rows}
    assert told == {first: first == last, second: second == last}


def test_only_what_is_published_is_recommended(world: World) -> None:
    admin, tess = world.people["admin"], world.people["instructor"]
    draft = tess.post("/courses", {"title": "Reefs"}).json()["id"]
    said = admin.ask("PUT", f"/courses/{draft}/featured", json={"is_featured": True})
    assert (said.status_code, said.json()["code"]) == (400, "course_unavailable")
    assert tess.ask("PUT", f"/courses/{draft}/featured", json={"is_featured": True}).status_code == 403
    assert tess.ask("PATCH", f"/courses/{draft}", json={"is_featured": True}).status_code == 400
    assert admin.ask("PUT", f"/courses/{NONE}/featured", json={"is_featured": True}).status_code == 404


# --- copies
@pytest.mark.postgresql
def test_a_course_is_copied_once(world: World) -> None:  # CRS-29, CRS-30, CRS-31, API-14
    tess, course = world.people["instructor"], world.published("instructor")
    body = {"id": world.uuid(), "title": "Tides, evening class", "description": "For those who work by day."}
    answer = tess.post(f"/courses/{course}/clone", body)
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/v1/courses/{body['id']}")
    made = answer.json()
    assert (made["title"], made["parent_version"], made["status"], made["slug"]) == (
        "Tides, evening class", course, "draft", "tides-evening-class",
    )  # fmt: skip
    was = tess.get(f"/courses/{course}").json()
    assert [x["title"] for m in made["modules"] for x in m["lessons"]] == [
        x["title"] for m in was["modules"] for x in m["lessons"]
    ]
    assert (made["enrolled_students_count"], made["description"]) == (0, "For those who work by day.")
    assert tess.post(f"/courses/{course}/clone", body).json()["id"] == body["id"]
    assert tess.get("/instructor/courses").json()["count"] == 2
    taken = tess.post(f"/courses/{course}/clone", {"title": "TIDES, evening class"})
    assert taken.json()["details"]["fields"] == {"title": ["name_taken"]}
    (lead,) = tess.get(f"/courses/{body['id']}/instructors").json()["results"]
    assert (lead["user_id"], lead["is_lead"]) == (world.account("instructor"), True)


def test_a_copy_is_published_at_once_and_shows_its_files(world: World) -> None:  # CRS-29
    tess, course = world.people["instructor"], world.published("instructor")
    admin = world.people["admin"]
    made = admin.post(f"/courses/{course}/clone", {"create_as_draft": False})
    assert made.status_code == 201, made.text
    world.opened.hub.project()
    shown = world.client.get(f"/courses/{made.json()['id']}").json()
    assert (shown["is_published"], shown["version"], shown["title"][-7:]) == (True, "1.1", " (v1.1)")
    (media,) = [each.sha256 for each in world.draft("").document(made.json()["id"]).media]
    world.enrol("student", made.json()["id"])
    assert world.people["student"].get(f"/blobs/{media}").status_code == 200, "the copy's own instructor has it"
    assert tess.get("/instructor/courses").json()["count"] == 1


def test_who_cannot_copy(world: World) -> None:
    course = world.published("instructor")
    for name, status in (("enrolled", 403), ("foreign", 403), ("assistant", 403)):
        assert world.people[name].post(f"/courses/{course}/clone", {}).status_code == status, name
    draft = world.people["instructor"].post("/courses", {"title": "Reefs"}).json()["id"]
    assert world.people["foreign"].post(f"/courses/{draft}/clone", {}).status_code == 404
    assert world.people["instructor"].post(f"/courses/{course}/clone", {"copies": 2}).status_code == 400
