"""The shelf: narrowing, what cards tell, removing with a way back."""

from __future__ import annotations

import pytest

from desktop_lms.features.courses.viewmodel import CoursesModel
from desktop_lms.store import InlineStore
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides, install, write_course


@pytest.fixture
def model(store: InlineStore, workspace: Workspace, tides: Tides) -> CoursesModel:
    other = write_course(workspace, title="Night sky")
    workspace.courses.change_course(other.course, category="Astronomy", level="advanced")
    install(workspace, other.course)
    courses = CoursesModel(store)
    courses.refresh()
    return courses


def test_search_and_facets_narrow(model: CoursesModel) -> None:
    assert {r.title for r in model.rows} == {"Between the tides", "Night sky"}
    assert model.choices("category") == ("Astronomy", "Nature")
    model.search("tide")
    assert [r.title for r in model.rows] == ["Between the tides"]
    model.search("")
    model.narrow("level", "advanced")
    assert [r.title for r in model.rows] == ["Night sky"]
    assert model.is_narrowed
    model.widen()
    assert len(model.rows) == 2


def test_cards_tell_progress_and_place(model: CoursesModel, workspace: Workspace, tides: Tides) -> None:
    workspace.learning.complete(tides.waves)
    row = next(r for r in model.rows if r.id == tides.course)
    assert (row.lessons_done, row.lessons, row.where) == (1, 3, "here")
    assert row.size > 0
    assert model.library.bytes_here >= row.size


def test_a_removed_course_comes_back_with_its_progress(model: CoursesModel, workspace: Workspace, tides: Tides) -> None:
    workspace.learning.complete(tides.waves)
    told: list[tuple[str, int]] = []
    model.removed.connect(lambda title, size: told.append((title, size)))
    model.remove(tides.course)
    assert told[0][0] == "Between the tides"
    assert workspace.installed.find(tides.course) is None
    model.put_back()
    row = next(r for r in model.rows if r.id == tides.course)
    assert (row.where, row.lessons_done) == ("here", 1)


def test_space_is_not_freed_where_nothing_could_bring_it_back(
    model: CoursesModel, workspace: Workspace, tides: Tides
) -> None:
    pack = workspace.installed.find(tides.course).pack
    model.remove(tides.course)
    model.settle()
    assert workspace.media.has(pack)
    model.put_back()
    assert workspace.installed.find(tides.course) is None


def test_the_catalogue_of_a_local_profile_is_empty(model: CoursesModel) -> None:
    model.choose_shelf("catalogue")
    assert model.rows == ()
