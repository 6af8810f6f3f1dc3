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
        self._chain: list[QWidget] = []
        self.hide()
        self._window = window
        app: Any = QApplication.instance()
        app.focusChanged.connect(self._on_focus)
        # the binding must learn Qt's classes to look at events: the first page need not wait for that
        self.startTimer(WATCH_MS)

    def timerEvent(self, event: QTimerEvent) -> None:
        handle = self._window.windowHandle()
        if handle is not None:
            self.killTimer(event.timerId())
            handle.installEventFilter(self)  # at the door: on the whole app it would be asked about every event of all

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride):  # a shortcut takes the press itself
            self._keyboard = True
        elif kind == QEvent.Type.MouseButtonPress:
            self._keyboard = False
            self._follow(None)
        elif kind in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

    def _on_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        home = self._window
        seen = new is not None and self._keyboard and home.isAncestorOf(new) and new is not home
        self._follow(new if seen else None)

    def _follow(self, around: QWidget | None) -> None:
        """Stand around a widget and move with it and with everything it lies in."""
        for widget in self._chain:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._around, self._chain = around, []
        if around is None:
            self.hide()
            return
        at: QWidget | None = around
        while at is not None and at is not self._window:
            self._chain.append(at)
            at.installEventFilter(self)
            at = at.parentWidget()
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        if self._around is not None and isValid(self._around) and self._window.isAncestorOf(self._around):
            corner = self._around.mapTo(self._window, QPoint(0, 0))
            ring = QRect(corner, self._around.size()).adjusted(-4, -4, 4, 4)
            self.setGeometry(ring.intersected(self._window.rect()))  # what reaches the edge has a whole ring too

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(self.painter(), self.rect(), edge="focus", radius=10, width=2)
