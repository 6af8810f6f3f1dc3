"""Lesson text that is a pleasure to read: 72 characters a line, pictures that fit, highlights, find, links that ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextTable,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from desktop_lms.timers import once
from desktop_lms.widgets.drawing import NOTHING, drawn
from desktop_lms.widgets.embedding import SCHEME, Embedding, Make, pictures
from desktop_lms.widgets.filling import SLICE_S, Filling
from desktop_lms.widgets.finding import Finding
from desktop_lms.widgets.marking import Mark, Marking
from desktop_lms.widgets.positions import find_anchor, locate, words_at
from desktop_lms.widgets.ruling import paint_below
from desktop_lms.widgets.selecting import choose_more, chosen, unselect
from desktop_lms.widgets.stops import Stops
from desktop_lms.widgets.theme import current, look, see_through
from desktop_lms.widgets.typesetting import set_paragraphs, set_table, style_sheet
from lms_core.learning.placing import Quote, joined, units

MEASURE = 72
SAMPLE = "Last week you weighed twelve limpets on the slipway and got a mean of four"
AROUND = 4000
"""So many characters behind a place are there when one goes to it."""
REDRAW_MS = 120
COLOURS = ("amber", "mint", "rose", "sky")

Resource = Callable[[str], bytes | None]
"""The bytes of a picture by its source (`media:HASH`, `math:KEY`), or None while it is not there."""
_NOTHING: Mapping[str, bytes] = {}


@lru_cache(8)
def _line(scale: float, rtl: bool) -> float:
    """Width of a line of text in the present look, in px."""
    return QFontMetricsF(current().font("read")).horizontalAdvance(SAMPLE[:MEASURE])


class LessonText(QTextBrowser):
    """Shows HTML made by lms_core.content.render. Nothing loads from the network."""

    link_clicked = Signal(str)
    picture_clicked = Signal(str)
    selected = Signal(str, int, int)
    """Quote, start and end of a selection that was just made; an empty quote when it is gone."""
    filled = Signal()
    """The rest of the text is there."""
    scrolled = Signal(float)
    """Share of the text above the lower edge, 0 to 100."""

    margin, spare = 4, 16
    """Around the text, and what a line leaves of the width, in px."""

    def __init__(self, *, name: str = "") -> None:
        super().__init__()
        see_through(self)
        self.setAccessibleName(name)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUndoRedoEnabled(False)
        self._html = ""
        self._resource: Resource = _NOTHING.get
        self.finding = Finding(self)
        self.stops = Stops(self)
        self._boxes: list[tuple[QTextTable, QColor]] = []
        self._drawn_for = 0
        self._settle = once(self, 250, self._on_settled)
        self._rest: tuple[str, ...] = ()
        self.filling = Filling(self, self._set_from)
        self.filling.filled.connect(self._on_filled)
        self.embedding = Embedding(self)
        self.marking = Marking(self)
        self._pictured = False
        self._redraw = once(self, REDRAW_MS, self._on_redraw)
        self._waiting: list[tuple[int, str]] = []
        self._images: list[tuple[int, str]] = []
        self._more = False
        self.anchorClicked.connect(lambda url: self.link_clicked.emit(url.toString()))
        self.selectionChanged.connect(self._settle.start)
        self.verticalScrollBar().valueChanged.connect(lambda _: self.scrolled.emit(self.percent))
        look().changed.connect(self._restyle)

    # --- content
    def show_html(
        self,
        html: str,
        resource: Resource | None = None,
        make: Mapping[str, Make] | None = None,
        *,
        rest: Sequence[str] = (),
        more: bool = False,
    ) -> None:
        """Show a text; `make` has what makes the widgets at `embed:<key>`. Places and marks of the one before go.

        `rest` comes behind it, each a piece of HTML that begins a paragraph; `filled` tells when all is there. With
        `more` that is still to be told by `go_on`.
        """
        self._html, self._rest, self._resource, self._more = html, tuple(rest), resource or _NOTHING.get, more
        self.embedding.show(make or {})
        self.marking.forget()
        self.finding.forget()
        self.stops.leave()
        self._pictured = False
        self._restyle(anew=True)

    def go_on(self, rest: Sequence[str], make: Mapping[str, Make]) -> None:
        """Show what comes behind the text that is there."""
        self._rest, self._more = (*self._rest, *rest), False
        self.embedding.show(make)
        self.filling.add(rest)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to come."""
        return self.filling.is_whole and not self._more

    def pictures_came(self) -> None:
        """Show pictures that were not there before, keeping the words at the top where they are."""
        self._drawn_for = int(self.measure)
        self._waiting = self._images[::-1]
        self._draw_waiting()

    def _on_redraw(self) -> None:
        if self._waiting:
            self._draw_waiting()
        else:
            self.pictures_came()

    def _draw_waiting(self) -> None:
        """Draw pictures for some milliseconds, then let the window go on."""
        document, at, began = self.document(), self.place, time.perf_counter()
        top = self.cursorRect(self._cursor(at)).top()
        whole = QTextCursor(document)
        whole.beginEditBlock()
        while self._waiting and time.perf_counter() - began < SLICE_S:
            position, name = self._waiting.pop()
            if not name.startswith(SCHEME) and (data := self._resource(name)):
                document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), self._drawn(data))
                document.markContentsDirty(position, 1)
        whole.endEditBlock()
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.cursorRect(self._cursor(at)).top() - top if bar.value() else 0)
        self.embedding.arrange()
        if self._waiting:
            self._redraw.start(0)

    def _cursor(self, position: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(max(0, position), max(0, self.document().characterCount() - 1)))
        return cursor

    def _restyle(self, *, anew: bool = False) -> None:
        at, document = 0 if anew else self.place, self.document()
        self._boxes, self._images = [], []
        document.setDefaultFont(current().font("read"))
        document.setDefaultStyleSheet(style_sheet())
        document.clear()  # what was drawn of pictures is forgotten with it
        self._fit()
        self._drawn_for = int(self.measure)
        self.setHtml(self._html)
        whole = QTextCursor(document)
        whole.beginEditBlock()  # one layout for all that follows, not one each
        self._set_from(0)
        whole.endEditBlock()
        self._show_marks()
        self.filling.begin(self._rest)
        if at and self.isVisible():  # the same text in another look
            self.go_to(at, above=0)

    def _set_from(self, position: int) -> None:
        """Dress what stands behind a position."""
        document = self.document()
        set_paragraphs(document, position)
        for frame in document.rootFrame().childFrames():
            if frame.firstPosition() >= position and isinstance(frame, QTextTable):
                color = set_table(document, frame)
                if color is not None:
                    self._boxes.append((frame, color))
        found = pictures(document, position)
        self._images += found
        self.embedding.find(found, anew=position == 0)

    def _on_filled(self) -> None:
        self._show_marks()
        if not self._more:
            self.filled.emit()

    def loadResource(self, kind: int, url: QUrl | str) -> Any:
        name = url.toString() if isinstance(url, QUrl) else str(url)
        if QTextDocument.ResourceType(kind) is not QTextDocument.ResourceType.ImageResource:
            return None
        if name.startswith(SCHEME):
            return NOTHING
        data = self._resource(name)
        self._pictured = True
        return self._drawn(data) if data else QImage()

    def _drawn(self, data: bytes) -> QImage:
        return drawn(data, most=int(self.measure), ratio=self.devicePixelRatioF())

    # --- measure
    @property
    def measure(self) -> float:
        """Width of a line of text in px."""
        room = self.viewport().width() - self.spare if self.width() > 40 else 560
        return min(_line(current().scale, current().rtl), max(200, room))

    def _fit(self) -> None:
        wide = int(self.measure)
        if self.lineWrapColumnOrWidth() == wide and self.document().documentMargin() == self.margin:
            return  # each of these would lay the whole text out again
        self.document().setDocumentMargin(self.margin)
        self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
        self.setLineWrapColumnOrWidth(wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        if self._pictured and int(self.measure) != self._drawn_for:
            self._redraw.start(REDRAW_MS)  # pictures were made for another width
        elif not self._waiting:
            self._redraw.stop()  # a scroll bar came and went while the text was set

    # --- place
    @property
    def percent(self) -> float:
        """Share of the text above the lower edge, 0 to 100; nought while some is still to come."""
        if not self.is_whole:
            return 0.0
        bar = self.verticalScrollBar()
        whole = bar.maximum() + bar.pageStep()
        return round(100 * (bar.value() + bar.pageStep()) / whole, 1) if whole else 100.0

    @property
    def place(self) -> int:
        """Position in the text of the first line in view, or of the one that comes there."""
        aim = self.filling.aim
        return self.cursorForPosition(self.viewport().rect().topLeft()).position() if aim is None else aim

    def words_at(self, position: int, most: int = 80) -> str:
        """The words from a position on, to the end of the paragraph; of the next one where this is empty."""
        return words_at(self.toPlainText(), position, most)

    def go_to(self, position: int, *, above: int = 24) -> None:
        """Bring a position to the top of the view, with so many px of what stands above it."""
        self.filling.reach(position + AROUND, partial(self._arrive, position, above), aim=position)

    def go_to_anchor(self, name: str) -> None:
        """Bring a heading or a footnote into view."""
        self.once_whole(lambda: self.scrollToAnchor(find_anchor(self.document(), name)))

    def once_whole(self, then: Callable[[], object]) -> None:
        """Do something once the text has come as far as it was told."""
        self.filling.reach(None, then, aim=self.place)

    def _arrive(self, position: int, above: int) -> None:
        cursor = self._cursor(position)
        self.setTextCursor(cursor)
        top = self.cursorRect(cursor).top() + self.verticalScrollBar().value()
        self.verticalScrollBar().setValue(max(0, top - above))

    # --- selecting and marking
    def _on_settled(self) -> None:
        """Tell what is chosen, unless find chose it."""
        if self.finding.chose(self.textCursor()):
            self.selected.emit("", 0, 0)
        else:
            self.tell_selection()

    def tell_selection(self) -> None:
        """Tell what is chosen, now."""
        self.selected.emit(*chosen(self.textCursor()))

    def around(self, start: int, end: int, reach: int = 60) -> tuple[str, str]:
        """The words before and behind a stretch, to find it again in a later version."""
        text = units(self.document().toPlainText())
        return joined(text[max(0, start - reach) : start]), joined(text[end : end + reach])

    def locate(self, quote: str, before: str = "", near: int | None = None) -> tuple[int, int] | None:
        """Where a quote stands now: with its context, else nearest to where it was, else nowhere."""
        return locate(self.document().toPlainText(), quote, before, near)

    def show_marks(self, marks: Sequence[Mark], within: Mapping[str, Sequence[Quote]] | None = None) -> None:
        """Show highlights, those that embedded parts say by their key."""
        self.marking.take(marks, within or {})
        self._show_marks()

    def show_mark(self, mark: Mark) -> None:
        """Go to a highlight."""
        self.go_to(mark.start)

    def _show_marks(self) -> None:
        self.setExtraSelections([*self.marking.selections(), *self.finding.marks])

    def stretch(self, start: int, end: int, color: QColor) -> QTextEdit.ExtraSelection:
        """A stretch of the text in a colour."""
        made: Any = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        last = max(0, self.document().characterCount() - 1)
        cursor.setPosition(min(start, last))
        cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
        form = QTextCharFormat()
        form.setBackground(color)
        made.cursor, made.format = cursor, form
        return made

    # --- find
    def find_all(self, words: str) -> int:
        """Mark every place of some words; returns how many there are, with those in embedded parts."""
        count = self.finding.find(words)
        self._show_marks()
        return count

    def go_to_found(self, step: int) -> int:
        """Go to the next place that was found (1), the one before (-1) or the present one (0); returns its number."""
        return self.finding.go(step)

    def bring(self, rect: QRect) -> None:
        """Bring a part of the view into it, if it is not there."""
        if not self.viewport().rect().contains(rect.topLeft()) or rect.bottom() > self.viewport().height():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + rect.top() - self.viewport().height() // 3)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        form = self.cursorForPosition(event.position().toPoint()).charFormat()
        if form.isImageFormat() and not self.textCursor().hasSelection() and not form.isAnchor():
            name = form.toImageFormat().name()
            if name.startswith("media:"):
                self.picture_clicked.emit(name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.stops.leave()
        self.finding.leave()
        super().mousePressEvent(event)

    def focusNextPrevChild(self, ahead: bool) -> bool:
        return self.stops.step(ahead=ahead) or QWidget.focusNextPrevChild(self, ahead)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() is Qt.FocusReason.BacktabFocusReason:
            self.stops.go_to_last()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.stops.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (stop := self.stops.now) is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self.picture_clicked if stop.target.startswith("media:") else self.link_clicked).emit(stop.target)
        elif event.key() == Qt.Key.Key_Escape and self.textCursor().hasSelection():
            unselect(self)
        elif not choose_more(self, event, self.place):
            super().keyPressEvent(event)

    # --- what QTextDocument cannot draw
    def paintEvent(self, event: QPaintEvent) -> None:
        self._paint(self._paint_below)
        super().paintEvent(event)
        self._paint(self.stops.paint)

    def _paint(self, paint: Callable[[QPainter], None]) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-self.offset)
        paint(painter)
        painter.end()

    @property
    def offset(self) -> QPoint:
        """Where the view stands in the document."""
        across = self.horizontalScrollBar()
        left = across.maximum() - across.value() if self.isRightToLeft() else across.value()
        return QPoint(left, self.verticalScrollBar().value())

    def _paint_below(self, painter: QPainter) -> None:
        paint_below(painter, self, self._boxes)
