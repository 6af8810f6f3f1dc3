"""A page whose rows are still being read says so in a word, and shows them when they are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop_lms.app import App
from desktop_lms.widgets.text import Label
from lms_core.demo import open_sample
from tests.fakes import MemorySecrets


@pytest.fixture
def app(tmp_path: Path, qapp: Any) -> Iterator[App]:
    made = App(qapp, tmp_path)
    made.sessions.secrets = made.sessions.profiles.secrets = MemorySecrets()
    workspace = made.sessions.start_local("Mina")
    made.course = open_sample(workspace)
    made.lesson = workspace.installed.document(made.course).lessons()[0].id
    made.enter(workspace)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ("courses", "Reading your courses…"), ("notes", "Reading your notes…"), ("inbox", "Reading your inbox…"),
        ("course/{course}", "Opening the course…"), ("lesson/{lesson}", "Opening the lesson…"),
        ("search/sample", "Searching…"), ("teach", "Reading your courses…"),
    ],
)  # fmt: skip
def test_a_page_that_is_being_read_says_so(app: App, qtbot: QtBot, route: str, words: str) -> None:
    assert app.store is not None
    window, gate = app.window, Event()
    assert window is not None
    app.store.run(app, lambda _: gate.wait())
    window.go(route.format(course=app.course, lesson=app.lesson))

    def shown() -> list[Label]:
        page = window.stack.currentWidget()
        return [each for each in page.findChildren(Label) if each.isVisible() and each.words == words]

    try:
        qtbot.waitUntil(lambda: len(shown()) == 1)
        top = shown()[0].mapTo(window, shown()[0].rect().topLeft()).y()
        assert top < window.height() / 3, "where the rows will begin"
    finally:
        gate.set()
    qtbot.waitUntil(lambda: not shown())
    page = window.stack.currentWidget()
    window.go("settings")
    qtbot.waitUntil(lambda: not isValid(page) or not any(each.isActive() for each in page.findChildren(QTimer)))


def test_the_foot_of_a_lesson_offers_what_there_is(app: App, qtbot: QtBot) -> None:
    assert app.store is not None
    assert app.window is not None
    gate = Event()
    app.store.run(app, lambda _: gate.wait())
    app.window.go(f"lesson/{app.course}/{app.lesson}")
    page: Any = app.window.stack.currentWidget()
    foot = page._foot
    try:
        assert not foot._mark.isEnabled()
        assert not foot._after.isVisible()
    finally:
        gate.set()
    qtbot.waitUntil(lambda: foot._mark.isEnabled() and foot._after.isVisible())
    app.window.go("settings")
    qtbot.waitUntil(lambda: not isValid(page) or not any(each.isActive() for each in page.findChildren(QTimer)))
