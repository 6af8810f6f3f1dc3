"""Tables and code that are too large for the text: in a window of their own height, laid out piece by piece."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextTable,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktop_lms.features.lesson.folded.view import PartText
from desktop_lms.features.lesson.room import Room
from desktop_lms.features.lesson.text import Body, Dress
from desktop_lms.timers import once
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.embedding import pictures
from desktop_lms.widgets.folding import is_folded
from desktop_lms.widgets.layout import column, row
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.ruling import area, rule
from desktop_lms.widgets.surfaces import Card
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.widgets.typesetting import set_edges, set_paragraphs
from desktop_lms.words import tr
from lms_core.content.dress import Formula
from lms_core.content.embeds import Embed
from lms_core.content.large import Grid, code_of, code_pieces, read_grid, table_pieces

TALL, TOLD_MS = 420, 1600
"""Height in px of what was not opened in full."""
WIDEST, NARROW, PAD = 280, 136, 8
"""A column is as wide at most, as long as it can be, and where it has to give way; and the room at its sides."""
_FORMULA = re.compile(r'<img src="math:([0-9a-f]+)" alt="([^"]*)"')
_PLAIN = re.compile(r"<[^>]*>")


class LargeText(PartText):
    """Scrolls by itself where it has the keyboard; else the lesson scrolls."""

    grown = Signal()

    def __init__(self, source: str, room: Room, *, name: str) -> None:
        self.whole = False
        """Whether all of it is shown, at its full height."""
        super().__init__(source, room, name=name)
        self.mark_for(room)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as columns and code run

    def _made(self, source: str, dress: Dress, files: Mapping[str, str]) -> Body:
        formulas = tuple(Formula(key, unescape(tex), display=False) for key, tex in _FORMULA.findall(source))
        return Body(source, formulas, (), (), self._pieces(source))

    def _pieces(self, source: str) -> tuple[str, ...]:
        """The text in pieces; beside the window."""
        raise NotImplementedError

    def _page(self, text: str) -> str:
        return f'<body dir="ltr">{text}</body>'

    @property
    def measure(self) -> float:
        return max(200, self.width() - self.verticalScrollBar().sizeHint().width() - 2)

    @property
    def _bar(self) -> int:
        bar = self.horizontalScrollBar()
        return bar.sizeHint().height() if bar.maximum() else 0

    @property
    def is_taller(self) -> bool:
        """Whether there is more than fits."""
        return self._high + self._bar > current().px(TALL)

    def sizeHint(self) -> QSize:
        high = self._high + self._bar
        return QSize(300, high if self.whole else min(high, current().px(TALL)))

    def _measure_height(self) -> None:
        super()._measure_height()
        self.grown.emit()

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned, bar = event.angleDelta(), self.horizontalScrollBar()
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if bar.maximum() and (turned.x() or shift):
            bar.setValue(bar.value() - (turned.x() or turned.y()) // 2)
        elif self.hasFocus():
            LessonText.wheelEvent(self, event)
        else:
            event.ignore()


class CodeText(LargeText):
    """Code, in lines that wrap."""

    def _pieces(self, source: str) -> tuple[str, ...]:
        return code_pieces(source)

    def _set_from(self, position: int) -> None:
        """Leave code as it is."""


class TableText(LargeText):
    """A table; one that is wider than its room scrolls sideways."""

    def __init__(self, source: str, room: Room, *, name: str) -> None:
        self._wide = self._needed = 0.0
        self._sideways = False
        super().__init__(source, room, name=name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)  # the head stays where it is

    def _pieces(self, source: str) -> tuple[str, ...]:
        grid, room = read_grid(source), super().measure
        likes, needs = column_widths(grid, WIDEST), column_widths(grid, NARROW)
        self._wide, self._needed = sum(likes), sum(needs)
        self._sideways = self._needed > room
        if self._sideways:
            return table_pieces(grid, [f"{round(width)}" for width in likes], f"{round(self._wide)}")
        give = 0.0 if self._wide <= room else (self._wide - room) / (self._wide - self._needed)
        widths = [like - give * (like - need) for like, need in zip(likes, needs, strict=True)]
        return table_pieces(grid, [f"{100 * width / sum(widths):.2f}%" for width in widths], "100%")

    @property
    def measure(self) -> float:
        room = super().measure
        return max(room, self._wide) if self._sideways else room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._wide and self._sideways != (self._needed > super().measure):
            self._render()

    def _set_from(self, position: int) -> None:
        document = self.document()
        set_paragraphs(document, position)
        if position == 0:
            _flatten(document.begin())
        for frame in self._tables():
            if frame.firstPosition() >= position:
                set_edges(frame)
        found = pictures(document, position)
        self._images += found

    def _tables(self) -> list[QTextTable]:
        return [frame for frame in self.document().rootFrame().childFrames() if isinstance(frame, QTextTable)]

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if (tables := self._tables()) and self.offset.y() > 0:
            self._paint_head(tables[0])

    def _paint_head(self, table: QTextTable) -> None:
        """Keep the first row in view above the rows that are scrolled."""
        layout, theme, pad = self.document().documentLayout(), current(), table.format().cellPadding()
        blocks = (table.cellAt(0, n).lastCursorPosition().block() for n in range(table.columns()))
        high = round(max(layout.blockBoundingRect(block).bottom() for block in blocks) + pad)
        painter, left = QPainter(self.viewport()), self.offset.x()
        painter.translate(-left, 0)
        room = QRectF(left, 0, self.viewport().width(), high)
        painter.fillRect(room, theme.color("surface" if is_folded(self) else "page"))
        self.document().drawContents(painter, room)
        painter.fillRect(QRectF(0, high, self._edge(table), 1), theme.color("hairlineStrong"))
        painter.end()

    def _edge(self, table: QTextTable) -> float:
        """Where the rows end, in px."""
        last = table.cellAt(0, table.columns() - 1).firstCursorPosition().block()
        return self.document().documentLayout().blockBoundingRect(last).right()

    def _paint_below(self, painter: QPainter) -> None:
        """Hairlines below the rows in view, as if all were of one table."""
        document, tables, top = self.document(), self._tables(), self.verticalScrollBar().value()
        for n, table in enumerate(tables):
            place = area(document, table)
            if place.top() > top + self.viewport().height():
                break
            if place.bottom() >= top - PAD:
                rule(painter, document, table, begins=n == 0, ends=table is tables[-1])


def _flatten(block: QTextBlock) -> None:
    """Take the height from the empty paragraph that stands above a table."""
    form = QTextBlockFormat()
    form.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    QTextCursor(block).mergeBlockFormat(form)


def column_widths(grid: Grid, most: int) -> list[float]:
    """How wide columns are, in px: as their longest cell, but not wider than `most` unless a word is."""
    theme = current()
    roles = theme.font("caption"), theme.font("small", size=14), theme.font("mono")
    head, cell, code = map(QFontMetricsF, roles)
    widths: list[float] = []
    for row_ in grid:
        widths += [0.0] * (len(row_) - len(widths))
        for n, each in enumerate(row_):
            words = each.words
            metrics = head if each.tag == "th" else code if "<code" in each.html else cell
            wide = metrics.horizontalAdvance(words)
            if wide > theme.px(most):
                longest = max(words.split(), key=len)
                wide = max(float(theme.px(most)), metrics.horizontalAdvance(longest))
            widths[n] = max(widths[n], wide)
    return [1.08 * width + 2 * PAD + 2 for width in widths]


class Large(QWidget):
    """A large table or code, and below it how long it is, to copy it, and to see all of it at once."""

    def __init__(self, text: LargeText, said: str, copied: Callable[[], str]) -> None:
        super().__init__()
        self.text, self._copied = text, copied
        text.setAccessibleName(f"{text.accessibleName()}, {said}")
        self.copy = Button(tr("Copy"), "ghost", "copy", small=True)
        self.all = Button(tr("Show all"), "ghost", "chevron-down", small=True)
        self.copy.clicked.connect(self._on_copy)
        self.all.clicked.connect(self._on_all)
        self._told = once(self, TOLD_MS, lambda: self.copy.say(tr("Copy")))
        text.grown.connect(self._tell)
        self.show_quotes, self.show_quote = text.show_quotes, text.show_quote
        shown = Card(column(text, margin=12), fill="sunken") if isinstance(text, CodeText) else text
        self.setLayout(column(shown, row(Label(said, "caption", "text2"), "~", self.copy, self.all, gap=8), gap=4))
        self._tell()

    def words_within(self) -> None:
        """All of it is there."""

    def mark_within(self, words: str) -> None:
        """Mark words, once all of it is laid out."""
        if self.text.is_whole:
            self.text.find_all(words)

    def show_within(self, words: str, nth: int) -> None:
        """Go to words."""
        self.text.seek(words, nth)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._copied())
        self.copy.say(tr("Copied"))
        self._told.start()

    def _on_all(self) -> None:
        self.text.whole = not self.text.whole
        self.all.say(tr("Show less") if self.text.whole else tr("Show all"))
        self.all.show_icon("chevron-up" if self.text.whole else "chevron-down")
        self.text.updateGeometry()

    def _tell(self) -> None:
        self.all.setVisible(self.text.is_taller)


def make_table(embed: Embed, room: Room) -> QWidget:
    """A table in its own window; a spreadsheet takes what is copied."""
    grid = read_grid(embed.source)
    rows, columns = sum(each[0].tag == "td" for each in grid), max(map(len, grid))
    said = tr("{rows} rows, {columns} columns", rows=rows, columns=columns)
    text = TableText(embed.source, room, name=tr("Table"))
    return Large(text, said, lambda: "\n".join("\t".join(each.words for each in cells) for cells in grid))


def make_code(embed: Embed, room: Room) -> QWidget:
    """Code in its own window."""
    code = code_of(embed.source)
    text = CodeText(embed.source, room, name=tr("Code"))
    return Large(text, tr("{count} lines", count=code.count("\n") + 1), lambda: code)
