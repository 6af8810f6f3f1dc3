"""Where people type and choose: labelled, keyboard first, never smaller than 24 px."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import cast

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QTextEdit,
    QWidget,
)

from desktop_lms.timers import once
from desktop_lms.widgets.icons import pixmap
from desktop_lms.widgets.layout import boxed, column
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look, polish_again, see_through

TYPING_MS, REST_MS = 600, 400
ROOM_OF_CHOICE = 240
"""So much room in px a choice may ask for; longer words end in an ellipsis where there is no more."""
EDGES = 2
"""What the style leaves free beside the words of a choice, in px."""


class Field(QLineEdit):
    """One line to type; `icon` leads it, `quiet` gives it the fainter edge of search and filter."""

    settled = Signal(str)
    """The text, within a second of typing and when the field is left."""

    def __init__(
        self, placeholder: str = "", *, icon: str = "", quiet: bool = False, name: str = "", secret: bool = False
    ) -> None:
        super().__init__()
        self._icon = icon
        self.setPlaceholderText(placeholder)
        self.setProperty("quiet", quiet)
        self.setAccessibleName(name or placeholder)
        if secret:
            self.setEchoMode(QLineEdit.EchoMode.Password)
        self._pause = once(self, TYPING_MS, self.tell)
        self.textEdited.connect(self._begin_pause)
        self.editingFinished.connect(self.tell)
        self._told = ""
        self._restyle()
        look().changed.connect(self._restyle)

    def _begin_pause(self) -> None:
        if not self._pause.isActive():
            self._pause.start()

    def show_text(self, text: str) -> None:
        """Set the text without telling that it was typed."""
        self._told = text
        if text != self.text():
            self.setText(text)

    def mark_bad(self, bad: bool) -> None:
        """Give the edge the colour of an error."""
        self.setProperty("bad", bad)
        polish_again(self)

    def tell(self) -> None:
        """Say now what was typed."""
        self._pause.stop()
        if self.text() != self._told:
            self._told = self.text()
            self.settled.emit(self._told)

    def _restyle(self) -> None:
        self.setFont(current().font("small"))
        if self._icon:
            lead = current().px(16) + 8
            self.setTextMargins(*((0, 0, lead, 0) if current().rtl else (lead, 0, 0, 0)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon too: that of an action of Qt does not grow with the text."""
        super().paintEvent(event)
        if self._icon:
            size = current().px(16)
            at = self.width() - size - 10 if current().rtl else 10
            QPainter(self).drawPixmap(at, (self.height() - size) // 2, pixmap(self._icon, 16, "text3"))


class _Undressed(QObject):
    """Keeps the style sheet from the frame of a list that nobody opened: Qt would keep what it says of it for ever."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return event.type() in (QEvent.Type.Polish, QEvent.Type.StyleChange)


_undressed = cache(_Undressed)


class Choice(QComboBox):
    """A choice of few; each entry is (value, words)."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[tuple[str, str]] = (), *, name: str = "") -> None:
        super().__init__()
        self._was_opened = self._is_fitted = False
        self._hint: QSize | None = None
        self.setAccessibleName(name)
        self._restyle()
        look().changed.connect(self._restyle)
        self.show_entries(entries)
        self._frame.installEventFilter(_undressed())
        self.model().dataChanged.connect(self._forget_size)
        self.activated.connect(lambda _: self.chosen.emit(self.value))

    def _restyle(self) -> None:
        self.setFont(current().font("small"))

    def show_entries(self, entries: Sequence[tuple[str, str]]) -> None:
        """Offer other entries."""
        self.clear()
        for value, words in entries:
            self.addItem(words, value)
        self._forget_size()

    @property
    def _frame(self) -> QWidget:
        """What the list opens in."""
        return cast(QWidget, self.view().parentWidget())

    def changeEvent(self, event: QEvent) -> None:
        self._hint = None
        if event.type() == QEvent.Type.StyleChange and not self._was_opened:
            QWidget.changeEvent(self, event)  # the one of QComboBox dresses the list
        else:
            super().changeEvent(event)

    def _forget_size(self) -> None:
        self._hint = None
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        if self._hint is None:
            self._hint = self._reckon_size()
        return self._hint

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint().boundedTo(QSize(current().px(ROOM_OF_CHOICE), self.sizeHint().height()))

    def _reckon_size(self) -> QSize:
        """As large as the widest entry, as Qt does; its own way is shut together with its change of style."""
        option, metrics, mark = QStyleOptionComboBox(), self.fontMetrics(), self.iconSize()
        self.initStyleOption(option)
        entries = [self.currentIndex()] if self._is_fitted else range(self.count())
        marked = [not self.itemIcon(n).isNull() for n in entries]
        widths = (
            metrics.horizontalAdvance(self.itemText(n)) + EDGES + (mark.width() + 4) * has
            for n, has in zip(entries, marked, strict=True)
        )
        wide = max(widths, default=7 * metrics.horizontalAdvance("x"))
        inner = QSize(wide, max(metrics.height(), 14, mark.height() * any(marked)) + 2)
        return self.style().sizeFromContents(QStyle.ContentsType.CT_ComboBox, option, inner, self)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self._fitting(option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        self.setToolTip(self.currentText() if option.currentText != self.currentText() else "")
        size = current().px(16)
        at = 8 if current().rtl else self.width() - size - 8
        painter.drawPixmap(at, (self.height() - size) // 2, pixmap("chevron-down", 16, "text3"))

    def _fitting(self, option: QStyleOptionComboBox) -> str:
        """The chosen words, or as many as there is room for and an ellipsis."""
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width() - EDGES
        mark = 0 if option.currentIcon.isNull() else option.iconSize.width() + 4
        return self.fontMetrics().elidedText(option.currentText, Qt.TextElideMode.ElideRight, room - mark)

    @property
    def value(self) -> str:
        """The value of the chosen entry."""
        return str(self.currentData() or "")

    def choose(self, value: str) -> None:
        """Choose an entry by value without telling."""
        self.setCurrentIndex(max(0, self.findData(value)))

    def fit(self) -> None:
        """Be as wide as what is chosen, not as the widest entry; the list stays as wide as that."""
        self._is_fitted = True
        self._forget_size()

    def showPopup(self) -> None:
        if not self._was_opened:
            self._was_opened = True
            self._frame.removeEventFilter(_undressed())
            QApplication.sendEvent(self._frame, QEvent(QEvent.Type.Polish))
            QApplication.sendEvent(self, QEvent(QEvent.Type.StyleChange))
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 32)  # it may be narrower than its entries
        super().showPopup()


class Paper(QTextEdit):
    """Several lines of plain text; `settled` comes within a second of typing."""

    settled = Signal(str)

    def __init__(self, placeholder: str = "", *, name: str = "", lines: int = 4, fixed: bool = False) -> None:
        super().__init__()
        self._hint, self._lines, self._fixed = placeholder, lines, fixed
        self.setProperty("boxed", True)
        see_through(self)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name or placeholder)
        self._pause = once(self, TYPING_MS, self.tell)
        self._told = ""
        self.textChanged.connect(self._on_changed)
        self._restyle()
        look().changed.connect(self._restyle)

    def show_lines(self, lines: int) -> None:
        """Be as high as so many lines."""
        self._lines = lines
        self._restyle()

    def placeholderText(self) -> str:
        return self._hint

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the hint too: Qt would cut it after its first line, and the feet of Arabic letters with it."""
        super().paintEvent(event)
        if self.document().isEmpty() and not self.document().firstBlock().layout().preeditAreaText():
            painter, gap = QPainter(self.viewport()), int(self.document().documentMargin())
            painter.setFont(self.font())
            painter.setPen(current().color("text3"))
            area = self.viewport().rect().adjusted(gap, gap, -gap, 0)
            painter.drawText(area, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, self._hint)

    def _on_changed(self) -> None:
        self.viewport().update()  # the hint is no part of the text that Qt paints anew
        if not self._pause.isActive():
            self._pause.start()

    def show_text(self, text: str) -> None:
        """Set the text without telling that it was typed."""
        self._told = text
        if text != self.toPlainText():
            self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(False)

    def tell(self) -> None:
        """Say now what was typed."""
        self._pause.stop()
        if self.toPlainText() != self._told:
            self._told = self.toPlainText()
            self.settled.emit(self._told)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.tell()
        super().focusOutEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def _restyle(self) -> None:
        theme = current()
        self.setFont(theme.font("body"))
        high = theme.line("body") * self._lines + 22
        self.setMinimumHeight(high)
        if self._fixed:
            self.setMaximumHeight(high)


class Hands(QObject):
    """Whether a person types in an area, so that nothing is built anew under the cursor or the pressed mouse."""

    left = Signal()
    """Nobody types there any more."""

    def __init__(self, area: QWidget) -> None:
        super().__init__(area)
        self._area, self._were = area, False
        self._rest = once(self, REST_MS, self.left)
        QApplication.instance().focusChanged.connect(self._on_focus)  # type: ignore[union-attr]

    @property
    def on(self) -> bool:
        """Whether they are there, or were a moment ago."""
        return self._typing() or self._rest.isActive()

    def _typing(self) -> bool:
        at = QApplication.focusWidget()
        return isinstance(at, Field | Paper) and self._area.isAncestorOf(at)

    def _on_focus(self) -> None:
        now = self._typing()
        if self._were and not now and self._area.isVisible():
            self._rest.start()
        self._were = now


def labelled(label: str, control: QWidget, *, hint: str = "") -> QWidget:
    """A control under its label, with a hint below."""
    caption = Label(label, "caption", "text2")
    caption.setBuddy(control)
    if control.accessibleName() in ("", getattr(control, "placeholderText", str)()):
        control.setAccessibleName(label)
    below = Label(hint, "caption", "text3", wrap=True, weight=400) if hint else None
    return boxed(column(caption, control, below, gap=4))


def end_aligned() -> Qt.AlignmentFlag:
    """Alignment of numbers and dates in rows; mirrored by Qt itself."""
    return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
