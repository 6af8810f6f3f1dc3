"""Below the text: the lessons before and after, the size of the text, the place, and whether it is done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from desktop_lms.features.lesson.viewmodel import LessonModel, Neighbour, Reading
from desktop_lms.widgets.buttons import Button, ElidedButton
from desktop_lms.widgets.layout import row
from desktop_lms.widgets.text import Elided, shortened
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr

ALONE, LARGE, SHORT = 36, 1.2, 28
"""Width of the mark without its words, in px; above that scale of text there is no room for the time spent; the most
letters of a lesson's name."""


class _Foldable(ElidedButton):
    """Its icon stands alone where there is no room for words."""

    _alone = False

    def stand_alone(self, alone: bool) -> None:
        """Show the icon alone, or with the words."""
        if alone != self._alone:
            self._alone = alone
            self.updateGeometry()

    @property
    def whole(self) -> int:
        """Its width with the words, in px."""
        return super().sizeHint().width()

    @property
    def least(self) -> int:
        """Its width with the first of the words, in px."""
        return super().minimumSizeHint().width()

    def sizeHint(self) -> QSize:
        return QSize(current().px(ALONE), super().sizeHint().height()) if self._alone else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint() if self._alone else super().minimumSizeHint()

    @property
    def shown(self) -> str:
        """The words that there is room for."""
        return "" if self._alone else super().shown


class Way(_Foldable):
    """Leads to a lesson."""

    def lead_to(self, lesson: Neighbour | None) -> None:
        """Name the lesson that it leads to; a button that leads nowhere is not there."""
        self.setVisible(lesson is not None)
        if lesson is not None:
            self.say(f"{lesson.number} {shortened(lesson.title, SHORT)}")
            self.setToolTip(lesson.title)


class Mark(_Foldable):
    """Marks a lesson, in all of its words or none."""

    def __init__(self) -> None:
        super().__init__(tr("Mark as done"), "ghost", "circle")

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @property
    def shown(self) -> str:
        """The words that there is room for."""
        return "" if self._alone else self.text()


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
        self._mark = Mark()
        self._mark.setEnabled(False)  # until it is read which lesson it is
        for way in (self._before, self._after):
            way.lead_to(None)
        self._spent = Elided("", "caption", "text2")
        self._small = self._sizes()
        self._box = row(
            self._before, "~", *self._small, self._tool("bookmark", tr("Bookmark this place"), self.bookmark_asked),
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
        """Give way where there is no room for all: the words of the mark, the sizes, the names of the lessons."""
        ways = [way for way in (self._before, self._after) if not way.isHidden()]
        sizes = sum(each.sizeHint().width() + self._box.spacing() for each in self._small)
        least = self._box.minimumSize().width() + self._mark.whole - self._mark.sizeHint().width()
        least += sum(each.least - each.minimumSizeHint().width() for each in ways)
        least += sizes if self._small and self._small[0].isHidden() else 0
        self._mark.stand_alone(least > self.width())
        least -= self._mark.whole - current().px(ALONE) if least > self.width() else 0
        for each in self._small:
            each.setHidden(least > self.width())
        least -= sizes if least > self.width() else 0
        for way in ways:
            way.stand_alone(least > self.width())
        needed = self._box.sizeHint().width()
        if self._spent.isHidden():
            needed += self._spent.sizeHint().width() + self._box.spacing()
        fits = current().scale <= LARGE and needed <= self.width()
        if fits == self._spent.isHidden():
            self._spent.setVisible(fits)
