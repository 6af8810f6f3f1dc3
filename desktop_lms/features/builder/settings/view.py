"""How a course counts what was done, in which order it opens, and what comes before it (PRG-04, MOD, ENR-06)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QWidget

from desktop_lms.covers import Covers
from desktop_lms.features.builder.viewmodel import BuilderModel, Building
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Choice, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.surfaces import Cover, Line
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr
from lms_core.content.model import Prerequisite


def picture(model: BuilderModel, building: Building, covers: Covers) -> list[Item]:
    """The picture of the course, or its drawn cover (RES-06)."""
    cover = Cover("", height=current().px(120))
    covers.show(cover, building.course.id, building.course.thumbnail)
    cover.setAccessibleName(tr("Picture of the course"))
    choose = Button(tr("Choose a picture…"), small=True)
    choose.clicked.connect(lambda: _ask_picture(choose, model))
    away = Button(tr("Remove the picture"), "link", small=True)
    away.clicked.connect(model.remove_picture)
    about = tr("JPEG, PNG or WebP, best 1280 × 720. Without one a drawn cover is shown.")
    buttons = row(choose, away if building.course.thumbnail else None, "~", gap=8)
    hint = Label(about, "caption", "text3", wrap=True, weight=400)
    return [boxed(column(Label(tr("Picture of the course"), "caption", "text2"), cover, buttons, hint, gap=6))]


def _ask_picture(home: QWidget, model: BuilderModel) -> None:
    path, _ = QFileDialog.getOpenFileName(home, tr("Choose a picture…"), "", "*.jpg *.jpeg *.png *.webp")
    if path:
        model.choose_picture(Path(path))


def progress(model: BuilderModel, building: Building) -> list[Item]:
    """The method by which progress is reckoned, with its weights, and whether lessons open one after the other."""
    course = building.course
    method = Choice([("lesson", tr("Lessons that are done")), ("time", tr("Time that was spent")),
                     ("assessment", tr("Quizzes that are passed")), ("weighted", tr("Weights"))])  # fmt: skip
    method.choose(course.progress_method)
    method.chosen.connect(lambda value: model.change_course(progress_method=value))
    in_turn = QCheckBox(tr("Lessons open one after the other"))
    in_turn.setChecked(course.sequential_access)
    in_turn.toggled.connect(lambda on: model.change_course(sequential_access=on))
    weights = [_weight(model, building, *each) for each in weighed()] if course.progress_method == "weighted" else []
    return [Line(), labelled(tr("Progress counts"), method), *weights, in_turn]


def weighed() -> tuple[tuple[str, str], ...]:
    """What may have a weight: the name in `progress_weights`, and its words."""
    return (
        ("lessons", tr("Lessons of any type")), ("reading", tr("Text lessons")), ("video", tr("Video lessons")),
        ("assessments", tr("Quizzes and assignments")), ("activities", tr("Activities and discussions")),
        ("lab", tr("Labs and interactive lessons")),
    )  # fmt: skip


def _weight(model: BuilderModel, building: Building, name: str, words: str) -> QWidget:
    weights = building.course.progress_weights
    now = weights.get(name)
    choices = {"": tr("as usual"), "0": tr("not at all"), "1": "× 1", "2": "× 2", "3": "× 3", "5": "× 5", "10": "× 10"}
    said = "" if now is None else f"{now:g}"
    box = Choice(list({**choices, **({said: f"× {said}"} if said not in choices else {})}.items()), name=words)
    box.choose(said)

    def change(value: str) -> None:
        others = {key: weight for key, weight in weights.items() if key != name}
        model.change_course(progress_weights={**others, **({name: float(value)} if value else {})})

    box.chosen.connect(change)
    return labelled(words, box)


def before(model: BuilderModel, building: Building) -> list[Item]:
    """Courses that come before this one; one that must, or that is only advised."""
    made: list[Item] = [Line(), Label(tr("Courses that come first"), "strong")]
    made += [_needed(model, each) for each in building.prerequisites]
    there = {each.course_id for each in building.prerequisites}
    others = [pair for pair in building.candidates if pair[0] not in there]
    if others:
        more = Choice([("", tr("Choose a course…")), *others], name=tr("Add a course that comes first"))
        more.chosen.connect(lambda value: value and model.require(value))
        made.append(more)
    elif not there:
        made.append(Label(tr("There is no other published course."), "small", "text2", wrap=True))
    return made


def _needed(model: BuilderModel, each: Prerequisite) -> QWidget:
    must = QCheckBox(tr("required"))
    must.setAccessibleName(tr("{title} is required", title=each.title))
    must.setChecked(each.mandatory)
    must.toggled.connect(lambda on: model.require(each.course_id, mandatory=on))
    away = Button(icon="x", kind="ghost", name=tr("Remove {name}", name=each.title))
    away.clicked.connect(lambda: model.release(each.course_id))
    return boxed(row((Elided(each.title, "small"), 1), must, away, gap=8))
