"""The switches of what one is told."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QWidget

from desktop_lms.features.settings.notifying.viewmodel import GROUPS, NotifyingModel
from desktop_lms.widgets.layout import boxed, column, row
from desktop_lms.widgets.page import section
from desktop_lms.widgets.surfaces import Card, Line
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import sentence, tr


def group_words() -> dict[str, tuple[str, str]]:
    """What a group is called, and what is in it."""
    return {
        "courses": (tr("New versions of my courses"), ""),
        "classes": (tr("Classes and enrolments"), ""),
        "results": (tr("My results"), tr("Marks, completed courses and certificates")),
        "deadlines": (tr("Deadlines"), ""),
        "talk": (tr("Replies and reviews"), ""),
        "news": (tr("Announcements"), ""),
        "server": (tr("About my account and the server"), tr("What is urgent comes in any case")),
    }


class NotifyingSection(QWidget):
    """The section; a switch takes effect at once."""

    def __init__(self, model: NotifyingModel) -> None:
        super().__init__()
        self._model = model
        self._told = Label("", "small", "warning", wrap=True)
        self.boxes = {name: self._box(*said, self._switch(name)) for name, said in group_words().items()}
        about = tr("What is urgent at once, the rest once a day, to your confirmed address")
        self.mail = self._box(tr("Also by e-mail"), about, model.mail)
        over = Label(tr("What your inbox tells you of, on all your devices."), "small", "text2", wrap=True)
        parts = [self._line(*pair) for pair in self.boxes.values()]
        about = tr("While the window is in the background, on this device alone")
        self.message = self._box(tr("Also as messages of this computer"), about, model.message)
        self.message[0].setChecked(model.as_message)
        feet = (self._line(*self.mail), self._line(*self.message))
        card = Card(column(over, *parts, Line(), *feet, self._told, gap=12, margin=20))
        self.setLayout(column(section(tr("Notifications"), card), gap=0))
        model.changed.connect(self._show)
        look().changed.connect(self._show)
        self._show()

    def _switch(self, name: str) -> Callable[[bool], None]:
        return lambda on: self._model.switch(name, on)

    def _line(self, box: QCheckBox, note: Label | None) -> QWidget:
        return boxed(column(box, row(current().px(18) + 8, (note, 1), gap=0) if note else None, gap=0))

    def _box(self, words: str, about: str, switched: Callable[[bool], None]) -> tuple[QCheckBox, Label | None]:
        box = QCheckBox(words)
        box.clicked.connect(switched)
        box.setAccessibleDescription(about)
        return box, Label(about, "caption", "text3", wrap=True, weight=400) if about else None

    def _show(self) -> None:
        wishes = self._model.wishes
        for name in GROUPS:
            self.boxes[name][0].setChecked(wishes is None or name in wishes.on)
        self.mail[0].setChecked(wishes is None or wishes.by_mail)
        for box in (*(pair[0] for pair in self.boxes.values()), self.mail[0]):
            box.setEnabled(wishes is not None)
        for box in (*(pair[0] for pair in self.boxes.values()), self.mail[0], self.message[0]):
            box.setFont(current().font("body"))
        self._told.say(sentence(self._model.error) if self._model.error else "")
        self._told.setVisible(bool(self._model.error))
