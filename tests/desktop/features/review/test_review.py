"""Review on the screen: a session by keyboard alone, what a day brings, and the list of cards."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.notes.view import NotesPage
from desktop_lms.features.notes.viewmodel import NotesModel
from desktop_lms.features.review.browse.view import BrowsePage
from desktop_lms.features.review.browse.viewmodel import PAGE, BrowseModel
from desktop_lms.features.review.phrases import due_words, span
from desktop_lms.features.review.session.view import SessionPage
from desktop_lms.features.review.session.viewmodel import SessionModel
from desktop_lms.features.review.view import ReviewPage
from desktop_lms.features.review.viewmodel import ReviewModel
from desktop_lms.features.today.view import TodayPage
from desktop_lms.features.today.viewmodel import TodayModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Paper
from desktop_lms.widgets.table import DataTable
from desktop_lms.widgets.text import Elided
from lms_core.review.entities import GOOD
from lms_core.review.model import DAY_MS
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides
from tests.desktop.features.test_pages import Told, press, row, show
from tests.fakes import FakeClock


@pytest.fixture
def cards(workspace: Workspace) -> list[str]:
    """Three cards of one's own, in this order."""
    made = []
    for front in ("Ebb", "Flood", "Slack"):
        made.append(workspace.review.add(front, f"{front} is a *tide*", tags=["sea"]))
        clock = workspace.clock
        assert isinstance(clock, FakeClock)
        clock.advance(ms=1)
    return made


def tool(page: QWidget, name: str) -> Button:
    QApplication.processEvents()
    return next(b for b in page.findChildren(Button) if b.accessibleName() == name and b.isVisible())


def session(qtbot: QtBot, store: InlineStore, told: Told) -> SessionPage:
    page = SessionPage(SessionModel(store), go=told.go, say=told.say)
    show(qtbot, page)
    return page


def shown(page: SessionPage) -> str:
    return page._front.toPlainText() if page._front else ""


def test_a_session_by_keyboard(qtbot: QtBot, store: InlineStore, workspace: Workspace, cards: list[str]) -> None:
    told = Told()
    page = session(qtbot, store, told)
    model = page._model
    assert (shown(page), model.left, model.stage) == ("Ebb", 3, "front")
    qtbot.keyClick(page, Qt.Key.Key_3)
    assert model.stage == "front", "nobody rates what they have not seen"
    qtbot.keyClick(page, Qt.Key.Key_Space)
    assert page._back is not None
    assert page._back.toPlainText() == "Ebb is a tide"
    clock = workspace.clock
    assert isinstance(clock, FakeClock)
    clock.advance(ms=7000)
    qtbot.keyClick(page, Qt.Key.Key_Space)
    assert (shown(page), model.left, model.seconds) == ("Flood", 2, 7)
    assert workspace.review.get(cards[0]).memory.state == "review"
    qtbot.keyClick(page, Qt.Key.Key_Return)
    qtbot.keyClick(page, Qt.Key.Key_1)
    assert shown(page) == "Slack"
    model.undo()
    assert (shown(page), model.counts[1], workspace.review.get(cards[1]).memory.reps) == ("Flood", 0, 0)
    qtbot.keyClick(page, Qt.Key.Key_S)
    assert (shown(page), told.said) == ("Slack", ["Card put to rest"])
    told.undo()  # type: ignore[operator]
    assert shown(page) == "Flood"
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert model.stage == "over"
    press(page, "Go on")
    assert shown(page) == "Flood"
    for _ in range(2):
        qtbot.keyClick(page, Qt.Key.Key_Space)
        qtbot.keyClick(page, Qt.Key.Key_4)
    assert (model.stage, len(model.rated), workspace.review.due_count().count) == ("over", 3, 0)
    assert page.window().focusWidget() is tool(page, "Back to the overview"), "the keyboard stays on the page"
    press(page, "Take the last rating back")
    assert shown(page) == "Slack"
    model.stop()
    assert page.window().focusWidget() is tool(page, "Go on")
    press(page, "Back to the overview")
    assert told.routes == ["review"]


