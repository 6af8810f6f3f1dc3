"""The memo of a lesson, a short text that stands with one's progress (PRG-01, C-15)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_core.accounts.passwords import PasswordHasher
from lms_core.learning.entities import MEMO
from sync_server.config import Settings
from tests.fakes import FakeClock
from tests.server.learners import open_world
from tests.server.rights import World


@pytest.fixture
def world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    with open_world(data, settings, clock, hasher) as each:
        yield each


def test_a_lesson_has_a_memo_of_ones_own(world: World) -> None:  # PRG-01, C-15
    student, course = world.people["student"], world.free()
    name, lesson = student.post(f"/courses/{course}/enroll").json()["id"], world.lesson(course)
    assert student.get(f"/lessons/{lesson}/progress").json()["notes"] == ""
    first = student.post(f"/lessons/{lesson}/progress", {"notes": "Weigh again."}).json()
    assert first["notes"] == "Weigh again."
    row = f"/progress/{first['id']}"
    assert student.ask("PATCH", row, json={"percent": 10}).json()["notes"] == "Weigh again.", "it stays"
    assert student.ask("PATCH", row, json={"notes": ""}).json()["notes"] == ""
    put = {"is_completed": False, "percent": 0, "position": {}, "notes": "Weigh *twice*."}
    assert student.ask("PUT", row, json=put).json()["notes"] == "Weigh *twice*."
    listed = student.get("/progress", params={"enrollment": name}).json()["results"]
    assert [each["notes"] for each in listed] == ["Weigh *twice*."]
    assert student.ask("PATCH", row, json={"notes": "x" * (MEMO + 1)}).status_code == 400
