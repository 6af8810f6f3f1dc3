"""The shelf: narrowing, what cards tell, removing with a way back."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as with_fields

from desktop_lms.features.courses import viewmodel
from desktop_lms.features.courses.view import words_for
from desktop_lms.features.courses.viewmodel import CourseRow, CoursesModel, Filter, Library, narrowed
from desktop_lms.store import InlineStore
from lms_core.content.model import ResourceDoc
from lms_core.courses.entities import COURSE_CARD
from lms_core.downloads.plan import Choice
from lms_core.learning.entities import ENROLLMENT
from lms_core.workspace import Workspace
from tests.core.downloads.shelf import NAMES, Hub, shore
from tests.desktop.features.learners import Tides, install, write_course
from tests.told import tell


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
    assert [model.words("category", value) for value, _ in model.choices("category")] == ["Astronomy", "Nature"]
    assert model.choices("level") == (("advanced", 1), ("beginner", 1))
    model.search("tide")
    assert [r.title for r in model.rows] == ["Between the tides"]
    model.search("")
    model.narrow("level", "advanced")
    assert [r.title for r in model.rows] == ["Night sky"]
    assert model.is_narrowed
    model.widen()
    assert len(model.rows) == 2


def test_own_courses_are_narrowed_by_how_one_stands_to_them(
    model: CoursesModel, workspace: Workspace, tides: Tides
) -> None:  # ENR-10
    assert model.choices("status") == (("none", 2),)
    workspace.learning.complete(tides.waves)
    assert model.choices("status") == (("active", 1), ("none", 1))
    model.narrow("status", "active")
    assert [(r.title, r.lessons_done, r.lessons) for r in model.rows] == [("Between the tides", 1, 3)]
    assert model.choices("status") == (("active", 1), ("none", 1)), "the others can still be taken"
    assert model.choices("level") == (("beginner", 1),), "of what is shown"
    for status, found in (("completed", "completed"), ("suspended", "suspended"), ("dropped", "unenrolled")):
        row = ENROLLMENT.id_for(workspace.account, tides.course)
        tell(workspace, "enrollment", row, user_id=workspace.account, course_id=tides.course, status=status)
        model.narrow("status", found)
        assert [r.title for r in model.rows] == ["Between the tides"], status
        assert words_for("status", found) in {"Completed", "Suspended", "Left"}
    model.choose_shelf("catalogue")
    assert model.choices("status") == ()


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


def tell_cards(workspace: Workspace) -> None:
    for n, (title, price, rating, minutes) in enumerate(
        (("Kelp", 0.0, 4.8, 90), ("Corals", 20.0, 3.5, 700), ("Algae", 5.0, 0.0, 200))
    ):
        tell(workspace, "course_card", COURSE_CARD.id_for(title), course_id=title, title=title, is_published=True,
             pack="p", price=price, avg_rating=rating, minutes=minutes, tags=["sea"], enrolled=n,
             authors=["Tess Berg", "Ada Wu"] if n == 1 else ["Tess Berg"],
             published_at=9 - n, description="Below the *surface*.", is_featured=n == 2,
             subtitle_languages=[["de"], ["de", "es"], []][n])  # fmt: skip


def test_the_catalogue_is_found_filtered_and_ordered(model: CoursesModel, workspace: Workspace) -> None:  # SRC-01
    tell_cards(workspace)
    model.choose_shelf("catalogue")
    orders = {}
    for sort in ("title", "price", "-rating", "-enrolled", "-published_date"):
        model.order(sort)
        orders[sort] = [row.title for row in model.rows]
    assert orders == {
        "title": ["Algae", "Corals", "Kelp"], "price": ["Kelp", "Algae", "Corals"],
        "-rating": ["Kelp", "Corals", "Algae"], "-enrolled": ["Algae", "Corals", "Kelp"],
        "-published_date": ["Kelp", "Corals", "Algae"],
    }  # fmt: skip
    model.search("TESS surface")
    assert len(model.rows) == 3
    model.order("title")
    for facet, value, found in (
        ("price", "free", ["Kelp"]), ("price", "paid", ["Algae", "Corals"]), ("rating", "3.0", ["Corals", "Kelp"]),
        ("duration", "short", ["Kelp"]), ("duration", "long", ["Corals"]), ("tag", "sea", ["Algae", "Corals", "Kelp"]),
        ("price", "low", ["Algae", "Corals"]), ("price", "high", []), ("author", "Ada Wu", ["Corals"]),
        ("subtitles", "de", ["Corals", "Kelp"]), ("is_featured", "featured", ["Algae"]),
    ):  # fmt: skip
        model.widen()
        model.narrow(facet, value)
        assert [row.title for row in model.rows] == found
    model.widen()
    assert model.choices("duration") == (("short", 1), ("medium", 1), ("long", 1))
    assert model.choices("price") == (("free", 1), ("paid", 2), ("low", 2))
    model.narrow("subtitles", "de")
    model.narrow("price", "paid")
    assert [row.title for row in model.rows] == ["Corals"], "filters are combined"
    assert model.choices("author") == (("Ada Wu", 1), ("Tess Berg", 1))
    assert model.choices("is_featured") == ()
    model.widen()
    assert model.choices("rating") == (("4.5", 1), ("4.0", 1), ("3.0", 2))
    assert (model.shown.mine, model.shown.catalogue) == (2, 3)


def test_twenty_thousand_courses_are_narrowed_in_a_moment() -> None:  # PRF-11
    row = CourseRow("c", "T", "", (), "", "", "en", 0.0, "", 0.0, 0, 1, 1, "away", 1, "", False, True, False)
    rows = tuple(
        replace(row, id=str(n), title=f"Course {n}", level=str(n % 3), folded=(f"course {n} about the sea",))
        for n in range(20_000)
    )
    began = time.perf_counter()
    shown = narrowed(Library(rows), Filter("catalogue", "sea 19", {"level": "1"}))
    assert time.perf_counter() - began < 1
    assert len(shown.rows) == shown.counts["level"]["1"] == sum("19" in str(n) for n in range(1, 20_000, 3))


class Queue(InlineStore):
    """Keeps what is asked of the lane until it is told to go on."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.waiting: list[Any] = []

    def read(self, owner: Any, work: Any, then: Any = None, fail: Any = None) -> None:
        self.waiting.append(lambda: InlineStore.read(self, owner, work, then, fail))

    def listed(self) -> tuple[int, set[str]]:
        """How often the lane was asked until the courses stood, and their titles."""
        model, asked = CoursesModel(self), 0
        model.refresh()
        while self.waiting:
            self.waiting.pop(0)()
            asked += 1
        return asked, {row.title for row in model.rows}


