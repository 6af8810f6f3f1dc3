"""Lessons that ask for more than reading say what there is to do, and no more than the app takes part in (LES-18)."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.study import StudyTime
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.features.lesson.viewmodel import LessonModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.feedback import Banner
from lms_core.content.model import CourseDocument, LessonDoc, ModuleDoc
from lms_core.content.pack import build_pack
from lms_core.workspace import Workspace
from tests.fakes import FakeClock


@pytest.mark.parametrize(
    ("kind", "said"),
    [("discussion", "This lesson is a discussion"), ("assignment", "This lesson is an assignment"), ("reading", "")],
)
def test_a_task_says_what_to_do(
    qtbot: QtBot, store: InlineStore, workspace: Workspace, clock: FakeClock, kind: str, said: str
) -> None:
    lesson = LessonDoc("task", "The shore", kind=kind, body="Draw the shore at low water.")
    pack = build_pack(CourseDocument("tides", "1.0", "Tides", modules=(ModuleDoc("m", "One", "", (lesson,)),)))
    workspace.installed.install_pack(workspace.media.put(pack), pack)
    model = LessonModel(store, "task", study=StudyTime(clock))
    page = LessonPage(model, go=lambda route: None, say=lambda text, undo: None)
    page.open(model.lesson_id)
    model.setParent(page)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    titles = [banner.accessibleName() for banner in page.findChildren(Banner)]
    assert [title.startswith(said) for title in titles] == ([True] if said else [])
    page.leave()
    for timer in (page.text._settle, page.notes.paper._pause, page.finding.field._pause):
        timer.stop()
