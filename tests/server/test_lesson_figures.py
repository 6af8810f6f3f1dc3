"""What is told of lessons beside their text: to learners each with its record, to those who teach them in figures."""

from __future__ import annotations

from datetime import datetime

import pytest

from lms_core.learning.entities import PROGRESS
from sync_server.opening import Opened
from tests.fakes import FakeClock
from tests.server.people import Client
from tests.server.test_courses import a_course, author, made, publish
from tests.server.test_courses import client as client
from tests.server.test_courses import opened as opened
from tests.server.test_courses import tess as tess


@pytest.mark.postgresql
def test_lessons_are_listed_by_module_kind_tier_and_preview(opened: Opened, tess: Client) -> None:  # LES-12
    course, module, _ = a_course(tess)
    other = made(tess.post("/modules", {"course": course, "title": "The cliff"}))["id"]
    for home, title, more in (
        (module, "Film", {"kind": "video"}), (other, "Sand", {"preview": True}),
        (other, "Gulls", {"access_level": "premium", "kind": "video"}),
    ):  # fmt: skip
        made(tess.post("/lessons", {"module_id": home, "title": title, "body": "Look.", **more}))
    publish(tess, opened, course)
    slug = tess.get(f"/courses/{course}").json()["slug"]
    every = ["Waves", "Film", "Sand", "Gulls"]
    for query, titles in (
        (f"course={course}", every), (f"course={slug}", every),
        (f"module={other}", ["Sand", "Gulls"]), (f"course={course}&type=video", ["Film", "Gulls"]),
        (f"course={course}&free_preview=true", ["Sand"]), (f"module={other}&free_preview=false", ["Gulls"]),
        (f"course={course}&access_level=premium&type=video", ["Gulls"]), (f"module={module}&type=quiz", []),
    ):  # fmt: skip
        assert [x["title"] for x in tess.get(f"/lessons?{query}").json()["results"]] == titles, query
    assert tess.get(f"/lessons?course={course}&type=poem").status_code == 400


@pytest.mark.postgresql
def test_every_lesson_has_a_record_from_the_enrolment_on(
    client: Client, opened: Opened, tess: Client, clock: FakeClock
) -> None:  # ENR-05
    course, module, first = a_course(tess)
    publish(tess, opened, course)
    sam = client.join("sam")
    row = made(sam.post(f"/courses/{course}/enroll"))["id"]

    def records() -> list[tuple[str, str, float]]:
        found = sam.get(f"/enrollments/{row}/progress").json()["lessons"]
        assert [x["id"] for x in found] == [PROGRESS.id_for(sam.user["id"], x["lesson_id"]) for x in found]
        return [(x["lesson_id"], x["status"], x["percent"]) for x in found]

    assert records() == [(first, "not_started", 0.0)]
    made(sam.post(f"/lessons/{first}/progress", {"percent": 30}))
    sand = made(tess.post("/lessons", {"module_id": module, "title": "Sand", "body": "Soft."}))["id"]
    assert records() == [(first, "in_progress", 30.0)], "what is not published is no lesson yet"
    publish(tess, opened, course)
    assert records() == [(first, "in_progress", 30.0), (sand, "not_started", 0.0)]
    assert tess.delete(f"/lessons/{first}").status_code == 204
    publish(tess, opened, course)
    assert records() == [(sand, "not_started", 0.0), (first, "in_progress", 30.0)], "what was learned stays, last"
    opened.hub.project()
    assert made(tess.get(f"/courses/{course}"))["enrolled_students_count"] == 1

    def last(who: Client) -> datetime:
        (taught,) = who.sign_in("tess").get("/dashboard").json()["teaching"]
        return datetime.fromisoformat(taught["last_enrollment_date"])

    was = last(tess)
    clock.advance(ms=60_000)
    made(client.join("ola").post(f"/courses/{course}/enroll"))
    opened.hub.project()
    assert (last(tess) - was).total_seconds() >= 60


@pytest.mark.postgresql
def test_a_lesson_in_figures_is_for_those_who_see_the_figures_of_its_course(
    client: Client, opened: Opened, tess: Client
) -> None:  # LES-13
    course, module, lesson = a_course(tess)
    publish(tess, opened, course)
    sam, ola, eve = client.join("sam"), client.join("ola"), author(client, opened, "eve")
    for who, told in ((sam, {"is_completed": True}), (ola, {"percent": 40})):
        made(who.post(f"/courses/{course}/enroll"))
        made(who.post(f"/lessons/{lesson}/progress", told))
    made(tess.post(f"/lessons/{lesson}/resources", {"title": "Maps", "url": "https://maps.example.org"}))
    opened.hub.project()
    assert made(tess.get(f"/lessons/{lesson}/analytics")) == {
        "lesson_id": lesson, "title": "Waves", "module_title": "The shore", "course_id": course,
        "course_title": "Between the tides",
        "progress_analytics": {"started": 2, "completed": 1, "average_percent": 70.0},
        "content_analytics": {"words": 3, "items": 0, "resources": 1, "minutes": 1},
    }  # fmt: skip
    tag = tess.get(f"/lessons/{lesson}").headers["etag"]
    made(sam.post(f"/lessons/{lesson}/progress", {"is_completed": False}))
    row = ola.get(f"/enrollments?course={course}").json()["results"][0]["id"]
    made(ola.post(f"/enrollments/{row}/unenroll"))
    opened.hub.project()
    now = made(tess.get(f"/lessons/{lesson}/analytics"))["progress_analytics"]
    assert (now["started"], now["completed"]) == (1, 0), "who left does not count, nor what was taken back"
    assert tess.get(f"/lessons/{lesson}").headers["etag"] == tag, "what learners do is no change of the lesson"
    for who in (sam, eve):
        assert who.get(f"/lessons/{lesson}/analytics").status_code == 403
    assert client.get(f"/lessons/{lesson}/analytics").status_code == 401
    assert tess.get(f"/lessons/{module}/analytics").status_code == 404
    own, other = made(tess.get(f"/lessons/{lesson}")), made(sam.get(f"/lessons/{lesson}"))
    assert (own["module_title"], own["course_title"]) == ("The shore", "Between the tides")
    assert (other["module_title"], other["course_title"]) == (None, None)
