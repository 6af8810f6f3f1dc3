"""Answers to choose from, as cards: one of them, or several."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEvent

from desktop_lms.widgets.icons import pixmap
from desktop_lms.widgets.layout import row
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import Chip, Painted, rounded
from desktop_lms.widgets.text import Marked
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr
from lms_core.content.text import plain_text

LETTERS = "ABCDEFGHI"


class _Mark(Painted):
    """A radio button, or a box where several answers may be right."""

    def __init__(self, *, several: bool) -> None:
        super().__init__()
        self._several, self._on = several, False
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedSize(current().px(20), current().px(20))
        self.update()

    def show_on(self, on: bool) -> None:
        """Show it chosen or not."""
        self._on = on
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, side = self.painter(), self.width()
        radius = 5 if self._several else side / 2
        rounded(
            painter, self.rect(), fill="surface", edge="accent" if self._on else "control", radius=radius, width=1.5
        )
        if self._on and self._several:
            rounded(painter, self.rect(), fill="accent", radius=radius)
            size = current().px(14)
            painter.drawPixmap(QPointF((side - size) / 2, (side - size) / 2), pixmap("check", 14, "textOnAccent"))
        elif self._on:
            inner = QRectF(self.rect()).adjusted(side / 4, side / 4, -side / 4, -side / 4)
            rounded(painter, inner, fill="accent", radius=side / 4)


class _Key(Painted):
    """The letter that chooses an answer."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self._letter = letter
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedSize(current().px(24), current().px(24))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = self.painter(), current()
        rounded(painter, self.rect(), fill="sunken", edge="hairline", radius=6)
        painter.setFont(theme.font("caption", weight=600))
        painter.setPen(theme.color("text2"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._letter)


class Option(Clickable):
    """One answer, as a card."""

    def __init__(self, number: int, text: str, *, several: bool, lettered: bool = True) -> None:
        self._text = plain_text(text)
        self._right: bool | None = None
        super().__init__(name=self._text, radius=10)
        self._mark = _Mark(several=several)
        key = _Key(LETTERS[number]) if lettered and number < len(LETTERS) else None
        self._verdict = Chip("", "plain")
        self._verdict.hide()
        self._words = Marked(text, "body", wrap=True)
        self.find_all = self._words.find_all
        self.setLayout(row(self._mark, (self._words, 1), self._verdict, key, gap=16, margin=(18, 16, 16, 16)))

    @property
    def chosen(self) -> bool:
        """Whether it is chosen."""
        return self._selected

    def select(self, on: bool) -> None:
        super().select(on)
        self._mark.show_on(on)
        self.setAccessibleName(tr("{answer}, chosen", answer=self._text) if on else self._text)

    def judge(self, right: bool | None) -> None:
        """Say that it is right or not, in words; None says nothing."""
        self._right = right
        self._verdict.setVisible(right is not None)
        if right is not None:
            self._verdict.say(tr("Right answer") if right else tr("Not right"), "success" if right else "warning",
                              "check" if right else "x")  # fmt: skip
            self.setAccessibleName(f"{self._text}, {tr('Right answer') if right else tr('Not right')}")
        else:
            self.select(self._selected)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        fill = "accentSoft" if self._selected else "hover" if self._over else "surface"
        edge = "accent" if self._selected else "hairlineStrong"
        rounded(self.painter(), self.rect(), fill=fill, edge=edge, radius=10, width=2 if self._selected else 1)
