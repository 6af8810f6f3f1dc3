"""The page of all files finds them, says how often each is used and leads to where (RES-10)."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop_lms.features.library.view import KINDS, LibraryPage
from desktop_lms.features.library.viewmodel import LibraryModel
from desktop_lms.features.teach.view import TeachPage
from desktop_lms.features.teach.viewmodel import TeachModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.rows import ListRow
from lms_core.content.model import MediaRef
from lms_core.courses.library import PAGE
from tests.desktop.features.teaching import Desk


def opened(desk: Desk, qtbot: QtBot, routes: list[str]) -> LibraryPage:
    page = LibraryPage(LibraryModel(desk.store), go=routes.append)
    qtbot.addWidget(page)
    page.show()
    return page


def standing(page: LibraryPage) -> list[ListRow]:
    """Its rows in order, without those that were taken away."""
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return page.findChildren(ListRow)


def rows(page: LibraryPage) -> list[str]:
    """What the rows are called."""
    return [row.accessibleName() for row in standing(page)]


def press(page: LibraryPage, start: str) -> None:
    next(row for row in standing(page) if row.accessibleName().startswith(start)).clicked.emit()


def words(page: LibraryPage) -> str:
    standing(page)
    return "\n".join(label.accessibleName() or label.text() for label in page.findChildren(QLabel))


def add(desk: Desk, course: str, name: str, mime: str, alt: str = "") -> str:
    """Give a course a file whose bytes are its name."""
    sha256 = desk.workspace.media.put(name.encode())
    desk.workspace.courses.add_file(course, MediaRef(sha256, name, mime, len(name), alt))
    return sha256


def test_a_file_leads_to_where_it_is_used(desk: Desk, qtbot: QtBot) -> None:
    course, routes = desk.course(), list[str]()
    map_, _ = add(desk, course, "map.png", "image/png", "The coast"), add(desk, course, "wind.mp3", "audio/mpeg")
    lesson = desk.id_of(course, "Halos")
    desk.workspace.courses.change_lesson(lesson, body=f"![](media:{map_})")
    desk.workspace.courses.change_course(course, thumbnail=map_)
    page = opened(desk, qtbot, routes)
    assert rows(page) == ["map.png. 7 bytes · The coast. Used 2 times", "wind.mp3. 8 bytes. Not used"]
    press(page, "map.png")
    assert rows(page)[1:3] == ["Reading the sky. as its picture", "Halos. Reading the sky · in the text"]
    press(page, "Reading the sky")
    press(page, "Halos")
    assert routes == [f"builder/{course}", f"builder/{course}/{lesson}"]
    desk.workspace.courses.trash(lesson)
    assert rows(page)[:2] == ["map.png. 7 bytes · The coast. Used once", "Reading the sky. as its picture"]
    press(page, "map.png")
    press(page, "wind.mp3")
    assert len(rows(page)) == 2
    assert "No course of yours shows it or hands it out." in words(page)


def test_the_keyboard_stays_on_the_file_that_it_chose(desk: Desk, qtbot: QtBot) -> None:
    add(desk, desk.course(), "map.png", "image/png")
    page = opened(desk, qtbot, [])
    page.activateWindow()
    page.findChildren(ListRow)[0].setFocus()
    qtbot.waitUntil(lambda: page.findChildren(ListRow)[0].hasFocus())
    press(page, "map.png")
    (row,) = page._rows.values()
    assert row.hasFocus()


def test_files_are_found_by_words_and_kind(desk: Desk, qtbot: QtBot) -> None:
    course = desk.course()
    for name, mime in (("map.png", "image/png"), ("map.pdf", "application/pdf"), ("wind.mp3", "audio/mpeg")):
        add(desk, course, name, mime)
    page = opened(desk, qtbot, [])
    page.search.setText(" map ")
    assert [row.partition(". ")[0] for row in rows(page)] == ["map.pdf", "map.png"]
    page.kinds.choose(KINDS.index("document"))
    assert [row.partition(". ")[0] for row in rows(page)] == ["map.pdf"]
    page.kinds.choose(KINDS.index("video"))
    assert rows(page) == []
    assert "Nothing fits" in words(page)
    next(b for b in page.findChildren(Button) if b.accessibleName() == "Show all files").click()
    assert len(rows(page)) == 3
    assert (page.search.text(), page.kinds.at) == ("", 0)


def test_more_than_a_page_of_files_is_shown_on_asking(desk: Desk, qtbot: QtBot) -> None:
    course = desk.course()
    with desk.workspace.work():
        for n in range(PAGE + 1):
            add(desk, course, f"{n:03}.png", "image/png")
    page = opened(desk, qtbot, [])
    assert len(rows(page)) == PAGE
    next(b for b in page.findChildren(Button) if b.accessibleName() == "Show more").click()
    assert len(rows(page)) == PAGE + 1


def test_without_files_the_page_says_what_will_stand_there(desk: Desk, qtbot: QtBot) -> None:
    routes: list[str] = []
    page = opened(desk, qtbot, routes)
    assert "No files yet" in words(page)
    assert not page.search.isVisible()
    next(b for b in page.findChildren(Button) if b.accessibleName() == "To my courses").click()
    desk.course()
    teach = TeachPage(TeachModel(desk.store), go=routes.append, say=lambda text, undo=None: None)
    qtbot.addWidget(teach)
    next(b for b in teach.findChildren(Button) if b.accessibleName() == "Files").click()
    assert routes == ["teach", "library"]
