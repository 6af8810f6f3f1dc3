"""Keys that do something in a part of the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def shortcut(
    owner: QWidget, keys: str | QKeySequence.StandardKey, then: Callable[[], object], *, within: bool = False
) -> None:
    """Do something on some keys, such as `Ctrl+F`: in the whole window, or only `within` their owner.

    What is connected by a keyword of a constructor, and a slot of C++, would be kept by PySide after its owner is gone.
    """
    made = QShortcut(QKeySequence(keys) if isinstance(keys, str) else keys, owner)
    made.activated.connect(lambda: then())
    if within:
        made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
