"""An author sees what became of a file of a lesson: what this device knows at once, the rest from the server."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.builder.contents.view import ContentsPart
from desktop_lms.features.builder.details.view import fault_words
from desktop_lms.features.builder.view import BuilderPage
from desktop_lms.store import Store
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.text import Label
from tests.e2e.programs import Server
from tests.e2e.test_downloads import sign_in
from tests.films import sound


def facts(page: QWidget) -> dict[str, str]:
    """What the sheet says, by its names."""
    (sheet,) = (each for each in page.window().findChildren(Sheet) if each.isVisible())
    pairs = (each.accessibleName().partition(": ") for each in sheet.findChildren(QWidget) if each.isVisible())
    return {name: words for name, colon, words in pairs if colon}


def details(part: ContentsPart) -> None:
    """Ask for the details of the first piece."""
    contents = part._model.contents
    assert contents is not None
    menu: QMenu = part.menu(contents.items[0])
    next(each for each in menu.actions() if each.text() == "Details…").trigger()


@pytest.fixture
def teacher(server: Server, tmp_path: Path) -> Store:
    workspace = sign_in(tmp_path / "laptop", server, "tess")
    course = workspace.courses.create_course("The shore")
    workspace.courses.add_lesson(workspace.courses.add_module(course, "One"), "Surf", body="Listen.")
    return Store(workspace)


def test_what_became_of_a_file_is_shown_to_its_giver(
    server: Server, teacher: Store, tmp_path: Path, qtbot: QtBot
) -> None:  # RES-12
    course = teacher.in_turn(lambda: teacher.workspace.courses.my_courses()[0].id)
    page = BuilderPage(teacher, course, go=print, say=lambda text, undo=None: None)
    qtbot.addWidget(page)
    page.resize(1216, 744)
    page.show()
    qtbot.waitUntil(lambda: bool(page.inspector.findChildren(ContentsPart)) and bool(page.contents.lesson))
    waves = tmp_path / "Surf.wav"
    waves.write_bytes(sound(3))
    page.contents.add_files([waves])
    qtbot.waitUntil(lambda: bool(page.contents.contents and page.contents.contents.items))
    details(shown_part(page))
    assert facts(page)["File"] == "Surf.wav", "without asking anybody"
    assert len(facts(page)["Checksum (SHA-256)"].replace(" ", "")) == 64
    (sheet,) = page.findChildren(Sheet)
    qtbot.waitUntil(lambda: "it was not sent yet" in " ".join(said(sheet)))
    sheet.close_sheet()

    teacher.in_turn(teacher.workspace.synchronize)
    details(shown_part(page))
    qtbot.waitUntil(lambda: facts(page).get("State") == "kept by the server")
    told = facts(page)
    assert (told["Sent by"], told["Sent as"], bool(told["Sent"])) == ("you", "Surf.wav", True)
    assert told["Found by the server"].endswith("audio/wav")
    page.window().findChildren(Sheet)[-1].close_sheet()

    server.stop()
    details(shown_part(page))
    qtbot.waitUntil(lambda: "The server must be reached" in " ".join(said(page.window())))
    assert facts(page)["File"] == "Surf.wav"
    teacher.close()


def shown_part(page: BuilderPage) -> ContentsPart:
    """The part that is seen now; a sync may have made it anew."""
    return next(each for each in page.inspector.findChildren(ContentsPart) if each.isVisible())


def said(home: QWidget) -> list[str]:
    """All words below a widget that are seen."""
    return [each.words for each in home.findChildren(Label) if each.isVisible()]


def test_each_way_that_an_upload_fails_has_its_words(qapp: object) -> None:
    for code in ("infected", "file_too_large", "type_not_allowed", "blob_mismatch", "no_upload", "cancelled"):
        assert "{" not in fault_words(code)
        assert len(fault_words(code)) > 8
