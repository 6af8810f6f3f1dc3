"""One overlay draws every focus ring, 2 px wide and 2 px outside, when the keyboard moved there."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimerEvent
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from desktop_lms.widgets.surfaces import Painted, rounded

WATCH_MS = 250


class FocusRing(Painted):
    """The ring of one window; made once and moved."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._keyboard = False
        self._around: QWidget | None = None
        self.hide()
        self._window = window
        app: Any = QApplication.instance()
        app.focusChanged.connect(self._on_focus)
        # to look at every event the binding must learn all of Qt's classes: the first page need not wait for that
        self.startTimer(WATCH_MS)

    def timerEvent(self, event: QTimerEvent) -> None:
        self.killTimer(event.timerId())
        app: Any = QApplication.instance()
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress:
            self._keyboard = True
        elif kind == QEvent.Type.MouseButtonPress:
            self._keyboard = False
            self.hide()
        elif kind in (QEvent.Type.Resize, QEvent.Type.Move) and watched is not self and self.isVisible():
            self._place()
        return False

    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        home = self._window
        if new is None or not self._keyboard or not home.isAncestorOf(new) or new is home:
            self._around = None
            self.hide()
            return
        self._around = new
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        if self._around is not None and isValid(self._around) and self._window.isAncestorOf(self._around):
            corner = self._around.mapTo(self._window, QPoint(0, 0))
            self.setGeometry(QRect(corner, self._around.size()).adjusted(-4, -4, 4, 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(self.painter(), self.rect(), edge="focus", radius=10, width=2)
