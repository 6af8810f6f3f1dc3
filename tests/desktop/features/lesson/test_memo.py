"""The memo of a lesson: typed, kept, brought together with what another device wrote, and short."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from desktop_lms.features.lesson.memo.view import MemoPart
from desktop_lms.features.lesson.study import StudyTime
from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.features.lesson.viewmodel import LessonModel
from desktop_lms.features.search.viewmodel import route_to
from desktop_lms.store import InlineStore
from lms_core.errors import LmsError
from lms_core.learning.entities import MEMO, PROGRESS
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides
from tests.desktop.features.lesson.conftest import Make
from tests.fakes import FakeClock
from tests.screens_error import Disk
from tests.told import tell


@pytest.fixture
def page(make_page: Make, tides: Tides) -> LessonPage:
    made = make_page(tides.waves)
    made.open(tides.waves)
    made.show()
    return made


def memo_of(workspace: Workspace, lesson: str) -> str:
    return workspace.learning.lesson_state(lesson).memo


def test_a_memo_waits_for_its_lesson(qtbot: QtBot, store: InlineStore, tides: Tides, clock: FakeClock) -> None:
    model = LessonModel(store, study=StudyTime(clock))
    made = MemoPart(model)
    model.setParent(made)
    qtbot.addWidget(made)
    assert made.paper.isReadOnly()
    model.lesson_id = tides.waves
    model.open()
    made.show_memo()
    assert not made.paper.isReadOnly()


def test_a_memo_is_kept_as_it_is_typed_and_shown_again(
    qtbot: QtBot, page: LessonPage, workspace: Workspace, tides: Tides
) -> None:  # PRG-01, C-15
    memo = page.notes.memo
    assert (memo.paper.toPlainText(), memo.paper.accessibleName(), memo.said.words) == ("", "Memo of the lesson", "")
    memo.paper.setPlainText("Weigh again.")
    assert memo.said.words == "Saving…"
    qtbot.waitUntil(lambda: memo_of(workspace, tides.waves) == "Weigh again.")
    assert memo.said.words == "Saved here"
    memo.paper.setPlainText("Weigh twice.")
    page.leave()
    assert memo_of(workspace, tides.waves) == "Weigh twice."
    page.open(tides.shells)
    assert (memo.paper.toPlainText(), memo.said.words) == ("", ""), "each lesson has its own"
    page.open(tides.waves)
    assert memo.paper.toPlainText() == "Weigh twice."
    assert workspace.notes.all() == [], "it is no note"


def test_what_another_device_wrote_is_shown_but_not_under_the_hand(
    page: LessonPage, workspace: Workspace, tides: Tides
) -> None:
    def come(words: str) -> None:
        me, key = workspace.account, PROGRESS.id_for(workspace.account, tides.waves)
        tell(workspace, "progress", key, user_id=me, course_id=tides.course, lesson_id=tides.waves, notes=words)

    paper = page.notes.memo.paper
    come("One.\n\nTwo.")
    assert paper.toPlainText() == "One.\n\nTwo."
    paper.setPlainText("One and a half.\n\nTwo.")
    come("One.\n\nTwo and a half.")
    assert paper.toPlainText() == "One and a half.\n\nTwo."
    paper.tell()
    (op,) = (each for each in workspace.sync.outbox() if each.kind == "text")
    assert op.args["base"] == "One.\n\nTwo.", "so that the server brings both together"


def test_a_memo_is_short(qtbot: QtBot, page: LessonPage, workspace: Workspace, tides: Tides) -> None:
    memo = page.notes.memo
    whole = "x" * (MEMO - 1) + "y"
    memo.paper.setPlainText(whole)
    assert memo.limit.isHidden()
    memo.paper.moveCursor(QTextCursor.MoveOperation.End)
    memo.paper.insertPlainText("more")
    assert memo.limit.isVisible()
    assert memo.limit.words == "A memo has 4000 letters at most. What is too much was not taken."
    assert memo.paper.textCursor().position() == MEMO
    qtbot.waitUntil(lambda: memo_of(workspace, tides.waves) == whole)
    memo.paper.setPlainText("short")
    assert memo.limit.isHidden()
    memo.paper.tell()
    assert memo_of(workspace, tides.waves) == "short"


def test_what_could_not_be_written_is_written_with_the_next_words(
    page: LessonPage, workspace: Workspace, tides: Tides, store: InlineStore
) -> None:
    failed: list[LmsError] = []
    store.failed.connect(failed.append)
    paper, disk = page.notes.memo.paper, Disk(workspace.engine)
    disk.is_broken = True
    paper.setPlainText("Weigh again.")
    paper.tell()
    disk.is_broken = False
    assert (len(failed), page.notes.memo.said.words, memo_of(workspace, tides.waves)) == (1, "Saving…", "")
    paper.setPlainText("Weigh again. Twice.")
    paper.tell()
    assert memo_of(workspace, tides.waves) == "Weigh again. Twice."


def test_a_memo_that_was_found_is_opened_beside_its_lesson(
    page: LessonPage, workspace: Workspace, tides: Tides
) -> None:
    workspace.learning.write_memo(tides.shells, "Limpets hold on.")
    (hit,) = workspace.search.find("limpets hold")
    page._fold()
    assert not page.notes.memo.isVisible()
    *_, lesson, place = route_to(hit).split("/")
    page.open(lesson, place)
    assert page.notes.memo.isVisible()
    assert page.focusWidget() is page.notes.memo.paper
    assert page.notes.memo.paper.toPlainText() == "Limpets hold on."


def test_where_one_stopped_reading_stays_when_the_memo_is_opened(
    qtbot: QtBot, make_page: Make, workspace: Workspace, tides: Tides
) -> None:
    workspace.learning.record_position(tides.waves, percent=40, place={"at": 60})
    made = make_page(tides.waves, (700, 200))
    made.show()
    made.open(tides.waves, "at:memo")
    qtbot.waitUntil(lambda: made.text.place > 0)
    made.leave()
    assert workspace.learning.lesson_state(tides.waves).position["at"] > 0