def test_the_question_stands_still_when_its_answer_comes(qtbot: QtBot, store: InlineStore, cards: list[str]) -> None:
    page = session(qtbot, store, Told())
    front, back = page._front, page._back
    assert front is not None
    assert back is not None
    assert (front.isVisible(), back.isVisible()) == (True, False)
    at = front.mapTo(page, front.rect().topLeft())
    tool(page, "Show the answer").click()
    QApplication.processEvents()
    assert (page._front, page._back, back.isVisible()) == (front, back, True), "neither is drawn anew"
    assert front.mapTo(page, front.rect().topLeft()) == at
    assert tool(page, "3. Good, 2 days").hasFocus()


def test_buttons_say_when_a_card_comes_back_and_its_words_are_changed(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, cards: list[str]
) -> None:
    page = session(qtbot, store, Told())
    press(page, "Show the answer")
    QApplication.processEvents()
    names = [b.accessibleName() for b in page.findChildren(Button) if b.isVisible() and "." in b.accessibleName()]
    assert names == ["1. Again, 10 min", "2. Hard, 15 min", "3. Good, 2 days", "4. Easy, 8 days"]
    qtbot.keyClick(page, Qt.Key.Key_E)
    sheet = page.window().findChild(Sheet)
    assert sheet is not None
    front, back = sheet.findChildren(Paper)
    front.setPlainText("")
    assert not tool(sheet, "Save card").isEnabled()
    front.setPlainText("Ebb tide")
    back.setPlainText("Going **out**")
    tool(sheet, "Save card").click()
    assert (shown(page), page._model.stage) == ("Ebb tide", "front")
    press(page, "Show the answer")
    press(page, "Good")
    assert workspace.review.get(cards[0]).memory.reps == 1


