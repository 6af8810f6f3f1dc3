"""A chart is read with the mouse, with the arrow keys, and in words; it is mirrored where people read to the left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.chart import Plot, ticks
from desktop_lms.widgets.theme import Theme, use


@pytest.fixture(params=[False, True], ids=["ltr", "rtl"])
def rtl(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[bool]:
    use(qapp, Theme(rtl=request.param))
    yield request.param
    use(qapp, Theme())


def shown(qtbot: QtBot, values: list[float], *, bars: bool = False, lately: int | None = None) -> Plot:
    labels = [f"{at + 1} May" for at in range(len(values))]
    plot = Plot(labels, values, name="Learners", say=lambda value: f"{value:g} people", bars=bars, lately=lately)
    qtbot.addWidget(plot)
    plot.resize(600, plot.height())
    plot.show()
    return plot


@pytest.mark.parametrize(
    ("most", "steps"),
    [(0, [0, 1]), (1, [0, 1]), (3, [0, 1, 2, 3]), (4, [0, 1, 2, 3, 4]), (5, [0, 2, 4, 6]), (36, [0, 10, 20, 30, 40]),
     (412, [0, 200, 400, 600]), (1000, [0, 500, 1000]), (99_999, [0, 50_000, 100_000])],
)  # fmt: skip
def test_steps_are_round_and_reach_the_largest(most: float, steps: list[float]) -> None:
    assert ticks(most) == steps


@pytest.mark.parametrize("bars", [False, True])
def test_keys_and_mouse_lead_to_each_value(qtbot: QtBot, rtl: bool, bars: bool) -> None:
    plot = shown(qtbot, [3, 0, 12], bars=bars)
    ahead, back = (Qt.Key.Key_Left, Qt.Key.Key_Right) if rtl else (Qt.Key.Key_Right, Qt.Key.Key_Left)
    assert plot.accessibleName() == "Learners. 1 May: 3 people – 3 May: 12 people"
    told = []
    for key in (ahead, ahead, ahead, ahead, back, Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(plot, key)
        told.append(plot.accessibleName().partition(":")[0])
    assert told == ["1 May", "2 May", "3 May", "3 May", "2 May", "1 May", "3 May"]
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert plot.accessibleName().startswith("Learners.")
    there = QPointF(40 if rtl else plot.width() - 40, 80)
    none = Qt.MouseButton.NoButton
    QApplication.sendEvent(plot, QMouseEvent(QEvent.Type.MouseMove, there, there, none, none, Qt.KeyboardModifier(0)))
    assert plot.accessibleName() == "3 May: 12 people"
    assert not plot.grab().isNull()


def test_a_chart_without_values_says_its_name(qtbot: QtBot) -> None:
    plot = shown(qtbot, [])
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.accessibleName() == "Learners"
    assert not plot.grab().isNull()


def test_larger_values_are_drawn_higher(qtbot: QtBot) -> None:
    plot = shown(qtbot, [0, 5, 10], bars=True)
    picture = plot.grab().toImage()
    scale = picture.devicePixelRatio()
    filled = []
    for at in range(3):
        x = int(plot._x(at) * scale)
        column = [picture.pixelColor(x, y).name() for y in range(picture.height())]
        filled.append(column.count(Theme().hex("accent").lower()))
    assert filled[0] == 0
    assert 0 < filled[1] < filled[2]


def test_late_bars_stand_out_and_a_line_has_dots(qtbot: QtBot) -> None:
    plot = shown(qtbot, [4, 5, 10], bars=True, lately=1)
    picture = plot.grab().toImage()
    scale = picture.devicePixelRatio()

    def ink(at: int, value: float) -> str:
        return picture.pixelColor(int(plot._x(at) * scale), int(plot._y(value) * scale)).name()

    soft, strong = (Theme().hex(name).lower() for name in ("accentLine", "accent"))
    assert [ink(at, 2) for at in range(3)] == [soft, soft, strong]
    plot = shown(qtbot, [4, 5, 10])
    picture = plot.grab().toImage()
    assert ink(1, 5) == Theme().hex("surface").lower()


def test_the_last_value_stands_above_it_in_figures(qtbot: QtBot) -> None:
    def words(values: list[float]) -> int:
        picture, ink = shown(qtbot, values, bars=True, lately=1).grab().toImage(), Theme().hex("text").lower()
        return sum(picture.pixelColor(x, y).name() == ink for x in range(picture.width()) for y in range(100))

    assert words([4, 5, 6]) > words([4, 5, 0]) == 0
