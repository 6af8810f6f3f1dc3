"""Sync: the list of what waits and was, beside it the one thing that needs a decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from desktop_lms.features.syncing.decision.view import Decision
from desktop_lms.features.syncing.files.view import Foot
from desktop_lms.features.syncing.files.viewmodel import FilesModel
from desktop_lms.features.syncing.lists.view import Lists
from desktop_lms.features.syncing.refusal.view import Edit, refusal_items
from desktop_lms.features.syncing.viewmodel import SyncModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet, cannot_read, empty_state
from desktop_lms.widgets.inputs import Field, labelled
from desktop_lms.widgets.layout import Item, column, row
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.surfaces import Panel
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import sentence, tr

SIDE = 372
NARROW = 900


class Say(Protocol):
    """Shows a sentence at the bottom of the window, with Undo where there is something to take back."""

    def __call__(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Say it."""


class SyncPage(QWidget):
    """The page; `go` follows a route, `edit` does so with a text at hand."""

    compact = True

    def __init__(
        self,
        model: SyncModel,
        *,
        go: Callable[[str], None],
        say: Say,
        edit: Edit | None = None,
        files: FilesModel | None = None,
    ) -> None:
        super().__init__()
        self._model, self._go, self._say = model, go, say
        self._edit = edit or (lambda route, _title, _text: go(route))
        self.setAccessibleName(tr("Sync"))
        self._list, self._detail = Page(pad=24, top=24, fill="canvas"), Page(pad=32, top=24)
        self._lists = Lists(model, ask_sign_in=self.ask_sign_in, again=self._show_again)
        foot = Foot(model, files, say=say) if files else None
        self._side = Panel(column((self._list, 1), foot, gap=0, margin=(0, 0, 1, 0)), fill="canvas", edge="end")
        self._box = row(self._side, (self._detail, 1), gap=0)
        self.setLayout(self._box)
        self._shown: object = None
        self._chosen: object = None
        self._seen = ""
        model.changed.connect(self._show)
        model.settled.connect(self._on_settled)
        model.exported.connect(lambda path: say(tr("Written to {path}", path=path)))
        look().changed.connect(self._show_again)
        model.refresh()
        self._show()

    def _show_again(self) -> None:
        self._shown = self._chosen = None
        self._show()

    def _show(self) -> None:
        """Bring each side up to date, but never build a decision anew under the hands of who makes it."""
        model, board = self._model, self._model.board
        if board is None:
            if model.error:
                fault = cannot_read(tr("What waits cannot be read"), model.error, model.refresh)
                self._detail.show_items(fault, "~")
            else:
                self._list.show_items(Label(tr("Reading what waits…"), "body", "text2", wrap=True), "~")
            self._arrange()
            return
        control = model.control
        state = (board, model.chosen, control.paused, control.metered, control.networked, control.trouble)
        if state != self._shown:
            self._shown = state
            self._list.show_items(*self._lists.items(board), "~")
            QTimer.singleShot(0, self, self._show_chosen)
        chosen = (model.conflict, model.refusal, model.error)
        if chosen != self._chosen:
            self._chosen = chosen
            self._detail.show_items(*self._details(), "~")
        self._arrange()

    def _show_chosen(self) -> None:
        """Scroll the list to what was chosen last, once: where room is short its rows lie below its head."""
        rows = self._list.findChildren(ListRow)
        row = next((each for each in rows if each.is_selected and each.isVisible()), None)
        if row is not None and self._seen != self._model.chosen:
            self._seen = self._model.chosen
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)  # it stands where it will stay
            self._list.ensureWidgetVisible(row, 0, current().px(24))

    def _details(self) -> list[Item]:
        model = self._model
        fault: list[Item] = []
        if model.error:
            words = sentence(model.error)
            fault = [Banner(tr("That did not work"), words, tone="danger", icon="circle-alert"), 16]
        if model.conflict:
            return [*fault, Decision(model, model.conflict, go=self._go)]
        if model.refusal:
            return [*fault, *refusal_items(model, model.refusal, home=self, edit=self._edit)]
        text = tr("When two people change the same paragraph, or the server sends something back, it waits here.")
        return [*fault, empty_state("circle-check", tr("Nothing needs you"), text)]

    def ask_sign_in(self) -> None:
        """Ask for the password at the server."""
        board = self._model.board
        email, password = Field(), Field(secret=True)
        email.show_text(board.email if board else "")
        leave, go = Button(tr("Cancel")), Button(tr("Sign in"), "primary")
        sheet = Sheet(
            self.window(), tr("Sign in again"), labelled(tr("E-mail address"), email),
            labelled(tr("Password"), password), buttons=(leave, go),
        )  # fmt: skip

        def sign_in() -> None:
            sheet.close_sheet()
            self._model.sign_in(email.text(), password.text())

        leave.clicked.connect(sheet.close_sheet)
        go.clicked.connect(sign_in)
        password.returnPressed.connect(sign_in)
        (password if email.text() else email).setFocus()

    def _on_settled(self, title: str) -> None:
        self._say(tr("Settled: {title}", title=title), self._model.undo)

    # --- room
    def _arrange(self) -> None:
        stacked = self.width() < NARROW * current().scale
        way = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        if way != self._box.direction():
            self._box.setDirection(way)
            self._seen = ""
            QTimer.singleShot(0, self, self._show_chosen)
        for at, share in enumerate((2, 3) if stacked else (0, 1)):
            self._box.setStretch(at, share)
        wide = 16_777_215 if stacked else min(current().px(SIDE), self.width() // 2)
        self._side.setMinimumWidth(0 if stacked else wide)
        self._side.setMaximumWidth(wide)
        busy = bool(self._model.board and self._model.board.needs_you)
        unread = self._model.board is None and self._model.error is not None
        self._side.setVisible(not unread)
        self._detail.setVisible(not stacked or busy or unread)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
