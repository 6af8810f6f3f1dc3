"""Search on the page and for the palette."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_lms.features.search.viewmodel import PaletteSearch, SearchModel, route_to
from desktop_lms.store import InlineStore
from lms_core.search.model import Found
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides


def test_lessons_and_notes_are_found(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    workspace.notes.add("The witness speaks", lesson=tides.shells)
    model = SearchModel(store)
    model.search("witn")
    model.refresh()
    assert {(r.kind, r.lesson_id) for r in model.results} == {("lesson", tides.waves), ("note", tides.shells)}
    model.only("note")
    assert [r.kind for r in model.results] == ["note"]
    assert route_to(model.results[0]) == f"lesson/{tides.course}/{tides.shells}"


def test_results_follow_changes(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = SearchModel(store)
    model.search("puffin")
    model.refresh()
    assert model.results == ()
    workspace.notes.add("A puffin!", lesson=tides.waves)
    assert len(model.results) == 1


def test_the_palette_gets_the_best(store: InlineStore, tides: Tides) -> None:
    got: list[Sequence[Found]] = []
    PaletteSearch(store).find("limpets", got.append, limit=1)
    assert [found.title for found in got[0]] == ["Shells"]


def test_a_result_without_a_lesson_leads_to_its_course() -> None:
    assert route_to(Found("course", "T", "c1", None, "c1", "T", ())) == "course/c1"
    assert route_to(Found("note", "T", None, None, "n1", "", ())) == "notes"
