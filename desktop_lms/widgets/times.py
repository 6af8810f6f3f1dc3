"""Times of the server, ISO 8601, as the language says them."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale, Qt

from desktop_lms.words import language

DAY, MOMENT = "d MMM yyyy", "d MMM yyyy, HH:mm"


def day_words(at: str | None) -> str:
    """The day of a moment or a day, in local time; empty for none."""
    return _words(at, DAY)


def moment_words(at: str | None) -> str:
    """A moment in local time; empty for none."""
    return _words(at, MOMENT)


def _words(at: str | None, form: str) -> str:
    when = QDateTime.fromString(at or "", Qt.DateFormat.ISODateWithMs)
    return QLocale(language()).toString(when.toLocalTime(), form) if when.isValid() else ""
