"""A bar above the page: a damaged file gave way to a copy. It stands there until the person closes it."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtWidgets import QWidget

from desktop_lms.store import Store
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.layout import clear, column
from desktop_lms.widgets.surfaces import Panel
from desktop_lms.widgets.text import own_direction
from desktop_lms.words import counted, formats, tr
from lms_core.db.restored import Restoration

PROGRAM = "app"


class RestoredNotice(Panel):
    """The bar; hidden while there is nothing to tell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__()
        self.setParent(parent)
        self._box = column(gap=0, margin=(24, 12, 24, 0))
        self.setLayout(self._box)
        self.hide()

    def look(self, store: Store) -> None:
        """Ask whether there is something to tell; closing the bar notes that it was told."""

        def show(last: Restoration | None) -> None:
            if last is None:
                return
            clear(self._box)
            shut = Button("", "ghost", "x", name=tr("Close"))
            shut.clicked.connect(self.hide)
            shut.clicked.connect(lambda: store.run(store, lambda w: w.told_restored(PROGRAM)))
            self._box.addWidget(Banner(title(last), detail(last), shut, tone="warning", icon="triangle-alert"))
            self.show()

        store.run(self, lambda w: w.restored(untold=PROGRAM), show)


def title(last: Restoration) -> str:
    """What happened."""
    if last.copied_at is None:
        return tr("Your file was damaged. You go on with an empty one.")
    at = QDateTime.fromMSecsSinceEpoch(round(last.copied_at.timestamp() * 1000))
    when = formats().toString(at, QLocale.FormatType.ShortFormat)
    return tr("Your file was damaged. The copy of {when} is open in its place.", when=when)


def detail(last: Restoration) -> str:
    """What was saved, what was not, and where the old file lies."""
    said = [counted("1 unsent change was rescued.", "{count} unsent changes were rescued.", last.rescued)]
    if last.lost is None:
        said.append(tr("Others may be lost."))
    elif last.lost:
        said.append(counted("1 could not be read.", "{count} could not be read.", last.lost))
    said.append(tr("The old file is kept in {folder}.", folder=own_direction(str(last.folder))))
    return " ".join(said)
