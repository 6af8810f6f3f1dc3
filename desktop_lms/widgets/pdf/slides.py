"""Slides: one page at a time as large as there is room, arrows to go on, an overview, the whole window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import empty_state
from desktop_lms.widgets.keys import shortcut
from desktop_lms.widgets.layout import boxed, column, row
from desktop_lms.widgets.lifted import Lifted
from desktop_lms.widgets.pdf.document import Later, Load, Make, PdfDocument
from desktop_lms.widgets.pdf.engine import Engine
from desktop_lms.widgets.pdf.side import Thumbs
from desktop_lms.widgets.surfaces import Bar, Line, Panel
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import tr

OVERVIEW = 148


class _Slide(QWidget):
    """The slide that one is at."""

    turned = Signal(int)

    def __init__(self, document: PdfDocument, name: str) -> None:
        super().__init__()
        self._document, self.page = document, 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        document.drawn.connect(self._on_drawn)
        look().changed.connect(self.update)

    def show_page(self, page: int) -> None:
        """Show a slide and have the next one drawn."""
        self.page = page
        ratio, count = self.devicePixelRatioF(), len(self._document.sizes)
        wanted = [n for n in (page, page + 1, page - 1) if 0 <= n < count]
        self._document.want([(n, (self._area(n).size() * ratio).toSize()) for n in wanted])
        self.update()

    def _area(self, page: int) -> QRectF:
        room = QRectF(self.rect()).adjusted(16, 16, -16, -16)
        size = self._document.sizes[page].scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = room.center().x() - size.width() / 2, room.center().y() - size.height() / 2
        return QRectF(left, top, max(1.0, size.width()), max(1.0, size.height()))

    def _on_drawn(self, page: int) -> None:
        if page == self.page:
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        onward = -1 if current().rtl else 1
        steps = {
            Qt.Key.Key_Right: onward, Qt.Key.Key_Left: -onward, Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1, Qt.Key.Key_Space: 1, Qt.Key.Key_Backspace: -1,
            Qt.Key.Key_Home: -1_000_000, Qt.Key.Key_End: 1_000_000,
        }  # fmt: skip
        if (step := steps.get(Qt.Key(event.key()))) is None:
            super().keyPressEvent(event)
        else:
            self.turned.emit(step)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._document.sizes:
            self.show_page(self.page)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current()
        painter.fillRect(self.rect(), theme.color("sunken"))
        if not self._document.sizes:
            return
        area = self._area(self.page)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(area, Qt.GlobalColor.white)
        if (picture := self._document.picture(self.page)) is not None:
            painter.drawImage(area, picture)
        painter.setPen(theme.color("hairlineStrong"))
        painter.drawRect(area.adjusted(-0.5, -0.5, 0, 0))

    def sizeHint(self) -> QSize:
        return QSize(640, 400)


class SlidesView(QWidget):
    """A deck, opened when `open` is called; `stop` lets it go."""

    place_changed = Signal(dict)
    """Which slide one is at: page (from 0) and seen, how many were seen at most."""
    worked = Signal()
    ended = Signal()
    """The last slide is in view."""

    def __init__(self, later: Later, load: Load, make: Make = Engine, *, name: str = "") -> None:
        super().__init__()
        self._kept: Mapping[str, Any] = {}
        self._lifted: Lifted | None = None
        self.setAccessibleName(name or tr("Slides"))
        self.document = PdfDocument(later, load, make, self)
        self.slide = _Slide(self.document, name or tr("Slides"))
        self.overview = Thumbs(self.document)
        self._side = Panel(column((self.overview, 1), gap=0), edge="end")
        self._side.hide()
        self._stack = QStackedWidget()
        shown = row(self._side, (self.slide, 1), gap=0)
        self._deck = boxed(column((shown, 1), Line(), self._build_foot(), gap=0))
        self._stack.addWidget(self._deck)
        self._message = empty_state("presentation", tr("Opening…"), "")
        self._stack.addWidget(self._message)
        self._stack.setCurrentWidget(self._message)
        self.setLayout(column((self._stack, 1), gap=0))
        self.document.opened.connect(self._on_opened)
        self.document.refused.connect(self._on_refused)
        self.slide.turned.connect(self.turn)
        self.overview.chosen.connect(self.go_to)
        shortcut(self, "F11", self.toggle_whole, within=True)

    def _build_foot(self) -> QWidget:
        fold = Button("", "ghost", "layers", name=tr("Overview"))
        whole = Button("", "ghost", "maximize", name=tr("Whole window"))
        self._before = Button("", "ghost", "arrow-left", name=tr("Previous slide"))
        self._after = Button("", "ghost", "arrow-right", name=tr("Next slide"))
        self._count, self._bar = Label("", "small", "text2"), Bar()
        fold.clicked.connect(self._on_fold)
        whole.clicked.connect(self.toggle_whole)
        self._before.clicked.connect(lambda: self.turn(-1))
        self._after.clicked.connect(lambda: self.turn(1))
        self._bar.setMaximumWidth(160)
        foot = row(fold, "~", self._before, self._count, self._after, "~", (self._bar, 1), 8, whole, gap=8,
                   margin=(8, 6, 8, 6))  # fmt: skip
        return boxed(foot)

    def open(self, kept: Mapping[str, Any] | None = None) -> None:
        """Open the deck at the slide where one was."""
        self._kept = kept or {}
        self.document.open()

    def stop(self) -> None:
        """Let the deck go."""
        self.document.close()

    def _on_opened(self) -> None:
        self._stack.setCurrentWidget(self._deck)
        self.overview.row_height = current().px(104)
        self.overview.show_pages()
        page = self._kept.get("page")
        self.go_to(page if isinstance(page, int) else 0)

    def _on_refused(self, why: str) -> None:
        titles = {"locked": tr("These slides are locked"), "empty": tr("There are no slides in this file")}
        title = titles.get(why, tr("These slides cannot be shown"))
        self._message = empty_state("triangle-alert", title, tr("The file is damaged, locked, or not here."))
        self._stack.addWidget(self._message)
        self._stack.setCurrentWidget(self._message)

    @property
    def page(self) -> int:
        """The slide that one is at, from 0."""
        return self.slide.page

    def turn(self, by: int) -> None:
        """Go on by some slides, or back."""
        self.go_to(self.page + by)

    def go_to(self, page: int) -> None:
        """Show a slide, from 0."""
        count = len(self.document.sizes)
        if not count:
            return
        page = min(max(0, page), count - 1)
        self.slide.show_page(page)
        self.overview.show_page(page)
        self._before.setEnabled(page > 0)
        self._after.setEnabled(page + 1 < count)
        self._count.say(tr("{at} of {count}", at=page + 1, count=count))
        self._bar.show_value((page + 1) / count)
        self.slide.setAccessibleDescription(self._count.words)
        self.place_changed.emit({"page": page})
        self.worked.emit()
        if page == count - 1:
            self.ended.emit()

    def _on_fold(self) -> None:
        self._side.setVisible(self._side.isHidden())
        self._side.setFixedWidth(current().px(OVERVIEW))
        self.overview.show_page(self.page)

    def toggle_whole(self) -> None:
        """Show it over the whole window, or put it back."""
        if self._lifted is not None:
            self._lifted.put_back()
            return
        parent = self.parentWidget()
        home = parent.layout() if parent is not None else None
        if home is not None and home.indexOf(self) >= 0:
            self._lifted = Lifted(self, home)
            self._lifted.ended.connect(self._on_put_back)
            self.slide.setFocus()

    def _on_put_back(self) -> None:
        self._lifted = None
