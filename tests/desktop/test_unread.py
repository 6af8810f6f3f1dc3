"""A page whose rows cannot be read says so in a line, what is safe, and reads again when it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.app import App
from desktop_lms.features.lesson.study import StudyTime
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.features.lesson.viewmodel import LessonModel
from desktop_lms.features.today.view import TodayPage
from desktop_lms.features.today.viewmodel import TodayModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner
from tests.desktop.features.learners import open_workspace
from tests.fakes import FakeClock, MemorySecrets
from tests.scenes import fill
from tests.screens_error import Disk


@pytest.fixture
def app(tmp_path: Path, qapp: Any) -> Iterator[App]:
    made = App(qapp, tmp_path)
    made.sessions.secrets = made.sessions.profiles.secrets = MemorySecrets()
    made.enter(made.sessions.start_local("Mina"))
    yield made
    made.close()


def faults(page: Any) -> list[Banner]:
    return [each for each in page.findChildren(Banner) if each.isVisible() and each.findChildren(Button)]


@pytest.mark.parametrize(
    "route",
    [
        "courses",
        "notes",
        "review",
        "review/cards",
        "inbox",
        "progress",
        "storage",
        "search/tide",
        "syncing",
        "teach",
        "settings",
        "profile",
        "certificates",
    ],
)
def test_what_cannot_be_read_is_said_in_a_line_and_read_again(app: App, qtbot: QtBot, route: str) -> None:
    assert app.store is not None
    assert app.window is not None
    disk = Disk(app.store.workspace.engine)
    disk.is_broken = True
    app.window.go(route)
    page = app.window.stack.currentWidget
    qtbot.waitUntil(lambda: len(faults(page())) == 1)
    (fault,) = faults(page())
    assert "what was saved before is kept" in fault.accessibleName()
    qtbot.waitUntil(lambda: 0 < fault.height() < 120)
    disk.is_broken = False
    fault.findChildren(Button)[0].click()
    qtbot.waitUntil(lambda: not faults(page()))


def test_today_says_it_too(qtbot: QtBot, tmp_path: Path, clock: FakeClock) -> None:
    workspace = open_workspace(tmp_path, clock=clock)
    disk = Disk(workspace.engine)
    disk.is_broken = True
    page = TodayPage(TodayModel(InlineStore(workspace)), go=lambda route: None)
    qtbot.addWidget(page)
    page.show()
    (fault,) = faults(page)
    disk.is_broken = False
    fault.findChildren(Button)[0].click()
    qtbot.waitUntil(lambda: not faults(page))
    workspace.close()


@pytest.mark.parametrize("place", ["course", "lesson"])
def test_a_course_and_a_lesson_are_read_again(app: App, qtbot: QtBot, place: str) -> None:
    assert app.store is not None
    assert app.window is not None
    disk, data = Disk(app.store.workspace.engine), fill(app.store.workspace)
    disk.is_broken = True
    app.window.go(f"{place}/{data.course if place == 'course' else data.lesson}")
    page = app.window.stack.currentWidget
    qtbot.waitUntil(lambda: len(faults(page())) == 1)
    (fault,) = faults(page())
    assert "what was saved before is kept" in fault.accessibleName()
    assert [each for each in page().crumbs if not each[0]] == [], "no crumb is empty"
    disk.is_broken = False
    (again,) = fault.findChildren(Button)
    assert again.accessibleName() == "Try again"
    again.click()
    qtbot.waitUntil(lambda: len(page().crumbs) == 2 and not faults(page()))
    app.window.go("today")  # what is being drawn ends
    qtbot.waitUntil(lambda: isinstance(page(), TodayPage))


def test_a_lesson_that_cannot_be_read_is_told_of_once(qtbot: QtBot, tmp_path: Path, clock: FakeClock) -> None:
    workspace = open_workspace(tmp_path, clock=clock)
    store, told, disk = InlineStore(workspace), [], Disk(workspace.engine)
    store.failed.connect(told.append)
    page = LessonPage(LessonModel(store, "found", study=StudyTime(clock)), go=print, say=lambda text, undo: None)
    qtbot.addWidget(page)
    page.show()
    disk.is_broken = True
    page.open("found")
    qtbot.waitUntil(lambda: len(faults(page)) == 1)
    assert told == [], "nothing stands over what the page says"
    disk.is_broken = False
    page.leave()
    workspace.close()
