"""Another look comes into force everywhere, and no widget is dressed for it time and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QApplication, QPushButton, QTextBrowser, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.theme import Dressed, Theme, load_fonts, use
from tests.walker import contrast, luminance

DEPTH = 8
"""So deep stand the cards of a page in its window."""
DRESSED = 2
"""The old look taken off, the new one put on."""


class Told(QObject):
    """Counts how often each object was told of another style."""

    def __init__(self) -> None:
        super().__init__()
        self.times: Counter[QObject] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times[watched] += event.type() == QEvent.Type.StyleChange
        return False


@pytest.fixture
def button(qapp: Any, qtbot: QtBot) -> Iterator[QPushButton]:
    """A button deep in a window, in the light look."""
    use(qapp, Theme())
    window, inner = Dressed(), QWidget()
    window.setCentralWidget(inner)
    for _ in range(DEPTH):
        box, inner = QVBoxLayout(inner), QWidget()
        box.addWidget(inner)
    made = QPushButton("Read")
    QVBoxLayout(inner).addWidget(made)
    qtbot.addWidget(window)
    window.show()
    yield made
    use(qapp, Theme())


def test_each_widget_is_dressed_once(qapp: Any, button: QPushButton) -> None:
    told = Told()
    button.installEventFilter(told)
    for mode in ("dark", "contrast"):
        told.times.clear()
        use(qapp, Theme(mode))
        assert 0 < told.times[button] <= DRESSED
    told.times.clear()
    use(qapp, Theme("contrast"))
    assert not told.times[button], "it wears that look already"


def test_what_is_in_view_wears_the_new_look(qapp: Any, button: QPushButton) -> None:
    def ground() -> QColor:
        return button.grab().toImage().pixelColor(5, button.height() // 2)

    for mode in ("dark", "light"):
        use(qapp, Theme(mode))
        assert ground() == Theme(mode).color("surface")
    small = button.sizeHint().height()
    use(qapp, Theme(scale=2.0))
    assert button.sizeHint().height() > 1.5 * small
    use(qapp, Theme())
    assert button.sizeHint().height() == button.minimumHeight() == small


@pytest.mark.parametrize("mode", ["light", "dark", "contrast"])
def test_of_what_is_found_the_present_place_stands_out(qapp: Any, qtbot: QtBot, mode: str) -> None:
    use(qapp, Theme(mode))
    window, text = Dressed(), LessonText()
    window.setCentralWidget(text)
    qtbot.addWidget(window)
    window.show()
    text.show_html("<p>A limpet, <code>a limpet</code> and a <a href='x:y'>limpet</a></p>")
    assert text.find_all("limpet") == 3

    def seen() -> Counter[str]:
        image = text.viewport().grab().toImage()
        colors = [image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())]
        return Counter(name for name in colors if name in grounds)

    colors = {name: Theme(mode).color(name).name() for name in ("found", "accent", "text", "textOnAccent")}
    grounds = colors["found"], colors["accent"]
    assert list(seen()) == [colors["found"]]
    text.go_to_found(1)
    both = seen()
    assert 1.5 * both[colors["accent"]] < both[colors["found"]] < 3 * both[colors["accent"]], "one of three"
    light = {name: luminance(Theme(mode).color(name).rgb()) for name in colors}
    assert contrast(light["found"], light["accent"]) >= 3
    assert contrast(light["found"], light["text"]) >= 4.5
    assert contrast(light["accent"], light["textOnAccent"]) >= 4.5
    text._settle.stop()
    use(qapp, Theme())


def test_a_long_text_is_not_laid_out_anew_for_other_colours(qapp: Any, button: QPushButton, qtbot: QtBot) -> None:
    window, text = Dressed(), QTextBrowser()
    window.setCentralWidget(text)
    qtbot.addWidget(window)
    text.setPlainText("Twelve limpets. " * 2000)
    window.show()
    qtbot.waitUntil(text.verticalScrollBar().isVisible)
    widths: list[float] = []
    text.document().documentLayout().documentSizeChanged.connect(lambda size: widths.append(size.width()))
    use(qapp, Theme("dark"))
    qapp.processEvents()
    assert widths == []


def test_signs_of_code_stay_as_they_are_typed(qapp: QApplication) -> None:
    load_fonts()
    font = QFont("JetBrains Mono")
    font.setPixelSize(40)
    assert drawn(font, "!=") == drawn(font, "!", "=")
    assert drawn(font, "<>") == drawn(font, "<", ">")


def drawn(font: QFont, *runs: str) -> QImage:
    """Words as they are drawn, each run by itself."""
    image = QImage(80, 60, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(QColor("white"))
    for n, run in enumerate(runs):
        painter.drawText(8 + n * QFontMetrics(font).horizontalAdvance("="), 45, run)
    painter.end()
    return image
