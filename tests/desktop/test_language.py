"""A new language is spoken by the whole window at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from desktop_lms.app import App
from desktop_lms.preferences import Preferences
from desktop_lms.words import tr
from tests.fakes import MemorySecrets


def test_the_window_speaks_the_language_that_was_chosen(tmp_path: Path, qtbot: Any, qapp: Any) -> None:
    app = App(qapp, tmp_path)
    app.sessions.secrets = app.sessions.profiles.secrets = MemorySecrets()
    app.enter(app.sessions.start_local("Mina"))
    assert app.window is not None
    app.window.go("settings")
    before = app.window
    try:
        app.preferences.set("language", "ar")
        assert app.window is not before
        assert app.window.route == "settings"
        assert app.window.isVisible()
        assert not before.isVisible()
        assert app.window.rail.items["today"].accessibleName() == tr("Today") != "Today"
        assert app.window.layoutDirection() == Qt.LayoutDirection.RightToLeft
        app.preferences.set("theme", "dark")
        assert app.store is not None
    finally:
        app.preferences.set("language", "en")
        app.preferences.set("theme", "system")
        app.close()


def test_larger_and_smaller_go_through_the_sizes_and_stop_at_the_ends(tmp_path: Path, qapp: Any) -> None:
    chosen = Preferences(tmp_path)
    assert [chosen.resize(1) or chosen.scale for _ in range(6)] == [1.1, 1.25, 1.5, 1.75, 2.0, 2.0]
    chosen.set("text_scale", 1.2)
    chosen.resize(-1)
    assert chosen.scale == 1.1
