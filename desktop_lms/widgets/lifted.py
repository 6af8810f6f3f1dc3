"""Show a part of a page over the whole window for a while; Esc puts it back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLayout, QWidget

from desktop_lms.widgets.layout import column
from desktop_lms.widgets.theme import current


class Lifted(QWidget):
    """Takes a widget out of its layout and fills its window with it, until `put_back`."""

    ended = Signal()

    def __init__(self, widget: QWidget, home: QLayout) -> None:
        super().__init__(widget.window())
        self._widget, self._home, self._at = widget, home, home.indexOf(widget)
        self._window = widget.window()
        self.setAccessibleName(widget.accessibleName())
        self._window.installEventFilter(self)
        self.setLayout(column((widget, 1), gap=0))
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        widget.show()
        widget.setFocus()

    def put_back(self) -> None:
        """Put the widget where it was."""
        layout = self.layout()
        if layout is not None:
            layout.removeWidget(self._widget)
        if (insert := getattr(self._home, "insertWidget", None)) is not None:
            insert(self._at, self._widget, 1)
            self._widget.show()
        self._window.removeEventFilter(self)
        self.hide()
        self.ended.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.put_back()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), current().color("page"))
