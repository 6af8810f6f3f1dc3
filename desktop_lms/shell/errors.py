"""When something fails: what happened, what is safe, what to do, and the details for whoever helps."""

from __future__ import annotations

import platform
import traceback

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.text import Label
from desktop_lms.words import sentence, tr
from lms_core.errors import Denied, DiskFull, LmsError, NotFound, Offline, StorageError, SyncError, UserError


def advice(error: LmsError) -> str:
    """What to do about an error whose sentence does not say it."""
    if isinstance(error, UserError | Denied | NotFound | SyncError | DiskFull):
        return ""
    if isinstance(error, Offline):
        return tr("Go on working. It will be sent as soon as the server can be reached.")
    if isinstance(error, StorageError):
        return tr("Close the app and open it again. If it happens again, copy the details and ask for help.")
    return tr("This is a fault of the app. Copy the details and send them to whoever looks after it.")


def details(error: LmsError) -> str:
    """What helps those who help: code, values, trace; no secrets."""
    trace = "".join(traceback.format_exception(error.__cause__ or error))
    return f"{error.code}\n{platform.platform()}\nPython {platform.python_version()}\n\n{trace}"


def show_error(window: QWidget, error: LmsError) -> Sheet:
    """Open the error box."""
    copy, close = Button(tr("Copy details"), "ghost"), Button(tr("Close"), "primary")
    safe = tr("Everything you wrote is saved on this device.")
    lines = [Label(sentence(error), "body", wrap=True), Label(safe, "small", "text2", wrap=True)]
    if advice(error):
        lines.append(Label(advice(error), "small", "text2", wrap=True))
    sheet = Sheet(window, tr("That did not work"), *lines, buttons=(copy, close))
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details(error)))
    close.clicked.connect(sheet.close_sheet)
    return sheet
