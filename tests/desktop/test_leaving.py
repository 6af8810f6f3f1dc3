"""Leaving a profile keeps what was typed a moment before, and locks it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop_lms.app import App
from desktop_lms.features.builder.view import BuilderPage
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.features.settings.view import SettingsPage
from desktop_lms.features.welcome.view import WelcomePage
from lms_core.demo import open_sample
from lms_core.errors import UserError
from tests.fakes import MemorySecrets

PASSWORD = "Lantern-and-limpet-7"


@pytest.fixture
def app(tmp_path: Path, qapp: Any) -> App:
    made = App(qapp, tmp_path)
    made.sessions.secrets = made.sessions.profiles.secrets = MemorySecrets()
    return made


@pytest.mark.parametrize("leave", [lambda app: app.leave(), lambda app: app.leave(sign_out=False)])
def test_what_was_typed_a_moment_before_is_there_again(app: App, qtbot: Any, leave: Callable[[App], None]) -> None:
    workspace = app.sessions.start_local("Mina", PASSWORD)
    course = open_sample(workspace)
    lesson = workspace.installed.document(course).lessons()[0].id
    profile = workspace.profile.info.id
    app.enter(workspace)
    window = app.window
    assert window is not None
    window.go(f"lesson/{course}/{lesson}")
    page = window.stack.currentWidget()
    assert isinstance(page, LessonPage)
    qtbot.waitUntil(lambda: page._model.reading is not None)
    page.notes.paper.setPlainText("Half a thou")
    leave(app)
    qtbot.waitUntil(lambda: app.door is not None, timeout=10_000)
    with pytest.raises(UserError, match="password"):
        app.sessions.unlock(profile)
    again = app.sessions.unlock(profile, PASSWORD)
    assert [n.body for n in again.notes.all()] == ["Half a thou"]
    again.close()
    app.close()
    app.door.close()


def test_so_is_a_lesson_being_written(app: App, qtbot: Any) -> None:
    workspace = app.sessions.start_local("Mina", PASSWORD)
    course = open_sample(workspace)
    profile = workspace.profile.info.id
    app.enter(workspace)
    window = app.window
    assert window is not None
    window.go(f"builder/{course}")
    page = window.stack.currentWidget()
    assert isinstance(page, BuilderPage)
    qtbot.waitUntil(lambda: bool(page.editor.edit.toPlainText()), timeout=10_000)
    page.editor.edit.setPlainText("Half a lesson")
    app.leave()
    qtbot.waitUntil(lambda: app.door is not None, timeout=10_000)
    again = app.sessions.unlock(profile, PASSWORD)
    first = again.courses.outline(course).modules[0].lessons[0].id
    assert again.courses.lesson_draft(first).body == "Half a lesson"
    again.close()
    app.close()
    app.door.close()


def test_a_profile_moves_by_a_file(app: App, qtbot: Any, tmp_path: Path, qapp: Any) -> None:
    workspace = app.sessions.start_local("Mina", PASSWORD)
    workspace.notes.add("Comes along")
    app.enter(workspace)
    assert app.window is not None
    app.window.go("settings")
    page = app.window.stack.currentWidget()
    assert isinstance(page, SettingsPage)
    qtbot.waitUntil(lambda: page._model.profile is not None)
    file = tmp_path / "mina.lms"
    page._model.save_as_file(file, "Tide-table-2026", "Tide-table-2027")
    assert page._model.error is not None
    assert page._model.error.code == "password_mismatch"
    with qtbot.waitSignal(page._model.told, timeout=10_000):
        page._model.save_as_file(file, "Tide-table-2026", "Tide-table-2026")
    app.close()
    app.window.deleteLater()

    other = App(qapp, tmp_path / "other")
    other.sessions.secrets = other.sessions.profiles.secrets = MemorySecrets()
    other.show_door()
    assert other.door is not None
    door = other.door.centralWidget()
    assert isinstance(door, WelcomePage)
    qtbot.waitUntil(lambda: door._model.profiles is not None)
    door._model.take_over(file, "not it")
    qtbot.waitUntil(lambda: door._model.error is not None, timeout=10_000)
    assert door._model.error is not None
    assert door._model.error.code == "wrong_password"
    with qtbot.waitSignal(other.opened, timeout=10_000):
        door._model.take_over(file, "Tide-table-2026")
    assert other.store is not None
    assert [n.body for n in other.store.workspace.notes.all()] == ["Comes along"]
    other.close()
