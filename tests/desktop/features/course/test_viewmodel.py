"""A course's page: outline, joining, marking, and courses that nobody knows."""

from __future__ import annotations

from desktop_lms.downloads import Downloads
from desktop_lms.features.course.view import CoursePage
from desktop_lms.features.course.viewmodel import CourseModel
from desktop_lms.store import InlineStore
from desktop_lms.widgets.buttons import Button
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides
from tests.told import tell


def test_the_outline_says_how_far_one_is(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    workspace.learning.complete(tides.waves)
    workspace.learning.open_lesson(tides.shells)
    model = CourseModel(store, tides.course)
    model.refresh()
    home = model.home
    assert [(m.number, m.title, m.done) for m in home.modules] == [(1, "The shore", 1), (2, "What you know", 0)]
    assert [(r.number, r.status) for m in home.modules for r in m.lessons] == [
        ("1.1", "done"),
        ("1.2", "in_progress"),
        ("Q1", "not_started"),
    ]
    assert (home.resume.lesson_id, home.resume_number) == (tides.shells, "1.2")
    assert (home.where, home.update, home.lessons) == ("here", "", 3)


def test_joining_and_leaving(store: InlineStore, tides: Tides) -> None:
    model = CourseModel(store, tides.course)
    model.refresh()
    assert not model.home.enrolled
    model.join()
    assert model.home.enrolled
    model.leave()
    assert not model.home.enrolled


def test_marking_from_the_outline(store: InlineStore, tides: Tides) -> None:
    model = CourseModel(store, tides.course)
    model.refresh()
    model.mark(tides.waves, done=True)
    assert model.home.modules[0].done == 1
    model.mark(tides.waves, done=False)
    assert model.home.modules[0].done == 0


def test_a_course_that_nobody_knows(store: InlineStore) -> None:
    model = CourseModel(store, "nowhere")
    model.refresh()
    assert model.error.code == "not_found"


def test_an_update_waits_for_the_end_of_a_quiz(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = CourseModel(store, tides.course)
    model.refresh()
    assert model.home.running == ""
    workspace.assessment.start(tides.quiz)
    assert model.home.running == tides.quiz
    workspace.assessment.submit(tides.quiz)
    assert model.home.running == ""


def test_a_course_with_a_price_is_not_joined_here(store: InlineStore, workspace: Workspace) -> None:
    card = {"course_id": "dear", "title": "Dear", "price": 49.0, "currency": "EUR", "pack": "p", "is_published": True}
    tell(workspace, "course_card", "card", **card)
    page = CoursePage(CourseModel(store, "dear"), Downloads(store), go=print, say=print)
    assert page._model.home.price == "49.00 EUR"
    assert [b.accessibleName() for b in page.findChildren(Button) if b.isVisibleTo(page)] == []
    taught = workspace.courses.create_course("Mine")
    tell(workspace, "course_card", "own", **card | {"course_id": taught})
    model = CourseModel(store, taught)
    model.refresh()
    assert model.home.price == "", "those who teach it do not pay"
