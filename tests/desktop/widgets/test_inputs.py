"""A choice has room for its words, and ends them in an ellipsis where it has not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionComboBox, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.inputs import Choice
from desktop_lms.widgets.layout import boxed, row
from desktop_lms.widgets.theme import Dressed, Theme, use

ENTRIES = [("all", "Alle Schlagwörter"), ("old", "Zuletzt geöffnete zuerst"), ("tag", "Tag")]


@pytest.fixture
def home(qtbot: QtBot, qapp: QApplication) -> Iterator[Dressed]:
    """A window in which choices stand at German words."""
    window = Dressed()
    qtbot.addWidget(window)
    window.resize(1280, 200)
    yield window
    use(qapp, Theme())


def seen(home: Dressed, box: QWidget, choice: Choice) -> QImage:
    """A choice as it is painted."""
    home.setCentralWidget(box)
    home.show()
    QApplication.processEvents()
    return choice.grab().toImage()


def words_end(choice: Choice) -> int:
    """Where the room for the words of a choice ends."""
    option, part = QStyleOptionComboBox(), QStyle.SubControl.SC_ComboBoxEditField
    choice.initStyleOption(option)
    return choice.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, choice).right()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_every_entry_of_a_choice_is_read_whole(home: Dressed, qapp: QApplication, scale: float) -> None:
    use(qapp, Theme(scale=scale))
    whole, fitted = Choice(ENTRIES, name="Tag"), Choice(ENTRIES, name="Order")
    fitted.fit()
    box = boxed(Flow(whole, fitted))
    for value, words in ENTRIES:
        for choice in (whole, fitted):
            choice.choose(value)
            fitted.fit()
            seen(home, box, choice)
            assert choice.toolTip() == "", words
            assert words_end(choice) <= choice.width() - 8 - round(16 * scale), "where the arrow begins"
    assert fitted.width() < whole.width(), "what is chosen is shorter than the widest entry"


@pytest.mark.parametrize("rtl", [False, True])
def test_a_choice_without_room_ends_in_an_ellipsis(home: Dressed, qapp: QApplication, rtl: bool) -> None:
    use(qapp, Theme(scale=2.0, rtl=rtl))
    choice = Choice(ENTRIES, name="Order")
    choice.choose("old")
    box = boxed(row(choice, "~"))
    choice.setFixedWidth(240)
    cut = seen(home, box, choice)
    assert (choice.toolTip(), choice.accessibleName()) == ("Zuletzt geöffnete zuerst", "Order")
    shorter = []
    for n in range(len("Zuletzt geöffnete zuerst")):
        choice.show_entries([("old", f"{'Zuletzt geöffnete zuerst'[:n]}…")])
        shorter.append(seen(home, box, choice))
    assert cut in shorter


def test_a_choice_grows_with_the_text_and_no_entry_makes_a_page_wide(home: Dressed, qapp: QApplication) -> None:
    choice = Choice([("long", "Statistics for everyday questions " * 9)], name="Course")
    box = boxed(Flow(choice))
    seen(home, box, choice)
    before = choice.fontMetrics().height()
    assert (home.minimumSizeHint().width() < 300, choice.width()) == (True, box.width())
    use(qapp, Theme(scale=2.0))
    assert choice.fontMetrics().height() > before
