"""What fields say before one types is seen whole, and their icons grow with the text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.inputs import Field, Paper
from desktop_lms.widgets.theme import Theme, current, use

ENGLISH, ARABIC = "Write a note about this lesson", "ماذا تتذكّر جٍ من هذا العصر"


@pytest.fixture
def look(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Theme]:
    theme: Theme = request.param
    use(qapp, theme)
    yield theme
    use(qapp, Theme())


def inked(widget: QWidget, within: QRect) -> QRect:
    """Where something is painted within a part of a widget."""
    image = widget.grab(within).toImage()
    ground = image.pixel(image.width() // 2, 1)
    spots = [
        (x, y) for x in range(image.width()) for y in range(image.height()) if image.pixel(x, y) != ground
    ]  # fmt: skip
    across, down = [x for x, _ in spots], [y for _, y in spots]
    return QRect(min(across), min(down), max(across) - min(across) + 1, max(down) - min(down) + 1) if spots else QRect()


def shown(qtbot: QtBot, paper: Paper, width: int) -> Paper:
    paper.setFrameShape(QTextEdit.Shape.NoFrame)
    qtbot.addWidget(paper)
    paper.resize(width, paper.minimumHeight())
    paper.show()
    return paper


@pytest.mark.parametrize("look", [Theme(rtl=True)], indirect=True)
def test_letters_of_a_hint_keep_their_feet(qtbot: QtBot, look: Theme) -> None:
    paper = shown(qtbot, Paper(ARABIC, lines=2), 400)
    assert inked(paper, paper.rect()).height() > paper.fontMetrics().height(), "they reach below those of Latin words"


@pytest.mark.parametrize("look", [Theme(scale=2.0)], indirect=True)
def test_a_hint_goes_on_in_the_next_line_and_makes_room_for_words(qtbot: QtBot, look: Theme) -> None:
    paper = shown(qtbot, Paper(ENGLISH, lines=3), 300)
    assert inked(paper, paper.rect()).height() > paper.fontMetrics().height()
    paper.setPlainText("i")
    assert inked(paper, paper.rect()).height() < paper.fontMetrics().height()
    assert (paper.placeholderText(), paper.accessibleName()) == (ENGLISH, ENGLISH)


def test_a_field_of_some_lines_grows_with_the_text(qtbot: QtBot, qapp: QApplication) -> None:
    paper = Paper(ENGLISH, lines=3, fixed=True)
    qtbot.addWidget(paper)
    low = paper.maximumHeight()
    use(qapp, Theme(scale=2.0))
    high = paper.maximumHeight()
    use(qapp, Theme())
    assert (low, high) == (3 * current().line("body") + 22, 6 * current().line("body") + 22)
    paper.show_lines(5)
    assert paper.maximumHeight() == 5 * current().line("body") + 22


@pytest.mark.parametrize(
    "look", [Theme(), Theme(scale=2.0), Theme(scale=2.0, rtl=True)], indirect=True, ids=["small", "large", "mirrored"]
)
def test_the_icon_of_a_field_grows_with_the_text(qtbot: QtBot, look: Theme) -> None:
    field = Field(icon="search")
    qtbot.addWidget(field)
    field.setFrame(False)
    field.resize(300, 80)
    lead = QRect(0, 10, 60, 60) if not look.rtl else QRect(240, 10, 60, 60)
    area = inked(field, lead)
    assert 0.7 * look.px(16) <= area.width() <= look.px(16)
    margins = field.textMargins()
    assert (margins.right() if look.rtl else margins.left()) >= look.px(16)
