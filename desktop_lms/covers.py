"""Pictures of courses, read and made small beside the window's thread; the last ones stay at hand (RES-06, PRF-11)."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QImage
from shiboken6 import isValid

from desktop_lms.store import Store
from lms_core.errors import LmsError

KEPT, WIDE = 200, 640
"""How many stay at hand, and how wide they are, in px."""


class Cover(Protocol):
    """A widget that shows a drawing until it is given a picture."""

    def show_key(self, key: str, picture: str = "") -> None:
        """Be the cover of another course."""

    def show_picture(self, picture: str, image: QImage) -> None:
        """Show the picture that was asked for."""


class Covers(QObject):
    """Shows the picture of a course on its cover, once it was read; a course without one keeps its drawn cover."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._kept: OrderedDict[str, QImage] = OrderedDict()

    def show(self, cover: Cover, course: str, sha256: str) -> None:
        """Let a cover be that of a course; `sha256` names its picture, which may not be on this machine."""
        cover.show_key(course, sha256)
        if sha256 in self._kept:
            self._kept.move_to_end(sha256)
            cover.show_picture(sha256, self._kept[sha256])
        elif sha256:
            media = self._store.workspace.media

            def read() -> QImage | None:
                return small(media.read(sha256)) if media.has(sha256) else None

            self._store.pool(self, read, lambda image: self._on_read(cover, sha256, image), _leave)

    def _on_read(self, cover: Cover, sha256: str, image: QImage | None) -> None:
        if image is None or image.isNull():
            return
        self._kept[sha256] = image
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        if isValid(cover):
            cover.show_picture(sha256, image)


def small(data: bytes) -> QImage:
    """A picture, at most WIDE px wide; a null one for what cannot be read."""
    image = QImage.fromData(data)
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.scaledToWidth(WIDE, smooth) if image.width() > WIDE else image


def _leave(error: LmsError) -> None:
    """A damaged file leaves the drawn cover."""
