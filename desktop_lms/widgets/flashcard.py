"""The sheet in which a card is written or changed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Paper, labelled
from desktop_lms.widgets.layout import row
from desktop_lms.words import tr

Save = Callable[[str, str], object]
GAP = "[…]"
"""What stands in the place of words that are asked for."""


def ask_card(window: QWidget, save: Save, *, front: str = "", back: str = "", quote: str = "") -> Sheet:
    """Ask for the two sides of a card, in Markdown; `save` gets them. Of a `quote` words can be left out."""
    asks = Paper(tr("What makes tides?"), name=tr("Front of the card"), lines=3)
    answers = Paper(tr("The pull of the moon and the sun"), name=tr("Back of the card"), lines=3)
    asks.show_text(quote or front)
    answers.show_text(back)
    keep, leave, blank = Button(tr("Save card"), "primary"), Button(tr("Cancel")), Button(tr("Leave it out"), "link")
    hint = tr("Select what the card asks for, then leave it out.") if quote else tr("One question a card is enough.")
    sheet = Sheet(
        window, tr("Change the card") if front else tr("New card"),
        labelled(tr("Front of the card"), asks, hint=hint), row(blank, "~") if quote else None,
        labelled(tr("Back of the card"), answers, hint=tr("Markdown works: **bold**, `code`, $x^2$.")),
        buttons=(leave, keep),
    )  # fmt: skip

    def look_again() -> None:
        keep.setEnabled(bool(asks.toPlainText().strip() and answers.toPlainText().strip()))
        blank.setEnabled(asks.textCursor().hasSelection())

    def leave_out() -> None:
        cursor, said = asks.textCursor(), answers.toPlainText().strip()
        answers.setPlainText(", ".join(each for each in (said, cursor.selectedText().strip()) if each))
        cursor.insertText(GAP)

    def done() -> None:
        sheet.close_sheet()
        save(asks.toPlainText(), answers.toPlainText())

    for changed in (asks.textChanged, answers.textChanged, asks.selectionChanged):
        changed.connect(look_again)
    keep.clicked.connect(done)
    blank.clicked.connect(leave_out)
    leave.clicked.connect(sheet.close_sheet)
    look_again()
    asks.setFocus()
    return sheet
