"""The inbox: what happened, by day, the newest first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop_lms.features.inbox.viewmodel import InboxModel
from desktop_lms.told import ICONS, day_words
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, cannot_read, empty_state
from desktop_lms.widgets.keys import shortcut
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading
from desktop_lms.widgets.rows import Clickable, listed
from desktop_lms.widgets.surfaces import Card, Tile, Tone
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, formats, sentence, tr
from lms_core.notifications.model import Notification

Go = Callable[[str], None]
Say = Callable[[str, Callable[[], None] | None], None]
WIDTH = 760


class InboxPage(Page):
    """The page; `go` follows a route, `say` shows a toast with a way back."""

    def __init__(self, model: InboxModel, *, go: Go, say: Say) -> None:
        super().__init__()
        self._model, self._go, self._say = model, go, say
        self._shown: object = None
        self._rows: list[Told] = []
        self.setAccessibleName(tr("Inbox"))
        self._filter = Segments([tr("All"), tr("Unread")], name=tr("What to show"))
        self._count = Label("", "small", "text2")
        self._all_read = Button(tr("Mark all as read"), "", "check")
        self._tools = boxed(row(self._filter, self._count, "~", self._all_read, gap=12))
        self._tools.setMaximumWidth(current().px(WIDTH))
        self._list = column(gap=0)
        self.show_items(heading(tr("Inbox")), 20, self._tools, 20, (boxed(self._list), 1))
        self._filter.chosen.connect(lambda at: model.narrow(only_unread=at == 1))
        self._all_read.clicked.connect(model.read_all)
        model.changed.connect(self._render)
        model.dismissed.connect(lambda: self._say(tr("Put away"), model.undo))
        look().changed.connect(self._restyle)
        shortcut(self, "Ctrl+Z", model.undo)
        self._render()
        model.refresh()

    def leave(self) -> None:
        """What was put away is so from now on."""
        self._model.settle()

    def _restyle(self) -> None:
        self._shown = None
        self._tools.setMaximumWidth(current().px(WIDTH))
        self._render()

    def _render(self) -> None:
        model = self._model
        now = (model.all is None, model.error, model.rows, model.only_unread)
        if now == self._shown:
            return
        self._shown = now
        unread = model.unread
        self._tools.setVisible(bool(model.all))
        self._all_read.setEnabled(unread > 0)
        self._count.say(counted("1 is not read", "{count} are not read", unread) if unread else "")
        focus = QApplication.focusWidget()
        at = next((n for n, each in enumerate(self._rows) if focus and (each is focus or each.isAncestorOf(focus))), -1)
        clear(self._list)
        self._rows = []
        for item in self._items():
            self._list.addWidget(item) if isinstance(item, QWidget) else self._list.addSpacing(item)
        if self._rows:
            self._list.addStretch(1)
            if at >= 0:
                self._rows[min(at, len(self._rows) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)

    def _items(self) -> list[QWidget | int]:
        model = self._model
        if model.error and model.all is None:
            return [cannot_read(tr("The inbox cannot be read"), model.error, model.refresh)]
        if model.all is None:
            return [boxed(column(Label(tr("Reading your inbox…"), "body", "text2"), "~"))]
        if not model.rows and model.only_unread:
            return [empty_state("check", tr("You have read everything"), tr("What is new will stand here."))]
        if not model.rows:
            text = tr(
                "New versions of your courses, results and announcements will stand here, also without a network."
            )
            return [empty_state("inbox", tr("Nothing has happened yet"), text)]
        items: list[QWidget | int] = []
        if model.error:
            items += [Banner(tr("That did not work"), sentence(model.error), tone="warning", icon="circle-alert"), 16]
        days: dict[str, list[Notification]] = {}
        for each in model.rows:
            days.setdefault(day_words(each.created_at), []).append(each)
        for day, told in days.items():
            items += [20, Label(day, "heading"), 8] if items else [Label(day, "heading"), 8]
            items.append(self._card(told))
        return items

    def _card(self, told: list[Notification]) -> QWidget:
        rows = [self._row(each) for each in told]
        self._rows += rows
        card = Card(column(*listed(*rows), gap=0, margin=4))
        card.setMaximumWidth(current().px(WIDTH))
        return card

    def _row(self, told: Notification) -> Told:
        made = Told(told)
        made.clicked.connect(lambda: self._open(told))
        made.read.connect(lambda: self._model.read(told.id))
        made.dismissed.connect(lambda: self._model.dismiss(told.id))
        return made

    def _open(self, told: Notification) -> None:
        """Read it, and go to what it is about."""
        if told.read_at is None:
            self._model.read(told.id)
        if told.action_url:
            self._go(told.action_url)


class Told(Clickable):
    """One notification; Enter opens it, Delete puts it away."""

    read = Signal()
    dismissed = Signal()

    def __init__(self, told: Notification) -> None:
        fresh = told.read_at is None
        state = tr("Not read") if fresh else tr("Read")
        super().__init__(name=f"{told.title}. {told.message}. {state}")
        tone: Tone = "neutral" if not fresh else "warning" if told.priority in ("high", "urgent") else "accent"
        stamp = formats().toString(
            QDateTime.fromMSecsSinceEpoch(told.created_at).time(), QLocale.FormatType.ShortFormat
        )
        title = Label(told.title, "strong", "text" if fresh else "text2", wrap=True)
        message = Label(told.message, "small", "text2", wrap=True) if told.message else None
        lead = None
        if told.action_url and told.action_text:
            lead = Button(told.action_text, "link", small=True)
            lead.clicked.connect(self.clicked)
        foot = row(Label(stamp, "caption", "text3"), lead, "~", gap=12)
        seen = None
        if fresh:
            seen = Button("", "ghost", "check", name=tr("Mark as read"))
            seen.clicked.connect(self.read)
        away = Button("", "ghost", "x", name=tr("Put this away"))
        away.clicked.connect(self.dismissed)
        tile = column(Tile(ICONS.get(told.kind, "info"), tone), "~", gap=0)
        ends = column(row(seen, away, gap=4), "~", gap=0)
        self.setLayout(row(tile, (boxed(column(title, message, foot, gap=4)), 1), ends, gap=16, margin=(12, 12, 8, 12)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.dismissed.emit()
        else:
            super().keyPressEvent(event)
