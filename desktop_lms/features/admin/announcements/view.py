"""Announcements on the screen: what is told to whom, asked once more before it goes out, and the last ones."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.features.admin.announcements.viewmodel import AnnouncementsModel, Wish
from desktop_lms.features.admin.view import banner
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Choice, Field, Paper, labelled
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Card, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.widgets.times import moment_words
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.rest.announcements import Entry

WIDTH = 720
ICONS = {"announcement": "megaphone", "maintenance": "wrench", "feature": "sparkles"}
DAYS = (1, 7, 30, 90)


class AnnouncementsPage(Page):
    """The page; `say` shows a sentence at the bottom of the window."""

    def __init__(self, model: AnnouncementsModel, *, say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._say = model, say
        self._sheet: Sheet | None = None
        self.setAccessibleName(tr("Announcements"))
        self.title, self.message = Field(name=tr("Title")), Paper(name=tr("Message"), lines=4)
        self.title.setMaxLength(200)
        self.kind = Choice(list(kinds().items()), name=tr("Kind"))
        self.role = Choice(list(audiences().items()), name=tr("For whom"))
        self.priority = Choice(list(priorities().items()), name=tr("How urgent"))
        self.days = Choice([(str(n), counted("1 day", "{count} days", n)) for n in DAYS], name=tr("Shown for"))
        self.days.choose("30")
        self._told, self._last = column(gap=0), column(gap=0)
        self._send = Button(tr("Tell them…"), "primary", "send")
        self._body = boxed(column(self._told, self._form(), 32, self._last, gap=0))
        self._body.setMaximumWidth(current().px(WIDTH))
        self.show_items(heading(tr("Announcements")), 20, self._body, "~")
        self._send.clicked.connect(self.ask_to_send)
        self.title.textChanged.connect(lambda _: self._allow())
        model.changed.connect(self._show)
        model.done.connect(self._on_done)
        look().changed.connect(self._show)
        self._show()
        model.refresh()

    def _form(self) -> QWidget:
        about = tr("It stands in everybody's inbox. What is important or urgent goes out by mail at once.")
        choices = [
            (labelled(tr("Kind"), self.kind), 1), (labelled(tr("For whom"), self.role), 1),
            (labelled(tr("How urgent"), self.priority), 1), (labelled(tr("Shown for"), self.days), 1),
        ]  # fmt: skip
        narrow = current().scale > 1.2
        wide = column(row(*choices[:2], gap=16), row(*choices[2:], gap=16), gap=12) if narrow else row(*choices, gap=16)
        return Card(
            column(
                labelled(tr("Title"), self.title), labelled(tr("Message"), self.message), wide,
                row((Label(about, "small", "text2", wrap=True), 1), self._send, gap=16), gap=12, margin=20,
            )
        )  # fmt: skip

    def _allow(self) -> None:
        self._send.setEnabled(len(self.title.text().strip()) >= 3 and not self._model.busy)

    def _show(self) -> None:
        model = self._model
        self._allow()
        clear(self._told)
        told = banner(model, tr("Announcements go out from there. What you have typed stays."))
        if told is not None and (model.trouble or self._sheet is None):
            self._told.addWidget(told)
            self._told.addSpacing(16)
        clear(self._last)
        if model.last:
            rows = [_row(each) for each in model.last]
            card = Card(column(*listed(*rows), gap=0, margin=(12, 4, 12, 4)))
            self._last.addWidget(section(tr("Told so far"), card))

    def _on_done(self, code: str, name: str) -> None:
        if self._sheet is not None:
            self._sheet.close_sheet()
        self.title.show_text("")
        self.message.show_text("")
        self._allow()
        self._say(counted("1 person was told", "{count} people were told", self._model.count))

    def wish(self) -> Wish:
        """What is filled in."""
        return Wish(
            kind=self.kind.value, title=self.title.text(), message=self.message.toPlainText(), role=self.role.value,
            priority=self.priority.value, days=int(self.days.value),
        )  # fmt: skip

    def ask_to_send(self) -> None:
        """Ask once more, for it cannot be taken back; what is wrong is told in the sheet, which stays."""
        model, wish, told = self._model, self.wish(), Label("", "small", "danger", wrap=True)
        model.forget_error()
        leave, send = Button(tr("Cancel")), Button(tr("Tell them"), "primary", "send")
        about = tr("{whom} will read this. It cannot be taken back.", whom=audiences()[wish.role])
        sheet = Sheet(
            self.window(), tr("Shall it go out?"), Label(about, "body", "text2", wrap=True),
            Label(wish.title, "strong", wrap=True),
            Label(wish.message, "small", "text2", wrap=True) if wish.message.strip() else None, told,
            buttons=(leave, send),
        )  # fmt: skip

        def show() -> None:
            send.setEnabled(not model.busy)
            told.say(sentence(model.error) if model.error else "")

        def closed() -> None:
            model.changed.disconnect(show)
            self._sheet = None

        self._sheet = sheet
        model.changed.connect(show)
        sheet.closed.connect(closed)
        leave.clicked.connect(sheet.close_sheet)
        send.clicked.connect(lambda: model.announce(wish))
        send.setFocus()


def _row(each: Entry) -> QWidget:
    whom = ", ".join(audiences()[role] for role in each.after.roles) or audiences()[""]
    people = counted("1 person", "{count} people", each.after.people)
    return ListRow(
        each.after.title,
        dotted(moment_words(each.at), whom, people),
        lead=Tile(ICONS.get(each.after.kind, "info"), "neutral"),
    )


def kinds() -> dict[str, str]:
    """What it can be."""
    return {
        "announcement": tr("Announcement"), "maintenance": tr("The server rests"), "feature": tr("Something new"),
    }  # fmt: skip


def audiences() -> dict[str, str]:
    """For whom it can be."""
    return {
        "": tr("Everybody"), "student": tr("All students"), "instructor": tr("All instructors"),
        "manager": tr("All managers"), "admin": tr("All administrators"),
    }  # fmt: skip


def priorities() -> dict[str, str]:
    """How urgent it can be."""
    return {"normal": tr("Normal"), "high": tr("Important"), "urgent": tr("Urgent")}
