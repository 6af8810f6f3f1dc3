"""To learn by: cards to turn over, and a question to check oneself with. Nothing of it is scored."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from desktop_lms.features.lesson.folded.view import PartText
from desktop_lms.features.lesson.room import Room
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.layout import clear, column, row
from desktop_lms.widgets.options import Option
from desktop_lms.widgets.surfaces import Card, Chip
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr
from lms_core.content.exercises import Check, Face
from lms_core.content.text import plain_text


class Flashcards(Card):
    """One card after another: Space turns it over, the arrows go on and back."""

    def __init__(self, title: str, faces: tuple[Face, ...], room: Room) -> None:
        super().__init__()
        self._title, self._faces, self._room = title, faces, room
        self._at, self._turned = 0, False
        self._where = Label("", "caption", "text2")
        self._face = PartText(faces[0].front, room)
        self._face.setMinimumHeight(current().px(56))
        self._face.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._back = Button("", "ghost", "arrow-left", name=tr("The card before"))
        self._turn = Button(tr("Turn over"), "", "refresh-cw", small=True)
        self._on = Button("", "ghost", "arrow-right", name=tr("The next card"))
        self._back.clicked.connect(lambda: self.step(-1))
        self._on.clicked.connect(lambda: self.step(1))
        self._turn.clicked.connect(self.turn)
        head = row(Label(title, "smallStrong"), "~", self._where)
        foot = row(self._turn, "~", self._back, self._on)
        self.setLayout(column(head, self._face, foot, gap=8, margin=(16, 12, 16, 16)))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._show()

    def turn(self) -> None:
        """Show the other side."""
        self._turned = not self._turned
        self._room.active()
        self._show()

    def step(self, by: int) -> None:
        """Go to another card; behind the last one comes the first."""
        self._at, self._turned = (self._at + by) % len(self._faces), False
        self._show()

    def _show(self) -> None:
        face = self._faces[self._at]
        side = face.back if self._turned else face.front
        self._face.show_source(side)
        where = tr("{at} of {count}", at=self._at + 1, count=len(self._faces))
        self._where.say(where)
        self._turn.say(tr("Back to the front") if self._turned else tr("Turn over"))
        self.setAccessibleName(f"{self._title}, {where}: {plain_text(side)}")

    def words_within(self) -> str:
        """The side that is shown."""
        return self._face.toPlainText()

    def mark_within(self, words: str) -> None:
        """Mark words on the side that is shown."""
        self._face.find_all(words)

    def show_within(self, words: str, nth: int) -> None:
        """Go to words on the side that is shown."""
        self._face.seek(words, nth)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ahead, back = Qt.Key.Key_Right, Qt.Key.Key_Left
        if current().rtl:
            ahead, back = back, ahead
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.turn()
        elif event.key() in (ahead, back):
            self.step(1 if event.key() == ahead else -1)
        else:
            super().keyPressEvent(event)


class CheckCard(Card):
    """Choose, be told whether it is right and why, and try again."""

    def __init__(self, title: str, check: Check, room: Room) -> None:
        super().__init__()
        self._check, self._room, self._told = check, room, False
        self.options = [
            Option(n, each.text, several=check.several, lettered=False) for n, each in enumerate(check.answers)
        ]
        for option in self.options:
            option.clicked.connect(self._on_clicked)
        self._verdict = row(gap=8)
        self._why: PartText | None = None
        self.button = Button(tr("Check"), "", small=True)
        self.button.clicked.connect(self._on_button)
        self._question = question = PartText(check.question, room, name=title) if check.question else None
        answers, foot = column(*self.options, gap=8, margin=(0, 0, 0, 8)), row(self.button, 8, self._verdict, "~")
        self._box = column(Label(title, "smallStrong"), question, answers, foot, gap=8, margin=(16, 12, 16, 16))
        self.setLayout(self._box)
        self._show()
        self.setAccessibleName(f"{title}: {plain_text(check.question)}")

    def _on_clicked(self) -> None:
        chosen = self.sender()
        if self._told or not isinstance(chosen, Option):
            return
        for option in self.options:
            if option is chosen:
                option.select(not option.chosen if self._check.several else True)
            elif not self._check.several:
                option.select(False)
        self._show()

    def _on_button(self) -> None:
        self._told = not self._told
        self._room.active()
        if not self._told:
            for option in self.options:
                option.select(False)
        self._show()

    def words_within(self) -> str:
        """What can be seen of it."""
        return "\n".join(said for _, said in self._seen())

    def _seen(self) -> Iterator[tuple[PartText | Option, str]]:
        """What can be seen, with its words."""
        if self._question is not None:
            yield self._question, self._question.toPlainText()
        yield from zip(self.options, (plain_text(each.text) for each in self._check.answers), strict=True)
        if self._told and self._why is not None:
            yield self._why, self._why.toPlainText()

    def mark_within(self, words: str) -> None:
        """Mark words of the question, of the answers and of why."""
        for text in (self._question, *self.options, self._why):
            if text is not None:
                text.find_all(words)

    def show_within(self, words: str, nth: int) -> None:
        """Mark them, that place stronger; all of it is in view."""
        self.mark_within(words)
        for text, said in self._seen():
            count = len(re.findall(re.escape(words), said, re.IGNORECASE))
            if 0 <= nth < count:
                text.find_all(words, nth) if isinstance(text, Option) else text.seek(words, nth)
            nth -= count

    @property
    def is_right(self) -> bool:
        """Whether what is chosen is all that is right."""
        return all(o.chosen == a.right for o, a in zip(self.options, self._check.answers, strict=True))

    def _show(self) -> None:
        clear(self._verdict)
        self.button.say(tr("Try again") if self._told else tr("Check"))
        self.button.setEnabled(self._told or any(option.chosen for option in self.options))
        for option, answer in zip(self.options, self._check.answers, strict=True):
            option.judge(answer.right if self._told and (option.chosen or answer.right) else None)
        if self._told:
            right = self.is_right
            words = tr("That is right") if right else tr("Not quite")
            made = Chip(words, "success" if right else "warning", "check" if right else "info")
            self._verdict.addWidget(made)
        self._explain()
        self.updateGeometry()

    def _explain(self) -> None:
        if self._told and self._check.why and self._why is None:
            self._why = PartText(self._check.why, self._room, name=tr("Why"))
            self._box.addWidget(self._why)
        if self._why is not None:
            self._why.setVisible(self._told)
