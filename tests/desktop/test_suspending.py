"""An instructor suspends a learner from the app, at a real server, and lets them go on."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.people.view import PeoplePage
from desktop_lms.features.people.viewmodel import PeopleModel
from desktop_lms.store import InlineStore
from lms_core.workspace import Workspace
from tests.desktop.test_joining import entered
from tests.e2e.programs import Server


def published(tess: Workspace) -> str:
    """A course of hers that is in the catalogue."""
    courses = tess.courses
    course = courses.create_course("Between the tides", description="A week at the shore, day by day. " * 4)
    courses.add_lesson(courses.add_module(course, "One"), "Waves", body="Wind makes waves.")
    courses.publish(course)
    tess.synchronize()
    until(tess, lambda: bool(courses.catalog()))
    return course


def until(workspace: Workspace, there: object) -> None:
    """Exchange until something has come; the server does what follows behind the request."""
    for _ in range(200):
        workspace.synchronize()
        if there():  # type: ignore[operator]
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


def test_a_learner_is_suspended_and_let_go_on(qtbot: QtBot, tmp_path: Path, server: Server) -> None:  # ENR-12, INS-13
    tess, amara = entered(tmp_path, server, "tess", role="instructor"), entered(tmp_path, server, "amara")
    tess.synchronize()
    course = published(tess)
    until(amara, lambda: bool(amara.courses.catalog()))
    amara.learning.enroll(course)
    amara.synchronize()
    until(tess, lambda: bool(tess.learning.roster(course)))
    told: list[str] = []
    model = PeopleModel(InlineStore(tess), course)
    page = PeoplePage(model, go=lambda route: None, say=lambda text, undo=None: told.append(text))
    model.setParent(page)
    qtbot.addWidget(page)
    page.show()
    assert model.groups == ("all", "active", "at_risk", "completed", "dropped")
    act(page, "Suspend Amara Okafor in this course")
    assert told == ["Amara Okafor is suspended in this course"]
    until(tess, lambda: tess.learning.roster(course)[0].status == "suspended")
    model.refresh()
    assert (model.groups[-1], model.count("suspended")) == ("suspended", 1)
    amara.synchronize()
    assert amara.learning.enrollment(course) == "suspended"
    act(page, "Let Amara Okafor go on")
    assert told[-1] == "Amara Okafor may go on"
    amara.synchronize()
    assert amara.learning.enrollment(course) == "active"
    server.stop()
    act(page, "Let Amara Okafor go on")
    assert model.error.code == "offline"
    for each in (tess, amara):
        each.close()


def act(page: PeoplePage, words: str) -> None:
    """Choose something from the menu of the only learner."""
    QApplication.processEvents()
    menu = page.menu(page._model.rows[0])
    assert menu is not None
    next(each for each in menu.actions() if each.text() == words).trigger()
