"""A lesson opened at a note or at what a search found begins there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.study import StudyTime
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.features.lesson.viewmodel import LessonModel
from desktop_lms.store import InlineStore
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides
from tests.fakes import FakeClock

Open = Callable[[str], LessonPage]


@pytest.fixture
def opened(qtbot: QtBot, store: InlineStore, tides: Tides) -> Iterator[Open]:
    model = LessonModel(store, tides.waves, study=StudyTime(FakeClock()))
    made = LessonPage(model, go=print, say=lambda text, undo: None)
    model.setParent(made)
    qtbot.addWidget(made)

    def go_to(place: str) -> LessonPage:
        made.open(model.lesson_id, place)
        made.show()
        return made

    yield go_to
    made.leave()
    for timer in (made.text._settle, made.notes.paper._pause, made.finding.field._pause, made.notes.memo.paper._pause):
        timer.stop()


def test_a_note_is_gone_to_from_elsewhere(opened: Open, workspace: Workspace, tides: Tides) -> None:
    note = workspace.notes.add("", lesson=tides.waves, quote="Wind makes waves", colour="mint")
    page = opened(note)
    assert page.text.textCursor().position() == page.text.toPlainText().index("Wind makes waves")


@pytest.mark.parametrize("found", ["at:text:waves", "at:text:nothing", "at:video:75", "at:page:7:abc", "at:odd"])
def test_what_search_found_is_gone_to(opened: Open, found: str) -> None:
    page = opened(found)
    at = page.text.toPlainText().index("waves") if found == "at:text:waves" else 0
    assert page.text.textCursor().position() == at
    seen = found == "at:text:waves"
    assert (page.finding.isVisible(), bool(page.text.finding.marks)) == (seen, seen), "the words stand out"


def test_what_was_found_does_not_stand_out_for_ever(opened: Open) -> None:
    page = opened("at:text:waves")
    page.leave()
    page = opened("")
    assert page.finding.isHidden()
    assert not page.text.finding.marks
