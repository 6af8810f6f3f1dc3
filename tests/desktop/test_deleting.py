"""One's own account is deleted in the app, at a real server: courses first, then the password, then the profile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QRadioButton
from pytestqt.qtbot import QtBot

from desktop_lms.app import App
from desktop_lms.features.deleting.view import DeletingPage
from desktop_lms.features.settings.viewmodel import load
from desktop_lms.features.welcome.view import WelcomePage
from desktop_lms.widgets.buttons import Button
from lms_core.errors import AuthExpired, UserError
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import fields, said
from tests.e2e.programs import PASSWORD, Server
from tests.fakes import MemorySecrets

EMAIL = "tess@school.example"


@pytest.fixture
def app(qapp: Any, tmp_path: Path, server: Server) -> Iterator[App]:
    """The app of somebody who teaches, with a note that was never sent."""
    entered(tmp_path, server, "tess", role="instructor").close()
    made = App(qapp, tmp_path / "tess")
    made.sessions.secrets = made.sessions.profiles.secrets = MemorySecrets()
    workspace = made.sessions.sign_in(server.url, EMAIL, PASSWORD)
    workspace.synchronize()
    made.enter(workspace)
    yield made
    made.close()
    if made.door is not None:
        made.door.close()


def page_of(app: App, qtbot: QtBot) -> DeletingPage:
    assert app.window is not None
    assert app.loop is not None
    app.loop.stop()
    app.window.go("delete-account")
    page = app.window.stack.currentWidget()
    assert isinstance(page, DeletingPage)
    qtbot.waitUntil(lambda: page._model.led is not None or page._model.trouble is not None)
    return page


def press(page: DeletingPage, words: str) -> None:
    QApplication.processEvents()
    button = next(b for b in page.findChildren(Button) if words in b.text() and b.isVisibleTo(page))
    assert button.isEnabled()
    button.click()


def lead(workspace: Workspace) -> str:
    course = workspace.courses.create_course("Between the tides", description="A week at the shore, day by day.")
    workspace.synchronize()
    return course


def test_courses_are_handed_over_then_the_account_and_the_profile_go(
    app: App, qtbot: QtBot, tmp_path: Path, server: Server
) -> None:  # ACC-19
    heir = entered(tmp_path, server, "heir", role="instructor")
    assert app.store is not None
    workspace = app.store.workspace
    course = lead(workspace)
    workspace.notes.add("Never sent")
    page = page_of(app, qtbot)
    model, profile = page._model, workspace.profile.info.id
    assert "You lead 1 course alone" in said(page)
    assert "Between the tides" in said(page)
    assert "1 change is not sent yet" in said(page)
    assert "Hand the courses over first." in said(page)
    assert not next(b for b in page.findChildren(Button) if "for good" in b.text()).isEnabled()
    fields(page)[0].setText("nobody@school.example")
    press(page, "Hand over")
    qtbot.waitUntil(lambda: not model.busy)
    assert model.error.code == "cannot_lead"
    fields(page)[0].setText("heir@school.example")
    press(page, "Hand over")
    qtbot.waitUntil(lambda: model.led == ())
    heir.synchronize()
    assert heir.courses.outline(course).title == "Between the tides"
    heir.close()
    fields(page)[-1].setText("not my password")
    press(page, "for good")
    qtbot.waitUntil(lambda: not model.busy)
    assert "The password is not right." in said(page)
    fields(page)[-1].setText(PASSWORD)
    press(page, "for good")
    qtbot.waitUntil(lambda: app.door is not None, timeout=10_000)
    assert isinstance(app.door.centralWidget(), WelcomePage)
    assert profile not in [each.id for each in app.sessions.list()], "it is gone from this device"
    other = Sessions(tmp_path / "other", secrets=MemorySecrets())
    with pytest.raises(AuthExpired):
        other.sign_in(server.url, EMAIL, PASSWORD)


def test_the_profile_is_kept_for_this_device_alone(app: App, qtbot: QtBot, server: Server) -> None:  # ACC-19
    assert app.store is not None
    workspace, sessions = app.store.workspace, app.sessions
    workspace.notes.add("Still mine")
    profile = workspace.profile.info.id
    page = page_of(app, qtbot)
    next(r for r in page.findChildren(QRadioButton) if "alone" in r.text()).setChecked(True)
    fields(page)[-1].setText(PASSWORD)
    press(page, "for good")
    qtbot.waitUntil(lambda: app.door is not None, timeout=10_000)
    kept = next(each for each in sessions.list() if each.id == profile)
    assert kept.server_url is None
    again = sessions.unlock(profile, PASSWORD)
    assert again.transport is None
    assert [note.body for note in again.notes.all()] == ["Still mine"]
    again.notes.add("And more")
    assert load(again).had_account, "so it is not offered to link it"
    with pytest.raises(UserError, match="account"):
        sessions.link(again, server.url, EMAIL, PASSWORD)
    again.close()


def test_without_the_server_it_says_why_not(app: App, qtbot: QtBot, server: Server) -> None:  # ACC-19
    server.stop()
    page = page_of(app, qtbot)
    QApplication.processEvents()
    assert "The server must be reached for this" in said(page)
    assert not next(b for b in page.findChildren(Button) if "for good" in b.text()).isEnabled()
    server.start()
    press(page, "Try again")
    qtbot.waitUntil(lambda: page._model.led == ())


def test_a_local_profile_has_no_account(qapp: Any, qtbot: QtBot, tmp_path: Path) -> None:
    made = App(qapp, tmp_path / "local")
    made.sessions.secrets = made.sessions.profiles.secrets = MemorySecrets()
    made.enter(made.sessions.start_local("Mina"))
    assert made.window is not None
    made.window.go("delete-account")
    page = made.window.stack.currentWidget()
    assert isinstance(page, DeletingPage)
    qtbot.waitUntil(lambda: page._model.here is not None)
    assert "has no account" in said(page)
    made.close()
