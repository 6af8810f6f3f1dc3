"""The page of a lesson of a course that one has not joined: as much of it as is served; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_lms.features.lesson.folded.view import PartText
from desktop_lms.features.lesson.parts import make_part
from desktop_lms.features.lesson.preview.viewmodel import Preview, PreviewModel
from desktop_lms.features.lesson.room import Aside, Room
from desktop_lms.features.lesson.sheets.view import ask_before_leaving
from desktop_lms.features.lesson.stage.view import Files, embed_of, primary
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import sentence, tr

MEASURE = 560
Go = Callable[[str], None]


class Visit(Aside):
    """The page of a part: nothing is kept, an address opens when one agrees."""

    def __init__(self, page: QWidget) -> None:
        self._page = page

    def follow(self, link: str) -> None:
        """Ask before one leaves for an address; other lessons are for those who have joined."""
        if link.startswith(("https://", "http://")):
            ask_before_leaving(self._page.window(), link)


class PreviewPage(Page):
    """The page; `go` follows a route."""

    crumbs_changed = Signal()

    def __init__(self, model: PreviewModel, *, go: Go) -> None:
        super().__init__()
        self._model, self._go = model, go
        self._room: Room | None = None
        model.changed.connect(self._render)
        self.show_items(Label(tr("Opening the lesson…"), "body", "text2"), "~")
        model.refresh()

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to this page."""
        found = self._model.preview
        course = (tr("Course"), f"course/{self._model.course}")
        return [(tr("Courses"), "courses"), course, (found.lesson.title if found else "", "")]

    def _render(self) -> None:
        model, found = self._model, self._model.preview
        if found is None:
            again = Button(tr("Try again"), small=True)
            again.clicked.connect(model.refresh)
            said = sentence(model.error) if model.error else ""
            self.show_items(Banner(tr("This lesson cannot be opened"), said, again, tone="warning"), "~")
            return
        lesson = found.lesson
        room = self._room = Room(model.store, lesson, found.files, host=Visit(self), parent=self)
        first = primary(lesson)
        back = Button(tr("About the course"), "primary", small=True)
        back.clicked.connect(lambda: self._go(f"course/{model.course}"))
        items: list[Item] = [heading(lesson.title), 12, _banner(found, back), 20]
        if first is not None:
            items += [make_part(embed_of(first), room), 20]
        if lesson.body:
            items += [PartText(lesson.body, room, name=lesson.title, title=lesson.title), 20]
        if len(lesson.items) > (first is not None) or lesson.resources:
            items.append(Files(lesson, room))
        shown = boxed(column(*items, gap=0))
        shown.setMaximumWidth(current().px(MEASURE))
        self.show_items(row("~", (shown, 100), "~"), "~")
        self.crumbs_changed.emit()


def _banner(found: Preview, back: Button) -> Banner:
    """What one reads here, and what would give all of it: in the author's words where there are some (C-51)."""
    if not found.need and found.lesson.kind == "quiz":
        said = tr("What comes before the questions is for everybody; to answer them, join the course.")
        return Banner(tr("A free preview"), said, back)
    if not found.need:
        return Banner(tr("A free preview"), tr("You read this without having joined; nothing is kept of it."), back)
    needs = {
        "sign_in": tr("Sign in to read all of it."), "enroll": tr("Join the course to read all of it."),
        "subscribe": tr("Subscribe, or join the course, to read all of it."),
    }  # fmt: skip
    hint = needs.get(found.need, needs["enroll"])
    if found.lesson.body:
        return Banner(tr("A part of this lesson"), hint, back)
    return Banner(tr("This lesson is for those who have joined"), found.denied or hint, back, icon="lock")
