"""What a laptop's sync and the interface can both do gives the same rows, and both are refused by the same rule."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from lms_core.content.pack import read_pack
from lms_core.courses import tables as t
from lms_core.db.engine import read
from lms_core.profiles import Profiles
from lms_core.schema import Actor
from lms_core.workspace import Workspace
from sync_server.opening import Opened
from tests.core.school import Line
from tests.fakes import FakeClock, MemorySecrets, SeqId
from tests.server.people import Client
from tests.server.test_courses import ABOUT, a_course, author, client, made, opened, patch

__all__ = ["client", "opened"]


@pytest.fixture
def tess(client: Client, opened: Opened) -> Client:
    return author(client, opened, "tess")


@pytest.fixture
def laptop(opened: Opened, tess: Client, tmp_path: Path, clock: FakeClock) -> Iterator[Workspace]:
    """A laptop of Tess."""
    secrets, ids = MemorySecrets(), SeqId(100)
    profiles = Profiles(tmp_path / "laptop", secrets, clock, new_id=ids)
    profile = profiles.create("x", server_url="http://hub.invalid", account_id=tess.user["id"])
    workspace = Workspace(profile, secrets=secrets, clock=clock, new_id=ids)
    sync(workspace, opened)
    yield workspace
    workspace.close()


def sync(workspace: Workspace, opened: Opened) -> None:
    hub: Any = SimpleNamespace(hub=opened.hub, blobs=opened.hub.blobs, engine=opened.hub.engine)
    for _ in range(2):
        workspace.sync.run(Line(hub, workspace.account))
        opened.hub.project()


def by_laptop(w: Workspace) -> str:
    general = w.courses.categories()[0].id
    course = w.courses.create_course("Between the tides", description=ABOUT, category=general, price=5.0)
    module = w.courses.add_module(course, "The shore")
    w.courses.change_module(module, description="Sand.")
    lesson = w.courses.add_lesson(module, "Waves", body="Wind makes waves.")
    w.courses.change_lesson(lesson, minutes=5, preview=True)
    quiz = w.courses.add_lesson(module, "Check", kind="quiz")
    row = w.courses.ensure_assessment(quiz)
    w.courses.change_assessment(row, mode="practice", attempts_allowed=None)
    w.courses.add_question(row, "What makes waves?", options=["Fish", "Wind"], correct=[1], explanation="It blows.")
    gone = w.courses.add_lesson(module, "Gone")
    w.courses.move(gone, parent=module, after=None)
    w.courses.trash(gone)
    w.courses.publish(course, change_note="First")
    w.courses.change_course(course, title="Below the tides", requirements=["Boots"])
    return course


def by_rest(who: Client) -> str:
    course = made(who.post("/courses", {"title": "Between the tides", "description": ABOUT, "price": 5}))["id"]
    module = made(who.post("/modules", {"course": course, "title": "The shore", "description": "Sand."}))["id"]
    waves = {"title": "Waves", "body": "Wind makes waves.", "minutes": 5, "preview": True}
    made(who.post("/lessons", {"module_id": module, **waves}))
    quiz = made(who.post("/lessons", {"module_id": module, "title": "Check", "kind": "quiz"}))["id"]
    row = made(who.post(f"/lessons/{quiz}/assessment", {"mode": "practice", "attempts_allowed": None}))["id"]
    question = {"text": "What makes waves?", "options": ["Fish", "Wind"], "correct": [1], "explanation": "It blows."}
    made(who.post(f"/assessments/{row}/questions", question))
    gone = made(who.post("/lessons", {"module_id": module, "title": "Gone"}))["id"]
    made(patch(who, f"/lessons/{gone}", {"after": None}))
    assert who.delete(f"/lessons/{gone}").status_code == 204
    made(who.post(f"/courses/{course}/publish", {"change_note": "First"}))
    made(patch(who, f"/courses/{course}", {"title": "Below the tides", "requirements": ["Boots"]}))
    return course


def rows(opened: Opened, course: str) -> dict[str, list[dict[str, Any]]]:
    """All rows of a course at the hub, with places instead of ids."""
    found: dict[str, list[dict[str, Any]]] = {}
    names = {course: "course"}
    with read(opened.hub.engine) as conn:
        for table in (t.module, t.lesson, t.assessment, t.question, t.course_instructor, t.course_card, t.course):
            key = table.c.id if table is t.course else table.c.course_id
            order = table.c.pos if "pos" in table.c else table.c.id
            many = conn.execute(select(table).where(key == course).order_by(order)).mappings()
            for number, row in enumerate(many):
                names[row["id"]] = f"{table.name} {number}"
                found.setdefault(table.name, []).append(dict(row))
    left_out = {"pack", "pack_size", "key_pack", "source", "pos", "turn", "after", "slug"}

    def plain(row: dict[str, Any]) -> dict[str, Any]:
        """Without what follows from ids and from the moment of writing."""
        kept = {k: v is not None if k.endswith("_at") else v for k, v in row.items() if k not in left_out}
        return {k: names.get(v, v) if isinstance(v, str) else v for k, v in kept.items()}

    return {name: [plain(row) for row in many] for name, many in found.items()}


@pytest.mark.postgresql
def test_a_laptop_and_the_interface_do_the_same(opened: Opened, tess: Client, laptop: Workspace) -> None:
    by_hand = by_laptop(laptop)
    sync(laptop, opened)
    assert laptop.sync.parked() == []
    over = by_rest(tess)
    opened.hub.project()
    first, second = rows(opened, by_hand), rows(opened, over)
    assert first.keys() == second.keys() == {
        "module", "lesson", "assessment", "question", "course_instructor", "course_card", "course"
    }  # fmt: skip
    for name in first:
        for one, other in zip(first[name], second[name], strict=True):
            assert {k: (v, other[k]) for k, v in one.items() if v != other[k]} == {}, name
    packs = [made(tess.get(f"/courses/{course}"))["pack"] for course in (by_hand, over)]
    documents = [read_pack(opened.served.packs.path(pack).read_bytes()) for pack in packs]
    assert [[x.title for x in d.lessons()] for d in documents] == [["Waves", "Check"]] * 2
    sync(laptop, opened)
    assert laptop.courses.draft(over).title == "Below the tides", "what was written over the interface comes by sync"


def test_what_one_side_refuses_the_other_refuses(
    opened: Opened, client: Client, tess: Client, laptop: Workspace
) -> None:
    """An author whose right was taken: both ways end at the same rule."""
    course, _module, lesson = a_course(tess)
    sync(laptop, opened)
    root = Actor("root", "admin")
    opened.served.desk.set_instructor(root, course, tess.user["id"], {"can_edit_content": False})
    laptop.courses.change_lesson(lesson, title="Mine still")
    sync(laptop, opened)
    assert [p.code for p in laptop.sync.parked()] == ["forbidden"]
    assert patch(tess, f"/lessons/{lesson}", {"title": "Mine still"}).status_code == 403
