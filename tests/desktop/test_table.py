"""A table of many rows asks for what is in view alone."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.widgets.table import Cell, Column, DataTable

ROWS = 20_000


def test_a_table_of_many_rows_reads_those_in_view(qtbot: QtBot) -> None:  # PRF-11
    table = DataTable([Column("Name", stretch=True), Column("Number", number=True)], name="People")
    qtbot.addWidget(table)
    table.resize(600, 440)
    table.show_rows([(str(n), (Cell(f"Person {n}"), Cell(str(n), n))) for n in range(ROWS)])
    asked: set[int] = set()
    answer = table._model.data

    def data(index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            asked.add(index.row())
        return answer(index, role)

    table._model.data = data  # type: ignore[method-assign]
    table.show()
    QApplication.processEvents()
    assert 5 < len(asked) < 1100, "the rows in view, and those by which columns are measured"
    table.scrollToBottom()
    asked.clear()
    table.viewport().repaint()
    assert len(asked) < 40
