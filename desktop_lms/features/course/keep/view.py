"""The sheet that asks what of a course is to lie on this device, with the size of each choice."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QRadioButton, QScrollArea, QWidget

from desktop_lms.features.course.keep.viewmodel import KeepModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Card
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import sentence, tr
from lms_core.downloads.plan import KEEPS, Keep

WIDTH, LESSONS = 560, 176


def ask_to_keep(window: QWidget, model: KeepModel) -> Sheet:
    """Ask; the button says what will come or go."""
    leave, go = Button(tr("Cancel")), Button(tr("Keep it so"), "primary")
    body = Choices(model)
    sheet = Sheet(window, tr("What to keep on this device"), body, buttons=(leave, go), width=WIDTH)
    model.setParent(sheet)

    def show() -> None:
        go.setEnabled(model.fits)
        more = model.more
        if model.sizes and more > 0:
            go.say(tr("Download {size}", size=size_of(more)))
        elif model.sizes and more < 0:
            go.say(tr("Free {size}", size=size_of(-more)))
        else:
            go.say(tr("Keep it so"))

    model.changed.connect(show)
    body.resized.connect(sheet.fit)
    leave.clicked.connect(sheet.close_sheet)
    go.clicked.connect(model.settle)
    go.clicked.connect(sheet.close_sheet)
    show()
    model.refresh()
    return sheet


def words_of(keep: Keep) -> tuple[str, str]:
    """A choice, and what it means."""
    return {
        "all": (tr("Everything"), tr("Texts, pictures, sound and videos: nothing is missing without a network")),
        "no_video": (tr("Without videos"), tr("Videos come when you open them while you are online")),
        "text": (tr("Text alone"), tr("Pictures and videos come when you ask for them")),
        "lessons": (tr("Single lessons"), tr("All texts, and the files of the lessons that you tick")),
    }[keep]


class Choices(QWidget):
    """The choices with their sizes, and the lessons where single ones are chosen."""

    resized = Signal()

    def __init__(self, model: KeepModel) -> None:
        super().__init__()
        self._model = model
        self._title = Label("", "strong", wrap=True)
        self._free = Label(tr("Looking at the sizes…"), "small", "text2", wrap=True)
        self._radios = {keep: QRadioButton(words_of(keep)[0]) for keep in KEEPS}
        self._sizes = {keep: Label("", "small", "text2") for keep in KEEPS}
        self._lessons = column(gap=6, margin=(12, 10, 12, 10))
        self._boxes: dict[str, QCheckBox] = {}
        self._list = QScrollArea()
        self._list.setWidgetResizable(True)
        self._list.setWidget(Card(self._lessons, fill="sunken", edge="sunken"))
        self._list.setFrameShape(QScrollArea.Shape.NoFrame)
        self._list.setFixedHeight(current().px(LESSONS))
        self._list.hide()
        rows = [self._row(keep) for keep in KEEPS]
        self.setLayout(column(self._title, self._free, 8, *rows, self._list, gap=4))
        model.changed.connect(self._show)

    def _row(self, keep: Keep) -> QWidget:
        radio, about = self._radios[keep], words_of(keep)[1]
        radio.setFont(current().font("body"))
        radio.setAccessibleDescription(about)
        radio.clicked.connect(lambda: self._model.choose(keep))
        note = Label(about, "caption", "text3", wrap=True, weight=400)
        made = column(row(radio, "~", self._sizes[keep], gap=8), row(current().px(18) + 8, (note, 1), gap=0), gap=0)
        return boxed(column(made, margin=(0, 4, 0, 4)))

    def _show(self) -> None:
        model = self._model
        if model.sizes is None:
            self._free.say(sentence(model.error) if model.error else "")
            return
        sizes = model.sizes
        self._title.say(sizes.title)
        free = tr(
            "{here} are here, {free} are free on this device.", here=size_of(sizes.here), free=size_of(sizes.free)
        )
        self._free.say(free if model.fits else f"{free} {tr('There is not enough room.')}")
        for keep, radio in self._radios.items():
            radio.setChecked(model.choice.keep == keep)
            size = size_of(model.size(keep))
            known = sizes.offer.known or keep in ("all", "text")
            said = size if known else tr("at most {size}", size=size)
            self._sizes[keep].say(said if keep != "lessons" or sizes.lessons else "")
        self._radios["lessons"].setEnabled(bool(sizes.lessons))
        if not self._boxes and sizes.lessons:
            self._fill()
        for lesson, box in self._boxes.items():
            box.setChecked(lesson in model.choice.lessons)
        shown = model.choice.keep == "lessons" and bool(sizes.lessons)
        if shown == self._list.isHidden():
            self._list.setVisible(shown)
        self.resized.emit()

    def _fill(self) -> None:
        clear(self._lessons)
        for lesson in self._model.sizes.lessons if self._model.sizes else ():
            box = QCheckBox(lesson.title)
            box.setFont(current().font("small"))
            box.clicked.connect(lambda on, lesson=lesson.id: self._model.take(lesson, on=on))
            self._boxes[lesson.id] = box
            self._lessons.addLayout(row(box, "~", Label(size_of(lesson.size), "small", "text2"), gap=8))
        self._lessons.addStretch(1)
        self._list.setFixedHeight(min(current().px(LESSONS), self._lessons.sizeHint().height()))
