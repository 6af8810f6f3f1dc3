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

Make = Callable[..., LessonPage]
Show = Callable[..., LessonPage]


def install(
    workspace: Workspace, body: str, version: str, *, items: Sequence[ContentItem] = (), media: Sequence[MediaRef] = ()
) -> None:
    """Install a version of a course of one lesson, `found`."""
    modules = (ModuleDoc("m", "M", lessons=(LessonDoc("found", "Found", body=body, items=tuple(items)),)),)
    pack = build_pack(CourseDocument("finding", version, "Finding", media=tuple(media), modules=modules))
    workspace.installed.install_pack(workspace.media.put(pack), pack)


@pytest.fixture
def make_page(qtbot: QtBot, store: InlineStore, clock: FakeClock) -> Iterator[Make]:
    """Make the page of a lesson, neither open nor shown; at the end all are left and nothing of them waits."""
    pages: list[LessonPage] = []

    def made(lesson: str, size: tuple[int, int] = (1200, 740), go: Callable[[str], object] = print) -> LessonPage:
        model = LessonModel(store, lesson, study=StudyTime(clock))
        page = LessonPage(model, go=go, say=lambda text, undo: None)
        model.setParent(page)
        qtbot.addWidget(page)
        page.resize(*size)
        pages.append(page)
        return page

    yield made
    for page in pages:
        page.leave()
        text, notes = page.text, page.notes
        fields = (page.finding.field, notes.paper, notes.memo.paper)
        for timer in (text._settle, text._redraw, *(field._pause for field in fields)):
            timer.stop()


@pytest.fixture
def show(make_page: Make, workspace: Workspace) -> Iterator[Show]:
    """Install a course of one lesson, `found`, with a body, or its next version, and open it at a place."""

    def made(body: str, place: str = "", version: str = "1", **more: Any) -> LessonPage:
        install(workspace, body, version, **more)
        page = make_page("found", size=(1200, 500))
        page.open("found", place)
        page.show()
        return page

    yield made
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
