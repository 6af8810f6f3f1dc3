"""What PySide6 keeps: one release loses a reference to None in each call; connections by keyword stay for ever."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from PySide6 import QtCore, QtGui, QtWidgets
from pytestqt.qtbot import QtBot

import desktop_lms


def test_calls_that_return_nothing_keep_none_alive(qtbot: QtBot) -> None:
    widgets = pytest.importorskip("PySide6.QtWidgets")
    label = widgets.QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for number in range(1000):
        label.setText(str(number))
    assert abs(sys.getrefcount(None) - before) < 100


def by_keyword(source: str) -> list[str]:
    """Where a signal is connected by a keyword of a Qt constructor: PySide never lets go of such a connection."""
    found = []
    for node in ast.walk(ast.parse(source)):
        name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        made = next((getattr(part, name) for part in (QtCore, QtGui, QtWidgets) if name and hasattr(part, name)), None)
        words = [keyword.arg or "" for keyword in node.keywords] if isinstance(node, ast.Call) else []
        found += [f"{name}({word}=)" for word in words if isinstance(getattr(made, word, None), QtCore.Signal)]
    return found


def test_no_signal_is_connected_by_a_keyword_of_a_constructor() -> None:
    assert by_keyword("QTimer(self, timeout=f, interval=5)\nQtGui.QShortcut(self, activated=f)") == [
        "QTimer(timeout=)", "QShortcut(activated=)",
    ]  # fmt: skip
    sources = Path(desktop_lms.__file__).parent.rglob("*.py")
    assert [f"{path}: {each}" for path in sources for each in by_keyword(path.read_text(encoding="utf-8"))] == []
