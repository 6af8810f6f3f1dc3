"""A page of notes that is left goes as a whole, with what it had put aside."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop_lms.features.notes.view import NotesPage
from desktop_lms.features.notes.viewmodel import NotesModel
from desktop_lms.store import InlineStore
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides


def test_what_was_put_aside_goes_with_the_page(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, tides: Tides
) -> None:
    workspace.notes.add_bookmark(tides.waves, anchor="12", title="The wind")
    model = NotesModel(store)
    page = NotesPage(model, go=print, say=lambda words, undo: None)
    page.show()
    model.refresh()
    aside = [page.pane.paper, page.pane.title, page.pane.tags, page.pane.swatches]
    assert all(page.isAncestorOf(part) for part in aside)
    page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not any(isValid(part) for part in aside)


def test_a_tag_half_typed_stays_with_its_note(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    first, second = (workspace.notes.add(words, lesson=tides.waves) for words in ("One", "Two"))
    model = NotesModel(store)
    page = NotesPage(model, go=print, say=lambda words, undo: None)
    page.show()
    model.refresh()
    for note, typed in ((first, "wind"), (second, "rain")):
        page.list.choose([note])
        QTest.keyClicks(page.pane.tags.field, typed)
    page._delete()
    model.undo_stack.undo()
    assert {note.body: note.tags for note in workspace.notes.all()} == {"One": ("wind",), "Two": ("rain",)}
    assert page.pane.tags.field.text() == ""
