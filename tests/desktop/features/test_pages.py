"""Today, courses, course, notes and search: what they show first, when empty, and where a press leads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.downloads import Downloads
from desktop_lms.features.course.view import CoursePage
from desktop_lms.features.course.viewmodel import CourseModel
from desktop_lms.features.courses.view import CourseCard, CoursesPage
from desktop_lms.features.courses.viewmodel import CoursesModel
from desktop_lms.features.notes.view import NotesPage
from desktop_lms.features.notes.viewmodel import NotesModel
from desktop_lms.features.search.view import SearchPage
from desktop_lms.features.search.viewmodel import SearchModel
from desktop_lms.features.today.view import TodayPage
from desktop_lms.features.today.viewmodel import TodayModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import Cover
from desktop_lms.widgets.theme import Theme, use
from lms_core.courses.entities import COURSE_CARD
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides, install, write_course
from tests.told import tell


class Told:
    """Routes and toasts, as the window would get them."""

    def __init__(self) -> None:
        self.routes: list[str] = []
        self.said: list[str] = []
        self.undo: object = None

    def go(self, route: str) -> None:
        self.routes.append(route)

    def say(self, text: str, undo: object = None) -> None:
        self.said.append(text)
        self.undo = undo


def show(qtbot: QtBot, page: QWidget) -> None:
    qtbot.addWidget(page)
    page.resize(1100, 760)
    page.show()


def press(page: QWidget, words: str) -> None:
    QApplication.processEvents()
    next(b for b in page.findChildren(Button) if words in b.text() and b.isVisible()).click()


def row(page: QWidget, words: str) -> Clickable:
    QApplication.processEvents()
    return next(r for r in page.findChildren(Clickable) if words in r.accessibleName() and r.isVisible())


def test_today_leads_on(qtbot: QtBot, store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    told = Told()
    workspace.learning.open_lesson(tides.shells)
    workspace.notes.add("# Ask *why*", lesson=tides.shells)
    page = TodayPage(TodayModel(store), go=told.go)
    show(qtbot, page)
    press(page, "Continue")
    qtbot.keyClick(row(page, "Quiz: waves"), Qt.Key.Key_Return)
    assert told.routes == [f"lesson/{tides.course}/{tides.shells}", f"quiz/{tides.course}/{tides.quiz}"]
    assert row(page, "Ask why").accessibleName().startswith("Ask why")


def test_today_says_begin_until_a_lesson_of_the_course_was_opened(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, tides: Tides
) -> None:
    told = Told()
    workspace.learning.enroll(tides.course)
    page = TodayPage(TodayModel(store), go=told.go)
    show(qtbot, page)
    press(page, "Begin")
    workspace.learning.open_lesson(tides.shells)
    press(page, "Continue")
    assert told.routes == [f"lesson/{tides.course}/{tides.waves}", f"lesson/{tides.course}/{tides.shells}"]


def test_today_stays_within_a_narrow_window_at_large_text(
    qtbot: QtBot, qapp: QApplication, store: InlineStore, workspace: Workspace, tides: Tides
) -> None:
    workspace.learning.open_lesson(tides.shells)
    page = TodayPage(TodayModel(store), go=Told().go)
    show(qtbot, page)
    covers = [len(page.findChildren(Cover))]
    use(qapp, Theme(scale=2.0))
    page.resize(556, 420)
    QApplication.processEvents()
    covers.append(sum(cover.isVisible() for cover in page.findChildren(Cover)))
    beyond = page.body.width() - page.viewport().width()
    use(qapp, Theme())
    assert covers == [1, 0]
    assert beyond < page._pad, "no more than the empty edge"


def test_today_of_somebody_new_offers_a_beginning(qtbot: QtBot, store: InlineStore) -> None:
    told, opened = Told(), []
    page = TodayPage(TodayModel(store), go=told.go, open_example=lambda: opened.append(1))
    show(qtbot, page)
    press(page, "Find a course")
    press(page, "Open an example")
    assert (told.routes, opened) == (["courses"], [1])


def test_courses_are_found_as_one_types(qtbot: QtBot, store: InlineStore, tides: Tides) -> None:
    told = Told()
    page = CoursesPage(CoursesModel(store), Downloads(store), go=told.go, say=told.say)
    show(qtbot, page)
    page.search.setText("tides")
    qtbot.mouseClick(row(page, "Between the tides"), Qt.MouseButton.LeftButton)
    assert told.routes == [f"course/{tides.course}"]
    page.search.setText("zebra")
    assert page.findChildren(CourseCard, options=Qt.FindChildOption.FindChildrenRecursively)[-1].isHidden()
    press(page, "Show all")
    assert row(page, "Between the tides")
    page.leave()


def test_a_course_with_a_long_word_stays_within_the_window(
    qtbot: QtBot, store: InlineStore, workspace: Workspace
) -> None:
    told, ids = Told(), write_course(workspace, title="x" * 60)
    install(workspace, ids.course)
    page = CoursePage(CourseModel(store, ids.course), Downloads(store), go=told.go, say=told.say)
    show(qtbot, page)
    assert page.body.width() == page.viewport().width()


def test_a_card_shows_other_courses_with_the_widgets_it_has(
    store: InlineStore, tides: Tides, qtbot: QtBot
) -> None:  # PRF-11
    model, told, downloads = CoursesModel(store), Told(), Downloads(store)
    model.refresh()
    (course,) = (each for each in model.rows if each.id == tides.course)
    card = CourseCard(downloads, go=told.go, remove=told.go)
    qtbot.addWidget(card)
    card.show_course(course)
    first = card.grab().toImage()
    children = card.findChildren(QObject)
    for other in (replace(course, id="x", title="Other", where="away", update="2.0"), course):
        card.show_course(other)
        assert card.findChildren(QObject) == children, "nothing is made anew for a step of the wheel"
        assert f"More about {other.title}" in {each.accessibleName() for each in card.findChildren(Button)}
        same = card.grab().toImage() == first
        assert same == (other is course)


def test_a_course_shows_its_picture(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, tides: Tides, tmp_path: Path
) -> None:  # RES-06
    Image.new("RGB", (1280, 720), "#c03020").save(tmp_path / "shore.png")
    name = workspace.media.put((tmp_path / "shore.png").read_bytes())
    card = COURSE_CARD.id_for(tides.course)
    tell(workspace, "course_card", card, course_id=tides.course, title="Tides", is_published=True, thumbnail=name)

    def middle(home: QWidget) -> QColor:
        show(qtbot, home)
        qtbot.waitUntil(lambda: bool(home.findChildren(Cover)))
        cover = next(c for c in home.findChildren(Cover) if c.isVisible())
        return cover.grab().toImage().pixelColor(cover.width() // 2, cover.height() // 2)

    told, downloads = Told(), Downloads(store)
    pages = (
        CoursesPage(CoursesModel(store), downloads, go=told.go, say=told.say),
        CoursePage(CourseModel(store, tides.course), downloads, go=told.go, say=told.say),
    )
    assert [(seen.red() > 150, seen.blue() < 80) for seen in map(middle, pages)] == [(True, True)] * 2


def test_a_course_removed_can_be_put_back(qtbot: QtBot, store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    told = Told()
    model = CoursesModel(store)
    page = CoursesPage(model, Downloads(store), go=told.go, say=told.say)
    show(qtbot, page)
    model.remove(tides.course)
    assert "left this device" in told.said[0]
    told.undo()
    assert workspace.installed.find(tides.course) is not None
    page.leave()


def test_the_outline_opens_closes_and_leads(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, tides: Tides
) -> None:
    told = Told()
    page = CoursePage(CourseModel(store, tides.course), Downloads(store), go=told.go, say=told.say)
    show(qtbot, page)
    assert page.crumbs[-1] == ("Between the tides", "")
    press(page, "Join")
    assert workspace.learning.enrollment(tides.course) == "active"
    qtbot.keyClick(row(page, "1.2 Shells"), Qt.Key.Key_Space)
    qtbot.keyClick(row(page, "Q1 Quiz"), Qt.Key.Key_Space)
    assert told.routes == [f"lesson/{tides.course}/{tides.shells}", f"quiz/{tides.course}/{tides.quiz}"]
    qtbot.keyClick(row(page, "1 The shore"), Qt.Key.Key_Space)
    assert not [r for r in page.findChildren(Clickable) if "1.2 Shells" in r.accessibleName() and r.isVisible()]
    page._on_tab(1)
    page._model.leave()
    told.undo()
    assert workspace.learning.enrollment(tides.course) == "active"


def test_notes_are_deleted_with_a_way_back(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, tides: Tides
) -> None:
    told = Told()
    page = NotesPage(NotesModel(store), go=told.go, say=told.say)
    show(qtbot, page)
    press(page, "Continue a lesson")
    note = workspace.notes.add("Count again", lesson=tides.waves)
    press(page, "Go to the place")
    assert told.routes == ["today", f"lesson/{tides.course}/{tides.waves}/{note}"]
    QApplication.processEvents()
    next(b for b in page.findChildren(Button) if "Delete" in b.accessibleName() and b.isVisible()).click()
    assert workspace.notes.all() == []
    told.undo()
    assert [n.body for n in workspace.notes.all()] == ["Count again"]
    page.leave()


def test_long_tags_do_not_widen_the_page(qtbot: QtBot, store: InlineStore, workspace: Workspace) -> None:
    workspace.notes.add("Count again", tags=["k" * 50])
    page = NotesPage(NotesModel(store), go=Told().go, say=Told().say)
    show(qtbot, page)
    assert page.tags.findData("k" * 50) == 1, "it is found by all of it"
    assert page.tags.width() < 300
    assert page.pane.body.width() == page.pane.viewport().width()
    page.pane.paper._pause.stop()


def test_below_a_narrow_list_nothing_stands_until_a_note_is_chosen(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, tides: Tides
) -> None:
    note = workspace.notes.add("Count again", lesson=tides.waves)
    page = NotesPage(NotesModel(store), go=Told().go, say=Told().say)
    qtbot.addWidget(page)
    page.resize(500, 600)
    page.show()
    page.list.clearSelection()
    assert not page.pane.isVisible()
    page.list.choose([note])
    assert page.pane.isVisible()
    page.list.clearSelection()
    assert not page.pane.isVisible()
    page.resize(1200, 600)
    assert page.pane.isVisible()
    page.pane.paper._pause.stop()


def test_search_shows_where_words_are(qtbot: QtBot, store: InlineStore, tides: Tides) -> None:
    told = Told()
    model = SearchModel(store)
    page = SearchPage(model, go=told.go, words="witnesses")
    show(qtbot, page)
    model.refresh()
    qtbot.mouseClick(row(page, "Lesson: Waves"), Qt.MouseButton.LeftButton)
    assert told.routes == [f"lesson/{tides.course}/{tides.waves}/at:text:witnesses"]
    page.field.setText("zebra")
    model.refresh()
    assert model.results == ()


def test_nobody_without_a_server_is_led_to_an_empty_catalogue(qtbot: QtBot, store: InlineStore) -> None:
    told, opened = Told(), list[int]()
    page = CoursesPage(
        CoursesModel(store), Downloads(store), go=told.go, say=told.say, open_example=lambda: opened.append(1)
    )
    show(qtbot, page)
    for shelf in (0, 1):
        page.shelf.choose(shelf)
        QApplication.processEvents()
        first = next(b for b in page.findChildren(Button) if b.property("kind") == "primary" and b.isVisible())
        assert first.accessibleName() == "Open an example"
        first.click()
    assert opened == [1, 1]
