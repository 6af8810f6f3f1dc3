"""The chip has a word, an icon and a tone for each state; what was sent back stays at hand while one mends it."""

from __future__ import annotations

from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTextEdit
from pytestqt.qtbot import QtBot

from desktop_lms.shell.kept import KeptText
from desktop_lms.shell.sync_chip import Kind, SyncChip, SyncState
from desktop_lms.widgets.buttons import Button

STATES = {
    "synced": (SyncState("synced", synced_at="14:02"), "All saved · synced 14:02"),
    "waiting": (SyncState("waiting", waiting=3), "Saved here · 3 waiting"),
    "syncing": (SyncState("syncing", done=2, total=5), "Syncing 2 of 5"),
    "offline": (SyncState("offline"), "Offline · saved here"),
    "needs_you": (SyncState("needs_you", needs_you=1), "Needs you · 1"),
    "unreachable": (SyncState("unreachable"), "Cannot reach server"),
    "signed_out": (SyncState("signed_out"), "Sign in to sync"),
    "outdated": (SyncState("outdated"), "Update the app · saved here"),
    "paused": (SyncState("paused"), "Paused · saved here"),
    "local": (SyncState("local"), "Saved on this device"),
}


@pytest.mark.parametrize("kind", get_args(Kind))
def test_each_state_says_where_the_work_is(qtbot: QtBot, kind: str) -> None:
    chip = SyncChip()
    qtbot.addWidget(chip)
    state, words = STATES[kind]
    chip.show_state(state)
    assert chip.words == chip.accessibleName() == words
    assert chip._icon


def test_it_opens_the_panel_by_mouse_and_key(qtbot: QtBot) -> None:
    chip = SyncChip()
    qtbot.addWidget(chip)
    with qtbot.waitSignal(chip.clicked):
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(chip.clicked):
        qtbot.keyClick(chip, Qt.Key.Key_Space)


def test_a_text_stays_at_hand_until_it_is_closed(qtbot: QtBot) -> None:
    kept = KeptText()
    qtbot.addWidget(kept)
    kept.hold("Halos", "A bright ring.")
    assert not kept.isHidden()
    assert kept.findChild(QTextEdit).toPlainText() == "A bright ring."
    buttons = {b.accessibleName(): b for b in kept.findChildren(Button)}
    buttons["Copy"].click()
    assert QApplication.clipboard().text() == "A bright ring."
    buttons["Close"].click()
    assert kept.isHidden()
