"""Teach: my courses with their state and figures, and the first step of a new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop_lms.features.teach.viewmodel import TaughtCourse, Teaching, TeachModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.checklist import Checklist, centred
from desktop_lms.widgets.feedback import Banner, Sheet, cannot_read, empty_state
from desktop_lms.widgets.inputs import Field, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Columns, Page, heading, section
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Bar, Card, Chip, Cover, Line, Tile, Tone
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.schema import TITLE


class Say(Protocol):
    """Shows a sentence at the bottom of the window, with Undo where there is something to take back."""

    def __call__(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Say it."""


class TeachPage(Page):
    """The page. `go` follows a route; `example` makes a course to look at."""

    def __init__(
        self,
        model: TeachModel,
        *,
        go: Callable[[str], None],
        say: Say,
        example: Callable[[], None] | None = None,
        classes: bool = False,
    ) -> None:
        super().__init__()
        self._model, self._go, self._say = model, go, say
        self._example, self._classes = example, classes
        self._shown: Teaching | None = None
        self.setAccessibleName(tr("Teach"))
        model.changed.connect(self._show)
        model.created.connect(lambda course: go(f"builder/{course}"))
        look().changed.connect(self._show_again)
        model.refresh()
        self._show_again()

    def _show_again(self) -> None:
        self._shown = None
        self._show()

    def _show(self) -> None:
        content, error = self._model.content, self._model.error
        if content is not None and content == self._shown and error is None:
            return
        self._shown = content
        fault: QWidget | None = None
        if error and content is None:
            fault = cannot_read(tr("Your courses cannot be read"), error, self._model.refresh)
        elif error:
            fault = Banner(tr("That did not work"), sentence(error), tone="danger", icon="circle-alert")
        if content is None:
            self.show_items(fault or Label(tr("Reading your courses…"), "body", "text2"), "~")
        elif not content.courses and not content.archived:
            self.show_items(self._head(begun=False), fault, self._empty(), centred(self._steps(content)), "~")
        else:
            self.show_items(self._head(begun=True), 20, fault, 16 if fault else None, self._columns(content), "~")

    def _steps(self, content: Teaching) -> QWidget | None:
        if not content.steps:
            return None
        course = f"builder/{content.courses[0].id}" if content.courses else "import"
        said = {
            "course": (tr("Begin a course, or bring one in"), "import"), "lesson": (tr("Write a lesson"), course),
            "quiz": (tr("Add a quiz"), course), "publish": (tr("Publish it"), course),
        }  # fmt: skip
        steps = [(*said[name], done) for name, done in content.steps.items()]
        return Checklist(steps, go=self._go, dismiss=self._model.put_steps_away)

    # --- head
    def _head(self, *, begun: bool) -> QWidget:
        if not begun:
            return heading(tr("Teach"), "", *self._to_classes())
        bring = Button(tr("Import a folder"), icon="folder-input")
        bring.clicked.connect(lambda: self._go("import"))
        new = Button(tr("New course"), "primary", "plus")
        new.clicked.connect(self.ask_title)
        files = Button(tr("Files"), icon="folder-open")
        files.clicked.connect(lambda: self._go("library"))
        return heading(tr("Teach"), "", *self._to_classes(), files, bring, new)

    def _to_classes(self) -> list[QWidget]:
        if not self._classes:
            return []
        classes = Button(tr("Classes"), icon="users")
        classes.clicked.connect(lambda: self._go("classes"))
        return [classes]

    def _empty(self) -> QWidget:
        new = Button(tr("New course"), "primary", "plus")
        new.clicked.connect(self.ask_title)
        bring = Button(tr("Import a folder"), icon="folder-input")
        bring.clicked.connect(lambda: self._go("import"))
        example = None
        if self._example:
            example = Button(tr("Open an example"))
            example.clicked.connect(self._example)
        text = tr("Write a course here, with or without a network, or bring in a folder of Markdown that you have.")
        buttons = [new, bring, *([example] if example else [])]
        return empty_state("presentation", tr("Your courses will stand here"), text, *buttons)

    def ask_title(self) -> None:
        """Ask for the title of a new course."""
        field = Field(tr("Statistics for everyday questions"), name=tr("Title of the course"))
        make, leave = Button(tr("Create course"), "primary"), Button(tr("Cancel"))
        ask = labelled(tr("Title"), field, hint=tr("You can change it later."))
        sheet = Sheet(self.window(), tr("What is the course called?"), ask, buttons=(leave, make))
        make.setEnabled(False)
        field.textChanged.connect(lambda text: make.setEnabled(len(text.strip()) >= TITLE[0]))

        def create() -> None:
            if make.isEnabled():
                sheet.close_sheet()
                self._model.create(field.text().strip(), module=tr("First module"), lesson=tr("First lesson"))

        make.clicked.connect(create)
        field.returnPressed.connect(create)
        leave.clicked.connect(sheet.close_sheet)
        field.setFocus()

    # --- courses
    def _columns(self, content: Teaching) -> QWidget:
        main: list[Item] = [section(tr("My courses"), *listed(*map(self._row, content.courses)))]
        if content.archived:
            main += [32, section(tr("Archive"), *listed(*map(self._archived, content.archived)))]
        side = boxed(column(self._steps(content), self._figures(content), "~", gap=24))
        return Columns(boxed(column(*main, "~", gap=0)), side)

    def _row(self, course: TaughtCourse) -> QWidget:
        words, tone, icon = state_words(course)
        chip = boxed(row(Chip(words, tone, icon), "~"), width=current().px(140))
        people = Button(icon="users", kind="ghost", name=tr("People of {course}", course=course.title))
        people.clicked.connect(lambda: self._go(f"people/{course.id}"))
        copy = Button(icon="copy", kind="ghost", name=tr("Make a copy of {course}", course=course.title))
        copy.clicked.connect(lambda: self._model.copy(course.id))
        away = Button(icon="archive", kind="ghost", name=tr("Put {course} into the archive", course=course.title))
        away.clicked.connect(lambda: self._archive(course))
        detail = dotted(lessons(course.lessons), learners(course.learners), course.subtitle)
        tools = boxed(row(people, copy, away, gap=4))
        made = ListRow(course.title, detail, chip, tools, lead=Cover(course.id, width=56, height=40))
        made.clicked.connect(lambda: self._go(f"builder/{course.id}"))
        return made

    def _archived(self, course: TaughtCourse) -> QWidget:
        back = Button(tr("Bring back"), "link", small=True)
        back.clicked.connect(lambda: self._model.bring_back(course.id))
        return ListRow(course.title, lessons(course.lessons), back, lead=Tile("archive", "neutral"))

    def _archive(self, course: TaughtCourse) -> None:
        self._model.archive(course.id)
        text = tr("“{course}” is in the archive", course=course.title)
        self._say(text, lambda: self._model.bring_back(course.id))

    # --- figures
    def _figures(self, content: Teaching) -> QWidget:
        figures: list[Item] = [
            figure(str(content.learners), counted("learner", "learners", content.learners)),
            figure(str(content.at_risk), tr("not seen for two weeks")),
            figure(
                str(content.drafts),
                counted("draft nobody can read yet", "drafts nobody can read yet", content.drafts),
            ),
        ]
        told = tr("Learners appear here after the next sync.") if content.as_of is None else tr("As of the last sync.")
        rated = [c for c in content.courses if c.average is not None]
        items: list[Item] = [Label(tr("At a glance"), "heading"), 4, *listed(*figures)]
        if rated:
            items += [12, Label(tr("How far they are"), "strong"), 4]
        for course in rated:
            items += [
                row((Label(course.title, "small", "text2", wrap=True), 1),
                    Label(f"{round(course.average or 0)} %", "small"), gap=12),
                Bar((course.average or 0) / 100), 8,
            ]  # fmt: skip
        return Card(column(*items, 8, Line(), 4, Label(told, "caption", "text3", wrap=True), gap=4, margin=20))


def figure(number: str, words: str) -> QWidget:
    """A figure and what it counts."""
    count = Label(number, "title")
    count.setMinimumWidth(current().px(36))
    said = Label(words, "small", "text2", wrap=True)
    said.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
    box = boxed(row(count, (said, 1), gap=12, margin=(0, 8, 0, 8)))
    box.setAccessibleName(f"{number} {words}")
    return box


def state_words(course: TaughtCourse) -> tuple[str, Tone, str]:
    """The state of a course: words, tone and icon."""
    if course.state == "waiting":
        return tr("Will be published"), "info", "cloud-upload"
    if course.state == "refused":
        return tr("Needs you"), "warning", "circle-alert"
    if course.state == "published":
        return tr("Version {version}", version=course.version), "success", "circle-check"
    return tr("Draft"), "neutral", "pencil"


def lessons(count: int) -> str:
    """How many lessons."""
    return counted("1 lesson", "{count} lessons", count)


def learners(count: int) -> str:
    """How many learners."""
    if not count:
        return tr("no learners yet")
    return counted("1 learner", "{count} learners", count)
