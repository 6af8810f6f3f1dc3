"""Certificates on the screen: the own ones with their paper, and a place to verify anybody's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDateTime, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_lms.features.certificates.viewmodel import Answer, CertificatesModel, Paper, picture_of
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet, cannot_read, empty_state
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Card, Chip, Painted, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import dotted, formats, sentence, tr
from lms_core.certificates.model import Shown
from lms_core.errors import NotFound, Offline

WIDTH, PAPER = 760, 720
PRINTED = 3508
"""Dots across a printed page: 300 an inch."""
RATIO = 210 / 297
"""Height to width of a sheet of A4 that lies on its side."""


class CertificatesPage(Page):
    """The page; `say` shows a sentence at the bottom of the window."""

    def __init__(self, model: CertificatesModel, *, go: Callable[[str], object], say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._go, self._say = model, go, say
        self.crumbs = [(tr("Settings"), "settings"), (tr("Certificates"), "")]
        self.setAccessibleName(tr("Certificates"))
        self.number = Field("CERT-…", name=tr("Number of the certificate"), icon="award")
        self._verify, self._choose = Button(tr("Verify"), "primary"), Button(tr("Choose a PDF…"), icon="file-text")
        self._list, self._told = column(gap=0), column(gap=0)
        self._below = boxed(self._told)
        about = tr("Any certificate of your server, by number or file. A file is proved without a network.")
        asked = column(
            Label(about, "small", "text2", wrap=True), row((self.number, 1), self._verify, gap=8),
            row(self._choose, "~"), self._below, gap=12, margin=20,
        )  # fmt: skip
        body = boxed(column(boxed(self._list), 32, section(tr("Verify a certificate"), Card(asked)), gap=0))
        body.setMaximumWidth(current().px(WIDTH))
        self.show_items(heading(tr("Certificates")), 20, body, "~")
        self._connect()
        model.refresh()
        self._show()

    def _connect(self) -> None:
        model = self._model
        self._verify.clicked.connect(lambda: model.verify_number(self.number.text()))
        self.number.returnPressed.connect(lambda: model.verify_number(self.number.text()))
        self._choose.clicked.connect(self._ask_file)
        model.changed.connect(self._show)
        model.opened.connect(self.show_paper)
        model.saved.connect(lambda name: self._say(tr("Saved as {name}", name=name)))
        look().changed.connect(self._show)

    # --- own ones
    def _show(self) -> None:
        model, held = self._model, self._model.held
        clear(self._list)
        for item in self._own():
            self._list.addWidget(item)
        if held is None and model.error:
            self._list.addWidget(cannot_read(tr("Your certificates cannot be read"), model.error, model.refresh))
        elif held is None:
            self._list.addWidget(Label(tr("Reading your certificates…"), "body", "text2"))
        self._verify.setEnabled(not model.busy)
        self._choose.setEnabled(not model.busy)
        clear(self._told)
        told = self._outcome() if held is not None or not model.error else None
        self._below.setVisible(told is not None)
        if told is not None:
            self._told.addWidget(told)

    def _own(self) -> list[QWidget]:
        held = self._model.held
        if held is None:
            return []
        made: list[QWidget] = []
        for each in held.provisional:
            title = tr("{course} is completed", course=each.title)
            detail = tr("Provisional: the server checks it with the next sync and issues the certificate then.")
            made.append(boxed(column(Banner(title, detail, tone="info", icon="clock"), 12, gap=0)))
        if held.certificates:
            rows = [self._row(each) for each in held.certificates]
            made.append(Card(column(*listed(*rows), gap=0, margin=(12, 4, 12, 4))))
        elif not held.provisional:
            text = tr("Complete a course that gives one: it comes with the next sync and stays on this device.")
            made.append(empty_state("award", tr("No certificates yet"), text))
        return made

    def _row(self, each: Shown) -> QWidget:
        facts = each.credential.facts
        detail = dotted(day(facts.completed_at), each.credential.certificate_number)
        ends: list[QWidget] = []
        if each.is_valid:
            name = tr("Open the certificate of {course}", course=facts.course_title)
            show = Button(tr("Open"), small=True, name=name)
            show.clicked.connect(lambda: self._model.open(each.id))
            ends.append(show)
        else:
            ends.append(Chip(tr("Revoked"), "warning", "circle-x"))
            detail = dotted(day(facts.completed_at), each.revocation_reason)
        made = ListRow(facts.course_title, detail, *ends, lead=Tile("award", "accent" if each.is_valid else "neutral"))
        if each.is_valid:
            made.clicked.connect(lambda: self._model.open(each.id))
        return made

    # --- the paper
    def show_paper(self, paper: Paper) -> None:
        """Show a certificate with what can be done with it."""
        picture = Sheetlet(paper.picture)
        leave, save = Button(tr("Close")), Button(tr("Save as PDF…"), "primary", "save")
        print_it, copy = Button(tr("Print…"), icon="file-text"), Button(tr("Copy the link"), icon="link")
        address = self._model.address_of(paper.number)
        copy.setVisible(bool(address))
        sheet = Sheet(
            self.window(), tr("Your certificate"), picture, Label(paper.number, "small", "text2"),
            buttons=(leave, copy, print_it, save), width=PAPER + 56,
        )  # fmt: skip
        leave.clicked.connect(sheet.close_sheet)
        copy.clicked.connect(lambda: self._copy(address))
        print_it.clicked.connect(lambda: print_paper(self, paper))
        save.clicked.connect(lambda: self._ask_where(paper))

    def _copy(self, address: str) -> None:
        QGuiApplication.clipboard().setText(address)
        self._say(tr("The link is copied: whoever opens it sees that the certificate is valid."))

    def _ask_where(self, paper: Paper) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save as PDF…"), f"{paper.number}.pdf", "*.pdf")
        if path:
            self._model.save(paper, Path(path))

    # --- verifying
    def _ask_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a PDF…"), "", "*.pdf")
        if path:
            self._model.verify_file(Path(path))

    def _outcome(self) -> QWidget | None:
        model = self._model
        if model.busy:
            return Label(tr("Checking…"), "small", "text2")
        if isinstance(model.error, NotFound):
            return Banner(tr("Not known"), sentence(model.error), tone="warning", icon="circle-help")
        if isinstance(model.error, Offline):
            detail = tr("Only its owner's device knows a number. Choose the PDF instead, or connect and try again.")
            return Banner(tr("The server must be reached for this"), detail, tone="warning", icon="wifi-off")
        if model.error is not None:
            return Banner(tr("That did not work"), sentence(model.error), tone="warning", icon="circle-alert")
        return verdict_banner(model.answer) if model.answer else None


def verdict_banner(answer: Answer) -> QWidget:
    """What was found out, in words."""
    said = answer.verdict
    facts = dotted(said.student_name, said.course_title, day(said.completed_at))
    if said.state == "forged":
        detail = tr("Your server has not signed what stands in this file. Do not trust it.")
        return Banner(tr("This is no certificate of your server"), detail, tone="danger", icon="circle-x")
    if said.state == "revoked":
        return Banner(tr("This certificate was revoked and does not count"), facts, tone="danger", icon="circle-x")
    how = (
        tr("The server says so now.")
        if answer.at_server
        else tr("Its signature was proved on this device. Whether it was revoked since, only the server knows.")
    )
    return Banner(tr("This certificate is valid"), f"{facts}\n{how}", tone="success", icon="circle-check")


class Sheetlet(Painted):
    """The picture of a page, as wide as there is room."""

    def __init__(self, picture: QImage) -> None:
        super().__init__()
        self._picture = picture
        self.setAccessibleName(tr("Picture of the certificate"))
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumHeight(current().px(200))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(width * RATIO)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.painter()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF((self.width() - size.width()) / 2, 0, size.width(), size.height())
        painter.fillRect(area, Qt.GlobalColor.white)
        painter.drawImage(area, self._picture)
        painter.setPen(current().color("hairlineStrong"))
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))


def print_paper(parent: QWidget, paper: Paper) -> None:
    """Ask for a printer and print a page that lies on its side."""
    from PySide6.QtGui import QPageLayout
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # needed here alone

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageOrientation(QPageLayout.Orientation.Landscape)
    if QPrintDialog(printer, parent).exec():
        picture = picture_of(paper.data, width=PRINTED)
        painter = QPainter(printer)
        area = painter.viewport()
        size = picture.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(0, 0, size.width(), size.height()), picture)
        painter.end()


def day(ms: int) -> str:
    """A day as people write it."""
    return formats().toString(QDateTime.fromMSecsSinceEpoch(ms).toUTC().date(), "d MMMM yyyy")
