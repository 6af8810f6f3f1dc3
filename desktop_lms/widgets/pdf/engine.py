"""QtPdf behind plain calls: a document from bytes, its pages as pictures, and where words stand.

QtPdf is imported when somebody opens a document. Used by one thread at a time, never by the window's: pages of real
documents take up to a second to draw. Lengths are in points from the upper left corner.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QLoggingCategory, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter

if TYPE_CHECKING:
    from PySide6.QtPdf import QPdfSelection

MOST_PIXELS = 14_000_000
MOST_ENTRIES = 2_000
LETTER = 3
REACH = 480
"""How far beside words, in points, one may begin or end to select them."""


class Stretch(NamedTuple):
    """Words of one page, where they stand, and from which letter of it to which."""

    page: int
    text: str
    areas: tuple[QRectF, ...]
    start: int = 0
    end: int = 0


class Entry(NamedTuple):
    """A line of the outline; `page` from 0."""

    level: int
    title: str
    page: int


class Unreadable(Exception):
    """The document cannot be shown: `locked`, `damaged` or `empty`."""


class Engine:
    """One document.

    Raises:
        Unreadable: why it cannot be shown.
    """

    def __init__(self, data: bytes, password: str = "") -> None:
        from PySide6.QtPdf import QPdfDocument

        self._buffer = QBuffer()
        self._buffer.setData(QByteArray(data))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document = QPdfDocument()
        if password:
            self._document.setPassword(password)
        self._document.load(self._buffer)
        if self._document.error() is QPdfDocument.Error.IncorrectPassword:
            raise Unreadable("locked")
        if self._document.status() is not QPdfDocument.Status.Ready:
            bad = self._document.error() is not QPdfDocument.Error.None_
            raise Unreadable("damaged" if bad else "empty")
        self.count = self._document.pageCount()
        if not self.count:
            raise Unreadable("empty")

    def sizes(self) -> list[QSizeF]:
        """The size of each page; one that cannot be read is as large as A4."""
        found = [self._document.pagePointSize(n) for n in range(self.count)]
        return [size if size.width() > 1 and size.height() > 1 else QSizeF(595, 842) for size in found]

    def draw(self, page: int, size: QSize) -> QImage:
        """A page on white paper; of sizes beyond MOST_PIXELS a smaller picture."""
        pixels = size.width() * size.height()
        if pixels > MOST_PIXELS:
            size = size * (MOST_PIXELS / pixels) ** 0.5
        size = size.expandedTo(QSize(1, 1))
        paper = QImage(size, QImage.Format.Format_RGB32)
        paper.fill(Qt.GlobalColor.white)
        drawn = self._document.render(page, size)
        if not drawn.isNull():
            painter = QPainter(paper)
            painter.drawImage(0, 0, drawn)
            painter.end()
        return paper

    def text(self, page: int) -> str:
        """All words of a page."""
        return self._document.getAllText(page).text()

    def between(self, page: int, start: QPointF, end: QPointF) -> Stretch:
        """The words from one point of a page to another, whichever comes first."""
        if (start.y(), start.x()) > (end.y(), end.x()) and abs(start.y() - end.y()) > 4:
            start, end = end, start
        found = self._document.getSelection(page, start, end)
        if not found.isValid():
            end = self._near_words(page, end)
            found = self._document.getSelection(page, start, end)
        if not found.isValid():
            found = self._document.getSelection(page, self._near_words(page, start), end)
        return _stretch(page, found)

    def _near_words(self, page: int, at: QPointF) -> QPointF:
        """The nearest point of the line that has words: people begin and end beside them."""
        ends = QPointF(5, 0)
        for step in range(0, REACH, 8):
            for near in (at - QPointF(step, 0), at + QPointF(step, 0)):
                if self._document.getSelection(page, near - ends, near + ends).isValid():
                    return near
        return at

    def letter(self, page: int, at: QPointF) -> int:
        """Before which letter of a page a point stands, that of the nearest line where there are no words."""
        lines = [QRectF(shape.boundingRect()) for shape in self._document.getAllText(page).bounds()]
        if not lines:
            return 0
        line = min(lines, key=lambda r: (max(r.top() - at.y(), at.y() - r.bottom(), 0), _beside(r, at)))
        middle, right = line.center().y(), min(at.x(), line.right())
        begin = QPointF(line.left(), middle)
        if right - line.left() > LETTER:
            found = self._document.getSelection(page, begin, QPointF(right, middle))
            if found.isValid():
                return found.endIndex()
        return self._document.getSelection(page, begin, QPointF(line.right(), middle)).startIndex()

    def word(self, page: int, at: QPointF) -> Stretch:
        """The word at a point."""
        near = self._document.getSelection(page, at - QPointF(3, 0), at + QPointF(3, 0))
        text = self.text(page)
        found = next((w for w in re.finditer(r"\w+", text) if w.start() <= near.startIndex() < w.end()), None)
        if not near.isValid() or found is None:
            return Stretch(page, "", ())
        return self.at(page, found.start(), len(found[0]))

    def at(self, page: int, start: int, length: int) -> Stretch:
        """The words of a page from a letter on."""
        return _stretch(page, self._document.getSelectionAtIndex(page, start, length))

    def find(self, page: int, words: str) -> list[Stretch]:
        """Every place of some words on a page, small letters or capitals, over ends of lines."""
        spaced = r"\s+".join(map(re.escape, words.split()))
        hits = re.finditer(spaced, self.text(page), re.IGNORECASE) if spaced else ()
        return [self.at(page, hit.start(), len(hit[0])) for hit in hits]

    def outline(self) -> list[Entry]:
        """The outline, opened to two levels; of a longer one the first MOST_ENTRIES."""
        from PySide6.QtPdf import QPdfBookmarkModel

        QLoggingCategory.setFilterRules("qt.pdf.bookmarks=false")  # it warns of entries that name a page and no place
        model = QPdfBookmarkModel()
        model.setDocument(self._document)
        role = QPdfBookmarkModel.Role
        found: list[Entry] = []
        rows = [(model.index(n, 0), 0) for n in range(model.rowCount())]
        while rows and len(found) < MOST_ENTRIES:
            index, level = rows.pop(0)
            title = " ".join(str(model.data(index, int(role.Title)) or "").split())
            page = int(model.data(index, int(role.Page)) or 0)
            found.append(Entry(level, title[:200], min(max(0, page), self.count - 1)))
            if level < 2:
                rows[:0] = [(model.index(n, 0, index), level + 1) for n in range(model.rowCount(index))]
        return [entry for entry in found if entry.title]

    def close(self) -> None:
        """Let the document go."""
        self._document.close()
        self._buffer.close()


def _beside(area: QRectF, at: QPointF) -> float:
    return max(area.left() - at.x(), at.x() - area.right(), 0)


def _stretch(page: int, found: QPdfSelection) -> Stretch:
    if not found.isValid():
        return Stretch(page, "", ())
    areas = tuple(QRectF(shape.boundingRect()) for shape in found.bounds())
    return Stretch(page, found.text().replace("\r\n", "\n").strip("\x00"), areas, found.startIndex(), found.endIndex())
