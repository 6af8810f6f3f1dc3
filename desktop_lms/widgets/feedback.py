"""What the app says back: banners, toasts with undo, empty places, and sheets that ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QScrollArea, QWidget
from shiboken6 import isValid

from desktop_lms.timers import once
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.surfaces import TONES, Card, IconMark, Painted, Tile, Tone, rounded
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, see_through
from desktop_lms.words import sentence, tr
from lms_core.errors import LmsError

TOAST_MS = 4000
ABOVE_FOOT, BELOW_HEAD, ASIDE = 72, 64, 16
"""Room between a toast and the foot of a page, the top of the window, and its other edges, in px."""


class Banner(Painted):
    """A message at the top of a page: a strong line, a small one, at most two small buttons."""

    def __init__(self, title: str, detail: str = "", *buttons: Button, tone: Tone = "info", icon: str = "info") -> None:
        super().__init__()
        self._tone = tone
        words = column(
            Label(title, "strong", wrap=True), Label(detail, "small", "text2", wrap=True) if detail else None, gap=0
        )
        mark = boxed(column(2, IconMark(icon, 18, TONES[tone][0]), "~", gap=0))
        self.setLayout(row(mark, (words, 1), *buttons, gap=12, margin=(16, 12, 16, 12)))
        self.setAccessibleName(f"{title} {detail}")

    def paintEvent(self, event: QPaintEvent) -> None:
        edge = TONES[self._tone][0] if current().mode == "contrast" else None
        rounded(self.painter(), self.rect(), fill=TONES[self._tone][1], edge=edge)


def cannot_read(title: str, error: LmsError, again: Callable[[], object]) -> QWidget:
    """What a page shows whose rows could not be read: what happened, what is safe, and a way to try again."""
    button = Button(tr("Try again"), small=True)
    button.clicked.connect(lambda: again())
    return boxed(column(Banner(title, sentence(error), button, tone="warning", icon="circle-alert"), "~", gap=0))


class Toast(Painted):
    """One sentence where it covers nothing to press, at the bottom of a window first; it waits while pointed at."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._words = Label("", "small", weight=500)
        self._button = Button("", "link", small=True)
        self._undo: Callable[[], object] | None = None
        self._button.clicked.connect(self._on_undo)
        self.setLayout(row(self._words, self._button, gap=16, margin=(16, 6, 16, 6)))
        self._timer, self._stays = once(self, TOAST_MS, self.hide), False
        self.hide()

    def say(
        self, text: str, undo: Callable[[], object] | None = None, *, verb: str = "Undo", stays: bool = False
    ) -> None:
        """Show a sentence for four seconds, longer when there is something to take back, or until it is taken back."""
        self._undo, self._stays = undo, stays
        self._words.say(text)
        self._button.setVisible(undo is not None)
        self._button.say(verb)
        self.setAccessibleName(text)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self._timer.stop() if stays else self._timer.start(TOAST_MS * (2 if undo else 1))

    def take_back(self, text: str) -> None:
        """Say a sentence no longer; another one that came meanwhile stays."""
        if self.accessibleName() == text:
            self.hide()

    def _place(self) -> None:
        """Lie where the fewest things to press are covered; of places alike the first."""
        home, theme = self._window, current()
        middle, end = (home.width() - self.width()) // 2, home.width() - self.width() - ASIDE
        foot = home.height() - self.height() - theme.px(ABOVE_FOOT)
        low, high = home.height() - self.height() - ASIDE, theme.px(BELOW_HEAD)
        places = [QPoint(x, y) for y in (foot, low, high) for x in (middle, ASIDE if theme.rtl else end)]
        pressed = [
            QRect(each.mapTo(home, QPoint()), each.size()) for each in QApplication.allWidgets()
            if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible() and home.isAncestorOf(each)
            and not isinstance(each, QAbstractScrollArea) and not self.isAncestorOf(each)
        ]  # fmt: skip
        self.move(min(places, key=lambda at: sum(QRect(at, self.size()).intersects(each) for each in pressed)))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self.isVisible() and not self._stays:
            self._timer.start(TOAST_MS)
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def _on_undo(self) -> None:
        self.hide()
        if self._undo:
            self._undo()

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(self.painter(), self.rect(), fill="raised", edge="hairlineStrong", radius=10)


