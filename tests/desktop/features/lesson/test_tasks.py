"""Lessons that ask for more than reading say what there is to do, and no more than the app takes part in (LES-18)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.features.course.outline.view import LessonLine
from desktop_lms.features.course.viewmodel import CourseModel
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.store import InlineStore
from desktop_lms.widgets.feedback import Banner
from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.workspace import Workspace
from tests.desktop.features.lesson.conftest import Make


def opened(make_page: Make, workspace: Workspace, lesson: LessonDoc) -> LessonPage:
    pack = build_pack(CourseDocument("tides", "1.0", "Tides", modules=(ModuleDoc("m", "One", "", (lesson,)),)))
    workspace.installed.install_pack(workspace.media.put(pack), pack)
    page = make_page("task", (1000, 700))
    page.open("task")
    page.show()
    return page


@pytest.mark.parametrize(
    ("kind", "said"),
    [("discussion", "This lesson is a discussion"), ("assignment", "This lesson is an assignment"), ("reading", "")],
)
def test_a_task_says_what_to_do(make_page: Make, workspace: Workspace, kind: str, said: str) -> None:
    lesson = LessonDoc("task", "The shore", kind=kind, body="Draw the shore at low water.")
    page = opened(make_page, workspace, lesson)
    titles = [banner.accessibleName() for banner in page.findChildren(Banner)]
    assert [title.startswith(said) for title in titles] == ([True] if said else [])


@pytest.mark.parametrize(
    ("kind", "has_lab", "words", "drawn"),
    [("reading", True, ", with a lab", 1), ("lab_exercise", True, ", with a lab", 0), ("reading", False, "", 0)],
)
def test_a_lab_is_marked_in_the_lesson_and_in_the_outline(
    qtbot: QtBot, make_page: Make, store: InlineStore, workspace: Workspace, kind: str, has_lab: bool, words: str,
    drawn: int,
) -> None:  # LES-17  # fmt: skip
    lesson = LessonDoc("task", "The shore", kind=kind, body="Weigh a limpet twice.", has_lab=has_lab)
    page = opened(make_page, workspace, lesson)
    assert ("with a lab" in page.text.toPlainText()) is has_lab
    page.leave()
    model = CourseModel(store, "tides")
    model.refresh()
    assert model.home is not None
    line = LessonLine(model.home.modules[0].lessons[0], here=False)
    qtbot.addWidget(line)
    assert line.accessibleName() == f"1.1 The shore{words}, In progress"
    line.resize(600, 40)
    plain = LessonLine(replace(model.home.modules[0].lessons[0], has_lab=False), here=False)
    qtbot.addWidget(plain)
    plain.resize(600, 40)
    assert (line.grab().toImage() != plain.grab().toImage()) is bool(drawn), "the icon of a lab beside that of its kind"
