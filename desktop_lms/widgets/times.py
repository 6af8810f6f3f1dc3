"""Times as the language says them: those of the server, ISO 8601, and those of this device."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, Qt

from desktop_lms.words import formats, tr

DAY, MOMENT = "d MMM yyyy", "d MMM yyyy, HH:mm"


def day_words(at: str | None) -> str:
    """The day of a moment or a day, in local time; empty for none."""
    return _words(at, DAY)


def moment_words(at: str | None) -> str:
    """A moment in local time; empty for none."""
    return _words(at, MOMENT)


def when_words(ms: int) -> str:
    """A moment of this device in ms since 1970: the time of today, the day of another year, else both."""
    when, now, locale = QDateTime.fromMSecsSinceEpoch(ms), QDateTime.currentDateTime(), formats()
    if when.date() == now.date():
        return tr("Today, {time}", time=locale.toString(when, "HH:mm"))
    return locale.toString(when, "d MMM, HH:mm" if when.date().year() == now.date().year() else DAY)


def _words(at: str | None, form: str) -> str:
    when = QDateTime.fromString(at or "", Qt.DateFormat.ISODateWithMs)
    return formats().toString(when.toLocalTime(), form) if when.isValid() else ""
