"""A text at hand below the page: what was sent back stands there while one mends the thing itself."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTextEdit, QWidget

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.layout import clear, column, row
from desktop_lms.widgets.surfaces import IconMark, Line, Panel
from desktop_lms.widgets.text import Elided
from desktop_lms.widgets.theme import current, see_through
from desktop_lms.words import tr

LINES = 5


class KeptText(Panel):
    """The strip; hidden until a text is held."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(fill="canvas")
        self.setParent(parent)
        self._box = column(gap=0)
        self.setLayout(self._box)
        self.hide()

    def hold(self, title: str, text: str) -> None:
        """Show a text until it is closed."""
        clear(self._box)
        copy, shut = Button(tr("Copy"), icon="copy", small=True), Button("", "ghost", "x", name=tr("Close"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        shut.clicked.connect(self.hide)
        shown = QTextEdit()
        shown.setProperty("boxed", True)
        see_through(shown)
        shown.setReadOnly(True)
        shown.setPlainText(text)
        shown.setFont(current().font("body"))
        shown.setFixedHeight(current().line("body") * LINES + 20)
        said = tr("Sent back: {what}", what=title)
        shown.setAccessibleName(said)
        head = row(IconMark("circle-alert", 16, "warning"), (Elided(said, "strong"), 1), copy, shut)
        self._box.addWidget(Line())
        self._box.addLayout(column(head, shown, gap=8, margin=(24, 8, 24, 12)))
        self.show()
