"""The sheet that asks for the code of a class."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.features.joining.viewmodel import JoiningModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Field, labelled
from desktop_lms.widgets.text import Label
from desktop_lms.words import sentence, tr
from lms_core.errors import LmsError, Offline


def ask_to_join(window: QWidget, model: JoiningModel, *, say: Callable[[str], object]) -> Sheet:
    """Ask for a code; a wrong one is told in the sheet, which stays."""
    code, told = Field("K7PM-2XWD", name=tr("Code of the class"), icon="users"), Label("", "small", "danger", wrap=True)
    leave, go = Button(tr("Cancel")), Button(tr("Join"), "primary")
    about = tr("Your teacher has it, or the mail that invited you. The courses of the class come with the next sync.")
    sheet = Sheet(
        window, tr("Join a class"), Label(about, "body", "text2", wrap=True), labelled(tr("Code of the class"), code),
        told, buttons=(leave, go),
    )  # fmt: skip
    model.setParent(sheet)

    def show() -> None:
        go.setEnabled(not model.busy)
        told.say(words(model.error) if model.error else "")

    def joined(name: str) -> None:
        sheet.close_sheet()
        say(tr("You are in {name} now", name=name))

    model.changed.connect(show)
    model.joined.connect(joined)
    leave.clicked.connect(sheet.close_sheet)
    go.clicked.connect(lambda: model.join(code.text()))
    code.returnPressed.connect(lambda: model.join(code.text()))
    code.setFocus()
    return sheet


def words(error: LmsError) -> str:
    """What went wrong; without a line to the server, what it is needed for."""
    if isinstance(error, Offline):
        return tr("The server must be reached to join a class. Try again when you are online.")
    return sentence(error)
