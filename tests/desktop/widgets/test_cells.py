"""Thousands of cards are as many widgets as there is room for, and the keyboard reaches all of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.cells import AT_ONCE, Cells
from desktop_lms.widgets.page import Page


class Card(QLabel):
    """A cell."""

    def __init__(self) -> None:
        super().__init__("x")
        self.setFixedHeight(50)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


def shown(qtbot: QtBot, count: int) -> tuple[Page, Cells[int, Card], list[Card]]:
    made: list[Card] = []

    def make() -> Card:
        made.append(Card())
        return made[-1]

    cells: Cells[int, Card] = Cells(make, lambda card, number: card.setText(str(number)), width=100, gap=10)
    page = Page(cells)
    qtbot.addWidget(page)
    page.resize(500, 400)
    page.show()
    qtbot.waitExposed(page)
    cells.show_items(range(count))
    QApplication.processEvents()
    return page, cells, made


def test_only_what_is_in_view_is_a_widget(qtbot: QtBot) -> None:  # PRF-11
    page, cells, made = shown(qtbot, 20_000)
    assert cells.columns > 1
    assert len(made) < 80
    bar = page.verticalScrollBar()
    for step in range(1, 9):
        bar.setValue(bar.maximum() * step // 8)
        QApplication.processEvents()
    assert max(cells.cells()) == 19_999
    assert {int(card.text()) for card in cells.cells().values()} == set(cells.cells())
    assert len(made) < 80, "cells are used again"


def test_a_turn_makes_a_few_however_often_it_places(qtbot: QtBot) -> None:  # PRF-11
    _, cells, made = shown(qtbot, 20_000)
    qtbot.waitUntil(lambda: len(cells.cells()) > 2 * AT_ONCE)
    was = len(made)
    cells.renew()
    for _ in range(5):
        cells.place()
    assert len(made) - was <= AT_ONCE + 1, "they and the one that is measured"
    qtbot.waitUntil(lambda: len(cells.cells()) > 2 * AT_ONCE)


class Counted(QObject):
    """Counts how often what it watches was hidden or shown."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() in (QEvent.Type.Hide, QEvent.Type.Show)
        return False


def test_a_far_jump_hides_no_cell_that_is_taken_again(qtbot: QtBot) -> None:  # PRF-11
    page, cells, made = shown(qtbot, 20_000)
    bar = page.verticalScrollBar()
    bar.setValue(60_000)
    QApplication.processEvents()
    counted = Counted()
    for card in made:
        card.installEventFilter(counted)
    for rows in range(100, 900, 100):
        bar.setValue(60_000 + 60 * rows)  # as many rows are in view
        QApplication.processEvents()
    assert counted.count == 0
    bar.setValue(0)
    QApplication.processEvents()
    assert {card for card in made if card.isVisible()} == set(cells.cells().values())


def test_the_keyboard_reaches_what_is_out_of_view(qtbot: QtBot) -> None:
    page, cells, _ = shown(qtbot, 500)
    cells.focus(0)
    columns = cells.columns
    for key, place in (
        (Qt.Key.Key_Down, columns), (Qt.Key.Key_Right, columns + 1), (Qt.Key.Key_Up, 1), (Qt.Key.Key_End, 499),
        (Qt.Key.Key_Home, 0),
    ):  # fmt: skip
        here = next(card for card in cells.cells().values() if card is page.focusWidget())
        qtbot.keyClick(here, key)
        QApplication.processEvents()
        at = next(n for n, card in cells.cells().items() if card is page.focusWidget())
        assert at == place


def test_fewer_items_take_fewer_cells(qtbot: QtBot) -> None:
    _, cells, _ = shown(qtbot, 500)
    cells.show_items([7])
    assert [card.text() for card in cells.cells().values()] == ["7"]
    cells.show_items([])
    assert (cells.cells(), cells.height()) == ({}, 0)


def test_of_a_page_that_is_left_no_more_is_made(qtbot: QtBot) -> None:
    page, cells, made = shown(qtbot, 20_000)
    qtbot.waitUntil(lambda: len(cells.cells()) > 2 * AT_ONCE)
    cells.renew()
    was = len(made)
    page.hide()
    for _ in range(5):
        QApplication.processEvents()
    assert len(made) == was
    page.show()
    qtbot.waitUntil(lambda: len(cells.cells()) > 2 * AT_ONCE)
