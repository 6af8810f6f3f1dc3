"""Figures over the interface: of the platform once a day, of learners for themselves, and dashboards made of parts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import text

from lms_core.accounts.passwords import PasswordHasher
from lms_core.analytics.learner import LearningStatistics, statistics_of
from lms_core.certificates.entities import CERTIFICATE, certificate_id
from lms_core.db.engine import write
from lms_core.errors import DiskFull
from lms_core.operation.runs import FAILED
from sync_server.config import Settings
from sync_server.lanes import Lanes
from sync_server.parts import Missing, gather
from tests.fakes import FakeClock
from tests.server.learners import laptop_of, open_world, sync
from tests.server.rights import World

DAY_MS = 86_400_000
TODAY = "2026-01-05"


@pytest.fixture
def world(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[World]:
    with open_world(data, settings, clock, hasher) as each:
        yield each


def learn(world: World, tmp_path: Path, clock: FakeClock) -> LearningStatistics:
    """Somebody reads a lesson for an hour on a laptop, completes it, and syncs; returns what the laptop says of it."""
    world.published("instructor")
    with laptop_of(world, "enrolled", tmp_path, clock) as laptop:
        (course,) = [c.course_id for c in laptop.learning.my_courses()]
        laptop.installed.install(course)
        lesson = laptop.installed.document(course).modules[0].lessons[0].id
        laptop.learning.open_lesson(lesson)
        laptop.learning.record_session(lesson, start_ms=clock.ms() - 3_600_000, seconds=3600)
        laptop.learning.complete(lesson)
        sync(world, laptop)
        with laptop.work() as unit:
            return statistics_of(unit, laptop.account, zone=UTC, now_ms=clock.ms())


@pytest.mark.postgresql
def test_the_platform_is_counted_once_a_day(world: World, tmp_path: Path, clock: FakeClock) -> None:  # ANA-03, ANA-09
    learn(world, tmp_path, clock)
    platform, client = world.opened.served.platform, world.client
    before = client.get("/statistics/platform").json()
    platform.snapshot()
    platform.snapshot()
    told = client.get("/statistics/platform").json()
    assert told == {
        "total_courses": 1, "total_students": 2, "total_instructors": 3, "total_lessons_completed": 1,
        "total_certificates_issued": 0, "last_updated": "2026-01-05T08:00:00.000Z",
    }  # fmt: skip
    assert before == told, "counted at once before the first job"
    client.join("late")
    assert client.get("/statistics/platform").json() == told, "not counted anew for each who asks"
    clock.advance(ms=DAY_MS)
    platform.snapshot()
    assert client.get("/statistics/platform").json()["total_students"] == 3
    view = client.sign_in("manager").get("/analytics/platform", params={"days": 7}).json()
    assert view["missing"] == []
    assert (view["totals"]["total_accounts"], view["totals"]["learners"], view["totals"]["seconds"]) == (8, 1, 3600)
    growth = view["charts"]["user_growth"]
    assert (growth["type"], growth["data"]["labels"][-2:]) == ("line", [TODAY, "2026-01-06"])
    assert {each["label"]: each["data"] for each in growth["data"]["datasets"]} == {
        "accounts": [0, 0, 0, 0, 0, 7, 8], "joined": [0, 0, 0, 0, 0, 8, 0],
    }  # fmt: skip
    usage = {each["label"]: each["data"][-2:] for each in view["charts"]["system_usage"]["data"]["datasets"]}
    assert usage == {"learners": [1, 0], "hours": [1.0, 0], "attempts": [0, 0]}
    activity = view["charts"]["activity"]["data"]
    assert dict(zip(activity["labels"], activity["datasets"][0]["data"], strict=True)) == {
        "attempt": 0, "lesson_complete": 1, "lesson_open": 1,
    }  # fmt: skip
    categories = view["charts"]["courses_per_category"]["data"]
    assert (categories["labels"], categories["datasets"][0]["data"]) == (["General"], [1])


def test_what_a_laptop_brings_late_counts_on_its_day(world: World, tmp_path: Path, clock: FakeClock) -> None:
    world.opened.served.platform.snapshot()
    learn(world, tmp_path, clock)
    clock.advance(ms=DAY_MS)
    world.opened.served.platform.snapshot()
    charts = world.client.sign_in("admin").get("/analytics/platform").json()["charts"]
    assert charts["system_usage"]["data"]["datasets"][0]["data"][-2:] == [1, 0]
    # today's figures of yesterday are the totals as they were then
    assert charts["user_growth"]["data"]["datasets"][0]["data"][-2:] == [7, 7]


def test_figures_of_the_platform_are_for_those_who_look_after_it(world: World) -> None:
    assert world.client.get("/analytics/platform").status_code == 401
    for name in ("student", "instructor"):
        assert world.people[name].get("/analytics/platform").status_code == 403
    for wrong in ("6", "367", "x"):
        assert world.people["manager"].get("/analytics/platform", params={"days": wrong}).status_code == 400


@pytest.mark.postgresql
def test_learners_see_what_their_laptop_shows(world: World, tmp_path: Path, clock: FakeClock) -> None:  # ANA-10, ANA-11
    here = learn(world, tmp_path, clock)
    told = world.people["enrolled"].get("/analytics/student").json()
    statistics = told["statistics"]
    assert statistics == structs.asdict(here) | {"last_updated": "2026-01-05T08:00:00.000Z"}
    assert (statistics["total_time_spent"], statistics["hours_spent"], statistics["lessons_completed"]) == (3600, 1, 1)
    assert (statistics["current_streak"], statistics["longest_streak"]) == (1, 1)
    assert (statistics["last_active_day"], statistics["average_score"]) == (TODAY, None)
    assert told["charts"]["study_time"]["data"]["datasets"][0]["data"][-1] == 60
    far = world.people["enrolled"].get("/analytics/student", params={"zone": "Pacific/Kiritimati"}).json()
    assert far["statistics"]["last_active_day"] == TODAY
    west = world.people["enrolled"].get("/analytics/student", params={"zone": "America/Los_Angeles"}).json()
    assert west["charts"]["study_time"]["data"]["labels"][-1] == TODAY
    assert world.people["enrolled"].get("/analytics/student", params={"zone": "../etc/passwd"}).status_code == 400
    assert world.client.get("/analytics/student").status_code == 401
    assert world.people["student"].get("/analytics/student").json()["statistics"]["total_courses"] == 0


@pytest.mark.postgresql
def test_certificates_that_hold_are_counted(world: World) -> None:  # ANA-09, PRG-10
    mine = world.account("enrolled")
    with world.opened.hub.unit() as unit:
        for n, (valid, released) in enumerate(((True, True), (True, False), (False, True))):
            told = {"user_id": mine, "is_valid": valid, "is_released": released}
            unit.derive(CERTIFICATE, certificate_id(mine, n), told)
    assert world.client.get("/statistics/platform").json()["total_certificates_issued"] == 2
    student = world.people["enrolled"].get("/analytics/student").json()
    assert student["statistics"]["certificates_earned"] == 1
    assert world.people["student"].get("/analytics/student").json()["statistics"]["certificates_earned"] == 0
    assert world.people["enrolled"].get("/users/me/progress-stats").json()["certificates_earned"] == 1


@pytest.mark.postgresql
def test_a_dashboard_fits_the_role(world: World, tmp_path: Path, clock: FakeClock) -> None:  # ANA-04
    learn(world, tmp_path, clock)
    runs = world.opened.served.runs
    runs.end(runs.begin("backup", "here"), FAILED)
    told = {
        name: world.people[name].get("/dashboard").json() for name in ("enrolled", "instructor", "manager", "admin")
    }
    assert all(each["missing"] == [] for each in told.values())
    parts = {
        name: {part for part in ("learning", "charts", "teaching", "platform", "health") if each[part] is not None}
        for name, each in told.items()
    }
    assert parts["enrolled"] == {"learning", "charts"}
    assert parts["instructor"] == {"learning", "charts", "teaching"}
    assert parts["manager"] == {"learning", "charts", "platform"}
    assert parts["admin"] == {"learning", "charts", "teaching", "platform", "health"}
    (taught,) = told["instructor"]["teaching"]
    assert (taught["learners"], taught["completed"], taught["active_learners"]) == (1, 0, 1)
    assert told["admin"]["teaching"] == []
    assert told["admin"]["health"] == {"set_aside": 0, "failed_jobs": ["backup"]}
    assert world.client.get("/dashboard").status_code == 401


@pytest.mark.postgresql
def test_a_part_that_fails_is_named_and_left_out(world: World) -> None:  # API-17
    with write(world.opened.hub.engine) as conn:
        conn.execute(text("DROP TABLE platform_day"))
        conn.execute(text("DROP TABLE grade"))
    answer = world.people["admin"].get("/dashboard")
    assert answer.status_code == 200
    told = answer.json()
    assert {each["part"] for each in told["missing"]} == {"learning", "charts", "platform"}
    assert (told["learning"], told["platform"], told["teaching"]) == (None, None, [])
    view = world.people["manager"].get("/analytics/platform").json()
    assert [each["part"] for each in view["missing"]] == ["totals", "charts"]
    assert view["health"]["set_aside"] == 0


def test_a_part_that_takes_too_long_is_left_out() -> None:  # API-17
    lanes, ends = Lanes(threads=3, password_threads=1), threading.Event()

    def full() -> None:
        raise DiskFull

    try:
        parts = {"quick": lambda: 1, "slow": ends.wait, "full": full}
        told, missing = asyncio.run(gather(lanes, parts, within_s=0.2))
    finally:
        ends.set()
        lanes.close()
    assert told == {"quick": 1}
    assert missing == [Missing("slow", "slow"), Missing("full", DiskFull().code)]
