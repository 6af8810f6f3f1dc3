"""What comes before a course, and why somebody cannot join it yet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.features.course.viewmodel import CourseHome
from desktop_lms.widgets.layout import column, row
from desktop_lms.widgets.page import section
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Card, IconMark
from desktop_lms.widgets.text import Label
from desktop_lms.words import sentence, tr
from lms_core.learning.rules import Needed
from lms_core.learning.service import refusal

LATER = frozenset({"prerequisites_missing", "course_unavailable"})


def refused(home: CourseHome) -> QWidget | None:
    """Why the person cannot join; a price is said where the button would be."""
    reason = next((each for each in home.reasons if each not in ("enrolled", "payment_needed")), None)
    if reason is None:
        return None
    title = tr("You cannot join yet") if reason in LATER else tr("You cannot join")
    lines = column(
        row(IconMark("lock", 18, "warning"), (Label(title, "strong", wrap=True), 1), gap=10),
        Label(sentence(refusal(home.joining, reason)), "small", "text2", wrap=True), gap=8, margin=16,
    )  # fmt: skip
    return Card(lines, fill="warningSoft", edge="warningSoft")


def before(home: CourseHome, go: Callable[[str], None]) -> QWidget | None:
    """The courses that come before it, and which of them are done."""
    if not home.joining.needed:
        return None
    return section(tr("Before this course"), *listed(*(_row(each, go) for each in home.joining.needed)))


def _row(needed: Needed, go: Callable[[str], None]) -> ListRow:
    must = tr("Must be completed first") if needed.mandatory else tr("Good to know before")
    icon, color = ("circle-check", "success") if needed.met else ("circle", "text3")
    made = ListRow(needed.title, tr("Completed") if needed.met else must, lead=IconMark(icon, 18, color))
    made.clicked.connect(lambda: go(f"course/{needed.course_id}"))
    return made
