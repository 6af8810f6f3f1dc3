"""The words of a video or sound beside it: they follow the playing, are searched, and a click goes there (LES-16)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.layout import boxed, column
from desktop_lms.widgets.player.times import clock
from desktop_lms.widgets.text import Label, own_direction
from desktop_lms.widgets.theme import current, look, see_through
from desktop_lms.words import counted, tr
from lms_core.media.captions import Captions, fold

ENOUGH = 40
"""Lines that fill any panel."""
SHOWN = 2000
"""Lines that are listed; a search finds among all."""


class Transcript(QWidget):
    """Lines with their times, or plain ones. `asked` tells the time that a person wants to go to."""

    asked = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._captions = Captions()
        self._lines: tuple[str, ...] = ()
        self._rows: dict[int, int] = {}
        self._at = -1
        self.finder = Field(tr("Search the transcript"), icon="search", quiet=True)
        self._hits = Label("", "caption", "text2")
        self._hits.hide()
        self.list = QListWidget()
        self.list.setObjectName("transcript")
        see_through(self.list)
        self.list.setAccessibleName(tr("Transcript"))
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setLayoutMode(QListWidget.LayoutMode.Batched)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.itemActivated.connect(self._on_chosen)
        self.list.itemClicked.connect(self._on_chosen)
        self.finder.textChanged.connect(self._show)
        self.setLayout(column(boxed(column(self.finder, self._hits, gap=4)), (self.list, 1), gap=8))
        self._restyle()
        look().changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.list.setFont(current().font("small"))

    def show_captions(self, captions: Captions) -> None:
        """Show the words of captions."""
        self._captions = captions
        said = (f"{cue.voice}: {cue.text}" if cue.voice else cue.text for cue in captions.cues)
        self._lines = tuple(" ".join(each.split("\n")) for each in said)
        self._show()

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show a transcript that has no times."""
        self._captions, self._lines = Captions(), tuple(lines)
        self._show()

    def follow(self, seconds: float) -> None:
        """Mark the line that is spoken."""
        at = self._captions.line_at(seconds)
        if at != self._at:
            self._at = at
            self._mark()

    # --- underneath
    def _show(self) -> None:
        wanted = fold(self.finder.text()).split()
        found = [n for n, line in enumerate(self._lines) if not wanted or all(w in fold(line) for w in wanted)]
        self.list.clear()
        self._rows = {}
        for n in found[:SHOWN]:
            self._rows[n] = self.list.count()
            self.list.addItem(self._item(n))
        self._hits.setVisible(bool(wanted))
        self._hits.say(counted("1 line", "{count} lines", len(found)))
        self._mark()

    def _item(self, n: int) -> QListWidgetItem:
        timed = n < len(self._captions.cues)
        at = clock(self._captions.cues[n].start) if timed else ""
        item = QListWidgetItem(f"{at}  {own_direction(self._lines[n])}" if timed else self._lines[n])
        item.setData(Qt.ItemDataRole.UserRole, n)
        return item

    def _mark(self) -> None:
        row = self._rows.get(self._at)
        if row is None:
            self.list.clearSelection()
            return
        item = self.list.item(row)
        item.setSelected(True)
        if not self.list.hasFocus():  # whoever reads there is not pulled away
            self.list.scrollToItem(item, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _on_chosen(self, item: QListWidgetItem) -> None:
        n = item.data(Qt.ItemDataRole.UserRole)
        if n < len(self._captions.cues):
            self.asked.emit(self._captions.cues[n].start)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.list.doItemsLayout()

    def sizeHint(self) -> QSize:
        rows = min(self.list.count(), ENOUGH)
        lines = sum(max(0, self.list.sizeHintForRow(n)) + 2 * self.list.spacing() for n in range(rows))
        return QSize(280, self.finder.sizeHint().height() + 16 + max(current().px(64), lines))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint().boundedTo(self.maximumSize())
