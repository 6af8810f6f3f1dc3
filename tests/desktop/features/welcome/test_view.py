"""The door as a person meets it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop_lms.features.welcome.items import PersonRow, Purposes
from desktop_lms.features.welcome.view import WAYS, WelcomePage
from desktop_lms.features.welcome.viewmodel import WelcomeModel
from desktop_lms.shell.window import opening_size
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import Dressed
from desktop_lms.words import speak
from lms_core.session import Sessions
from lms_core.workspace import Workspace
from tests import walker
from tests.desktop.features.doors import at_once
from tests.fakes import FakeClock, MemorySecrets


@pytest.fixture
def opened() -> Iterator[list[Workspace]]:
    """What the door opened, closed at the end."""
    workspaces: list[Workspace] = []
    yield workspaces
    for workspace in workspaces:
        workspace.close()


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, opened: list[Workspace]) -> WelcomePage:
    sessions = Sessions(tmp_path, secrets=MemorySecrets(), clock=FakeClock())
    model = WelcomeModel(sessions, at_once, demo=lambda: sessions.start_local("Demo"))
    model.opened.connect(lambda workspace, _: opened.append(workspace))
    made = WelcomePage(model)
    model.setParent(made)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    return made


def press(page: WelcomePage, words: str) -> None:
    QApplication.processEvents()
    next(b for b in page.findChildren(Button) if words in b.text() and b.isVisible()).click()


def fields(page: WelcomePage) -> list[Field]:
    QApplication.processEvents()
    return [f for f in page.findChildren(Field) if f.isVisible()]


def test_the_first_steps_to_a_local_profile(page: WelcomePage, opened: list[Workspace]) -> None:
    press(page, "Continue")
    press(page, "Skip, start with a local profile")
    name, password = fields(page)
    press(page, "Begin")
    QApplication.processEvents()
    assert [b for b in page.findChildren(Banner) if b.isVisible()], "a name is asked for"
    name, password = fields(page)
    name.setText("Amara Osei")
    password.setText("correct horse")
    press(page, "Begin")
    assert [w.person.name for w in opened] == ["Amara Osei"]


def test_the_ways_in_stay_where_they_are(page: WelcomePage) -> None:
    press(page, "Continue")
    press(page, "Continue")
    for height in (800, 720, 660):
        page.resize(1280, height)
        places = set()
        for way in WAYS:
            page._model.set_way(way)
            QApplication.processEvents()
            page.grab()
            ways = next(each for each in page.findChildren(Segments) if each.isVisible())
            places.add(ways.mapTo(page, ways.rect().topLeft()).y())
        assert len(places) == 1, "nothing moves under the hand"


@pytest.mark.parametrize("language", ["en", "de"])
def test_all_of_the_door_is_in_view_as_the_window_opens(page: WelcomePage, qtbot: QtBot, language: str) -> None:
    speak(language)
    window, model = Dressed(), page._model
    qtbot.addWidget(window)
    window.setCentralWidget(page)
    window.resize(opening_size())
    window.show()
    model.set_purpose("teach")
    for step, way, code in (
        ("look", "", False), ("purpose", "", False), ("server", "sign_in", False), ("server", "sign_in", True),
        ("server", "register", False), ("server", "local", False), ("server", "forgot", False),
    ):  # fmt: skip
        model.step, model.way, model.asks_code = step, way, code
        model.changed.emit()
        for _ in range(5):  # layouts are told of their parts by and by
            QApplication.processEvents()
        assert page.verticalScrollBar().maximum() == 0, (step, way, code)
        assert walker.cut(window) == []
    window.takeCentralWidget()
    speak("en")


def test_what_was_typed_survives_a_refusal(page: WelcomePage) -> None:
    press(page, "Continue")
    press(page, "Continue")
    url, email, password = fields(page)
    url.setText("http://127.0.0.1:9")
    email.setText("amara@example.org")
    password.setText("secret words")
    press(page, "Sign in")
    QApplication.processEvents()
    said = [b.accessibleName() for b in page.findChildren(Banner) if b.isVisible()]
    assert "cannot be reached" in said[0]
    assert [f.text() for f in fields(page)] == ["http://127.0.0.1:9", "amara@example.org", "secret words"]
    press(page, "Begin without it")
    assert page._model.way == "local"


def test_the_demo_is_one_press_away(page: WelcomePage, qtbot: QtBot, opened: list[Workspace]) -> None:
    press(page, "Continue")
    QApplication.processEvents()
    demo = next(c for c in page.findChildren(Purposes) if "demo" in c.accessibleName() and c.isVisible())
    qtbot.keyClick(demo, Qt.Key.Key_Space)
    press(page, "Continue")
    assert len(opened) == 1


def test_people_unlock_offline(page: WelcomePage, qtbot: QtBot, opened: list[Workspace]) -> None:
    page._model.start_local("Amara", "correct horse")
    opened.pop().close()
    page._model.start()
    QApplication.processEvents()
    person = next(p for p in page.findChildren(PersonRow) if p.isVisible())
    assert person.accessibleName() == "Amara, locked"
    qtbot.keyClick(person, Qt.Key.Key_Return)
    fields(page)[0].setText("wrong")
    press(page, "Open")
    QApplication.processEvents()
    assert "not right" in next(b for b in page.findChildren(Banner) if b.isVisible()).accessibleName()
    fields(page)[0].setText("correct horse")
    press(page, "Open")
    assert [w.person.name for w in opened] == ["Amara"]


def test_another_text_size_is_one_click_away_behind_the_first_step(page: WelcomePage) -> None:
    press(page, "Continue")
    QApplication.processEvents()
    pill = next(b for b in page.findChildren(Button) if b.accessibleName() == "Text size: 100 %")
    chosen: list[str] = []

    def choose() -> None:
        menu = pill.findChild(QMenu)
        assert menu is not None
        action = next(a for a in menu.actions() if a.text() == "150 %")
        chosen.extend(a.text() for a in menu.actions() if a.isChecked())
        menu.close()
        action.trigger()

    QTimer.singleShot(0, choose)
    pill.click()
    assert chosen == ["100 %"]
    assert page._model.look.scale == 1.5
    QApplication.processEvents()
    assert any(b.accessibleName() == "Text size: 150 %" for b in page.findChildren(Button))


def test_a_server_out_of_reach_is_watched_on_request(page: WelcomePage) -> None:
    model = page._model
    model.skip()
    model.set_way("sign_in")
    model.sign_in("http://127.0.0.1:9", "a@example.org", "secret words")
    QApplication.processEvents()
    press(page, "Remind me when online")
    QApplication.processEvents()
    said = [label.words for label in page.findChildren(Label) if label.isVisible()]
    assert any("as soon as the server answers" in words for words in said)
