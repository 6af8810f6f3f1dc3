"""The long list of cards, and the colours of highlights."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.buttons import ElidedButton
from desktop_lms.widgets.cards import STEP, CardList, CardRow
from desktop_lms.widgets.layout import column
from desktop_lms.widgets.notes import COLOURS, MOST_TAGS, Swatches, Tags, token
from desktop_lms.widgets.theme import tokens

COUNT = 20_000


def shown(qtbot: QtBot, count: int = COUNT) -> tuple[CardList, list[str]]:
    """A list, and the cards that were drawn so far."""
    drawn: list[str] = []

    def draw(key: str) -> CardRow:
        drawn.append(key)
        return CardRow("", f"Note {key}", "facts", tags=("sea",))

    made = CardList(name="Notes")
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show_rows([str(n) for n in range(count)], draw)
    made.show()
    qtbot.waitExposed(made)
    made.grab()
    return made, drawn


def test_of_twenty_thousand_cards_only_those_in_view_are_made(qtbot: QtBot) -> None:
    made, drawn = shown(qtbot)
    assert 3 < len(set(drawn)) < 30
    assert made.model().rowCount() == STEP
    made.verticalScrollBar().setValue(made.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: made.model().rowCount() > STEP)
    qtbot.keyClick(made, Qt.Key.Key_Down)
    qtbot.keyClick(made, Qt.Key.Key_End)
    assert made.current == str(COUNT - 1)


def test_what_is_chosen_stays_so_when_others_come(qtbot: QtBot) -> None:
    made, _ = shown(qtbot, 10)
    told: list[list[str]] = []
    made.chosen.connect(lambda: told.append(made.keys))
    made.choose(["3", "5"])
    assert made.keys == ["3", "5"]
    made.show_rows(["new", *(str(n) for n in range(10))], lambda key: CardRow("", key, ""))
    assert made.keys == ["3", "5"]
    made.show_rows(["5", "6"], lambda key: CardRow("", key, ""))
    assert made.keys == told[-1] == ["5"]
    asked: list[bool] = []
    made.delete_asked.connect(lambda: asked.append(True))
    qtbot.keyClick(made, Qt.Key.Key_Delete)
    assert asked == [True]


def test_colours_are_chosen_by_arrow_keys(qtbot: QtBot) -> None:
    made = Swatches(name="Colour")
    qtbot.addWidget(made)
    told: list[str] = []
    made.chosen.connect(told.append)
    for _ in range(5):
        qtbot.keyClick(made, Qt.Key.Key_Right)
    assert told == [*COLOURS, COLOURS[0]]


def test_tags_have_two_letters_and_a_note_ten_of_them(qtbot: QtBot) -> None:  # PRG-12
    made = Tags()
    qtbot.addWidget(made)
    for tag in ("x", "Sea", " sea ", "#shore,", *(f"tag {n}" for n in range(12))):
        made.field.setText(tag)
        made.field.returnPressed.emit()
    assert made.tags[:3] == ["Sea", "shore", "tag 0"]
    assert len(made.tags) == MOST_TAGS
    assert not made.field.isEnabled()


def test_long_tags_stay_within_their_pane(qtbot: QtBot) -> None:  # PRG-12
    pane, made = QWidget(), Tags()
    qtbot.addWidget(pane)
    pane.setLayout(column(made, "~"))
    made.show_tags(["sea", "shore", "k" * 50, "tides"])
    pane.resize(300, 400)
    pane.show()
    assert made.minimumSizeHint().width() < 300
    sea, shore, long, tides = made.findChildren(ElidedButton)
    assert (sea.y(), sea.shown, shore.shown) == (shore.y(), sea.text(), shore.text())
    assert long.width() == made.width()
    assert long.shown.rstrip().endswith("…")
    assert (long.toolTip(), long.accessibleName()) == ("k" * 50, f"Remove the tag {'k' * 50}")
    assert long.geometry().bottom() < tides.y() < made.field.y()


def luminance(color: str) -> float:
    """As WCAG 2 reckons it."""
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("mode", ["light", "dark", "contrast"])
@pytest.mark.parametrize("colour", COLOURS)
def test_text_stands_out_from_every_highlight(mode: str, colour: str) -> None:
    colors = tokens()["color"][mode]
    for ink in ("text", "text2", "accentText"):
        high, low = sorted((luminance(colors[ink]), luminance(colors[token(colour)])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, ink
