"""Sync in people's words: what was done with which thing, how large, when, and how a run ended."""

from __future__ import annotations

import re

from PySide6.QtCore import QDateTime

from desktop_lms.features.syncing.board import Run
from desktop_lms.widgets.sizes import size_of
from desktop_lms.words import formats, tr
from lms_core.errors import MESSAGES

ICONS = {
    "course": "book-open", "module": "folder", "lesson": "file-text", "assessment": "list-checks",
    "note": "notebook-pen", "progress": "check", "study_session": "clock", "attempt": "clipboard-check",
    "file": "image", "course_file": "image", "enrollment": "graduation-cap", "account": "user", "bookmark": "bookmark",
    "card": "layers", "card_review": "layers",
}  # fmt: skip
_FIGURES = re.compile(r"\s*[((][^()()]*\{[^()()]*[))]")
GOOD = frozenset({"ok", "reset", "late", "stale", "gap"})


def thing_words(entity: str) -> str:
    """What kind of thing it is."""
    said = {
        "course": tr("Course"), "module": tr("Module"), "lesson": tr("Lesson"), "assessment": tr("Quiz"),
        "question": tr("Question"), "course_file": tr("Picture"), "course_instructor": tr("Instructor"),
        "enrollment": tr("Enrolment"), "progress": tr("Progress"), "study_session": tr("Study time"),
        "note": tr("Note"), "bookmark": tr("Bookmarks"), "attempt": tr("Quiz attempt"), "answer": tr("Quiz answers"),
        "file": tr("File"), "account": tr("Your profile"), "profile": tr("Your profile"),
        "user_social": tr("Your profile"), "user_skill": tr("Your profile"), "user_settings": tr("Settings"),
        "card": tr("Cards"), "card_review": tr("Review"), "card_settings": tr("Review"),
        "conflict": tr("A decision"),
    }  # fmt: skip
    return said.get(entity, tr("Change"))


def deed_words(entity: str, deed: str) -> str:
    """What was done with a thing."""
    said = {
        ("course", "new"): tr("New course"), ("course", "changed"): tr("Course settings"),
        ("course", "publish"): tr("Publication"), ("course", "archive"): tr("Put into the archive"),
        ("module", "new"): tr("New module"), ("module", "changed"): tr("Module renamed"),
        ("module", "moved"): tr("Module moved"), ("module", "trashed"): tr("Module in the trash"),
        ("lesson", "new"): tr("New lesson"), ("lesson", "changed"): tr("Lesson text"),
        ("lesson", "moved"): tr("Lesson moved"), ("lesson", "trashed"): tr("Lesson in the trash"),
        ("assessment", "new"): tr("Quiz and its questions"), ("assessment", "changed"): tr("Quiz and its questions"),
        ("note", "new"): tr("New note"), ("note", "changed"): tr("Note changed"),
        ("note", "deleted"): tr("Note deleted"), ("attempt", "new"): tr("Quiz handed in"),
        ("enrollment", "enroll"): tr("Course joined"), ("enrollment", "drop"): tr("Course left"),
    }  # fmt: skip
    return said.get((entity, deed), thing_words(entity))


def time_words(ms: int) -> str:
    """The time today, else the day with the time."""
    at, locale = QDateTime.fromMSecsSinceEpoch(ms), formats()
    today = at.date() == QDateTime.currentDateTime().date()
    return locale.toString(at, "HH:mm" if today else "ddd d MMM, HH:mm")


def span_words(ms: int) -> str:
    """How long something took."""
    if ms >= 120_000:
        return tr("{minutes} min", minutes=round(ms / 60_000))
    seconds = formats().toString(max(ms, 100) / 1000, "f", 1 if ms < 10_000 else 0)
    return tr("under {seconds} s", seconds=seconds) if ms < 100 else tr("{seconds} s", seconds=seconds)


def cost_words(run: Run) -> str:
    """How long a run took and how many bytes went up and came down; empty where neither is known."""
    moved = [tr("{size} up", size=size_of(run.up))] if run.up else []
    moved += [tr("{size} down", size=size_of(run.down))] if run.down else []
    if run.ms is None or not moved:
        return ", ".join(moved)
    return ", ".join((span_words(run.ms), *moved))


def reason_words(code: str) -> str:
    """Why the server sent something back; figures that only the server knows are left out."""
    return _without_figures(code) or tr("The server did not take it.")


def _without_figures(code: str) -> str:
    said = _FIGURES.sub("", tr(MESSAGES[code])) if code in MESSAGES else ""
    return said if "{" not in said else ""


def run_words(run: Run) -> tuple[str, bool]:
    """How a run ended, and whether all was well."""
    if run.result == "offline":
        return tr("Could not reach the server"), False
    if run.result not in GOOD and run.result != "fork":
        return _without_figures(run.result) or tr("The server did not answer well"), False
    parts = [tr("sent {count}", count=run.sent)] if run.sent else []
    parts += [tr("received {count}", count=run.received)] if run.received else []
    words = ", ".join(parts) or tr("nothing new")
    if run.result in GOOD:
        return words[:1].upper() + words[1:], True
    return tr("Began again: {words}", words=words), False
