"""Lessons of a few lines, opened on their page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.folded.view import PartText
from desktop_lms.features.lesson.study import StudyTime
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.features.lesson.viewmodel import LessonModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.reading import LessonText
from lms_core.content.model import ContentItem, CourseDocument, LessonDoc, MediaRef, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.workspace import Workspace
from tests.fakes import FakeClock

Show = Callable[..., LessonPage]


def install(
    workspace: Workspace, body: str, version: str, *, items: Sequence[ContentItem] = (), media: Sequence[MediaRef] = ()
) -> None:
    """Install a version of a course of one lesson, `found`."""
    modules = (ModuleDoc("m", "M", lessons=(LessonDoc("found", "Found", body=body, items=tuple(items)),)),)
    pack = build_pack(CourseDocument("finding", version, "Finding", media=tuple(media), modules=modules))
    workspace.installed.install_pack(workspace.media.put(pack), pack)


@pytest.fixture
def show(qtbot: QtBot, store: InlineStore, workspace: Workspace, clock: FakeClock) -> Iterator[Show]:
    """Install a course of one lesson, `found`, with a body, or its next version, and open it at a place."""
    pages: list[LessonPage] = []

    def made(body: str, place: str = "", version: str = "1", **more: Any) -> LessonPage:
        install(workspace, body, version, **more)
        model = LessonModel(store, "found", study=StudyTime(clock))
        page = LessonPage(model, go=print, say=lambda text, undo: None)
        page.open(model.lesson_id, place)
        model.setParent(page)
        qtbot.addWidget(page)
        page.resize(1200, 500)
        page.show()
        pages.append(page)
        return page

    yield made
    for page in pages:
        page.leave()
        for timer in (page.text._settle, page.notes.paper._pause, page.finding.field._pause):
            timer.stop()
    for text in (each for each in QApplication.allWidgets() if isinstance(each, PartText)):
        for timer in (text._settle, text._tall, text._settled):
            timer.stop()


def choose(text: LessonText, words: str, nth: int = 0) -> None:
    """Select words as the mouse would."""
    whole, at = text.toPlainText(), -1
    for _ in range(nth + 1):
        at = whole.index(words, at + 1)
    cursor = text.textCursor()
    cursor.setPosition(at)
    cursor.setPosition(at + len(words), QTextCursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    text.tell_selection()
