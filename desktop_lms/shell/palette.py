"""Ctrl+K: every command by its name, and what search finds while one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop_lms.shell.places import Command
from desktop_lms.widgets.feedback import keep_focus
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.layout import clear, column, row
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import Card, IconMark, Line
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr

SHOWN = 9
WIDTH, TOP = 620, 96

Provider = Callable[[str, Callable[[Sequence[Command]], None]], None]
"""Asked for commands that lead to what search finds; answers later."""


class Palette(QWidget):
    """A field over a list; arrows choose, Enter runs, Esc leaves."""

    chosen = Signal()
    """A command is about to run."""

    def __init__(self, window: QWidget, commands: Sequence[Command], provider: Provider | None = None) -> None:
        super().__init__(window)
        self._window, self._commands, self._provider = window, list(commands), provider
        self._before = window.focusWidget()
        self._found: list[Command] = []
        self._asked = ""
        self._at = 0
        self.field = Field(tr("Search or type a command"), icon="search")
        self.field.textEdited.connect(self._on_typed)
        self.field.installEventFilter(self)
        self._list = column(gap=0)
        self.card = Card(column(self.field, 8, self._list, gap=0, margin=12), fill="raised", edge="hairlineStrong")
        self.card.setParent(self)
        self.setGeometry(window.rect())
        self._show()
        self.show()
        self.raise_()
        self.field.setFocus()

    def _matching(self) -> list[Command]:
        words = self.field.text().casefold().split()
        hits = [c for c in self._commands if all(w in " ".join((c.title, *c.words)).casefold() for w in words)]
        return [*hits, *self._found][: self._lines()] if words else hits[: self._lines()]

    def _lines(self) -> int:
        """How many lines there is room for."""
        room = self._window.height() - TOP - self._over() - 16
        return max(1, min(SHOWN, room // current().px(40)))

    def _over(self) -> int:
        return self.field.sizeHint().height() + 40

    def _on_typed(self, text: str) -> None:
        self._at, self._asked = 0, text
        if self._provider and text.strip():
            self._provider(text, lambda found, asked=text: self._on_found(asked, found))
        else:
            self._found = []
        self._show()

    def _on_found(self, asked: str, found: Sequence[Command]) -> None:
        if isValid(self) and asked == self._asked:
            self._found = list(found)
            self._show()

    def _show(self) -> None:
        clear(self._list)
        shown = self._matching()
        for n, command in enumerate(shown):
            line = Clickable(name=command.title, selected=n == self._at)
            line.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            end = Label(command.key, "caption", "text3") if command.key else None
            line.setLayout(
                row(
                    IconMark(command.icon, 16, "text3"),
                    (Elided(command.title, "small", weight=500), 1),
                    end,
                    gap=12,
                    margin=(10, 8, 10, 8),
                )
            )
            line.clicked.connect(lambda c=command: self._run(c))
            self._list.addWidget(line)
        if not shown:
            self._list.addWidget(Line())
            self._list.addWidget(Label(tr("Nothing found. Try fewer words."), "small", "text3"))
        width = min(current().px(WIDTH), self._window.width() - 32)
        self.card.setFixedWidth(width)
        height = self._over() + max(1, len(shown)) * current().px(40)
        self.card.setGeometry((self.width() - width) // 2, TOP, width, height)

    def _run(self, command: Command) -> None:
        self.leave()
        self.chosen.emit()
        command.run()

    def leave(self) -> None:
        """Close it."""
        self.hide()
        if self._before is not None and isValid(self._before):
            self._before.setFocus()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        shown = self._matching()
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and shown:
            self._at = (self._at + (1 if event.key() == Qt.Key.Key_Down else -1)) % len(shown)
            self._show()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if shown:
                self._run(shown[min(self._at, len(shown) - 1)])
        else:
            return False
        return True

    def focusNextPrevChild(self, forward: bool) -> bool:
        return keep_focus(self, forward=forward)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), current().color("scrim"))
