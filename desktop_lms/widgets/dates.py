"""A field for a day: typed as the language writes it, or picked from a calendar, which the key down opens too."""

from __future__ import annotations

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QLineEdit, QMenu, QToolButton, QWidgetAction

from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import formats, tr

ISO = "yyyy-MM-dd"
PLAIN = str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789", "\u200e\u200f")
"""Arabic forms hold marks of direction that nobody types, and its digits are typed in two ways."""
TARGET = 24
"""What one can press is never smaller, in px."""


class DateField(Field):
    """One day or none; `day` is YYYY-MM-DD, "" for none, None for what is no day."""

    picked = Signal(str)
    """The day, once it is one or the field is empty."""

    def __init__(self, *, name: str, latest: QDate | None = None) -> None:
        super().__init__(name=name)
        self._latest = latest
        self._locale = formats()
        form = self._locale.dateFormat(QLocale.FormatType.ShortFormat)
        self._form = form if "yyyy" in form else form.replace("yy", "yyyy")
        self.setPlaceholderText(self._locale.toString(QDate(2026, 12, 31), self._form))
        self._pick = self.addAction(icon("calendar", 16), QLineEdit.ActionPosition.TrailingPosition)
        self._pick.setText(tr("Pick a day"))
        self._pick.triggered.connect(self.open_calendar)
        self.settled.connect(self._on_settled)
        look().changed.connect(self._redraw)

    def _redraw(self) -> None:
        self._pick.setIcon(icon("calendar", 16))

    @property
    def day(self) -> str | None:
        """The day that stands there."""
        text = self.text().strip().translate(PLAIN)
        if not text:
            return ""
        for form in (self._form, self._locale.dateFormat(QLocale.FormatType.ShortFormat), ISO):
            read = self._locale.toDate(text, form.translate(PLAIN), 2000)
            if read.isValid():
                return read.toString(ISO)
        return None

    def show_day(self, day: str | None) -> None:
        """Set the day without telling that it was typed."""
        read = QDate.fromString(day or "", ISO)
        self.show_text(self._locale.toString(read, self._form) if read.isValid() else "")

    def _on_settled(self, _: str) -> None:
        day = self.day
        self.mark_bad(day is None)
        if day is not None:
            self.picked.emit(day)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.open_calendar()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for button in self.findChildren(QToolButton):
            if button.defaultAction() is self._pick:
                short = max(0, TARGET - button.height() + 1) // 2
                button.setGeometry(button.geometry().adjusted(-short, -short, short, short))

    def open_calendar(self) -> None:
        """Lay a calendar below the field."""
        menu = QMenu(self)
        calendar = QCalendarWidget(menu)
        calendar.setLocale(self._locale)
        calendar.setAccessibleName(self.accessibleName())
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setFont(current().font("small"))
        calendar.setMinimumSize(current().px(320), current().px(300))
        plain = QTextCharFormat()
        plain.setForeground(current().color("text2"))
        for weekday in Qt.DayOfWeek:
            calendar.setWeekdayTextFormat(weekday, plain)
        for end, name in (("prev", "chevron-left"), ("next", "chevron-right")):
            button = calendar.findChild(QToolButton, f"qt_calendar_{end}month")
            if button is not None:
                button.setIcon(icon(name, 16))
        if self._latest is not None:
            calendar.setMaximumDate(self._latest)
        now = QDate.fromString(self.day or "", ISO)
        if now.isValid():
            calendar.setSelectedDate(now)

        def took(day: QDate) -> None:
            menu.close()
            self.setText(self._locale.toString(day, self._form))
            self.tell()

        calendar.clicked.connect(took)
        calendar.activated.connect(took)
        action = QWidgetAction(menu)
        action.setDefaultWidget(calendar)
        menu.addAction(action)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        calendar.setFocus()
