"""Below the text: the lessons before and after, the size of the text, the place, and whether it is done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from desktop_lms.features.lesson.viewmodel import LessonModel, Neighbour, Reading
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.layout import row
from desktop_lms.widgets.text import Elided
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr

LEAST, LARGE, SHORT = 72, 1.2, 28
"""Width of a button to another lesson, in px; above that scale of text there is no room for the time spent; the most
letters of a lesson's name."""


class Way(Button):
    """Leads to a lesson or marks it; its words end in an ellipsis where there is no room for all of it."""

    gives = True
    """Whether it gives room to others at every size of text, not at large ones alone."""

    def _restyle(self) -> None:
        super()._restyle()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(current().px(LEAST), hint.height()) if self.gives or current().scale > LARGE else hint

    def lead_to(self, lesson: Neighbour | None) -> None:
        """Name the lesson that it leads to; a button that leads nowhere is not there."""
        self.setVisible(lesson is not None)
        if lesson is not None:
            short = lesson.title if len(lesson.title) <= SHORT else lesson.title[: SHORT - 1].rstrip() + "…"
            self.say(f"{lesson.number} {short}")
            self.setToolTip(lesson.title)

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


class Foot(QWidget):
    """The foot of a lesson; `resize_text` makes text larger (1) or smaller (-1)."""

    bookmark_asked = Signal()
    panel_asked = Signal()

    def __init__(
        self, model: LessonModel, follow: Callable[[Neighbour], None], resize_text: Callable[[int], None] | None
    ) -> None:
        super().__init__()
        self._model, self._follow, self._resize_text = model, follow, resize_text
        self._reading: Reading | None = None
        self._before, self._after = Way(icon="arrow-left", kind="ghost"), Way(icon="arrow-right", icon_after=True)
        self._mark = Way(tr("Mark as done"), "ghost", "circle")
        self._mark.gives = False
        self._mark.setEnabled(False)  # until it is read which lesson it is
        for way in (self._before, self._after):
            way.lead_to(None)
        self._spent = Elided("", "caption", "text2")
        self._box = row(
            self._before, "~", *self._sizes(), self._tool("bookmark", tr("Bookmark this place"), self.bookmark_asked),
            self._spent, self._mark, "~", self._after,
            self._tool("panel-right", tr("Show or hide the panel"), self.panel_asked),
            gap=12, margin=(24, 10, 24, 10),
        )  # fmt: skip
        self.setLayout(self._box)
        self._mark.clicked.connect(lambda: self._model.mark(done=not self._model.is_done))
        self._before.clicked.connect(lambda: self._go(-1))
        self._after.clicked.connect(lambda: self._go(1))

    def show_reading(self, reading: Reading) -> None:
        """Show what is around a lesson."""
        self._reading = reading
        done = self._model.is_done
        self._mark.setEnabled(True)
        self._mark.say(tr("Mark as not done") if done else tr("Mark as done"), "circle-check" if done else "circle")
        self._mark.setToolTip(self._mark.accessibleName())
        for way, lesson in ((self._before, reading.previous), (self._after, reading.following)):
            way.lead_to(lesson)
        self.show_spent()

    def _go(self, step: int) -> None:
        reading = self._reading
        lesson = (reading.previous if step < 0 else reading.following) if reading is not None else None
        if lesson is not None:
            self._follow(lesson)

    def _sizes(self) -> list[Button]:
        resize = self._resize_text
        if resize is None:
            return []
        smaller = Button("", "ghost", "minus", name=tr("Smaller text"))
        larger = Button("", "ghost", "plus", name=tr("Larger text"))
        smaller.clicked.connect(lambda: resize(-1))
        larger.clicked.connect(lambda: resize(1))
        return [smaller, larger]

    def _tool(self, icon: str, name: str, asked: SignalInstance) -> Button:
        made = Button("", "ghost", icon, name=name)
        made.clicked.connect(asked)
        return made

    def show_spent(self) -> None:
        """Say how long one studied."""
        minutes = self._model.study.total_ms // 60_000
        words = tr("Place kept · {minutes} min active", minutes=minutes) if minutes else tr("Place kept")
        self._spent.say(words)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._make_room()
        return done

    def _make_room(self) -> None:
        """Say how long one studied only where the names of the lessons leave room for all of it."""
        needed = self._box.sizeHint().width()
        if self._spent.isHidden():
            needed += self._spent.sizeHint().width() + self._box.spacing()
        fits = current().scale <= LARGE and needed <= self.width()
        if fits == self._spent.isHidden():
            self._spent.setVisible(fits)
