"""A lesson whose course is taken off the machine leaves a card with a way out, and nothing that does nothing."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication

from desktop_lms.features.lesson.view import LessonPage
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides, install
from tests.desktop.features.lesson.conftest import Make


@pytest.fixture
def routes() -> list[str]:
    return []


@pytest.fixture
def page(make_page: Make, tides: Tides, routes: list[str]) -> LessonPage:
    made = make_page(tides.waves, go=routes.append)
    made.show()
    return made


def pressed(page: LessonPage) -> list[QAbstractButton]:
    """What one can press."""
    QApplication.processEvents()
    return [each for each in page.findChildren(QAbstractButton) if each.isVisible() and each.isEnabled()]


def test_it_goes_under_the_eyes_of_its_reader(
    page: LessonPage, store: InlineStore, workspace: Workspace, tides: Tides, routes: list[str]
) -> None:
    page.open(tides.waves)
    assert len(pressed(page)) > 3
    page.finding.open_bar()
    page.notes.paper.setPlainText("Count again")
    page.notes.memo.paper.setPlainText("Seven waves")
    store.run(page, lambda kept: kept.installed.remove(tides.course), lambda _: None)
    assert [(note.body, note.course_id) for note in workspace.notes.all()] == [("Count again", tides.course)]
    assert workspace.learning.lesson_state(tides.waves).memo == "Seven waves"
    (way,) = pressed(page)
    assert isinstance(way, Button)
    way.click()
    assert (way.text(), routes, page.text.toPlainText(), page.crumbs) == (
        "All courses",
        ["courses"],
        "",
        [("Lesson", "")],
    )
    install(workspace, tides.course)
    page.open(tides.waves)
    assert len(pressed(page)) > 3, "all is back once the course is"


def test_it_was_gone_before(page: LessonPage, workspace: Workspace, tides: Tides) -> None:
    workspace.installed.remove(tides.course)
    page.open(tides.waves)
    assert [each.text() for each in pressed(page)] == ["All courses"]
