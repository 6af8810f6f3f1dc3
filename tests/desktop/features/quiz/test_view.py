"""The quiz as a person uses it: keys, clicks, the sheet, the receipt."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.quiz.items import clock_time
from desktop_lms.features.quiz.view import QuizPage
from desktop_lms.features.quiz.viewmodel import QuizModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.options import Option
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.pile import FIRST, Pile
from desktop_lms.widgets.rows import ListRow
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides


@pytest.fixture
def page(qtbot: QtBot, store: InlineStore, tides: Tides) -> QuizPage:
    routes: list[str] = []
    made = QuizPage(QuizModel(store, tides.quiz), go=routes.append)
    made.routes = routes
    qtbot.addWidget(made)
    made.resize(1200, 740)
    made.show()
    yield made
    made.leave()


def press(page: QuizPage, words: str) -> None:
    QApplication.processEvents()
    buttons = [b for b in page.window().findChildren(Button) if words in b.text() and b.isVisibleTo(page.window())]
    buttons[-1].click()


def test_keys_choose_and_turn(page: QuizPage, qtbot: QtBot, workspace: Workspace, tides: Tides) -> None:
    press(page, "Start the quiz")
    qtbot.keyClick(page, Qt.Key.Key_2)
    stored = workspace.assessment.resume(tides.quiz)
    assert stored.answered == 1, "the answer is on the disk as soon as it shows"
    assert [o.chosen for o in page._options] == [False, True]
    qtbot.keyClick(page, Qt.Key.Key_Right)
    qtbot.keyClick(page, Qt.Key.Key_A)
    qtbot.keyClick(page, Qt.Key.Key_B)
    assert [o.chosen for o in page._options] == [True, True, False]
    qtbot.keyClick(page, Qt.Key.Key_Left)
    assert [o.chosen for o in page._options] == [False, True]


def test_clicks_do_the_same(page: QuizPage, qtbot: QtBot) -> None:
    press(page, "Start the quiz")
    QApplication.processEvents()
    qtbot.mouseClick(page.findChildren(Option)[0], Qt.MouseButton.LeftButton)
    assert page._options[0].accessibleName().endswith("chosen")
    press(page, "Flag for later")
    assert "1 flagged" in page._figures.words
    press(page, "Clear answer")
    assert not any(o.chosen for o in page._options)


def test_many_attempts_come_a_few_at_a_turn(page: QuizPage, qtbot: QtBot, workspace: Workspace, tides: Tides) -> None:
    for _ in range(3 * FIRST):
        workspace.assessment.start(tides.quiz)
        workspace.assessment.submit(tides.quiz)
    page._model.refresh()
    rows = page.findChildren(ListRow)
    assert len(rows) == FIRST
    pile = page.findChild(Pile)
    qtbot.waitUntil(lambda: pile.is_whole)
    rows = [each.findChild(ListRow) for each in pile.widgets()]
    words = [row.title.words for row in rows]
    assert words == [f"Attempt {n}" for n in range(1, 3 * FIRST + 1)]
    rows[0].clicked.emit()
    assert page._model.stage == "result"


def test_submitting_asks_once_and_gives_a_receipt(page: QuizPage) -> None:
    press(page, "Start the quiz")
    press(page, "Submit quiz")
    press(page, "Keep working")
    assert page._model.stage == "asking"
    page.ask_to_submit()
    press(page, "Submit now")
    assert page._model.stage == "receipt"
    press(page, "See the result")
    assert page._model.stage == "result"
    QApplication.processEvents()
    assert isinstance(page.window().focusWidget(), Page), "the keyboard stays here and scrolls"
    press(page, "Back to the course")
    assert page.routes[-1].startswith("course/")


def test_the_trail_names_course_and_quiz(page: QuizPage, tides: Tides) -> None:
    assert page.crumbs == [("Between the tides", f"course/{tides.course}"), ("Quiz: waves", "")]


def test_clock_time() -> None:
    assert clock_time(758_000) == "12:38"
