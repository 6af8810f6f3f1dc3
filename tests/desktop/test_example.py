"""The sample course is opened from an empty place: one sees that it is made ready, and it is begun once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.app import App
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from lms_core import demo


@pytest.fixture
def app(qapp: QApplication, tmp_path: Path) -> Iterator[App]:
    """The app of a person who has no course yet."""
    app = App(qapp, tmp_path)
    app.enter(app.sessions.start_local("Ada"))
    yield app
    app.close()


def example(app: App) -> Button:
    """The button of the page that is shown, once it has been read."""
    page = app.window.stack.currentWidget()
    return next((each for each in page.findChildren(Button) if "Open an example" in each.text()), None)


def test_one_sees_that_the_example_is_made_ready(qtbot: QtBot, app: App) -> None:
    window, toast, went, held = app.window, app.window.toast, [], Event()
    window.went.connect(lambda route: went.append(route) if route.startswith("course/") else None)
    qtbot.waitUntil(lambda: example(app) is not None)
    app.store.run(app, lambda _: held.wait(30))
    example(app).click()
    assert toast.isVisible()
    assert toast.accessibleName() == "The sample course is being made ready…"
    assert not toast._timer.isActive(), "it stays as long as that takes"
    example(app).click()
    window.go("courses")
    qtbot.waitUntil(lambda: window.route == "courses")
    app._open_example()
    held.set()
    qtbot.waitUntil(lambda: bool(went), timeout=30_000)
    assert toast.isHidden()
    app.store.run(app, lambda _: None, lambda _: went.append("all is done"))
    qtbot.waitUntil(lambda: went[-1] == "all is done")
    assert len(went) == 2, "begun once, however often one asks"


def test_an_example_that_cannot_be_made_is_told(
    qtbot: QtBot, app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SAMPLES", tmp_path / "lost")
    for _ in range(2):  # it can be tried again
        app._open_example()
        assert app.window.toast.isVisible()
        qtbot.waitUntil(lambda: app.window.findChild(Sheet) is not None)
        assert app.window.toast.isHidden()
        sheet = app.window.findChild(Sheet)
        assert sheet.accessibleName() == "That did not work"
        sheet.close_sheet()
        qtbot.waitUntil(lambda: app.window.findChild(Sheet) is None)
