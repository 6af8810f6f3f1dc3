"""The account's e-mail address with the state of its confirmation, and the sheet that takes the code."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.features.settings.email.viewmodel import EmailModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Field, labelled
from desktop_lms.widgets.layout import clear, column, row
from desktop_lms.widgets.surfaces import Chip, IconMark
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.words import sentence, tr


class EmailLine(QWidget):
    """One line; empty for a profile without an account."""

    def __init__(self, model: EmailModel, *, say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._say = model, say
        self._box = column(gap=0)
        self.setLayout(self._box)
        model.changed.connect(self._show)
        model.confirmed.connect(lambda: say(tr("The address is confirmed")))
        self._show()

    def _show(self) -> None:
        clear(self._box)
        address = self._model.address
        if address is None or not address.email:
            return
        state, confirm = Chip(tr("Confirmed"), "success", "circle-check"), None
        if self._model.open:
            state = Chip(tr("Not confirmed"), "warning", "circle-alert")
            confirm = Button(tr("Confirm…"), "link", small=True, name=tr("Confirm {email}…", email=address.email))
            confirm.clicked.connect(self.ask_code)
        words = Elided(address.email, "small", "text2")
        self._box.addLayout(row(IconMark("user", 16), (words, 1), state, confirm, gap=8))

    def ask_code(self) -> None:
        """Ask for the code of the mail; a wrong one is told in the sheet, which stays."""
        model = self._model
        address = model.address.email if model.address else ""
        model.forget_error()
        code, told = Field("123456", name=tr("Code from the mail")), Label("", "small", "danger", wrap=True)
        again = Button(tr("Send another code"), "link")
        leave, go = Button(tr("Cancel")), Button(tr("Confirm"), "primary")
        about = tr("Your server has mailed a code to {email}. Type it here to show that the address is yours.",
                   email=address)  # fmt: skip
        sheet = Sheet(
            self.window(), tr("Confirm your e-mail address"), Label(about, "body", "text2", wrap=True),
            labelled(tr("Code from the mail"), code, hint=tr("Six figures. Look among unwanted mail, too.")), told,
            row(again, "~"), buttons=(leave, go),
        )  # fmt: skip

        def show() -> None:
            go.setEnabled(not model.busy)
            again.setEnabled(not model.busy)
            told.say(sentence(model.error) if model.error else "")

        def sent() -> None:
            told.say("")
            self._say(tr("Another code is on its way to {email}", email=address))

        links = (
            (model.changed, show), (model.sent, sent), (model.confirmed, sheet.close_sheet)
        )  # fmt: skip
        for signal, slot in links:
            signal.connect(slot)
        sheet.closed.connect(lambda: [signal.disconnect(slot) for signal, slot in links])
        leave.clicked.connect(sheet.close_sheet)
        again.clicked.connect(model.send_again)
        go.clicked.connect(lambda: model.confirm(code.text()))
        code.returnPressed.connect(lambda: model.confirm(code.text()))
        code.setFocus()
