"""The sheet that shows what a newer version brings, and lets somebody agree to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from desktop_lms.features.course.update.viewmodel import UpdateModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import IconMark, Panel
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import dotted, sentence, tr
from lms_core.courses.differences import Changed, Differences
from lms_core.errors import Offline, UserError

WIDTH, MOST = 600, 300


def show_update(window: QWidget, model: UpdateModel, *, go: Callable[[str], None]) -> Sheet:
    """Show what changes; while a quiz of the course goes on, the button leads there instead."""
    later, update = Button(tr("Later")), Button(tr("Update now"), "primary", "download")
    body = News(model)
    sheet = Sheet(window, tr("What is new"), body, buttons=(later, update), width=WIDTH)
    model.setParent(sheet)

    def show() -> None:
        running = model.coming.running if model.coming else ""
        update.setEnabled(model.coming is not None)
        update.say(tr("Go to the quiz") if running else tr("Update now"))

    def agree() -> None:
        sheet.close_sheet()
        if model.coming and model.coming.running:
            go(f"quiz/{model.course}/{model.coming.running}")
        else:
            model.settle()

    model.changed.connect(show)
    body.resized.connect(sheet.fit)
    later.clicked.connect(sheet.close_sheet)
    update.clicked.connect(agree)
    show()
    model.refresh()
    return sheet


class News(QWidget):
    """Version, note, and the lessons by what becomes of them."""

    resized = Signal()

    def __init__(self, model: UpdateModel) -> None:
        super().__init__()
        self._model = model
        self._box = column(gap=10)
        self.setLayout(self._box)
        model.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        clear(self._box)
        for item in self._items():
            if isinstance(item, int):
                self._box.addSpacing(item)
            elif isinstance(item, QWidget):
                self._box.addWidget(item)
        self.resized.emit()

    def _items(self) -> list[Item]:
        model = self._model
        if model.coming is None:
            words = sentence(model.error) if model.error else tr("Looking at what is new…")
            return [Label(words, "body", "text2", wrap=True)]
        coming, found = model.coming, model.found
        size = coming.size + (found.new_bytes if found else 0)
        facts = tr("Version {version} · {size} at most", version=coming.version[:12], size=size_of(size))
        items: list[Item] = [Label(coming.title, "strong", wrap=True), Label(facts, "small", "text2")]
        if coming.note:
            items.append(Label(f"“{coming.note}”", "body", wrap=True))
        if coming.running:
            items.append(Label(sentence(UserError("attempt_open")), "small", "warning", wrap=True))
        if found is not None:
            items.append(self._lessons(found))
        elif isinstance(model.error, Offline):
            text = tr("The list of changes comes when you are online.")
            items.append(Label(text, "small", "text2", wrap=True))
        else:
            said = sentence(model.error) if model.error else tr("Comparing both versions…")
            items.append(Label(said, "small", "text2", wrap=True))
        stays = tr("Your progress and notes stay, also those of lessons that go.")
        return [
            *items,
            boxed(row(IconMark("circle-check", 16, "success"), (Label(stays, "small", wrap=True), 1), gap=8)),
        ]

    def _lessons(self, found: Differences) -> QWidget:
        if not found:
            return Label(
                tr("Lessons are as they were; only words about the course changed."), "small", "text2", wrap=True
            )
        groups: Sequence[tuple[str, str, str, tuple[Changed, ...]]] = (
            (tr("New"), "plus", "success", found.added), (tr("Changed"), "pencil", "info", found.changed),
            (tr("Moved"), "list-tree", "text2", found.moved), (tr("No longer there"), "minus", "danger", found.removed),
        )  # fmt: skip
        box = column(gap=4)
        for title, mark, ink, lessons in groups:
            if lessons:
                box.addWidget(Label(dotted(title, str(len(lessons))), "caption", "text2"))
            for lesson in lessons:
                was = tr("before: {title}", title=lesson.was) if lesson.was else ""
                words = row(IconMark(mark, 16, ink), (Elided(lesson.title, "body"), 1), gap=10)
                box.addLayout(words)
                if was:
                    box.addLayout(row(26, (Elided(was, "caption", "text3"), 1), gap=0))
            if lessons:
                box.addSpacing(8)
        box.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(Panel(box, fill="raised"))
        area.setFixedHeight(min(current().px(MOST), box.sizeHint().height() + 8))
        return area
