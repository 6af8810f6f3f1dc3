"""Pages of lessons that are there already: the last ones stay as they were left, and one waits for the next lesson."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from shiboken6 import isValid

from desktop_lms.app import App
from desktop_lms.features.lesson.film.view import FilmPart
from desktop_lms.features.lesson.panel.cards.view import NoteCard
from desktop_lms.features.lesson.text import Dress, callout_words
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.shell.lessons import KEPT, SPARE_MS, LessonPages
from desktop_lms.shell.window import Window
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.pile import FIRST
from desktop_lms.widgets.theme import current, look
from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.workspace import Workspace
from tests.desktop.features.learners import install as install_tides
from tests.desktop.features.learners import write_course
from tests.fakes import MemorySecrets
from tests.lessons import film_course

LESSONS = tuple(
    LessonDoc(f"l{n}", f"Lesson {n}", body="".join(f"Words {k} of {n}.\n\n" for k in range(60)))
    for n in range(KEPT + 2)
)

Open = Callable[..., LessonPage]


def install(workspace: Workspace, course: CourseDocument) -> None:
    pack = build_pack(course)
    workspace.installed.install_pack(workspace.media.put(pack), pack)


@pytest.fixture
def app(tmp_path: Path, qapp: Any) -> Iterator[App]:
    made = App(qapp, tmp_path)
    made.sessions.secrets = made.sessions.profiles.secrets = MemorySecrets()
    workspace = made.sessions.start_local("Mina", None)
    install(workspace, CourseDocument("c", "1", "Course", modules=(ModuleDoc("m", "M", lessons=LESSONS),)))
    made.enter(workspace)
    yield made
    made.close()


@pytest.fixture
def window(app: App) -> Window:
    assert app.window is not None
    app.window.go("settings")
    return app.window


@pytest.fixture
def visit(window: Window, qtbot: Any) -> Open:
    def go(lesson: str, place: str = "") -> LessonPage:
        window.go(f"lesson/c/{lesson}" + (f"/{place}" if place else ""))
        page = window.stack.currentWidget()
        assert isinstance(page, LessonPage)
        qtbot.waitUntil(lambda: page.text.toPlainText() != "" and page.can_stay, timeout=20_000)
        return page

    return go


def pages(app: App) -> LessonPages:
    assert app.context is not None
    assert app.context.lessons is not None
    return app.context.lessons


def test_a_lesson_one_comes_back_to_stands_as_it_was_left(window: Window, visit: Open) -> None:
    page = visit("l0")
    page.text.go_to(page.text.toPlainText().index("Words 30"))
    at = page.text.verticalScrollBar().value()
    window.go("settings")
    assert not page.isVisible()
    assert visit("l0") is page
    assert page.text.verticalScrollBar().value() == at > 0
    assert page._model.is_open


def test_what_came_meanwhile_stands_in_it(app: App, window: Window, visit: Open, qtbot: Any) -> None:
    page = visit("l0")
    window.go("settings")
    assert app.store is not None
    app.store.in_turn(lambda: app.store.workspace.notes.add("Seen elsewhere", lesson="l0", course="c"))
    assert visit("l0") is page
    qtbot.waitUntil(lambda: [n.body for n in page._model.notes] == ["Seen elsewhere"])


def test_a_place_that_was_asked_for_is_gone_to(window: Window, visit: Open, qtbot: Any) -> None:
    page = visit("l0")
    window.go("settings")
    assert visit("l0", "at:text:Words 40 of") is page
    qtbot.waitUntil(lambda: page.text.words_at(page.text.place).startswith(("Words 39", "Words 40")))
    qtbot.waitUntil(lambda: not page.text._settle.isActive())


def test_a_new_version_takes_the_place_of_the_old_text(app: App, window: Window, visit: Open, qtbot: Any) -> None:
    page = visit("l0")
    window.go("settings")
    lessons = (LessonDoc("l0", "Lesson 0", body="Quite other words."), *LESSONS[1:])
    document = CourseDocument("c", "2", "Course", modules=(ModuleDoc("m", "M", lessons=lessons),))
    assert app.store is not None
    app.store.in_turn(lambda: install(app.store.workspace, document))
    assert visit("l0") is page
    qtbot.waitUntil(lambda: "Quite other words" in page.text.toPlainText())


def test_what_may_not_be_read_any_more_is_not_shown(app: App, window: Window, visit: Open, qtbot: Any) -> None:
    page = visit("l0")
    window.go("settings")
    assert app.store is not None
    app.store.in_turn(lambda: app.store.workspace.installed.remove("c"))
    window.go("lesson/c/l0")
    assert window.stack.currentWidget() is page
    qtbot.waitUntil(lambda: page.findChildren(Banner) != [])
    assert page.text.toPlainText() == ""
    assert not page.can_stay


def test_a_way_to_a_quiz_leads_there_each_time(app: App, window: Window, qtbot: Any) -> None:
    assert app.store is not None
    store = app.store
    tides = store.in_turn(lambda: write_course(store.workspace, title="Tides"))
    store.in_turn(lambda: install_tides(store.workspace, tides.course))
    for _ in range(2):
        window.go(f"lesson/{tides.course}/{tides.quiz}")
        qtbot.waitUntil(lambda: window.route == f"quiz/{tides.course}/{tides.quiz}")
        window.go("settings")


def test_the_oldest_goes(visit: Open, qtbot: Any) -> None:
    first, *_ = [visit(lesson.id) for lesson in LESSONS[: KEPT + 1]]
    qtbot.waitUntil(lambda: not isValid(first))
    assert visit("l0") is not first


def test_what_holds_a_file_ends_with_its_page(app: App, window: Window, qtbot: Any) -> None:
    assert app.store is not None
    lesson = app.store.in_turn(lambda: film_course(app.store.workspace, b"hardly a film"))
    window.go(f"lesson/film/{lesson}")
    page = window.stack.currentWidget()
    assert isinstance(page, LessonPage)
    qtbot.waitUntil(lambda: page.findChildren(FilmPart) != [] and page.text.is_whole)
    window.go("settings")
    qtbot.waitUntil(lambda: not isValid(page))


def test_in_another_look_what_is_out_of_sight_is_made_anew(window: Window, visit: Open, qtbot: Any) -> None:
    page = visit("l0")
    window.go("settings")
    look().changed.emit()
    qtbot.waitUntil(lambda: not isValid(page))
    assert "Words 7 of 0" in visit("l0").text.toPlainText()


def test_the_next_lesson_finds_its_page_built(app: App, visit: Open) -> None:
    visit("l0")
    pages(app).build()
    built = pages(app)._spare
    assert built is not None
    assert built.text.toPlainText() == ""
    assert visit("l1") is built
    assert pages(app)._spare is None


def test_who_goes_on_puts_off_the_page_that_is_built_ahead(app: App, window: Window, visit: Open) -> None:
    visit("l0")
    later = pages(app)._later
    later.stop()
    window.go("settings")
    assert later.isActive()
    assert later.remainingTime() > SPARE_MS // 2
    later.stop()
    pages(app).build()
    window.go("today")
    assert not later.isActive()


def test_nothing_is_built_for_a_window_that_is_closed(app: App, window: Window, visit: Open) -> None:
    visit("l0")
    pages(app).build()
    window.close()
    look().changed.emit()
    assert not pages(app)._later.isActive()


def test_a_bookmark_that_came_meanwhile_is_gone_to(app: App, window: Window, visit: Open, qtbot: Any) -> None:
    page = visit("l0")
    at = str(page.text.toPlainText().index("Words 40 of"))
    window.go("settings")
    assert app.store is not None
    add = app.store.workspace.notes.add_bookmark
    kept = app.store.in_turn(lambda: add("l0", anchor=at, title="Words 40 of 0."))
    assert visit("l0", kept) is page
    qtbot.waitUntil(lambda: page.text.words_at(page.text.place).startswith(("Words 39", "Words 40")))


def test_what_changes_as_it_is_left_keeps_no_page_behind(app: App, window: Window, visit: Open, qtbot: Any) -> None:
    page = visit("l0")
    window.go("settings")
    assert app.store is not None
    app.store.in_turn(lambda: app.store.workspace.installed.remove("c"))
    window.go("lesson/c/l0")
    window.go("settings")  # before it is known that it may not be read any more
    qtbot.waitUntil(lambda: not isValid(page) or not page.can_stay)
    install(app.store.workspace, CourseDocument("c", "1", "Course", modules=(ModuleDoc("m", "M", lessons=LESSONS),)))
    assert visit("l0") is not page
    qtbot.waitUntil(lambda: not isValid(page))


def test_what_stands_beside_a_lesson_that_is_closed_stays_away(
    app: App, window: Window, visit: Open, qtbot: Any
) -> None:
    page = visit("l0")
    assert page.notes.isVisible()
    window.go("settings")
    assert app.store is not None
    app.store.in_turn(lambda: app.store.workspace.installed.remove("c"))
    window.go("lesson/c/l0")
    qtbot.waitUntil(lambda: page.findChildren(Banner) != [])
    wide = page.width()
    window.resize(window.width() + 40, window.height())
    qtbot.waitUntil(lambda: page.width() > wide)
    assert not page.notes.isVisible()


def test_a_page_whose_text_is_still_to_come_does_not_stay(visit: Open, qtbot: Any) -> None:
    page = visit("l0")
    drawing, reading = page._model.drawing, page._model.reading
    assert reading is not None
    other = LessonDoc("l0", "Lesson 0", body="Other words.")
    drawing.show(replace(reading, lesson=other), Dress(current().colors, callout_words(), 16), soon=False)
    assert not page.can_stay
    qtbot.waitUntil(lambda: page.can_stay)


def test_a_text_that_is_drawn_out_of_sight_moves_no_place(app: App, window: Window, visit: Open) -> None:
    page = visit("l0")
    page.text.go_to(page.text.toPlainText().index("Words 30"))
    window.go("settings")
    page.text._restyle()
    assert page.text.verticalScrollBar().value() == 0, "nobody waits for it"
    assert page._model._place is None
    assert not page._model._place_timer.isActive()
    assert not page._model._study_timer.isActive()


def test_a_text_in_another_look_stays_where_it_is_read(visit: Open, qtbot: Any) -> None:
    page = visit("l0")
    page.text.go_to(page.text.toPlainText().index("Words 30"))
    at = page.text.words_at(page.text.place)
    for _ in range(3):
        look().changed.emit()
        qtbot.waitUntil(lambda: page.can_stay)
        assert page.text.words_at(page.text.place) == at


def test_cards_of_many_notes_are_made_a_few_at_a_turn(app: App, visit: Open, qtbot: Any) -> None:  # PRF-12
    panel = visit("l0").notes
    assert app.store is not None
    workspace = app.store.workspace
    app.store.in_turn(lambda: [workspace.notes.add(f"Note {n}", lesson="l0", course="c") for n in range(FIRST * 4)])
    qtbot.waitUntil(lambda: len(panel.findChildren(NoteCard)) == FIRST * 4)
    first, *others = panel.findChildren(NoteCard)
    first.delete_asked.emit()
    qtbot.waitUntil(lambda: not isValid(first))
    assert panel.findChildren(NoteCard) == others, "the others are not made anew"


def test_what_is_about_to_be_destroyed_is_neither_shown_nor_left_again(app: App, window: Window, visit: Open) -> None:
    page = visit("l0")
    visit("l1")
    window.discard(page)
    while window._gone:
        window._clear_away()  # they are destroyed as soon as the loop is back
    window.go("lesson/c/l0")
    other = window.stack.currentWidget()
    assert other is not page
    assert page not in window._gone
