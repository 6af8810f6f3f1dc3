"""The field of tags beside what the store says of them."""

from __future__ import annotations

from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.notes import Tags


def test_what_was_told_first_takes_nothing_back_that_was_typed_since(qtbot: QtBot) -> None:
    tags, told = Tags(), []
    qtbot.addWidget(tags)
    tags.changed.connect(told.append)
    QTest.keyClicks(tags.field, "wind,rain,")
    tags.show_tags(told[0])
    assert tags.tags == ["wind", "rain"], "the second is on its way"
    tags.show_tags(told[1])
    tags.show_tags(told[0])
    assert tags.tags == ["wind"], "undone"
