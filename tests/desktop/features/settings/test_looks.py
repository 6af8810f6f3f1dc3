"""The looks are gone through by keyboard: the page is built anew under it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.settings.view import SettingsPage
from desktop_lms.features.settings.viewmodel import SettingsModel
from desktop_lms.preferences import Preferences
from desktop_lms.store import InlineStore
from desktop_lms.widgets.switches import Segments


def test_the_keyboard_stays_where_a_look_is_chosen(qtbot: QtBot, store: InlineStore, tmp_path: Path) -> None:
    preferences = Preferences(tmp_path)
    page = SettingsPage(SettingsModel(store, preferences, lambda: None), say=lambda *_: None)
    preferences.setParent(page)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    next(each for each in page.findChildren(Segments) if each.accessibleName().startswith("Motion")).setFocus()
    for chosen in ("on", "off"):
        qtbot.keyClick(page.window().focusWidget(), Qt.Key.Key_Right)
        QApplication.processEvents()
        focus = page.window().focusWidget()
        assert preferences.get("motion") == chosen
        assert focus.isVisible()
        assert focus.accessibleName() == f"Motion: {chosen.title()}"
