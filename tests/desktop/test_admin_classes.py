"""Classes from the app, at a real server: made, filled, taught, carried over, closed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.admin.classes.room.view import RoomPage
from desktop_lms.features.admin.classes.room.viewmodel import RoomModel
from desktop_lms.features.admin.classes.view import ClassesPage
from desktop_lms.features.admin.classes.viewmodel import ClassesModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.dates import DateField
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Choice, Field, Paper
from desktop_lms.widgets.rows import ListRow
from lms_core.workspace import Workspace
from tests.desktop.test_admin import banners
from tests.desktop.test_joining import entered
from tests.desktop.test_mailed_codes import press, said
from tests.e2e.programs import Server
from tests.e2e.test_deleted_account import sync_until
from tests.scenes import button

Told = list[tuple[str, Callable[[], object] | None]]


def show(qtbot: QtBot, page: QWidget, model: Any) -> Any:
    model.setParent(page)
    qtbot.addWidget(page)
    page.resize(1100, 900)
    page.show()
    return page


def listed(qtbot: QtBot, workspace: Workspace, went: list[str], told: Told) -> ClassesPage:
    model = ClassesModel(InlineStore(workspace))
    return show(qtbot, ClassesPage(model, open_class=went.append, say=lambda w: told.append((w, None))), model)


def room_of(qtbot: QtBot, workspace: Workspace, name: str, went: list[str], told: Told) -> RoomPage:
    model = RoomModel(InlineStore(workspace), name)
    return show(qtbot, RoomPage(model, open_class=went.append, say=lambda w, undo=None: told.append((w, undo))), model)


def rows(page: QWidget) -> list[str]:
    QApplication.processEvents()
    return [r.title.words for r in page.findChildren(ListRow) if r.isVisibleTo(page)]


def publish(author: Workspace) -> str:
    """A published course; its id."""
    author.synchronize()
    course = author.courses.create_course(
        "Between the tides", description="A week at the shore, told day by day, from one tide to the next."
    )
    module = author.courses.add_module(course, "Shore")
    author.courses.add_lesson(module, "Waves", body="Wind makes waves.")
    author.courses.publish(course)
    sync_until(author, lambda: [card.id for card in author.courses.catalog()] == [course])
    return course


def sheet_of(page: QWidget) -> Sheet:
    return next(s for s in page.window().findChildren(Sheet) if s.isVisible())


def test_a_class_is_made_and_found(qtbot: QtBot, tmp_path: Path, server: Server) -> None:  # ACC-20
    told: Told = []
    went: list[str] = []
    desk = entered(tmp_path, server, "dana", role="manager")
    desk.synchronize()
    page = listed(qtbot, desk, went, told)
    assert "No classes yet" in said(page)
    press(page, " New class…")
    sheet = sheet_of(page)
    name, term, *_ = sheet.findChildren(Field)
    first, last = sheet.findChildren(DateField)
    press(sheet, "Make the class")
    assert "This is too short or too long." in said(sheet)
    name.setText("8b")
    term.setText("Spring 2027")
    first.setText("2027-02-01")
    last.setText("nonsense")
    press(sheet, "Make the class")
    assert page._model.error.values["fields"].keys() == {"ends_on"}
    last.setText("30/06/2027" if "d/M" in last._form else "6/30/2027")
    press(sheet, "Make the class")
    (made,) = page._model.rows
    assert (made.name, made.starts_on, made.ends_on, went) == ("8b", "2027-02-01", "2027-06-30", [made.id])
    page._model.look_for(search="nobody")
    assert rows(page) == []
    page._model.look_for(search="8")
    assert rows(page) == ["8b"]
    server.stop()
    page._model.refresh()
    assert any("The server must be reached" in words for words in banners(page))
    desk.close()


def test_a_class_is_carried_over_opened_again_and_renamed(
    qtbot: QtBot, tmp_path: Path, server: Server
) -> None:  # ACC-20
    told: Told = []
    went: list[str] = []
    desk = entered(tmp_path, server, "dana", role="manager")
    made = desk.online().ask("POST", "/classes", json={"name": "8b"})["id"]
    page, room = listed(qtbot, desk, went, told), room_of(qtbot, desk, made, went, told)
    room.ask_roll_over()
    sheet = sheet_of(room)
    sheet.findChildren(Field)[0].setText("9b")
    press(sheet, "Carry over")
    assert told[-1][0] == "9b is there now"
    assert went[-1] != made
    page._model.refresh()
    assert rows(page) == ["9b"]
    page._model.look_for(archived=True)
    assert rows(page) == ["8b"]
    room._model.close(closed=False)
    assert told[-1][0] == "8b is open again"
    room.ask_change()
    sheet_of(room).findChildren(Field)[0].setText("8c")
    press(sheet_of(room), "Save")
    assert room._model.room.about.name == "8c"
    desk.close()


def test_people_courses_and_the_code(qtbot: QtBot, tmp_path: Path, server: Server) -> None:  # ACC-20
    told: Told = []
    desk, learner = entered(tmp_path, server, "dana", role="admin"), entered(tmp_path, server, "amara")
    entered(tmp_path, server, "tess", role="instructor").close()
    course = publish(desk)
    made = desk.online().ask("POST", "/classes", json={"name": "8b"})["id"]
    page = room_of(qtbot, desk, made, [], told)
    press(page, " Make a code")
    code = page._model.room.code.code
    press(page, " Copy")
    assert QApplication.clipboard().text() == code
    learner.online().ask("POST", "/classes/join", json={"code": code})
    page.ask_people()
    sheet = sheet_of(page)
    sheet.findChildren(Paper)[0].setPlainText("Tess <tess@school.example>; nobody@school.example")
    choice = sheet.findChildren(Choice)[0]
    choice.setCurrentIndex(1)
    press(sheet, "Add")
    assert "nobody@school.example" in said(sheet)
    sheet.findChildren(Paper)[0].setPlainText("tess@school.example")
    press(sheet, "Add")
    assert rows(page)[-2:] == ["Tess Okafor", "Amara Okafor"]
    adding = next(c for c in page.findChildren(Choice) if c.accessibleName() == "Add a course…")
    adding.setCurrentIndex(1)
    adding.chosen.emit(adding.value)
    assert page._model.room.courses[0].course_id == course
    sync_until(learner, lambda: [each.course_id for each in learner.learning.my_courses()] == [course])
    QApplication.processEvents()
    button(page, "Take Amara Okafor out").click()
    assert told[-1][0] == "Amara Okafor is no longer in the class"
    assert [m.name for m in page._model.room.members] == ["Tess Okafor"]
    told[-1][1]()
    assert [m.name for m in page._model.room.members] == ["Tess Okafor", "Amara Okafor"]
    press(page, "End it")
    assert page._model.room.code is None
    for each in (desk, learner):
        each.close()
