"""What somebody is told, in the inbox and on Today: its icon, and its day in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QDateTime

from desktop_lms.words import formats, tr

ICONS = {
    "enrollment": "graduation-cap", "assignment": "clipboard-list", "announcement": "megaphone",
    "course_update": "refresh-cw", "deadline": "clock", "maintenance": "wrench", "feature": "sparkles",
    "completion": "circle-check", "certificate": "award", "review": "star",
    "discussion_reply": "message-square-quote", "grade": "clipboard-check", "approval": "user", "system": "info",
}  # fmt: skip


def day_words(ms: int, *, short: bool = False) -> str:
    """The day of a moment, as people say it; `short` where there is little room."""
    day, today = datetime.fromtimestamp(ms / 1000).date(), datetime.now().date()  # noqa: DTZ005, DTZ006 - the day here
    if day >= today:
        return tr("Today")
    if day == today - timedelta(days=1):
        return tr("Yesterday")
    return formats().toString(QDateTime.fromMSecsSinceEpoch(ms).date(), "d MMM" if short else tr("dddd d MMMM"))
