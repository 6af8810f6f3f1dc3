"""The keyboard alone: Enter presses, what lies over a window keeps the focus, dates and tables need no mouse."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QMenu, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.shell.palette import Palette
from desktop_lms.shell.places import Command
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.dates import DateField
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.table import Cell, Column, DataTable


def page(qtbot: QtBot) -> tuple[QWidget, Button]:
    window = QWidget()
    box, below = QVBoxLayout(window), Button("Below")
    box.addWidget(below)
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    below.setFocus()
    return window, below


def test_enter_presses_a_button(qtbot: QtBot) -> None:
    _, below = page(qtbot)
    pressed: list[bool] = []
    below.clicked.connect(lambda: pressed.append(True))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        qtbot.keyClick(below, key)
    assert len(pressed) == 3


def test_tab_stays_in_a_sheet_and_escape_gives_the_focus_back(qtbot: QtBot) -> None:
    window, below = page(qtbot)
    field, stay, go = Field(name="Name"), Button("Cancel"), Button("Go")
    sheet = Sheet(window, "Sure?", field, buttons=(stay, go))
    seen = []
    for key in (Qt.Key.Key_Tab,) * 4 + (Qt.Key.Key_Backtab,) * 4:
        qtbot.keyClick(window.focusWidget(), key)
        seen.append(window.focusWidget())
    assert below not in seen
    assert {field, stay, go} <= set(seen)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert sheet.isHidden()
    assert window.focusWidget() is below
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    sheet.close_sheet()


def test_enter_alone_destroys_nothing(qtbot: QtBot) -> None:
    window, below = page(qtbot)
    stay, go = Button("Cancel"), Button("Remove", "danger")
    gone: list[bool] = []
    go.clicked.connect(lambda: gone.append(True))
    sheet = Sheet(window, "Remove it?", buttons=(stay, go))
    stay.clicked.connect(sheet.close_sheet)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert (gone, sheet.isHidden(), window.focusWidget()) == ([], True, below)


def test_tab_stays_in_the_palette_which_fits_the_window(qtbot: QtBot) -> None:
    window, below = page(qtbot)
    window.resize(800, 320)
    palette = Palette(window, [Command(f"Go to {n}", lambda: None, "house") for n in range(9)])
    qtbot.keyClick(palette.field, Qt.Key.Key_Tab)
    assert window.focusWidget() is palette.field
    assert palette.rect().contains(palette.card.geometry())
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert window.focusWidget() is below


def test_the_key_down_opens_the_calendar_of_a_date(qtbot: QtBot) -> None:
    date = DateField(name="Born")
    qtbot.addWidget(date)
    date.resize(240, 36)
    date.show()
    qtbot.keyClick(date, Qt.Key.Key_Down)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()
    pick = next(each for each in date.findChildren(QToolButton) if each.text() == "Pick a day")
    assert min(pick.width(), pick.height()) >= 24


def test_control_and_enter_sort_a_table(qtbot: QtBot) -> None:
    table = DataTable([Column("Name"), Column("Points", number=True)], name="People")
    qtbot.addWidget(table)
    table.show_rows([(name, (Cell(name), Cell(str(n), n))) for n, name in enumerate(("Cleo", "Abel", "Bea"))])
    table.show()
    table.setCurrentIndex(table.model().index(0, 1))
    orders = []
    for _ in range(2):
        qtbot.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        orders.append([table.model().index(row, 0).data() for row in range(3)])
    assert orders == [["Cleo", "Abel", "Bea"], ["Bea", "Abel", "Cleo"]]
