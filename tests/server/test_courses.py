"""Courses over HTTP: made, changed, published, found, read as far as rights go; the same as by a laptop's sync."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from lms_core.accounts.passwords import PasswordHasher
from lms_core.content.pack import read_pack
from lms_core.entities import SCHEMA, hub_effects
from lms_core.learning.entities import ENROLLMENT
from lms_core.media.store import MediaStore
from lms_core.schema import Actor
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import PACKS, Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import Client

ID = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d0"
ABOUT = "A week at the shore, told day by day, from one tide to the next."


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    """A hub with all entities and what follows from them."""
    effects = hub_effects(MediaStore(data / PACKS))
    with open_hub(data, settings, schema=SCHEMA, effects=effects, clock=clock, hasher=hasher) as each:
        yield each


@pytest.fixture
def client(opened: Opened, settings: Settings) -> Iterator[Client]:
    with TestClient(create_app(settings, opened.served), raise_server_exceptions=False) as each:
        yield Client(each)


@pytest.fixture
def tess(client: Client, opened: Opened) -> Client:
    return author(client, opened, "tess")


def author(client: Client, opened: Opened, name: str) -> Client:
    person = client.join(name)
    opened.served.accounts.set_role(person.user["email"], "instructor")
    return person


def patch(who: Client, path: str, body: Any, **headers: str) -> Any:
    return who.ask("PATCH", path, json=body, headers=headers)


def made(answer: Any) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def a_course(who: Client, title: str = "Between the tides", **more: Any) -> tuple[str, str, str]:
    """A course with a lesson; ids of course, module and lesson."""
    course = made(who.post("/courses", {"title": title, "description": ABOUT, **more}))["id"]
    module = made(who.post("/modules", {"course": course, "title": "The shore"}))["id"]
    lesson = made(who.post("/lessons", {"module_id": module, "title": "Waves", "body": "Wind makes waves."}))["id"]
    return course, module, lesson


def publish(who: Client, opened: Opened, course: str) -> None:
    made(who.post(f"/courses/{course}/publish", {}))
    opened.hub.project()


def enrol(opened: Opened, who: Client, course: str, status: str = "active") -> None:
    row = {"user_id": who.user["id"], "course_id": course, "status": status}
    with opened.hub.unit() as unit:
        unit.derive(ENROLLMENT, ENROLLMENT.id_for(who.user["id"], course), row)


@pytest.mark.postgresql
def test_a_course_is_made_and_changed(client: Client, tess: Client) -> None:  # CRS-20, API-02, API-14
    body = {"title": "Between the tides", "id": ID + "1", "price": 12.5}
    first = tess.post("/courses", body)
    course = made(first)
    assert first.headers["location"] == f"/api/v1/courses/{ID}1"
    assert tess.post("/courses", body).json() == course
    assert (course["slug"], course["status"], course["price"], course["can_edit"]) == (
        "between-the-tides", "draft", "12.50", True
    )  # fmt: skip
    assert made(tess.post("/courses", {"title": "Between the tides"}))["slug"] == "between-the-tides-2"
    for name in (course["id"], "between-the-tides", course["id"].upper()):
        assert made(tess.get(f"/courses/{name}")) == course
    tag = first.headers["etag"]
    changed = made(patch(tess, "/courses/between-the-tides", {"subtitle": "A week"}, **{"If-Match": tag}))
    assert (changed["subtitle"], changed["price"]) == ("A week", "12.50")
    assert patch(tess, f"/courses/{ID}1", {"subtitle": "x"}, **{"If-Match": tag}).status_code == 412
    whole = made(tess.ask("PUT", f"/courses/{ID}1", json={"title": "Above the clouds"}))
    assert (whole["title"], whole["subtitle"], whole["price"], whole["slug"]) == (
        "Above the clouds", "", "0.00", "between-the-tides"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "field"),
    [({"title": "  x "}, "title"), ({"title": ""}, "title"), ({"title": "Tides", "price": 10_001}, "price"),
     ({"title": "Tides", "level": "hard"}, "level"), ({"title": "Tides", "category": "knots"}, "category"),
     ({"title": "Tides", "requirements": ["x"] * 21}, "requirements"), ({"title": "Tides", "id": "1"}, "id"),
     ({"title": "Tides", "created_by": "x"}, None), ({"title": "Tides", "status": "published"}, None),
     ({"title": "Tides", "is_featured": True}, None), ({"title": "x" * 161}, "title")],
)  # fmt: skip
def test_what_does_not_fit_is_named(tess: Client, body: dict[str, Any], field: str | None) -> None:  # API-07, ROL-12
    answer = tess.post("/courses", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_fields")
    assert field is None or field in answer.json()["details"]["fields"]


@pytest.mark.postgresql
def test_a_draft_is_its_authors_alone(client: Client, opened: Opened, tess: Client) -> None:  # CRS-19, ROL-08
    course, module, lesson = a_course(tess)
    eve = author(client, opened, "eve")
    for path in (f"/courses/{course}", f"/modules/{module}", f"/lessons/{lesson}", f"/modules?course={course}"):
        assert [who.get(path).status_code for who in (client, eve, tess)] == [404, 404, 200]
    assert patch(eve, f"/courses/{course}", {"title": "Mine"}).status_code == 404
    assert eve.post("/courses", {"title": "Mine now", "id": course}).json()["code"] == "id_reused"
    assert client.join("sam").post("/courses", {"title": "Mine"}).status_code == 403
    publish(tess, opened, course)
    assert patch(eve, f"/courses/{course}", {"title": "Mine"}).status_code == 403


@pytest.mark.postgresql
def test_publishing_and_what_readers_get(client: Client, opened: Opened, tess: Client) -> None:  # CRS-21, CRS-26
    course = made(tess.post("/courses", {"title": "Between the tides", "description": ABOUT}))["id"]
    refused = tess.post(f"/courses/{course}/publish", {})
    assert (refused.status_code, refused.json()["code"]) == (400, "not_ready")
    assert refused.json()["details"]["findings"] == ["no_lessons"]
    module = made(tess.post("/modules", {"course": course, "title": "The shore"}))["id"]
    made(tess.post("/lessons", {"module_id": module, "title": "Waves", "body": "Wind makes waves."}))
    publish(tess, opened, course)
    made(patch(tess, f"/courses/{course}", {"title": "Below the tides", "skills": ["wading"]}))
    shown, drafted = made(client.get(f"/courses/{course}")), made(tess.get(f"/courses/{course}"))
    assert (shown["title"], shown["skills"], shown["can_edit"]) == ("Between the tides", None, False)
    assert (drafted["title"], drafted["skills"], drafted["is_published"]) == ("Below the tides", ["wading"], True)
    assert [lesson["title"] for m in shown["modules"] for lesson in m["lessons"]] == ["Waves"]
    assert [c["id"] for c in client.get("/courses").json()["results"]] == [course]
    publish(tess, opened, course)
    versions = made(tess.get(f"/courses/{course}/versions"))["results"]
    assert [(v["version"], v["is_current"]) for v in versions] == [("2.0", True), ("1.0", False)]
    assert made(tess.post(f"/courses/{course}/unpublish"))["status"] == "draft"
    opened.hub.project()
    assert client.get(f"/courses/{course}").status_code == 404
    sam = client.join("sam")
    enrol(opened, sam, course)
    assert made(sam.get(f"/courses/{course}"))["is_enrolled"], "who learns it keeps it"
    assert tess.delete(f"/courses/{course}").status_code == 204
    assert tess.delete(f"/courses/{course}").status_code == 204
    assert made(tess.get(f"/courses/{course}"))["status"] == "archived"


@pytest.mark.postgresql
def test_a_lesson_is_read_as_far_as_rights_go(client: Client, opened: Opened, tess: Client) -> None:  # LES-09, LES-11
    course, module, lesson = a_course(tess, price=5)
    preview = made(tess.post("/lessons", {"module_id": module, "title": "Sand", "body": "Soft.", "preview": True}))
    publish(tess, opened, course)
    sam, ola = client.join("sam"), client.join("ola")
    enrol(opened, ola, course)
    for who, code in ((client, "sign_in"), (sam, "enroll")):
        found = made(who.get(f"/lessons/{lesson}"))
        assert (found["body"], found["missing"]["code"], found["weight"]) == (None, code, None)
        assert made(who.get(f"/lessons/{preview['id']}"))["body"] == "Soft."
    assert made(ola.get(f"/lessons/{lesson}"))["body"] == "Wind makes waves."
    assert made(tess.get(f"/lessons/{lesson}"))["weight"] == 1.0
    for path in (f"/lessons?course={course}", f"/lessons?module={module}"):
        listed = client.get(path)
        assert [x["title"] for x in listed.json()["results"]] == ["Waves", "Sand"]
        assert "Wind makes" not in listed.text
    assert client.get("/lessons").json()["details"]["fields"] == {"course": ["field_required"]}
    assert sam.get(f"/courses/{course}/package").status_code == 403
    pack = ola.get(f"/courses/{course}/package")
    assert read_pack(pack.content).title == "Between the tides"
    tag = {"If-None-Match": pack.headers["etag"]}
    assert ola.get(f"/courses/{course}/package", headers=tag).status_code == 304


@pytest.mark.postgresql
def test_no_student_gets_a_key(client: Client, opened: Opened, tess: Client) -> None:
    course, module, _ = a_course(tess)
    ids = {}
    for mode in ("practice", "graded", "exam"):
        lesson = made(tess.post("/lessons", {"module_id": module, "title": mode}))["id"]
        quiz = made(tess.post(f"/lessons/{lesson}/assessment", {"mode": mode}))
        assert made(tess.post(f"/lessons/{lesson}/assessment", {"mode": mode})) == quiz
        asked = {"text": "What makes waves?", "options": ["Fish", "Wind"], "correct": [1], "explanation": "It blows."}
        question = made(tess.post(f"/assessments/{quiz['id']}/questions", {**asked, "id": f"{ID}{len(ids)}"}))
        assert made(tess.post(f"/assessments/{quiz['id']}/questions", {**asked, "id": question["id"]})) == question
        assert (question["correct"], question["explanation"]) == (["o2"], "It blows.")
        ids[mode] = (lesson, quiz["id"])
    publish(tess, opened, course)
    sam = client.join("sam")
    enrol(opened, sam, course)
    for mode, (lesson, quiz_id) in ids.items():
        found = sam.get(f"/lessons/{lesson}/assessment")
        assert made(found) == made(sam.get(f"/assessments/{quiz_id}"))
        assert (found.json()["question_count"], len(found.json()["questions"])) == (1, 0 if mode == "exam" else 1)
        for answer in (found, sam.get(f"/assessments/{quiz_id}/questions")):
            assert "o2" not in str([q["correct"] for q in answer.json().get("questions", answer.json().get("results"))])
            assert "It blows" not in answer.text
        assert made(tess.get(f"/assessments/{quiz_id}"))["questions"][0]["correct"] == ["o2"]
    quiz_id = ids["practice"][1]
    question = made(tess.get(f"/assessments/{quiz_id}/questions"))["results"][0]["id"]
    new = {"text": "Who lives here?", "options": ["Owls", "Crabs", "Limpets"], "correct": [1, 2], "kind": "multiple"}
    assert made(tess.ask("PUT", f"/questions/{question}", json=new))["correct"] == ["o2", "o3"]
    wrong = tess.ask("PUT", f"/questions/{question}", json={**new, "correct": [3]})
    assert wrong.json()["details"]["fields"] == {"correct": ["invalid"]}
    assert tess.delete(f"/questions/{question}").status_code == 204
    assert tess.delete(f"/questions/{question}").status_code == 404
    assert made(patch(tess, f"/assessments/{quiz_id}", {"pass_percent": 50}))["pass_percent"] == 50


@pytest.mark.postgresql
def test_modules_and_lessons_move_and_go(tess: Client) -> None:  # MOD-07
    course, module, lesson = a_course(tess)
    second = made(tess.post("/modules", {"course": course, "title": "The sea", "id": ID + "5"}))
    assert made(tess.post("/modules", {"course": course, "title": "The sea", "id": ID + "5"})) == second
    first = made(tess.post("/modules", {"course": course, "title": "Before", "after": None}))["id"]

    def titles() -> list[str]:
        return [m["title"] for m in made(tess.get(f"/modules?course={course}"))["results"]]

    assert titles() == ["The shore", "The sea", "Before"]
    assert made(patch(tess, f"/modules/{first}", {"after": None}))["order_index"] == 1
    assert titles() == ["Before", "The shore", "The sea"]
    moved = made(patch(tess, f"/lessons/{lesson}", {"module_id": second["id"], "minutes": 5}))
    assert (moved["module_id"], moved["minutes"], moved["body"]) == (second["id"], 5, "Wind makes waves.")
    assert made(patch(tess, f"/lessons/{lesson}", {"body": "Wind.", "minutes": None}))["body"] == "Wind."
    assert len(made(patch(tess, f"/lessons/{lesson}", {"body": "海" * 200_000}))["body"]) == 200_000
    assert patch(tess, f"/lessons/{lesson}", {"body": "x" * 3_000_000}).status_code == 413
    whole = made(tess.ask("PUT", f"/lessons/{lesson}", json={"title": "Waves"}))
    assert (whole["body"], whole["module_id"]) == ("", second["id"])
    other = a_course(tess)
    assert patch(tess, f"/lessons/{lesson}", {"module_id": other[1]}).status_code == 404, "not into another course"
    assert tess.delete(f"/lessons/{lesson}").status_code == 204
    assert tess.get(f"/lessons/{lesson}").status_code == 404
    assert tess.delete(f"/modules/{module}").status_code == 204
    assert titles() == ["Before", "The sea"]


@pytest.mark.postgresql
def test_who_teaches_a_course(client: Client, opened: Opened, tess: Client) -> None:
    course, _, _ = a_course(tess)
    eve, sam = author(client, opened, "eve"), client.join("sam")
    path = f"/courses/{course}/instructors"
    assert eve.post(path, {"user_id": eve.user["id"]}).status_code == 404
    refused = tess.post(path, {"user_id": sam.user["id"]})
    assert refused.json()["details"]["fields"] == {"user_id": ["invalid"]}
    named = made(tess.post(path, {"user_id": eve.user["id"], "can_manage_students": False}))
    assert (named["name"], named["can_edit_content"], named["can_manage_students"]) == ("Eve Moyo", True, False)
    assert made(patch(eve, f"/courses/{course}", {"subtitle": "By Eve"}))["subtitle"] == "By Eve"
    assert eve.post(path, {"user_id": tess.user["id"]}).status_code == 403, "the lead names others"
    assert tess.delete(f"{path}/{tess.user['id']}").json()["code"] == "last_lead"
    assert made(patch(tess, f"{path}/{eve.user['id']}", {"can_edit_content": False}))["can_edit_content"] is False
    assert patch(eve, f"/courses/{course}", {"subtitle": "Again"}).status_code == 403
    publish(tess, opened, course)
    assert [(p["name"], p["can_edit_content"]) for p in client.get(path).json()["results"]] == [
        ("Tess Moyo", None), ("Eve Moyo", None)
    ]  # fmt: skip
    assert tess.delete(f"{path}/{eve.user['id']}").status_code == 204
    assert [p["name"] for p in client.get(path).json()["results"]] == ["Tess Moyo"]
    assert tess.delete(f"{path}/{sam.user['id']}").status_code == 404


@pytest.mark.postgresql
def test_the_catalogue_is_filtered_and_ordered(client: Client, opened: Opened, tess: Client) -> None:  # CRS-25
    sea = opened.served.categories.create(Actor("root", "admin"), {"name": "Sea"})
    opened.served.categories.create(Actor("root", "admin"), {"name": "Shore", "parent_category": sea.id})
    eve = author(client, opened, "eve")
    for who, title, more in (
        (tess, "Tides", {"category": "shore", "level": "beginner", "price": 5}),
        (tess, "Émile sails", {"category": "sea", "language": "fr"}),
        (eve, "Clouds 100%", {"price": 20, "subtitle": "Tides of the air"}),
    ):
        publish(who, opened, a_course(who, title, **more)[0])
    sam = client.join("sam")

    def found(query: str) -> list[str]:
        return [c["title"] for c in made(sam.get(f"/courses?{query}"))["results"]]

    assert found("") == ["Clouds 100%", "Tides", "Émile sails"]
    assert found("ordering=-price,title") == ["Clouds 100%", "Tides", "Émile sails"]
    assert found("search=tides") == ["Clouds 100%", "Tides"]
    assert (found("search=100%25"), found("search=0_%25"), found("search=émile")) == (
        ["Clouds 100%"],
        [],
        ["Émile sails"],
    )
    assert (found("category=sea"), found("category=shore")) == (["Tides", "Émile sails"], ["Tides"])
    assert (found("level=beginner"), found("language=fr"), found("price_max=0")) == (["Tides"], *[["Émile sails"]] * 2)
    assert found("price_min=6") == ["Clouds 100%"]
    assert found(f"instructor={tess.user['id']}") == ["Tides", "Émile sails"]
    assert found("category=nothing") == []
    page = made(sam.get("/courses?page_size=2&page=2"))
    assert (page["count"], page["next"], len(page["results"])) == (3, None, 1)
    assert made(sam.get("/courses?page=9"))["count"] == 3
    enrol(opened, sam, page["results"][0]["id"])
    assert [c["is_enrolled"] for c in made(sam.get("/courses"))["results"]] == [False, False, True]
    assert [c["is_enrolled"] for c in made(client.get("/courses"))["results"]] == [False, False, False]
    for wrong in ("price_min=x", "ordering=colour"):
        assert sam.get(f"/courses?{wrong}").status_code == 400
