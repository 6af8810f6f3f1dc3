"""Each error that the requirements name has its code, its sentence and its status (API-08)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lms_core import errors
from lms_core.accounts.passwords import PasswordHasher
from lms_core.errors import MESSAGES, LmsError
from sync_server.config import Settings
from sync_server.problems import status_of
from tests.fakes import FakeClock
from tests.samples import PROJECT
from tests.server.learners import NONE, open_world
from tests.server.people import wish
from tests.server.rights import World, exam_of


@pytest.fixture
def world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    with open_world(data, settings, clock, hasher) as each:
        yield each


def _attempts(world: World) -> httpx.Response:
    ada, exam = world.people["enrolled"], exam_of(world, "enrolled", False)
    for _ in range(9):
        attempt = ada.post(f"/assessments/{exam}/start").json()["id"]
        assert ada.post(f"/attempts/{attempt}/submit").status_code == 200
    return ada.post(f"/assessments/{exam}/start")


NAMED = {
    "course not found": (lambda w: w.people["student"].get("/courses/none-of-that-name"), 404, "not_found", {}),
    "lesson access restricted": (
        lambda w: w.people["student"].post(f"/lessons/{w.lesson(w.published('instructor'))}/notes", {"body": "x"}),
        400, "not_enrolled", {},
    ),
    "attempt limit exceeded": (_attempts, 400, "no_attempts_left", {"allowed": 9}),
    "subscription required": (
        lambda w: w.people["student"].post("/enrollments", {"course_id": w.published("instructor")}),
        400, "payment_needed", {},
    ),
    "insufficient role": (lambda w: w.people["student"].post("/courses", {"title": "Tides"}), 403, "denied", {}),
    "required field missing": (
        lambda w: w.people["instructor"].post("/courses", {}),
        400, "invalid_fields", {"fields": {"title": ["missing_field"]}},
    ),
    "format failure": (
        lambda w: w.client.post("/auth/register", wish("x", email="no address")),
        400, "invalid_fields", {"fields": {"email": ["email_invalid"]}},
    ),
    "rule violation": (lambda w: w.people["admin"].delete("/categories/general"), 409, "category_default", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_each_named_error_has_its_code_sentence_and_status(world: World, name: str) -> None:  # API-08
    ask, status, code, details = NAMED[name]
    answer = ask(world)
    said = answer.json()
    assert (answer.status_code, said["code"]) == (status, code), answer.text
    assert said["message"].endswith(".")
    assert "{" not in said["message"]
    assert said["message"] == LmsError(code, **said["details"]).message
    assert said["details"] | details == said["details"]


def test_who_may_not_read_a_lesson_is_told_what_is_lacking(world: World) -> None:  # API-08
    lesson = world.lesson(world.published("instructor"))
    told = {name: world.people[name].get(f"/lessons/{lesson}").json() for name in ("guest", "student", "enrolled")}
    assert [told[name]["body"] is None for name in told] == [True, True, False]
    assert {told[name]["missing"]["code"] for name in ("guest", "student")} <= {"sign_in", "enroll", "pay"}
    assert told["enrolled"]["missing"] is None
    assert world.people["guest"].get(f"/lessons/{NONE}").status_code == 404


KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, LmsError)}


def raised() -> Iterator[tuple[str, str, str]]:
    """File, class and code of every error that the core and the server make with a code."""
    for part in ("lms_core", "sync_server"):
        for path in sorted((PROJECT / part).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    if name in KINDS and isinstance(node.args[0].value, str):
                        yield path.name, name, node.args[0].value


def test_every_code_has_a_sentence_and_a_status() -> None:  # API-08
    codes = list(raised())
    assert len({code for _, _, code in codes}) > 100
    assert [(path, code) for path, _, code in codes if code not in MESSAGES] == []
    assert {status_of(getattr(errors, kind)(code)) for _, kind, code in codes} <= {
        400, 401, 403, 404, 409, 412, 413, 415, 426, 429, 460, 500, 502, 503, 507,
    }  # fmt: skip
