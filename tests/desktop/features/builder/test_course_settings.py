"""How a course counts progress, opens its lessons and needs others: set in the inspector, taken back with undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QWidget
from pytestqt.qtbot import QtBot

from desktop_lms.features.builder.view import BuilderPage
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Choice
from desktop_lms.widgets.surfaces import Cover
from lms_core.errors import LmsError, UserError
from tests.desktop.features.teaching import Desk
from tests.told import tell


def page(desk: Desk, qtbot: QtBot) -> BuilderPage:
    made = BuilderPage(desk.store, desk.course(), go=lambda route: None, say=lambda text, undo=None: None)
    qtbot.addWidget(made)
    made.resize(1216, 744)
    made.show()
    return made


def choose(home: QWidget, name: str, value: str) -> None:
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    box = next(c for c in home.findChildren(Choice) if c.accessibleName() == name)
    box.choose(value)
    box.chosen.emit(value)


def test_a_lesson_is_marked_as_a_lab(desk: Desk, qtbot: QtBot) -> None:  # LES-17
    view = page(desk, qtbot)
    view.draft.open(lesson := desk.id_of(view.model.course, "Halos"))
    for on in (True, False):
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        lab = next(b for b in view.inspector.findChildren(QCheckBox) if b.text().endswith("(a lab)"))
        assert lab.isChecked() is not on
        lab.click()
        assert desk.workspace.courses.lesson_draft(lesson).has_lab is on


def test_method_weights_and_order_are_set_and_taken_back(desk: Desk, qtbot: QtBot) -> None:  # PRG-04
    view = page(desk, qtbot)
    names = [c.accessibleName() for c in view.inspector.findChildren(Choice)]
    assert "Quizzes and assignments" not in names, "weights belong to their method"
    choose(view.inspector, "Progress counts", "weighted")
    choose(view.inspector, "Quizzes and assignments", "3")
    choose(view.inspector, "Video lessons", "0")
    box = next(b for b in view.inspector.findChildren(QCheckBox) if b.text() == "Lessons open one after the other")
    box.setChecked(True)
    made = desk.workspace.courses.document(view.model.course)
    assert (made.progress_method, made.progress_weights, made.sequential) == (
        "weighted", {"assessments": 3.0, "video": 0.0}, True,
    )  # fmt: skip
    choose(view.inspector, "Video lessons", "")
    assert desk.workspace.courses.document(view.model.course).progress_weights == {"assessments": 3.0}
    for _ in range(5):
        view.undo()
    made = desk.workspace.courses.document(view.model.course)
    assert (made.progress_method, made.progress_weights, made.sequential) == ("lesson", {}, False)


def test_a_picture_is_chosen_shown_and_taken_back(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:  # RES-06
    view = page(desk, qtbot)
    failed: list[LmsError] = []
    view.model.steps.failed.connect(failed.append)
    for name, size in (("small.png", (80, 60)), ("shore.png", (1280, 720))):
        Image.new("RGB", size, "#c03020").save(tmp_path / name)
        view.model.choose_picture(tmp_path / name)
    assert [error.code for error in failed] == ["thumbnail_sides"]
    course, workspace = view.model.course, desk.workspace
    name = workspace.courses.draft(course).thumbnail
    assert workspace.media.has(name)
    assert name in [file.sha256 for file in workspace.courses.document(course).media], "it goes out with the course"
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    cover = next(c for c in view.inspector.findChildren(Cover) if c.accessibleName() == "Picture of the course")
    seen = cover.grab().toImage().pixelColor(cover.width() // 2, cover.height() // 2)
    assert (seen.red() > 150, seen.blue() < 80) == (True, True)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    next(b for b in view.inspector.findChildren(Button) if b.text() == "Remove the picture").click()
    assert workspace.courses.draft(course).thumbnail == ""
    view.undo()
    assert workspace.courses.draft(course).thumbnail == name
    view.undo()
    assert workspace.courses.draft(course).thumbnail == ""
    with pytest.raises(UserError, match="thumbnail"):
        workspace.courses.change_course(course, thumbnail="../../secret")


def test_courses_that_come_first_are_chosen_and_let_go(desk: Desk, qtbot: QtBot) -> None:  # ENR-06
    view = page(desk, qtbot)
    for name, title in (("tides", "Tides"), ("hidden", "Hidden")):
        tell(desk.workspace, "course_card", name, course_id=name, title=title, is_published=name == "tides")
    view.model.refresh()
    assert view.model.building is not None
    assert view.model.building.candidates == (("tides", "Tides"),)
    choose(view.inspector, "Add a course that comes first", "tides")
    needed = desk.workspace.contents.prerequisites
    assert [(each.title, each.mandatory) for each in needed(view.model.course)] == [("Tides", True)]
    must = next(b for b in view.inspector.findChildren(QCheckBox) if b.accessibleName() == "Tides is required")
    must.setChecked(False)
    assert [each.mandatory for each in needed(view.model.course)] == [False]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    next(b for b in view.inspector.findChildren(Button) if b.accessibleName() == "Remove Tides").click()
    assert needed(view.model.course) == []
    view.undo()
    assert [each.mandatory for each in needed(view.model.course)] == [False], "as it was"
    view.undo()
    view.undo()
    assert needed(view.model.course) == []
