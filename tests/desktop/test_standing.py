"""The window comes back where it was closed, and never where no screen is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRect

from desktop_lms.app import App
from desktop_lms.preferences import FILE
from desktop_lms.shell.standing import fitted
from desktop_lms.shell.window import FRAME, opening_size
from tests.fakes import MemorySecrets

LEFT, RIGHT = QRect(0, 0, 1920, 1040), QRect(1920, 0, 1280, 1000)


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (QRect(100, 100, 1280, 800), QRect(100, 100, 1280, 800)),
        (QRect(1900, 100, 1280, 800), QRect(1920, 100, 1280, 800)),
        (QRect(9000, -4000, 1280, 800), QRect(640, FRAME, 1280, 800)),
        (QRect(-50, 500, 1280, 800), QRect(0, 240, 1280, 800)),
        (QRect(2000, 10, 4000, 3000), QRect(1920, FRAME, 1280, 1000 - FRAME)),
    ],
    ids=["there", "between two", "nowhere", "half out", "too large"],
)
def test_it_stands_on_a_screen_that_is_there(area: QRect, expected: QRect) -> None:
    assert fitted(area, [LEFT, RIGHT]) == expected


class Machine:
    """Opens the app over one folder, again and again."""

    def __init__(self, data: Path, qapp: Any) -> None:
        self._data, self._qapp, self._secrets = data, qapp, MemorySecrets()

    def open(self) -> App:
        app = App(self._qapp, self._data)
        app.sessions.secrets = app.sessions.profiles.secrets = self._secrets
        known = app.sessions.list()
        app.enter(app.sessions.unlock(known[0].id) if known else app.sessions.start_local("Mina"))
        return app


def test_it_comes_back_where_it_was_closed(tmp_path: Path, qtbot: Any, qapp: Any) -> None:
    machine = Machine(tmp_path, qapp)
    app = machine.open()
    assert app.window is not None
    assert app.window.size() == opening_size()
    app.window.setGeometry(40, 60, 1000, 700)
    app.close()
    app = machine.open()
    assert app.window is not None
    assert app.window.geometry().getRect() == (40, 60, 1000, 700)
    assert not app.window.isMaximized()
    app.window.showMaximized()
    app.close()
    app = machine.open()
    assert app.window is not None
    assert app.window.isMaximized()
    app.preferences.set("language", "de")
    assert app.window.isMaximized(), "so does one that speaks another language"
    app.window.showNormal()
    qtbot.waitUntil(lambda: app.window.geometry().getRect() == (40, 60, 1000, 700))
    app.preferences.set("language", "en")
    app.close()


@pytest.mark.parametrize("kept", ["large", [1, 2], [0, 0, 0, 0, 0], [1e9, "a", 5, 5, 1], [10**9] * 5, {"x": 1}])
def test_what_cannot_be_a_place_is_left_alone(tmp_path: Path, qtbot: Any, qapp: Any, kept: object) -> None:
    (tmp_path / FILE).write_text(json.dumps({"window": kept}), "utf-8")
    app = Machine(tmp_path, qapp).open()
    assert app.window is not None
    assert app.window.size() == opening_size()
    app.close()
