"""Buttons: the verb is the button. Primary once a view, ghost for tools, link at the end of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

from desktop_lms.widgets.icons import icon as draw
from desktop_lms.widgets.text import own_direction
from desktop_lms.widgets.theme import current, look, polish_again

Kind = Literal["", "primary", "ghost", "link", "danger", "pill"]
LEAST = 72
"""Width that a button with an ellipsis keeps, in px."""
_INK = {"primary": "textOnAccent", "link": "accentText", "danger": "danger"}


class Button(QPushButton):
    """A button. Without `text` it is a square tool and `name` says what it does."""

    def __init__(
        self,
        text: str = "",
        kind: Kind = "",
        icon: str = "",
        *,
        small: bool = False,
        name: str = "",
        icon_after: bool = False,
    ) -> None:
        super().__init__()
        self._words, self._icon, self._kind, self._small, self._after = text, icon, kind, small, icon_after
        self.setProperty("kind", kind)
        self.setProperty("density", "s" if small or not text else "")
        self.setProperty("only", not text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        self.setAccessibleName(name or text)
        if name and not text:
            self.setToolTip(name)
        self._restyle()
        look().changed.connect(self._restyle)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def say(self, text: str, icon: str = "") -> None:
        """Show another verb, with an icon of its own where one is named."""
        now = (text, icon or self._icon)
        if now != (self._words, self._icon):
            self._words, self._icon = now
            self.setAccessibleName(text)
            self._restyle()

    def show_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._restyle()

    def _restyle(self) -> None:
        theme = current()
        self.setFont(theme.font("small" if self._small else "body", weight=500))
        gap = "\u2002" if self._after else " "
        words = own_direction(self._words)
        self.setText((words + gap if self._after else gap + words) if self._icon and words else words)
        if self._icon:
            self.setIcon(draw(self._icon, 16, _INK.get(self._kind, "text2")))
            self.setIconSize(QSize(theme.px(16), theme.px(16)))
        if self._after:
            turned = Qt.LayoutDirection.LeftToRight if theme.rtl else Qt.LayoutDirection.RightToLeft
            self.setLayoutDirection(turned)
        polish_again(self)


class ElidedButton(Button):
    """Its words end in an ellipsis where there is no room for all of them."""

    def _restyle(self) -> None:
        super()._restyle()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        hint = super().sizeHint()
        return hint.boundedTo(QSize(current().px(LEAST), hint.height()))

    @property
    def shown(self) -> str:
        """The words that there is room for."""
        missing = self.sizeHint().width() - self.width()
        if missing <= 0:
            return self.text()
        metrics, words = self.fontMetrics(), self.text().rstrip()
        gap = self.text()[len(words) :]
        room = metrics.horizontalAdvance(words) - missing
        return metrics.elidedText(words, Qt.TextElideMode.ElideRight, room) + gap

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.shown
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)


def menu_button(
    text: str, icon: str, name: str, entries: Iterable[tuple[str, str]], choose: Callable[[str], object]
) -> Button:
    """A pill that shows a choice and opens the others; entries are value and words."""
    made = Button(text, "pill", icon, small=True)
    made.setAccessibleName(f"{name}: {text}")
    made.setToolTip(name)
    others = list(entries)

    def show() -> None:
        menu = QMenu(made)
        for value, words in others:
            action = menu.addAction(words, lambda value=value: choose(value))
            action.setCheckable(True)
            action.setChecked(words == text)
        menu.exec(made.mapToGlobal(made.rect().bottomLeft()))

    made.clicked.connect(show)
    return made