def empty_state(icon: str, title: str, detail: str, *buttons: Button) -> QWidget:
    """What belongs here, and how to begin."""
    words = Label(detail, "body", "text2", wrap=True)
    words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    words.setMaximumWidth(current().px(440))
    tile = Tile(icon, "accent", size=80, icon_size=32)
    inner = column(
        row("~", tile, "~"), 12, row("~", Label(title, "title"), "~"), row("~", (words, 99), "~"), 12,
        row("~", *buttons, "~") if buttons else None, gap=8,
    )  # fmt: skip
    return boxed(column("~", inner, "~", "~", gap=0, margin=24))


def keep_focus(inside: QWidget, *, forward: bool) -> bool:
    """Move the focus on with Tab, and round within what lies over a window: what is behind it cannot be reached."""
    window = inside.window()
    at: QWidget | None = window.focusWidget()
    here = found = inside if at is None else at
    while True:
        following = found.nextInFocusChain() if forward else found.previousInFocusChain()
        if following is None or following is here:
            return True
        found = following
        takes = found.focusPolicy() & Qt.FocusPolicy.TabFocus and found.isEnabled() and not found.focusProxy()
        if takes and found.isVisibleTo(window) and inside.isAncestorOf(found):
            found.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
            return True


class Sheet(QWidget):
    """A dialog over the window: its title asks, its verb is the button, Esc leaves it."""

    closed = Signal()

    def __init__(
        self, window: QWidget, title: str, *body: Item, buttons: Sequence[Button] = (), width: int = 520
    ) -> None:
        super().__init__(window)
        self._window = window
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(title)
        foot = Flow(*buttons, end=True) if buttons else None
        self.card = Card(
            column(Label(title, "title", wrap=True), *body, 8, foot, gap=12, margin=(28, 24, 28, 24)),
            fill="raised",
            edge="hairlineStrong",
        )
        self._view = QScrollArea(self)
        self._view.setFrameShape(QFrame.Shape.NoFrame)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setWidget(self.card)
        see_through(self._view)
        self.card.setAutoFillBackground(False)
        self._width = width
        window.installEventFilter(self)
        self._before = window.focusWidget()
        self._place()
        self.show()
        self.raise_()
        safe = [each for each in buttons if each.property("kind") != "danger"]  # Enter alone destroys nothing
        (safe[-1] if safe else self).setFocus()

    def close_sheet(self) -> None:
        """Leave the sheet, once: its page may ask for that again when it goes itself."""
        if not isValid(self):
            return
        self.hide()
        if self._before is not None and isValid(self._before):
            self._before.setFocus()
        self.closed.emit()
        self.deleteLater()

    def fit(self) -> None:
        """Take as much room as what is in it needs, once that has been laid out."""
        QTimer.singleShot(0, self, self._place)

    def _place(self) -> None:
        home = self._window
        self.setGeometry(home.rect())
        width = min(current().px(self._width), home.width() - 32)
        self.card.setFixedWidth(width)
        self.card.adjustSize()
        wanted = self.card.heightForWidth(width) if self.card.hasHeightForWidth() else self.card.sizeHint().height()
        self.card.resize(width, wanted)
        height = min(wanted, home.height() - 32)
        bar = self._view.verticalScrollBar().sizeHint().width() if wanted > height else 0
        at = QRect((home.width() - width) // 2, max(16, (home.height() - height) // 3), width + bar, height)
        self._view.setGeometry(at)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return keep_focus(self, forward=forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), current().color("scrim"))
