"""Notes at large text: what filters them goes on in the next line, and the list shares the room with the note."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_lms.features.notes.view import NotesPage
from desktop_lms.features.notes.viewmodel import NotesModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.theme import Dressed, Theme, use
from desktop_lms.words import speak
from lms_core.workspace import Workspace
from tests import walker


def test_filters_wrap_at_large_text(qtbot: QtBot, qapp: QApplication, store: InlineStore, workspace: Workspace) -> None:
    workspace.notes.add("Count again", tags=["shore"])
    speak("de")
    use(qapp, Theme(scale=2.0))
    window = Dressed()
    qtbot.addWidget(window)
    page = NotesPage(NotesModel(store), go=lambda _: None, say=lambda *_: None)
    window.setCentralWidget(page)
    window.resize(1152, 690)
    window.show()
    QApplication.processEvents()
    wrong, lines = walker.cut(page), {each.y() for each in (page.courses, page.tags, page.colours, page.orders)}
    speak("en")
    use(qapp, Theme())
    page.pane.paper._pause.stop()
    assert wrong == []
    assert len(lines) == 2
