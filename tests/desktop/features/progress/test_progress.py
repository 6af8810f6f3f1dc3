"""The page of what was reached: figures, goals, tables instead of charts, and the own data."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

from desktop_lms.features.progress.view import ProgressPage
from desktop_lms.features.progress.viewmodel import ProgressModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.chart import Plot
from desktop_lms.widgets.feedback import Banner, Sheet
from desktop_lms.widgets.inputs import Choice
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.table import DataTable
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides
from tests.fakes import FakeClock


def _said(page: ProgressPage) -> str:
    return " ".join(each.text() for each in page.findChildren(Button) if each.isVisibleTo(page))


def _press(page: ProgressPage, words: str) -> None:
    next(b for b in page.findChildren(Button) if b.accessibleName() == words and b.isVisibleTo(page)).click()


def test_before_anything_was_learned_it_says_how_to_begin(store: InlineStore) -> None:
    opened: list[int] = []
    page = ProgressPage(
        ProgressModel(store), go=lambda route: None, say=lambda words, undo: None, open_example=lambda: opened.append(1)
    )
    assert "Find a course" in _said(page)
    _press(page, "Open an example")
    assert opened == [1]
    assert page.findChildren(Plot) == []


def test_what_was_done_is_counted_at_once(
    store: InlineStore, workspace: Workspace, tides: Tides, clock: FakeClock
) -> None:  # PRG-10, PRG-14
    model = ProgressModel(store)
    workspace.learning.record_session(tides.waves, start_ms=clock.ms(), seconds=600)
    clock.advance(timedelta(days=1))
    workspace.learning.complete(tides.waves)
    found = model.content
    assert found is not None
    assert (found.figures.lessons_completed, found.figures.total_time_spent, found.figures.current_streak) == (
        1,
        600,
        2,
    )
    assert [each.seconds for each in found.days][-2:] == [600, 0]
    assert [each.course_id for each in found.courses] == [tides.course]
    assert found.grades == ()
    workspace.assessment.start(tides.quiz)
    workspace.assessment.submit(tides.quiz)
    grades = model.content.grades if model.content else ()
    assert [(x.lesson_id, x.passed, x.is_final, bool(x.title)) for x in grades] == [(tides.quiz, False, False, True)]


def test_charts_are_tables_too_and_parts_follow(
    store: InlineStore, workspace: Workspace, tides: Tides, clock: FakeClock
) -> None:
    went: list[str] = []
    workspace.learning.record_session(tides.waves, start_ms=clock.ms(), seconds=600)
    workspace.assessment.start(tides.quiz)
    workspace.assessment.submit(tides.quiz)
    page = ProgressPage(ProgressModel(store), go=went.append, say=lambda words, undo: None)
    assert len([p for p in page.findChildren(Plot) if p.isVisibleTo(page)]) == 2
    _press(page, "Minutes of study: Show as table")
    assert len([p for p in page.findChildren(Plot) if p.isVisibleTo(page)]) == 1
    parts = next(p for p in page.findChildren(Segments) if p.isVisibleTo(page))
    parts.choose(2)
    (table,) = [t for t in page.findChildren(DataTable) if t.isVisibleTo(page)]
    table.opened.emit(table._model.keys[0])
    assert went == [f"quiz/{tides.course}/{tides.quiz}"]


def test_goals_are_set_here(store: InlineStore, workspace: Workspace, tides: Tides) -> None:  # PRG-14, USR-04
    workspace.learning.open_lesson(tides.waves)
    model = ProgressModel(store)
    page = ProgressPage(model, go=lambda route: None, say=lambda words, undo: None)
    page.ask_goals()
    sheet = page.window().findChild(Sheet)
    assert sheet is not None
    minutes, days = sheet.findChildren(Choice)
    minutes.choose("20")
    days.choose("3")
    next(b for b in sheet.findChildren(Button) if b.text() == "Save").click()
    assert (workspace.personal.settings().goal_minutes, workspace.personal.settings().goal_days) == (20, 3)
    assert model.content is not None
    assert [(goal.kind, goal.target) for goal in model.content.goals] == [("minutes", 20), ("days", 3)]


def test_the_own_data_goes_into_a_file(store: InlineStore, workspace: Workspace, tides: Tides, tmp_path: Path) -> None:
    workspace.learning.open_lesson(tides.waves)
    told: list[str] = []
    model = ProgressModel(store)
    page = ProgressPage(model, go=lambda route: None, say=lambda words, undo: told.append(words))
    model.export(tmp_path / "mine.zip")
    with ZipFile(tmp_path / "mine.zip") as file:
        assert file.namelist()
    assert told == ["Your data is in the file"]
    model.export(tmp_path / "no" / "such" / "folder.zip")
    assert [b.isVisibleTo(page) for b in page.findChildren(Banner)] == [True]
