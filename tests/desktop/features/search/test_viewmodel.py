"""Search on the page and for the palette."""

from __future__ import annotations

from desktop_lms.features.search.viewmodel import SearchModel, Suggesting, route_to
from desktop_lms.store import InlineStore
from lms_core.search.index import BULK
from lms_core.search.model import Found
from lms_core.workspace import Workspace
from tests.desktop.features.learners import Tides


def test_lessons_and_notes_are_found(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    workspace.notes.add("The witness speaks", lesson=tides.shells)
    model = SearchModel(store)
    model.search("witn")
    model.refresh()
    assert {(r.kind, r.lesson_id) for r in model.results} == {("lesson", tides.waves), ("note", tides.shells)}
    model.only("kind", "note")
    assert [r.kind for r in model.results] == ["note"]
    assert route_to(model.results[0]).startswith(f"lesson/{tides.course}/{tides.shells}/")


def test_results_follow_changes(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = SearchModel(store)
    model.search("puffin")
    model.refresh()
    assert model.results == ()
    workspace.notes.add("A puffin!", lesson=tides.waves)
    assert len(model.results) == 1


def test_suggestions_and_the_best_hits_come_together(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    workspace.search.remember("limpets at night")
    got: list[tuple[list[str], list[str]]] = []
    Suggesting(store).find(
        "limpets", lambda told, found: got.append(([s.text for s in told], [f.title for f in found]))
    )
    assert got == [(["limpets at night"], ["Shells", "Which live here?"])]


def test_facets_narrow_and_open_again(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    workspace.notes.add("The witness speaks", lesson=tides.shells)
    model = SearchModel(store)
    model.search_now("witn")
    model._count()
    assert dict(model.counts.values["kind"]) == {"lesson": 1, "note": 1}
    assert model.courses == {tides.course: "Between the tides"}
    model.narrow("kind", "note")
    model.narrow("kind", "lesson")
    assert (model.wanted, len(model.results)) == ({"kind": ("note", "lesson")}, 2)
    model.narrow("kind", "lesson")
    assert [r.kind for r in model.results] == ["note"]
    model.widen()
    assert len(model.results) == 2


def test_what_was_chosen_is_offered_again(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    model = SearchModel(store)
    model.search_now("witness")
    assert model.follow(model.results[0]) == f"lesson/{tides.course}/{tides.waves}/at:text:witness"
    again = SearchModel(store)
    assert again.past == ("witness",)
    again.forget_past()
    assert (again.past, workspace.search.past()) == ((), [])


def test_a_slip_is_told(store: InlineStore, tides: Tides) -> None:
    model = SearchModel(store)
    model.search_now("witnses")
    assert (model.answer.meant, model.answer.is_corrected, len(model.results)) == ("witness", True, 1)
    model.rest()


def test_what_is_not_indexed_yet_is_told_and_caught_up(store: InlineStore, workspace: Workspace, tides: Tides) -> None:
    with workspace.work():
        for n in range(BULK + 1):
            workspace.notes.add(f"A limpet, number {n}")
    model = SearchModel(store)
    model.search_now("limpet")
    assert model.answer.waiting == BULK + 1
    for _ in range(BULK):
        if model.answer.waiting:
            model._catch_up()
    assert (model.answer.waiting, len(model.results)) == (0, 100)


def test_a_result_leads_to_its_place() -> None:
    def route(
        kind: str, place: str = "", key: str = "k1", *, course: str | None = "c1", lesson: str | None = "l1"
    ) -> str:
        return route_to(Found(kind, "T", course, lesson, key, "T", (("a ", False), ("limpet", True)), place))

    assert route("course", lesson=None) == "course/c1"
    assert route("note", course=None, lesson=None) == "notes"
    assert route("note") == route("bookmark") == "lesson/c1/l1/k1"
    assert route("lesson") == "lesson/c1/l1/at:text:limpet"
    assert route("resource") == "lesson/c1/l1"
    assert route("video", "75") == "lesson/c1/l1/at:video:75"
    assert route("page", "7", "l1:abc:7") == "lesson/c1/l1/at:page:7:abc"
    assert route("question") == "builder/c1/l1"
    assert route("answer") == "quiz/c1/l1"
    card = Found("card", "What holds a/limpet?", None, None, "k1", "", ())
    assert route_to(card) == "review/cards/What holds a limpet"
