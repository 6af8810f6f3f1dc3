"""Widgets that stand in a text: each lies over a placeholder of its height and goes where the text goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication, QTextEdit, QWidget
from shiboken6 import isValid

from desktop_lms.timers import once

SCHEME = "embed:"
UNKNOWN = 96
"""Height of one that was not made yet, in px."""
AHEAD = 600
"""How far below and above the view they are made, in px."""
NARROWEST = 120

Make = Callable[[], QWidget]


class _Place:
    """A placeholder: where it stands, its height in px, and the widget over it."""

    def __init__(self, key: str, position: int) -> None:
        self.key, self.position = key, position
        self.widget: QWidget | None = None
        self.size = (0, 0)


class Embedding(QObject):
    """Keeps the widgets of one text in their places. They are made when they come near the view."""

    made = Signal(str, QWidget)
    """The widget of a key is there."""

    def __init__(self, text: QTextEdit) -> None:
        super().__init__(text)
        self._text = text
        self._make: Mapping[str, Make] = {}
        self._places: list[_Place] = []
        self._width = 0.0
        self._made: dict[str, QWidget] = {}
        self._later = once(self, 0, self.arrange)
        text.viewport().installEventFilter(self)
        text.verticalScrollBar().valueChanged.connect(self.arrange)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus)

    @property
    def widgets(self) -> list[QWidget]:
        """Those that are made, in the order of the text."""
        return [place.widget for place in self._places if place.widget is not None]

    def parts(self) -> list[tuple[str, int, QWidget | None]]:
        """Key, position and widget of each, which may not be made yet; in the order of the text."""
        return [(place.key, place.position, place.widget) for place in self._places]

    def reach(self, key: str) -> QWidget | None:
        """The widget of a key, made if it was not."""
        for n, place in enumerate(self._places):
            if place.key == key:
                if place.widget is None:
                    self._create(n)
                self.arrange()
                return place.widget
        return None

    def show(self, make: Mapping[str, Make]) -> None:
        """Take what can be made by key for the next text; widgets of keys that stay are kept if they show the same."""
        for key in [key for key in self._made if key not in make or _is_other(make[key], self._make.get(key))]:
            self._drop(self._made.pop(key))
        self._make = make

    def forget(self) -> None:
        """Drop all widgets; they are made anew."""
        for widget in self._made.values():
            self._drop(widget)
        self._made = {}

    def _drop(self, widget: QWidget) -> None:
        if isValid(widget):
            widget.hide()
            widget.deleteLater()

    def find(self, found: Sequence[tuple[int, str]], *, anew: bool) -> None:
        """Take the placeholders among the pictures of the text that is shown now, or of what came behind it."""
        if anew:
            self._places = []
        for position, name in found:
            key = name.removeprefix(SCHEME)
            if name.startswith(SCHEME) and key in self._make:
                place = _Place(key, position)
                place.widget = self._made.get(key)
                self._places.append(place)
        for key, widget in self._made.items():
            widget.setVisible(any(place.key == key for place in self._places))
        self._soon()

    def _soon(self) -> None:
        if self._places and self._text.isVisible():
            self._later.start()

    # --- laying out
    def arrange(self) -> None:
        """Make what comes near, one in a turn, and put all in its place; what is above the view does not move it."""
        if not self._places or not self._text.isVisible():
            return
        if max(place.position for place in self._places) >= self._text.document().characterCount():
            return  # another text stands there, whose places are yet to come
        if self._width != (width := self._text.document().textWidth()):
            self._width = width
            self._narrow()
        view, made = self._text.viewport().height(), False
        for n, place in enumerate(self._places):
            area = self._area(place)
            if area.top() > view + AHEAD:
                break
            if place.widget is None and area.bottom() > -AHEAD:
                if made:
                    self._soon()
                    continue
                self._create(n)
                made = True
            if place.widget is not None:
                self._fit(place, area)
        for place in self._places:
            if place.widget is not None:
                self._move(place)

    def _create(self, n: int) -> None:
        place = self._places[n]
        made = self._make[place.key]()
        made.setParent(self._text.viewport())
        made.setCursor(Qt.CursorShape.ArrowCursor)
        place.widget = self._made[place.key] = made
        made.show()
        before = next((p.widget for p in reversed(self._places[:n]) if p.widget is not None), None)
        QWidget.setTabOrder(self._text if before is None else before, made)
        self.made.emit(place.key, made)

    def _fit(self, place: _Place, area: QRect) -> None:
        """Give the placeholder the size that the widget wants."""
        widget = place.widget
        if widget is None:
            return
        width = self._room(place)
        if widget.hasHeightForWidth():  # its least height is that of words in the narrowest column
            wanted = max(widget.heightForWidth(width), widget.minimumHeight())
        else:
            wanted = max(widget.sizeHint().height(), widget.minimumSizeHint().height())
        size = (width, max(wanted, 1))
        if size == place.size:
            return
        bar = self._text.verticalScrollBar()
        grown = size[1] - (place.size[1] or UNKNOWN)
        place.size = size
        self._resize(place, *size)
        if area.bottom() < 0:
            bar.setValue(bar.value() + grown)

    def _resize(self, place: _Place, width: int, height: int) -> None:
        cursor = QTextCursor(self._text.document())
        cursor.setPosition(place.position)
        cursor.setPosition(place.position + 1, QTextCursor.MoveMode.KeepAnchor)
        form = cursor.charFormat().toImageFormat()
        form.setWidth(width)
        form.setHeight(height)
        cursor.setCharFormat(form)

    def _narrow(self) -> None:
        """Let lines be as wide as the text: what is wider than a line widens it."""
        whole = QTextCursor(self._text.document())
        whole.beginEditBlock()
        for place in self._places:
            if place.size[0]:
                self._resize(place, NARROWEST, place.size[1])
                place.size = (NARROWEST, place.size[1])
        whole.endEditBlock()

    def _room(self, place: _Place) -> int:
        """The width that the text has where a placeholder stands."""
        block = self._text.document().findBlock(place.position)
        whole = self._text.document().documentLayout().blockBoundingRect(block).width()
        line = block.layout().lineForTextPosition(place.position - block.position())
        return max(NARROWEST, int(min(line.width() if line.isValid() else whole, whole)))

    def _area(self, place: _Place) -> QRect:
        """Where a placeholder stands in the view."""
        document = self._text.document()
        cursor = QTextCursor(document)
        cursor.setPosition(place.position)
        first = self._text.cursorRect(cursor)
        cursor.setPosition(place.position + 1)
        second = self._text.cursorRect(cursor)
        width, height = place.size if place.size[1] else (self._room(place), UNKNOWN)
        block = document.findBlock(place.position)
        line = block.layout().lineForTextPosition(place.position - block.position())
        top = first.top() + (line.ascent() - height if line.isValid() else 0)
        return QRect(min(first.left(), second.left()), round(top), width, height)

    def _move(self, place: _Place) -> None:
        if place.widget is not None and (area := self._area(place)) != place.widget.geometry():
            place.widget.setGeometry(area)

    # --- events
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize, QEvent.Type.Show):
            self._soon()
        return False

    def _on_focus(self, old: QWidget | None, now: QWidget | None) -> None:
        """Bring what has the keyboard into view; what the mouse is pressing stays below it."""
        view, pressed = self._text.viewport(), QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if now is None or pressed or not view.isAncestorOf(now):
            return
        top = now.mapTo(view, now.rect().topLeft()).y()
        bar = self._text.verticalScrollBar()
        if top < 0 or top + min(now.height(), view.height()) > view.height():
            bar.setValue(bar.value() + top - 48)
        if (stops := getattr(self._text, "stops", None)) is not None:
            stops.come(old, now)


def pictures(document: QTextDocument, start: int = 0) -> list[tuple[int, str]]:
    """Position and name of each picture of a text, from the paragraph of a position on."""
    found = []
    cursor = QTextCursor(document)
    block = document.findBlock(start)
    while block.isValid():
        text = block.text()
        if "\ufffc" in text:
            at = 0
            for letter in text:
                if letter == "\ufffc":
                    cursor.setPosition(block.position() + at + 1)
                    form = cursor.charFormat()
                    if form.isImageFormat():
                        found.append((block.position() + at, form.toImageFormat().name()))
                at += 2 if ord(letter) > 0xFFFF else 1
        block = block.next()
    return found


def _is_other(make: Make, before: Make | None) -> bool:
    """Whether a widget is made of something else: under the key of an item may stand another file."""
    return isinstance(make, partial) and isinstance(before, partial) and make.args[:1] != before.args[:1]
