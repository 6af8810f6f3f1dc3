"""Hands and eyes for real windows: find what a person sees, click it, type, drag, and take pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QElapsedTimer, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMenu, QPushButton, QScrollArea, QWidget

from desktop_lms.widgets.switches import _Strip

PATIENCE_S = 15
LEFT = Qt.MouseButton.LeftButton


class Hands:
    """What a person can do at the screen. Each act waits until what it needs is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        folder.mkdir(parents=True, exist_ok=True)

    # --- seeing
    def until(self, ready: Callable[[], Any], what: str) -> Any:
        """Wait until something is there; raises TimeoutError with its name and what is seen instead."""
        end = time.monotonic() + PATIENCE_S
        while not (found := ready()):
            if time.monotonic() > end:
                self.picture("failed")
                raise TimeoutError(f"{what}; seen: {sorted({said(w) for w in seen()})}")
            QApplication.processEvents()
            QTest.qWait(10)
        return found

    def find(self, words: str, kind: type[QWidget] = QWidget) -> Any:
        """The visible widget that is called so, or begins so when the words end in an ellipsis of three points."""
        begins = words.endswith("...")

        def look() -> QWidget | None:
            for each in seen(kind):
                name = said(each)
                if name == words or (begins and name.startswith(words[:-3])):
                    return each
            return None

        return self.until(look, f"no {kind.__name__} “{words}”")

    def sees(self, words: str) -> bool:
        """Whether these words stand anywhere on the screen now."""
        return any(words in said(each) for each in seen())

    def reads(self, words: str) -> None:
        """Wait until these words stand somewhere."""
        self.until(lambda: self.sees(words), f"nothing says “{words}”")

    def picture(self, name: str) -> None:
        """Keep what the screen shows."""
        for _ in range(5):  # a page is laid out in several rounds
            QApplication.processEvents()
        self.count += 1
        screen = QApplication.primaryScreen()
        if not screen.grabWindow(0).save(str(self.folder / f"{self.count:02}-{name}.png")):
            raise OSError(f"no picture of {name}")

    # --- doing
    def rest(self, ms: int) -> None:
        """Do nothing for a while."""
        QTest.qWait(ms)

    def click(self, words: str, kind: type[QWidget] = QWidget) -> Any:
        """Click what is called so; it must be enabled and nothing may lie over it."""

        def ready() -> Any:  # found anew each time: a page that comes is laid out in several rounds
            found = self.find(words, kind)
            return found if found.isEnabled() and self._lies_open(found, found.rect().center()) else None

        widget = self.until(ready, f"“{words}” cannot be clicked")
        self.press(widget)
        return widget

    def press(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click a widget in its middle or at a point."""
        spot = at or widget.rect().center()
        if not self._lies_open(widget, spot):
            raise AssertionError(f"“{said(widget)}” lies under {QApplication.widgetAt(widget.mapToGlobal(spot))!r}")
        widget.activateWindow()  # a window manager would do so on a click
        QTest.mouseClick(widget.window().windowHandle(), LEFT, pos=widget.mapTo(widget.window(), spot))

    def _lies_open(self, widget: QWidget, spot: QPoint) -> bool:
        """Scroll to a widget; whether a click at a point of it would reach it."""
        area: Any = widget.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None:
            area.ensureWidgetVisible(widget, 0, 8)
            QApplication.processEvents()
        over = QApplication.widgetAt(widget.mapToGlobal(spot))
        return over is widget or (over is not None and widget.isAncestorOf(over))

    def segment(self, strip: str, at: int) -> None:
        """Choose a part of a strip of tabs or segments."""

        def ready() -> Any:
            found = self.find(f"{strip}...", _Strip)
            spot = found._spans()[at].center().toPoint()
            return (found, spot) if self._lies_open(found, spot) else None

        self.press(*self.until(ready, f"“{strip}” cannot be chosen"))

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        QTest.keyClicks(self.focus(), text)

    def fill(self, label: str, text: str) -> None:
        """Click a field and type over what is in it."""
        self.click(label, QLineEdit)
        self.keys(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.type(text)

    def keys(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key."""
        QTest.keyClick(self.focus(), key, modifier)

    def focus(self) -> QWidget:
        """What has the focus, or the window while nothing in it has."""

        def look() -> QWidget | None:
            if QApplication.activeWindow() is None:
                next(w for w in reversed(QApplication.topLevelWidgets()) if w.isVisible()).activateWindow()
            return QApplication.focusWidget() or QApplication.activeWindow()

        return self.until(look, "no window is active")  # type: ignore[no-any-return]

    def choose(self, opener: QWidget, words: str) -> None:
        """Open a menu and take an entry."""
        chosen: list[QAction] = []

        def take() -> None:
            menu = QApplication.activePopupWidget()
            if not isinstance(menu, QMenu):
                QTimer.singleShot(10, take)
                return
            action = next(a for a in menu.actions() if a.text() == words)
            chosen.append(action)
            QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())

        QTimer.singleShot(10, take)
        self.press(opener)
        self.until(lambda: chosen, f"no entry “{words}”")

    def pick_folder(self, opener: QWidget, path: Path) -> None:
        """Choose a folder in the dialog by pasting its path."""

        def take() -> None:
            dialog = QApplication.activeModalWidget()
            field = dialog.findChild(QLineEdit, "fileNameEdit") if isinstance(dialog, QFileDialog) else None
            if field is None:
                QTimer.singleShot(10, take)
                return
            field.selectAll()
            QApplication.clipboard().setText(str(path))
            QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)  # typing meets its completer
            accept = next(b for b in dialog.findChildren(QPushButton) if b.text() == "&Choose")
            QTest.mouseClick(accept, LEFT)

        QTimer.singleShot(10, take)
        self.press(opener)

    def drag(self, widget: QWidget, start: QPoint, end: QPoint) -> None:
        """Press, move and release; a drag of the window system runs a loop of its own, so the moves come by timer."""
        window = widget.window().windowHandle()
        spots = [start + (end - start) * n / 8 for n in range(9)]
        moves: Iterator[QPoint] = iter(widget.mapTo(widget.window(), s) for s in [*spots, end, end])
        done = QElapsedTimer()

        def go() -> None:
            spot = next(moves, None)
            if spot is None:
                QTest.mouseRelease(window, LEFT, pos=widget.mapTo(widget.window(), end))
                done.start()
                return
            QTimer.singleShot(15, go)  # before the move, which may not come back until the drag is over
            QCursor.setPos(window.mapToGlobal(spot))
            QTest.mouseMove(window, spot)

        QTest.mousePress(window, LEFT, pos=next(moves))
        QTimer.singleShot(15, go)
        self.until(done.isValid, "the drag does not end")


def seen(kind: type[QWidget] = QWidget) -> list[QWidget]:
    """All visible widgets of a kind, those of the newest window first."""
    tops = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    found = [each for top in tops for each in [top, *top.findChildren(QWidget)] if isinstance(each, kind)]
    return [w for w in reversed(found) if w.isVisible() and not w.visibleRegion().isEmpty()]


def said(widget: Any) -> str:
    """What a widget says: its name for those who cannot see, else its words."""
    text = getattr(widget, "text", None)
    return str(widget.accessibleName() or (text() if callable(text) else "") or "")
