"""Sheets over a lesson: an address that leads out of the course, and a picture as large as the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr

if TYPE_CHECKING:
    from desktop_lms.widgets.pdf.document import Later
    from desktop_lms.widgets.pdf.view import PdfView

CHROME = 150
"""What a sheet takes above and below a picture, in px."""


def ask_before_leaving(window: QWidget, url: str) -> None:
    """Ask before an address is opened in the browser."""
    stay, leave = Button(tr("Stay here")), Button(tr("Open in the browser"), "primary", "external-link")
    body = (Label(url, "body", "text2", wrap=True), Label(tr("This leads out of the course."), "small", "text2"))
    sheet = Sheet(window, tr("Open this address?"), *body, buttons=(stay, leave))
    stay.clicked.connect(sheet.close_sheet)
    leave.clicked.connect(lambda: (sheet.close_sheet(), QDesktopServices.openUrl(QUrl(url))))


def show_picture(window: QWidget, title: str, data: bytes, later: Later) -> Sheet:
    """Show a picture to look at closely: in its own size where there is room, else as large as there is, and larger."""
    from desktop_lms.widgets.pdf.images import ImagesEngine
    from desktop_lms.widgets.pdf.view import PdfView  # loaded when somebody wants it

    view = PdfView(later, lambda: data, lambda image, _: ImagesEngine([image]), name=title, words=False)
    view.setFixedHeight(max(240, round(window.height() * 0.9) - current().px(CHROME)))
    view.document.opened.connect(lambda: _own_size(view))
    close = Button(tr("Close"))
    width = round((window.width() - 64) / current().scale)
    sheet = Sheet(window, title, view, buttons=(close,), width=width)
    close.clicked.connect(sheet.close_sheet)
    sheet.closed.connect(view.stop)
    view.open({"zoom": "page"})
    return sheet


def _own_size(view: PdfView) -> None:
    """A small picture is not blown up; the keys of zoom work at once."""
    view.pages.setFocus()
    if view.pages.percent > 100:
        view.pages.set_zoom(1.0)
