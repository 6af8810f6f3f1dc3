"""The outline and what one can do with it, every step undone and done again."""

from __future__ import annotations

from desktop_lms.features.builder.steps import Steps
from desktop_lms.features.builder.viewmodel import BuilderModel
from lms_core.courses.categories import DEFAULT
from lms_core.courses.entities import CATEGORY
from lms_core.db.rows import show
from lms_core.errors import LmsError, UserError
from lms_core.workspace import Workspace
from tests.desktop.features.teaching import Desk

START = ["Ten kinds", "Halos", "Where it comes from", "Check yourself"]


def open_model(desk: Desk) -> tuple[BuilderModel, str]:
    course = desk.course()
    model = BuilderModel(desk.store, course)
    model.refresh()
    return model, course


def test_it_opens_at_the_first_lesson(desk: Desk) -> None:
    model, _ = open_model(desk)
    assert model.building is not None
    assert model.building.title(model.current) == "Ten kinds"
    assert 0 < model.building.quality.score < 100


def test_adding_behind_the_open_lesson_and_undo(desk: Desk) -> None:
    model, course = open_model(desk)
    made: list[str] = []
    model.created.connect(made.append)
    model.add_lesson("New", kind="quiz")
    assert desk.lessons(course) == ["Ten kinds", "New", "Halos", "Where it comes from", "Check yourself"]
    assert model.current == made[0]
    model.steps.stack.undo()
    assert desk.lessons(course) == START
    assert model.current != made[0]
    model.steps.stack.redo()
    assert "New" in desk.lessons(course)
    model.add_module("Rain")
    assert [m.title for m in model.building.outline.modules] == ["Clouds", "Rain", "Wind"]  # type: ignore[union-attr]


def test_moving_by_one_crosses_modules(desk: Desk) -> None:
    model, course = open_model(desk)
    halos = desk.id_of(course, "Halos")
    model.move_by(halos, -1)
    assert desk.lessons(course)[:2] == ["Halos", "Ten kinds"]
    model.move_by(halos, 1)
    model.move_by(halos, 1)
    outline = desk.workspace.courses.outline(course)
    assert outline.modules[1].lessons[0].title == "Halos"
    model.move_by(halos, -1)
    assert desk.lessons(course) == START
    for _ in range(4):
        model.steps.stack.undo()
    assert desk.lessons(course) == START
    model.move_by(desk.id_of(course, "Ten kinds"), -1)
    assert desk.lessons(course) == START


def test_several_rows_move_together_in_their_order(desk: Desk) -> None:
    model, course = open_model(desk)
    wind = desk.id_of(course, "Wind")
    rows = [desk.id_of(course, t) for t in ("Halos", "Ten kinds")]
    model.move(rows, wind, desk.id_of(course, "Where it comes from"))
    wanted = ["Where it comes from", "Ten kinds", "Halos", "Check yourself"]
    assert desk.lessons(course) == wanted
    model.steps.stack.undo()
    assert desk.lessons(course) == START
    model.move([wind], wind, None)
    assert desk.lessons(course) == START


def test_trash_restore_rename_and_copy(desk: Desk) -> None:
    model, course = open_model(desk)
    halos = desk.id_of(course, "Halos")
    model.trash([halos])
    assert "Halos" not in desk.lessons(course)
    assert [t.title for t in model.building.trashed] == ["Halos"]  # type: ignore[union-attr]
    model.restore([halos])
    assert desk.lessons(course) == START
    model.rename(halos, "Rings")
    model.rename(halos, "   ")
    assert "Rings" in desk.lessons(course)
    model.steps.stack.undo()
    assert "Halos" in desk.lessons(course)
    model.duplicate(desk.id_of(course, "Check yourself"))
    assert desk.lessons(course).count("Check yourself") == 2
    model.change_course(subtitle="Under the sky")
    assert desk.workspace.courses.draft(course).subtitle == "Under the sky"


def test_a_course_that_is_gone_is_an_error(desk: Desk) -> None:
    model = BuilderModel(desk.store, "nothing")
    model.refresh()
    assert model.error is not None


def test_a_refused_step_leaves_nothing_to_undo(desk: Desk) -> None:
    steps = Steps(desk.store)
    failed: list[LmsError] = []
    steps.failed.connect(failed.append)

    def refuse(_: Workspace) -> None:
        raise UserError("forbidden")

    undone: list[int] = []
    steps.push("add", do=refuse, undo=lambda _: undone.append(1))
    assert [error.code for error in failed] == ["forbidden"]
    steps.stack.undo()
    assert undone == []
    assert not steps.stack.canUndo()


def test_the_category_is_chosen_from_those_of_the_hub(desk: Desk) -> None:  # CAT-06
    model, course = open_model(desk)
    assert model.building is not None
    assert (model.building.category, model.building.category_choices) == ("General", [("General", "General")])
    rows = {
        DEFAULT: {"name": "General", "slug": "general"},
        "s": {"name": "Science", "slug": "science", "sort_order": 1},
        "p": {"name": "Physics", "slug": "physics", "sort_order": 2, "parent_category_id": "s"},
    }
    with desk.workspace.work() as unit:  # as a sync brings them
        show(unit.conn, CATEGORY, rows)
    model.refresh()
    assert model.building.category == DEFAULT
    assert model.building.category_choices == [(DEFAULT, "General"), ("s", "Science"), ("p", "Science › Physics")]
    model.change_course(category="p")
    assert desk.workspace.courses.draft(course).category == "p"
    assert desk.workspace.courses.document(course).category == "Physics"
    assert model.building.category == "p"
