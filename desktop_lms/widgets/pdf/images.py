"""Pictures as pages of a document: one to look at closely, or several as slides."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter

from desktop_lms.widgets.drawing import is_drawing, own_letters
from desktop_lms.widgets.pdf.engine import MOST_PIXELS, Entry, Stretch, Unreadable

POINT = 72 / 96
"""Points of a pixel: at 100 % a picture has its own size."""
PLAIN = QSize(640, 480)


class ImagesEngine:
    """Pictures one after the other; those that cannot be read are white.

    Raises:
        Unreadable: `empty` without pictures, `damaged` when none of them can be read.
    """

    def __init__(self, images: Sequence[bytes]) -> None:
        self._images = [own_letters(data) if is_drawing(data) else data for data in images]
        self.count = len(self._images)
        if not self.count:
            raise Unreadable("empty")
        self._sizes = [self._size(data) for data in self._images]
        if all(size is None for size in self._sizes):
            raise Unreadable("damaged")

    def _reader(self, data: bytes) -> tuple[QImageReader, QBuffer]:
        buffer = QBuffer()
        buffer.setData(QByteArray(data))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader(buffer)
        reader.setAutoTransform(True)
        return reader, buffer

    def _size(self, data: bytes) -> QSize | None:
        reader, buffer = self._reader(data)
        size = reader.size() if reader.canRead() else QSize()
        turned = reader.transformation().value & 4  # by a quarter
        buffer.close()
        if size.isEmpty():
            return None
        return size.transposed() if turned else size

    def sizes(self) -> list[QSizeF]:
        """The size of each in points."""
        return [QSizeF(size or PLAIN) * POINT for size in self._sizes]

    def draw(self, page: int, size: QSize) -> QImage:
        """A picture on white, in a size of pixels; never larger than MOST_PIXELS."""
        pixels = size.width() * size.height()
        if pixels > MOST_PIXELS:
            size = size * (MOST_PIXELS / pixels) ** 0.5
        paper = QImage(size.expandedTo(QSize(1, 1)), QImage.Format.Format_RGB32)
        paper.fill(Qt.GlobalColor.white)
        reader, buffer = self._reader(self._images[page])
        if is_drawing(self._images[page]):
            reader.setScaledSize(paper.size())  # drawn anew in each size, so that it stays sharp
        image = reader.read() if self._sizes[page] is not None else QImage()
        buffer.close()
        if not image.isNull():
            painter = QPainter(paper)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            smooth = Qt.TransformationMode.SmoothTransformation
            fitted = image.scaled(paper.size(), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            painter.drawImage(0, 0, fitted)
            painter.end()
        return paper

    # --- pictures have no words
    def text(self, page: int) -> str:
        """No words."""
        return ""

    def between(self, page: int, start: QPointF, end: QPointF) -> Stretch:
        """No words."""
        return Stretch(page, "", ())

    def letter(self, page: int, at: QPointF) -> int:
        """No words."""
        return 0

    def at(self, page: int, start: int, length: int) -> Stretch:
        """No words."""
        return Stretch(page, "", ())

    def word(self, page: int, at: QPointF) -> Stretch:
        """No words."""
        return Stretch(page, "", ())

    def find(self, page: int, words: str) -> list[Stretch]:
        """Nothing."""
        return []

    def outline(self) -> list[Entry]:
        """None."""
        return []

    def close(self) -> None:
        """Let the pictures go."""
        self._images.clear()
