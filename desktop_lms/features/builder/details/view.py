"""What is known of a file of a lesson: on this device at once, and at the server what became of it (RES-05, RES-12)."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop_lms.features.builder.contents.viewmodel import ContentsModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Line
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.widgets.times import moment_words
from desktop_lms.words import dotted, sentence, tr
from lms_core.content.model import MediaRef
from lms_core.errors import LmsError
from lms_core.rest.uploads import UploadRecord


def show_details(window: QWidget, model: ContentsModel, file: MediaRef) -> Sheet:
    """Say it in a sheet over the window."""
    close = Button(tr("Close"), "primary")
    whole = " ".join(file.sha256[at : at + 16] for at in range(0, len(file.sha256), 16))
    facts = [_fact(tr("File"), file.name), _fact(tr("Size"), size_of(file.size)), _fact(tr("Type"), file.mime),
             _fact(tr("Checksum (SHA-256)"), whole)]  # fmt: skip
    told = column(gap=6)
    sheet = Sheet(window, tr("Details of the file"), *facts, Line(), boxed(told), buttons=(close,))
    close.clicked.connect(sheet.close_sheet)

    def say(*items: Item) -> None:
        if isValid(sheet):
            clear(told)
            for item in items:
                if isinstance(item, QWidget):
                    told.addWidget(item)
            sheet.fit()

    if not model.linked:
        say(_note(tr("Only on this device: this profile has no server.")))
        return sheet
    say(_note(tr("Asking the server what became of it…")))
    model.ask_record(file.sha256, lambda found: say(*_record(found, model.account)), lambda error: say(_failed(error)))
    return sheet


def _record(found: UploadRecord | None, account: str) -> list[Item]:
    if found is None:
        return [_note(tr("The server keeps no record of it: it was not sent yet, somebody else gave it, or the record "
                         "is too old."))]  # fmt: skip
    made: list[Item] = [
        _fact(tr("State"), state_words(found.processing_status)),
        _fact(tr("Sent"), moment_words(found.created_at)),
        _fact(tr("Sent by"), tr("you") if found.account == account else tr("somebody else")),
        _fact(tr("Sent as"), found.original_filename),
    ]
    if found.processing_error:
        made.append(_fact(tr("Reason"), fault_words(found.processing_error)))
    if found.processing_metadata is not None:
        told = found.processing_metadata
        made.append(_fact(tr("Found by the server"), dotted(size_of(told.size), told.mime_type)))
    return [*made, _fact(tr("Last change"), moment_words(found.updated_at))]


def state_words(status: str) -> str:
    """How far an upload is."""
    return {
        "pending": tr("on its way"), "processing": tr("being looked at"), "completed": tr("kept by the server"),
        "failed": tr("refused"), "virus_scan": tr("being looked through for viruses"),
        "format_conversion": tr("being converted"),
    }.get(status, status)  # fmt: skip


def fault_words(code: str) -> str:
    """Why a file was not taken; the record keeps the code alone, without what its sentence may name."""
    return {
        "infected": tr("The virus scanner of the server found something in it."),
        "file_too_large": tr("It is larger than files of its kind may be."),
    }.get(code) or sentence(LmsError(code))


def _failed(error: LmsError) -> QWidget:
    return _note(f"{tr('The server must be reached for more.')} {sentence(error)}")


def _fact(name: str, words: str) -> QWidget:
    called = Label(name, "small", "text2", wrap=True)
    called.setFixedWidth(current().px(140))
    made = boxed(row(called, (Label(words, "small", wrap=True), 1), gap=12))
    made.setAccessibleName(f"{name}: {words}")
    return made


def _note(words: str) -> QWidget:
    return Label(words, "small", "text2", wrap=True)
