"""The PySide6 in use gives None back: a release that loses one reference a call aborts after some thousand calls."""

from __future__ import annotations

import sys

import pytest
from pytestqt.qtbot import QtBot


def test_calls_that_return_nothing_keep_none_alive(qtbot: QtBot) -> None:
    widgets = pytest.importorskip("PySide6.QtWidgets")
    label = widgets.QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(1000):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < 100
