"""After a crash, and when somebody reports a problem: what happened, what is safe, and a report to hand on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_lms.crashes import Crash, report
from desktop_lms.logs import Fault
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Paper, labelled
from desktop_lms.widgets.layout import boxed, row
from desktop_lms.widgets.surfaces import IconMark
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import counted, tr

NAME, WIDTH, COMMENT = "fieldnote-report.txt", 560, 92


def ask_recovery(window: QWidget, crash: Crash | None, faults: tuple[Fault, ...]) -> Sheet:
    """Say what happened and offer a report, which goes nowhere by itself."""
    comment = Paper(tr("What did you do just before?"), name=tr("Comment"), lines=3)
    comment.setFixedHeight(current().px(COMMENT))
    copy, save = Button(tr("Copy details"), "ghost", "copy"), Button(tr("Save as file…"), "", "save")
    close = Button(tr("Go on"), "primary")
    title = tr("The app did not end properly") if crash else tr("Report a problem")
    said = [
        boxed(row(IconMark("circle-check", 18, "success"), (Label(
            tr("Everything you wrote until then is saved on this device, and what waits is still sent."), "body",
            wrap=True), 1), gap=10)) if crash else None,
        Label(happened(crash, faults), "small", "text2", wrap=True),
        labelled(tr("Comment"), comment),
        Label(tr("The report stays here unless you hand it on. It holds no passwords, addresses or texts of yours."),
              "caption", "text3", wrap=True, weight=400),
    ]  # fmt: skip
    sheet = Sheet(window, title, *said, buttons=(copy, save, close), width=WIDTH)

    def text() -> str:
        return report(crash, faults, comment.toPlainText())

    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text()))
    save.clicked.connect(lambda: _save(window, text()))
    close.clicked.connect(sheet.close_sheet)
    return sheet


def happened(crash: Crash | None, faults: tuple[Fault, ...]) -> str:
    """What is known of it, in words."""
    count = sum(fault.count for fault in faults)
    kinds = counted("1 kind of error was noted.", "{count} kinds of errors were noted.", len(faults))
    if crash is None:
        return kinds if count else tr("No error was noted on this device.")
    if crash.dump.strip():
        return tr("A part of the app failed and took it along.")
    if count:
        return f"{tr('It ended after an error.')} {kinds}"
    return tr("It was stopped from outside, or the device lost its power.")


def _save(window: QWidget, text: str) -> None:
    path, _ = QFileDialog.getSaveFileName(window, tr("Save as file…"), str(Path.home() / NAME), "*.txt")
    if path:
        Path(path).write_text(text, encoding="utf-8")
