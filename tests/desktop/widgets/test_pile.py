"""A column of widgets by key: what stays is kept, what is new comes a few at a turn, in its place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.pile import FIRST, Pile


def show(pile: Pile, names: Sequence[str], at_once: str | None = None) -> None:
    pile.show_all([(name, lambda name=name: QLabel(name)) for name in names], at_once=at_once)


def shown(pile: Pile) -> list[str]:
    """What stands in the column, from above."""
    box = pile.layout()
    labels = [box.itemAt(n).widget() for n in range(box.count())]
    return [label.text() for label in labels if isinstance(label, QLabel)]


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
