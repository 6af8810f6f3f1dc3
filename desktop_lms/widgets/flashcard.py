"""The sheet in which a card is written or changed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Paper, labelled
from desktop_lms.words import tr

Save = Callable[[str, str], object]


def ask_card(window: QWidget, save: Save, *, front: str = "", back: str = "") -> Sheet:
    """Ask for the two sides of a card, in Markdown; `save` gets them."""
    asks = Paper(tr("What makes tides?"), name=tr("Front of the card"), lines=3)
    answers = Paper(tr("The pull of the moon and the sun"), name=tr("Back of the card"), lines=3)
    asks.show_text(front)
    answers.show_text(back)
    keep, leave = Button(tr("Save card"), "primary"), Button(tr("Cancel"))
    sheet = Sheet(
        window, tr("Change the card") if front else tr("New card"),
        labelled(tr("Front of the card"), asks, hint=tr("One question a card is remembered best.")),
        labelled(tr("Back of the card"), answers, hint=tr("Markdown works: **bold**, `code`, $x^2$.")),
        buttons=(leave, keep),
    )  # fmt: skip

    def look_again() -> None:
        keep.setEnabled(bool(asks.toPlainText().strip() and answers.toPlainText().strip()))

    def done() -> None:
        sheet.close_sheet()
        save(asks.toPlainText(), answers.toPlainText())

    asks.textChanged.connect(look_again)
    answers.textChanged.connect(look_again)
    keep.clicked.connect(done)
    leave.clicked.connect(sheet.close_sheet)
    look_again()
    asks.setFocus()
    return sheet
