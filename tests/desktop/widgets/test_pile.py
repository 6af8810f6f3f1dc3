"""A column of widgets by key: what stays is kept, what is new comes a few at a turn, in its place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.layout import boxed, column
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.pile import FIRST, Pile


def show(pile: Pile, names: Sequence[str], at_once: str | None = None) -> None:
    pile.show_all([(name, lambda name=name: QLabel(name)) for name in names], at_once=at_once)


def shown(pile: Pile) -> list[str]:
    """What stands in the column, from above."""
    return [label.text() for label in pile.widgets() if isinstance(label, QLabel)]


def test_the_first_come_at_once_and_all_in_the_end(qtbot: QtBot) -> None:
    pile, names = Pile(), [str(n) for n in range(40)]
    qtbot.addWidget(pile)
    show(pile, names)
    assert shown(pile) == names[:FIRST]
    assert not pile.is_whole
    qtbot.waitUntil(lambda: pile.is_whole)
    assert shown(pile) == names


def test_what_is_asked_for_is_there_at_once(qtbot: QtBot) -> None:
    pile, names = Pile(), [str(n) for n in range(40)]
    qtbot.addWidget(pile)
    show(pile, names, at_once="30")
    assert shown(pile) == [*names[: FIRST - 1], "30"]
    qtbot.waitUntil(lambda: pile.is_whole)
    assert shown(pile) == names


def test_what_stays_is_the_same_widget_in_its_new_place(qtbot: QtBot) -> None:
    pile = Pile()
    qtbot.addWidget(pile)
    show(pile, "abc")
    before = {label.text(): label for label in pile.findChildren(QLabel)}
    show(pile, "dcxa")
    assert shown(pile) == ["d", "c", "x", "a"]
    after = {label.text(): label for label in pile.findChildren(QLabel) if not label.isHidden()}
    assert (after["a"], after["c"]) == (before["a"], before["c"])
    assert before["b"].isHidden()
    show(pile, "")
    assert shown(pile) == []
    assert pile.is_whole


class Words(QLabel):
    """Keeps at which widths it was asked for its height."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setWordWrap(True)
        self.asked: set[int] = set()

    def heightForWidth(self, width: int) -> int:
        self.asked.add(width)
        return super().heightForWidth(width)


def test_each_is_asked_for_its_height_at_the_width_there_is_alone(qtbot: QtBot) -> None:
    """At two widths by turns nothing stays reckoned, and each that comes would cost as much as all before it."""
    pile, words = Pile(), [Words("The tide turned while we counted. " * 4) for _ in range(40)]
    _page = show_in_page(qtbot, pile)
    pile.show_all([(n, partial(carded, each)) for n, each in enumerate(words)])
    qtbot.waitUntil(lambda: pile.is_whole)
    QCoreApplication.sendPostedEvents()
    assert {len(each.asked) for each in words[2 * FIRST :]} == {1}  # by then the scroll bar stands
    stand_below_each_other(pile)


def test_they_stand_below_each_other_whatever_becomes_of_one(qtbot: QtBot) -> None:
    pile, words = Pile(), [Words("The tide turned.") for _ in range(3)]
    page = show_in_page(qtbot, pile)
    pile.show_all([(n, partial(carded, each)) for n, each in enumerate(words)])
    before = pile.height()
    words[1].setText("The tide turned while we counted. " * 8)
    qtbot.waitUntil(lambda: pile.height() > before)
    stand_below_each_other(pile)
    higher = pile.height()
    page.resize(600, 400)
    qtbot.waitUntil(lambda: before < pile.height() < higher)
    stand_below_each_other(pile)


def show_in_page(qtbot: QtBot, pile: Pile) -> Page:
    page = Page(pile, "~", pad=0)
    page.resize(300, 400)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    return page


def carded(words: Words) -> QWidget:
    return boxed(column(words, gap=0, margin=8))


def stand_below_each_other(pile: Pile) -> None:
    y = 0
    for each in pile.widgets():
        assert (each.x(), each.y(), each.width()) == (0, y, pile.width())
        assert each.height() == each.heightForWidth(each.width())
        y += each.height()
    assert pile.height() == y
