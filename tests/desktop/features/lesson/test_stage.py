"""What stands above a lesson's text, in it and below it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.room import Room
from desktop_lms.features.lesson.stage.view import Files, primary
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.store import InlineStore
from desktop_lms.widgets.folding import Fold
from lms_core.content.model import ContentItem, LessonDoc
from lms_core.workspace import Workspace
from tests.desktop.features.lesson.conftest import Make
from tests.lessons import rich_course


@pytest.fixture
def page(make_page: Make, workspace: Workspace) -> LessonPage:
    lesson = rich_course(workspace)
    made = make_page(lesson, (1200, 900))
    made.open(lesson)
    made.show()
    QApplication.processEvents()
    return made


def named(page: LessonPage, words: str) -> list[QWidget]:
    return [each for each in page.text.embedding.widgets if words in each.accessibleName()]


def test_the_first_film_stands_above_the_text(page: LessonPage) -> None:
    film = named(page, "Weighing limpets")[0]
    first = page.text.cursorRect(page.text._cursor(page.text.toPlainText().index("Four times")))
    assert film.geometry().bottom() <= first.top()


def test_an_item_that_is_marked_goes_before_the_first_film() -> None:
    film, slides = ContentItem(id="a", kind="video"), ContentItem(id="b", kind="slides", is_primary=True)
    assert primary(LessonDoc("x", "X", items=(film, slides))) is slides
    assert primary(LessonDoc("x", "X", items=(film,))) is film
    assert primary(LessonDoc("x", "X", items=(ContentItem(id="c", kind="text"),))) is None


def test_what_is_embedded_has_its_name_in_the_order_of_the_text(page: LessonPage, qtbot: QtBot) -> None:
    to_the_end(page, qtbot)
    names = [each.accessibleName() for each in page.text.embedding.widgets]
    wanted = ("Weighing limpets", "Why four times?", "How to weigh", "Flashcards", "Check yourself", "Files and links")
    order = [next(n for n, name in enumerate(names) if name.startswith(words)) for words in wanted]
    assert order == sorted(order)


def to_the_end(page: LessonPage, qtbot: QtBot) -> None:
    """Scroll there, and wait for what stands there: its parts come one in a turn."""
    bar = page.text.verticalScrollBar()

    def is_there() -> bool:
        bar.setValue(bar.maximum())
        return any(isinstance(each, Files) for each in page.text.embedding.widgets)

    qtbot.waitUntil(is_there)


def test_other_items_and_files_open_below_the_text(page: LessonPage, qtbot: QtBot) -> None:
    to_the_end(page, qtbot)
    files = next(each for each in page.text.embedding.widgets if isinstance(each, Files))
    folds = {each.accessibleName(): each for each in files.findChildren(Fold)}
    assert set(folds) >= {"What you need", "192 weights"}
    before = files.height()
    folds["192 weights"].head.clicked.emit()
    QApplication.processEvents()
    QApplication.processEvents()
    assert folds["192 weights"].is_open
    assert files.height() > before


def test_a_part_keeps_its_place_in_the_lesson(page: LessonPage, workspace: Workspace) -> None:
    room = page._room
    assert room is not None
    room.keep("film", 61.5)
    assert workspace.learning.lesson_state("rich-1").position["film"] == 61.5
    assert room.recall("film") == 61.5
    room.finish()
    assert workspace.learning.lesson_state("rich-1").status == "done"


def test_a_room_of_a_preview_keeps_nothing(store: InlineStore) -> None:
    room = Room(store, LessonDoc("x", "X"), {})
    room.keep("film", 3)
    room.finish()
    room.follow("https://example.org")
    assert room.recall("film") == 3
    assert room.name("a" * 64) == ""