def test_a_card_that_left_is_passed_over(qtbot: QtBot, store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    page = session(qtbot, store, Told())
    assert page._model.stage == "over"
    QApplication.processEvents()
    assert not [b for b in page.findChildren(Button) if "rating" in b.text() and b.isVisible()]


def test_the_overview_says_what_waits_and_keeps_limits(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, cards: list[str]
) -> None:
    told = Told()
    page = ReviewPage(ReviewModel(store), go=told.go, say=told.say)
    show(qtbot, page)
    press(page, "Start review")
    press(page, "All cards")
    assert told.routes == ["review/session", "review/cards"]
    press(page, "Show as table")
    QApplication.processEvents()
    table = next(t for t in page.findChildren(DataTable) if t.isVisible())
    assert (table.model().rowCount(), table.model().index(0, 1).data()) == (30, "0")
    press(page, "Show as chart")
    page._model.choose(new_a_day=2)
    page._model.choose(retention=2.0)
    assert (page._model.content.due.new, len(told.said)) == (2, 1)  # type: ignore[union-attr]
    for card in cards:
        workspace.review.rate(card, 1)
    press(page, "Go on now")
    press(page, "New card")
    sheet = page.window().findChild(Sheet)
    assert sheet is not None
    front, back = sheet.findChildren(Paper)
    front.setPlainText("Neap")
    back.setPlainText("small")
    tool(sheet, "Save card").click()
    assert workspace.review.cards()[0] == 4


def test_nobody_without_cards_is_left_alone(qtbot: QtBot, store: InlineStore) -> None:
    opened: list[int] = []
    page = ReviewPage(ReviewModel(store), go=Told().go, say=Told().say, open_example=lambda: opened.append(1))
    show(qtbot, page)
    press(page, "Open an example")
    press(page, "Write a card")
    assert opened == [1]
    assert page.window().findChild(Sheet) is not None


def test_cards_are_found_and_deleted_with_a_way_back(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, cards: list[str]
) -> None:
    told = Told()
    page = BrowsePage(BrowseModel(store), go=told.go, say=told.say)
    show(qtbot, page)
    page.search.setText("flood")
    model = page._model
    assert [each.id for each in model.content.cards] == [cards[1]]  # type: ignore[union-attr]
    tool(page, "Delete the card").click()
    assert (model.content.cards, model.content.whole) == ((), 2)  # type: ignore[union-attr]
    told.undo()  # type: ignore[operator]
    tool(page, "Put the card to rest").click()
    page.search.setText("")
    page._on_state("suspended")
    assert [each.id for each in model.content.cards] == [cards[1]]  # type: ignore[union-attr]
    tool(page, "Wake the card").click()
    page._on_state("")
    page._on_tag("none")
    assert model.content.cards == ()  # type: ignore[union-attr]
    page._on_tag("")
    tool(page, "Change the card").click()
    sheet = page.window().findChild(Sheet)
    assert sheet is not None
    sheet.findChildren(Paper)[0].setPlainText("Changed")
    tool(sheet, "Save card").click()
    assert "Changed" in [each.front for each in workspace.review.cards()[1]]
    workspace.review.add("What is a *sample*?", "A **part**.")
    assert "What is a sample?" in [label.words for label in page.findChildren(Elided)]
    with workspace.work():  # the page looks again when all are there
        for n in range(PAGE - 1):
            workspace.review.add(f"Front {n}", "back")
    assert len(model.content.cards) == PAGE  # type: ignore[union-attr]
    press(page, "Show more")
    assert len(model.content.cards) == PAGE + 3  # type: ignore[union-attr]


def test_today_leads_to_the_cards_that_are_due(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, tides: Tides, cards: list[str]
) -> None:
    told = Told()
    workspace.learning.open_lesson(tides.waves)
    page = TodayPage(TodayModel(store), go=told.go)
    show(qtbot, page)
    qtbot.keyClick(row(page, "3 due"), Qt.Key.Key_Return)
    assert told.routes == ["review/session"]
    for card in cards:
        workspace.review.rate(card, GOOD)
    QApplication.processEvents()
    assert not [r for r in page.findChildren(Button) if "due" in r.text()]
    assert page._model.content is not None
    assert page._model.content.cards.count == 0


def test_a_highlight_becomes_a_card_with_words_left_out(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, tides: Tides
) -> None:
    told = Told()
    note = workspace.notes.add("", lesson=tides.waves, quote="Wind makes waves", colour="amber")
    page = NotesPage(NotesModel(store), go=told.go, say=told.say)
    show(qtbot, page)
    press(page, "Make a card")
    sheet = page.window().findChild(Sheet)
    assert sheet is not None
    front = sheet.findChildren(Paper)[0]
    assert (front.toPlainText(), tool(sheet, "Leave it out").isEnabled()) == ("Wind makes waves", False)
    cursor = front.textCursor()
    cursor.setPosition(4, QTextCursor.MoveMode.KeepAnchor)
    front.setTextCursor(cursor)
    tool(sheet, "Leave it out").click()
    tool(sheet, "Save card").click()
    (card,) = workspace.review.cards()[1]
    assert (card.front, card.back, card.source, card.lesson_id) == ("[…] makes waves", "Wind", "highlight", tides.waves)
    assert told.said == ["Card made"]
    told.undo()  # type: ignore[operator]
    assert workspace.review.cards()[0] == 0
    assert workspace.notes.get(note).quote == "Wind makes waves"
    page.leave()


def test_spans_are_said_in_their_unit() -> None:
    minute = 60_000
    spans = (1, 10 * minute, 90 * minute, DAY_MS, 20 * DAY_MS, 90 * DAY_MS, 800 * DAY_MS)
    assert [span(each) for each in spans] == ["1 min", "10 min", "2 h", "1 day", "20 days", "3 months", "2 years"]
    assert (due_words(23, 9), due_words(0, 0)) == ("23 due · about 9 min", "Nothing due")
