"""The pages of a document below each other: zoom, place, selection, found words and highlights over the paper."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea

from desktop_lms.timers import once
from desktop_lms.widgets.pdf.document import PdfDocument
from desktop_lms.widgets.pdf.engine import Stretch
from desktop_lms.widgets.pdf.marks import Marks
from desktop_lms.widgets.pdf.selection import Selection
from desktop_lms.widgets.theme import current, look

GAP, MARGIN = 12, 16
POINT = 96 / 72
"""Pixels of a point at 100 %."""
LEAST_ZOOM, MOST_ZOOM = 0.5, 4.0
STEPS = (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
AHEAD = 1
"""Pages above and below that are drawn before one gets there."""


class PagesView(QAbstractScrollArea):
    """Shows an open document; pages come as they are drawn."""

    moved = Signal()
    """Another page or another place of it is in view."""
    zoomed = Signal()
    selected = Signal(int, str)
    """The first page of the words from 0, and they; empty when nothing is selected any more."""

    def __init__(self, document: PdfDocument, *, name: str = "") -> None:
        super().__init__()
        self._document = document
        self._tops: list[float] = []
        self._width = 0.0
        self._zoom: float | str = "width"
        self.selection = Selection(document, self)
        self._hit: Stretch | None = None
        self.marks = Marks(document, self)
        self._rest = once(self, 40, self._want)
        self.setAccessibleName(name)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.selection.changed.connect(self._on_selected)
        self.marks.changed.connect(self.viewport().update)
        document.drawn.connect(self._on_drawn)
        document.found.connect(self.viewport().update)
        look().changed.connect(self._restyle)

    # --- layout
    @property
    def scale(self) -> float:
        """Pixels of a point."""
        sizes, room = self._document.sizes, self.viewport().size()
        if not isinstance(self._zoom, str) or not sizes:
            return POINT * (1.0 if isinstance(self._zoom, str) else self._zoom)
        shown = sizes[min(self.page, len(sizes) - 1)]
        wide = (room.width() - 2 * MARGIN) / self._document.widest
        whole = min(wide, (room.height() - 2 * MARGIN) / shown.height())
        return max(0.05, whole if self._zoom == "page" else wide)

    @property
    def zoom(self) -> float | str:
        """`width`, `page`, or how large, 1 for the size on paper."""
        return self._zoom

    @property
    def percent(self) -> int:
        """How large pages are shown, in percent of the size on paper."""
        return round(100 * self.scale / POINT)

    def set_zoom(self, zoom: float | str) -> None:
        """Show pages in another size; what is in view stays."""
        place = self.place
        self._zoom = zoom if isinstance(zoom, str) else min(MOST_ZOOM, max(LEAST_ZOOM, zoom))
        self.lay_out(place)
        self.zoomed.emit()

    def zoom_by(self, step: int) -> None:
        """A step larger (1) or smaller (-1)."""
        now = self.percent / 100
        larger = [s for s in STEPS if s > now + 0.01]
        smaller = [s for s in STEPS if s < now - 0.01]
        self.set_zoom((larger or [MOST_ZOOM])[0] if step > 0 else (smaller or [LEAST_ZOOM])[-1])

    def lay_out(self, place: tuple[int, float] | None = None) -> None:
        """Find where each page stands, and go to a place: a page from 0 and which part of it is at the top."""
        page, part = place if place is not None else self.place
        scale, top, tops = self.scale, float(MARGIN), []
        for size in self._document.sizes:
            tops.append(top)
            top += size.height() * scale + GAP
        self._tops = tops
        self._width = self._document.widest * scale
        room, tall = self.viewport().size(), top - GAP + MARGIN
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        down.setPageStep(room.height())
        down.setSingleStep(48)
        down.setRange(0, max(0, round(tall - room.height())))
        across.setPageStep(room.width())
        across.setRange(0, max(0, round(self._width + 2 * MARGIN - room.width())))
        across.setValue(across.maximum() // 2)
        self.go_to(page, part)
        self._later_want()

    def _area(self, page: int) -> QRectF:
        """Where a page stands in the viewport."""
        size, scale = self._document.sizes[page], self.scale
        width = size.width() * scale
        room = max(self.viewport().width(), self._width + 2 * MARGIN)
        left = (room - width) / 2 - self.horizontalScrollBar().value()
        return QRectF(left, self._tops[page] - self.verticalScrollBar().value(), width, size.height() * scale)

    def _pages_in(self, top: float, bottom: float) -> range:
        """Pages between two heights of the whole."""
        if not self._tops:
            return range(0)
        return range(max(0, bisect_right(self._tops, top) - 1), bisect_right(self._tops, bottom))

    # --- place
    @property
    def page(self) -> int:
        """The page, from 0, that the upper third of the view is on."""
        if not self._tops:
            return 0
        at = self.verticalScrollBar().value() + self.viewport().height() / 3
        return max(0, bisect_right(self._tops, at) - 1)

    @property
    def place(self) -> tuple[int, float]:
        """The page at the top of the view, from 0, and which part of it stands there."""
        if not self._tops:
            return 0, 0.0
        at = self.verticalScrollBar().value() + MARGIN
        page = max(0, bisect_right(self._tops, at + 1) - 1)  # scroll bars know whole pixels only
        tall = self._document.sizes[page].height() * self.scale
        return page, min(1.0, max(0.0, (at - self._tops[page]) / tall))

    def go_to(self, page: int, part: float = 0.0) -> None:
        """Bring a page to the top, or a part of it from 0 to 1."""
        if self._tops:
            page = min(max(0, page), len(self._tops) - 1)
            tall = self._document.sizes[page].height() * self.scale
            self.verticalScrollBar().setValue(round(self._tops[page] - MARGIN + part * tall))

    def show_hit(self, hit: Stretch) -> None:
        """Bring a found place into view and mark it as the one that one is at."""
        self._hit = hit
        self.bring(hit)

    def bring(self, words: Stretch) -> None:
        """Bring words into view."""
        area, scale = (words.areas or (QRectF(),))[0], self.scale
        middle = self._tops[words.page] + area.center().y() * scale - self.viewport().height() / 3
        self.verticalScrollBar().setValue(round(middle))
        if self.horizontalScrollBar().maximum():
            self.horizontalScrollBar().setValue(round(area.center().x() * scale - self.viewport().width() / 2))
        self.viewport().update()

    # --- pictures
    def _later_want(self) -> None:
        self._rest.start()
        self.viewport().update()

    def _want(self) -> None:
        """Ask for the pages in view, then for those around."""
        top = self.verticalScrollBar().value()
        seen = self._pages_in(top, top + self.viewport().height())
        ahead = [n for n in range(seen.start - AHEAD, seen.stop + AHEAD) if n not in seen]
        ratio, count = self.devicePixelRatioF(), len(self._tops)
        wanted = [n for n in (*seen, *ahead) if 0 <= n < count]
        self._document.want([(n, self._pixels(n, ratio)) for n in wanted])

    def _pixels(self, page: int, ratio: float) -> QSize:
        return (self._document.sizes[page] * (self.scale * ratio)).toSize().expandedTo(QSize(1, 1))

    def _on_drawn(self, page: int) -> None:
        self.viewport().update()

    def _restyle(self) -> None:
        self.viewport().update()

    def _on_scrolled(self) -> None:
        self._rest.start()
        self.moved.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lay_out()
        self.zoomed.emit()

    def stop(self) -> None:
        """Want nothing any more."""
        self._rest.stop()

    # --- selecting
    def _spot(self, at: QPointF, page: int | None = None) -> tuple[int, QPointF] | None:
        """The page at a point of the view, and the point on it."""
        top = self.verticalScrollBar().value() + at.y()
        pages = self._pages_in(top, top) if page is None else range(page, page + 1)
        for n in pages:
            area = self._area(n)
            if page is not None or area.contains(at):
                return n, (at - area.topLeft()) / self.scale
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.selection.press(self._spot(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.selection.is_pressed and self._tops:
            at, down, tall = event.position(), self.verticalScrollBar(), self.viewport().height()
            down.setValue(down.value() + round(min(0, at.y()) + max(0, at.y() - tall)))
            page = min(len(self._tops) - 1, max(0, bisect_right(self._tops, down.value() + at.y()) - 1))
            self.selection.drag(self._spot(at, page) or (page, QPointF()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.selection.release()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if spot := self._spot(event.position()):
            self.selection.word(*spot)

    def _on_selected(self, by_keys: bool) -> None:
        end = self.selection.end if by_keys else None
        if end is not None and (areas := end[1].areas):
            area = areas[end[0]]
            at, tall = self.point_of(end[1].page, area.center()).y(), self.viewport().height()
            if not 0 < at < tall:
                down = self.verticalScrollBar()
                down.setValue(down.value() + at - tall // 2)
        self.viewport().update()
        found = self.selection.stretches
        words = " ".join(" ".join(each.text.split()) for each in found)
        self.selected.emit(found[0].page if found else 0, words)

    def clear_selection(self) -> None:
        """Select nothing."""
        self.selection.clear()

    def copy(self) -> None:
        """Take the selected words to the clipboard."""
        self.selection.copy()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        down, key = self.verticalScrollBar(), event.key()
        step = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_Space: 1, Qt.Key.Key_PageUp: -1}.get(Qt.Key(key))
        if self.selection.on_key(event, self.page):
            return
        if step is not None:
            down.setValue(down.value() + step * round(self.viewport().height() * 0.9))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            down.setValue(0 if key == Qt.Key.Key_Home else down.maximum())
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    # --- painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self.viewport()), current()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.viewport().rect(), theme.color("sunken"))
        top = self.verticalScrollBar().value()
        for page in self._pages_in(top, top + self.viewport().height()):
            area = self._area(page)
            painter.fillRect(area, QColor(Qt.GlobalColor.white))
            picture = self._document.picture(page)
            if picture is not None:
                painter.drawImage(area, picture)
            painter.setPen(theme.color("hairlineStrong"))
            painter.drawRect(area.adjusted(-0.5, -0.5, 0, 0))
            self._paint_over(painter, page, area.topLeft())

    def _paint_over(self, painter: QPainter, page: int, at: QPointF) -> None:
        """What lies over the paper, as ink of a marker: the words stay black."""
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        for colour, areas in self.marks.on(page):
            self._fill(painter, areas, at, f"hl{colour.capitalize()}")
        for hit in self._document.hits:
            if hit.page == page:
                self._fill(painter, hit.areas, at, "hlAmber" if hit == self._hit else "hlSky")
        for stretch in self.selection.stretches:
            if stretch.page == page:
                self._fill(painter, stretch.areas, at, "selection")
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        if self._hit is not None and self._hit.page == page and self._hit in self._document.hits:
            painter.setPen(current().color("accent"))
            for area in self._hit.areas:
                painter.drawRect(self._shown(area, at).adjusted(-2, -2, 2, 2))

    def _fill(self, painter: QPainter, areas: Iterable[QRectF], at: QPointF, name: str) -> None:
        color: Any = current().color(name)
        if color.lightness() < 150:  # the ink of a dark look would hide the words on white paper
            color = QColor.fromHsl(color.hslHue(), min(color.hslSaturation(), 160), 205)
        for area in areas:
            painter.fillRect(self._shown(area, at).adjusted(-1, -1, 1, 1), color)

    def _shown(self, area: QRectF, at: QPointF) -> QRectF:
        scale = self.scale
        return QRectF(at + area.topLeft() * scale, area.size() * scale)

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def point_of(self, page: int, point: QPointF) -> QPoint:
        """Where a point of a page, from 0, stands in the view."""
        return (self._area(page).topLeft() + point * self.scale).toPoint()
