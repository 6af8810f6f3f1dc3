"""The foot of the sync list: save data, send by file, receive a file, carry one for somebody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QMenu, QWidget

from desktop_lms.features.syncing.files.viewmodel import REPLY, SUFFIX, FilesModel
from desktop_lms.features.syncing.viewmodel import SyncModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.surfaces import Line
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, sentence, tr
from lms_core.errors import LmsError


class Foot(QWidget):
    """What is always in reach below the list; empty for a profile without a server."""

    def __init__(self, model: SyncModel, files: FilesModel, *, say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._files, self._say = model, files, say
        self._box = column(gap=0)
        self.setLayout(self._box)
        model.changed.connect(self._on_changed)
        files.busy_changed.connect(self._show)
        files.sent.connect(self._on_sent)
        files.received.connect(self._on_received)
        files.carried.connect(self._on_carried)
        files.failed.connect(self._on_failed)
        look().changed.connect(self._show)
        self._shown: object = None
        self._show()

    def _on_changed(self) -> None:
        if (self._model.control.linked, self._model.control.metered) != self._shown:
            self._show()

    def _show(self) -> None:
        control = self._model.control
        self._shown = (control.linked, control.metered)
        clear(self._box)
        if control.linked:
            self._box.addWidget(Line())
            self._box.addLayout(column(self._saving(), self._buttons(), gap=10, margin=(24, 12, 16, 12)))

    def _saving(self) -> QWidget:
        box = QCheckBox(tr("Save data on this network"))
        box.setFont(current().font("small"))
        box.setChecked(self._model.control.metered)
        box.toggled.connect(self._model.meter)
        text = tr("Small exchanges only; courses, pictures and files wait for a free line.")
        return boxed(column(box, Label(text, "caption", "text3", wrap=True, weight=400), gap=2))

    def _buttons(self) -> Item:
        send = Button(tr("Send by file…"), "ghost", "upload", small=True)
        send.clicked.connect(self._ask_send)
        take = Button(tr("Receive file…"), "ghost", "folder-input", small=True)
        take.clicked.connect(self._ask_receive)
        more = Button("", "ghost", "ellipsis", name=tr("More"))
        more.clicked.connect(lambda: self._menu(more))
        for button in (send, take, more):
            button.setEnabled(not self._files.busy)
        return row(send, take, "~", more, gap=4)

    def _menu(self, at: Button) -> None:
        menu = QMenu(self)
        menu.addAction(icon("send", 16), tr("Carry somebody's file to the server…"), self._ask_carry)
        menu.exec(at.mapToGlobal(at.rect().topLeft()))

    # --- asking for files
    def _ask_send(self) -> None:
        name = f"{tr('sync')}-{QDate.currentDate().toString(Qt.DateFormat.ISODate)}{SUFFIX}"
        path, _ = QFileDialog.getSaveFileName(self, tr("Send by file"), name, f"*{SUFFIX}")
        if path:
            self._files.send(Path(path))

    def _ask_receive(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Receive a file"), "", f"*{REPLY}")
        if path:
            self._files.receive(Path(path))

    def _ask_carry(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Carry somebody's file"), "", f"*{SUFFIX}")
        if path:
            self._files.carry(Path(path))

    # --- telling
    def _on_sent(self, count: int, name: str) -> None:
        said = counted(
            "1 change is in {name}. It stays here until the answer is in.",
            "{count} changes are in {name}. They stay here until the answer is in.",
            count,
            name=name,
        )
        steps = (
            tr("Take the file to a laptop of your school that reaches the server."),
            tr("There: Sync, then “Carry somebody's file to the server…”. The answer lies beside it."),
            tr("Bring the answer back here and choose “Receive file…”."),
        )
        self._tell(tr("The file is ready"), said, *steps)

    def _on_received(self, count: int, more: bool) -> None:
        said = tr("The answer is in: {count} received.", count=count)
        self._say(f"{said} {tr('There is more: send another file.')}" if more else said)

    def _on_carried(self, name: str) -> None:
        self._tell(tr("The server has it"), tr("Bring {name} back to where the file came from.", name=name))

    def _on_failed(self, error: LmsError) -> None:
        self._tell(tr("That did not work"), sentence(error))

    def _tell(self, title: str, said: str, *steps: str) -> None:
        close = Button(tr("Close"), "primary")
        lines = [row(Label(str(n), "strong", "accentText"), (Label(words, "body", wrap=True), 1), gap=12)
                 for n, words in enumerate(steps, 1)]  # fmt: skip
        sheet = Sheet(self.window(), title, Label(said, "body", "text2", wrap=True), *lines, buttons=(close,))
        close.clicked.connect(sheet.close_sheet)