def test_courses_are_opened_for_their_cards_once_and_a_few_at_a_time(  # PRF-05
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewmodel, "PIECE", 1)
    made = [write_course(workspace, title=f"Shores {n}") for n in range(3)]
    for each in made:
        install(workspace, each.course)
    queue, titles = Queue(workspace), {"Shores 0", "Shores 1", "Shores 2"}
    assert queue.listed() == (3, titles)
    assert queue.listed() == (1, titles)
    workspace.courses.change_course(made[0].course, title="Shores anew")
    install(workspace, made[0].course)
    queue.waiting.clear()
    assert queue.listed() == (1, {"Shores anew", "Shores 1", "Shores 2"})


def test_what_a_person_may_not_have_is_not_missing(store: InlineStore, workspace: Workspace) -> None:  # RES-04
    document = shore()
    first = document.modules[0].lessons[0]
    sheet = ResourceDoc(id="sheet", title="Tide tables", media=NAMES["cover"], premium=True)
    module = with_fields(document.modules[0], lessons=(with_fields(first, resources=(sheet,)),))
    hub = Hub(workspace)
    hub.offer(with_fields(document, modules=(module,)))
    workspace.downloads.choose("shore", Choice())
    hub.install()
    model = CoursesModel(store)
    model.refresh()
    (row,) = (each for each in model.library.rows if each.id == "shore")
    assert (workspace.media.has(NAMES["cover"]), row.where) == (False, "here")
    mine = {"user_id": workspace.account, "course_id": "shore", "status": "active", "payment_status": "paid"}
    tell(workspace, "enrollment", ENROLLMENT.id_for(workspace.account, "shore"), **mine)
    model.refresh()
    (row,) = (each for each in model.library.rows if each.id == "shore")
    assert row.where == "text"
