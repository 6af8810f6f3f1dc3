"""The card of a note that is open beside a lesson, and what becomes of it when it is left."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from pytestqt.qtbot import QtBot

from lms_core.workspace import Workspace
from tests.desktop.features.lesson.conftest import Show


def test_a_card_that_is_left_without_words_goes(show: Show, qtbot: QtBot, workspace: Workspace) -> None:
    page = show("Wind makes waves.")
    note = workspace.notes.add("Count", lesson="found")
    mark = workspace.notes.add("Why?", lesson="found", quote="Wind makes waves")
    for name in (note, mark):
        page.notes.open_note(name)
        opened = page.notes._editing
        assert opened is not None
        opened.paper.selectAll()
        qtbot.keyClick(opened.paper, Qt.Key.Key_Delete)
        opened.paper.tell()
        assert workspace.notes.get(name).body == "", "stored as it is typed, and still open to be undone"
        opened.paper.undo()
        opened.paper.tell()
        assert workspace.notes.get(name).body
        opened.paper.clear()
        qtbot.keyClick(opened.paper, Qt.Key.Key_Escape)
    assert [(each.id, each.body) for each in workspace.notes.all()] == [(mark, "")]
    assert [each.id for each in page._model.notes] == [mark]


def test_an_open_card_whose_note_goes_elsewhere_is_open_no_more(show: Show, workspace: Workspace) -> None:
    page = show("Wind makes waves.")
    note = workspace.notes.add("Count", lesson="found")
    page.notes.open_note(note)
    assert page.notes._editing is not None
    workspace.notes.delete(note)
    assert page.notes._editing is None
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    page.notes.settle()
