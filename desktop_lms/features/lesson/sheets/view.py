"""Sheets over a lesson: an address that leads out of the course, and a picture as large as the window."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.text import Label
from desktop_lms.words import tr


def ask_before_leaving(window: QWidget, url: str) -> None:
    """Ask before an address is opened in the browser."""
    stay, leave = Button(tr("Stay here")), Button(tr("Open in the browser"), "primary", "external-link")
    body = (Label(url, "body", "text2", wrap=True), Label(tr("This leads out of the course."), "small", "text2"))
    sheet = Sheet(window, tr("Open this address?"), *body, buttons=(stay, leave))
    stay.clicked.connect(sheet.close_sheet)
    leave.clicked.connect(lambda: (sheet.close_sheet(), QDesktopServices.openUrl(QUrl(url))))


def show_picture(window: QWidget, title: str, data: bytes) -> None:
    """Show a picture large; one that cannot be read is not shown."""
    image = QImage.fromData(data)
    if image.isNull():
        return
    room = window.size() * 0.8
    shown = image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    picture = QLabel()
    picture.setPixmap(QPixmap.fromImage(shown))
    picture.setAccessibleName(title)
    close = Button(tr("Close"))
    sheet = Sheet(window, title, picture, buttons=(close,), width=shown.width() + 64)
    close.clicked.connect(sheet.close_sheet)
