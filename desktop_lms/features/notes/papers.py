"""Which highlights in documents have lost their place: one file after the other is read, beside lane and window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.content.files import parts_of
from lms_core.content.model import CourseDocument, LessonDoc
from lms_core.learning.anchors import Anchor, read_spot
from lms_core.learning.leafing import Passage
from lms_core.learning.model import Note

LookUp = Callable[[bytes, Sequence[Passage]], Mapping[Passage, bool]]
"""Whether passages are in a PDF; nothing is told of those of one that cannot be read."""


class Sought(NamedTuple):
    """A highlight, and the files in which its words may be, by SHA-256."""

    passage: Passage
    files: tuple[str, ...]


def sought_in(
    document: CourseDocument, lesson: LessonDoc, notes: Sequence[Note], has: Callable[[str], bool]
) -> Iterator[tuple[str, Sought]]:
    """Highlights of documents of a lesson that may have lost their place, by note.

    Words are looked for in the file that their part shows now, those of a part that went in all PDFs of the lesson. In
    the file that they were highlighted in they are; while one is not here (`has`) nobody can tell.
    """
    parts = parts_of(lesson)
    papers = {media.sha256 for media in document.media if media.mime == "application/pdf"}
    everywhere = tuple(sorted(papers & {*parts.values()}))
    for note in notes:
        spot = read_spot(note.anchor)
        files = (parts[spot.item],) if parts.get(spot.item) else everywhere
        if spot.page and spot.item and note.quote and spot.file not in files and all(map(has, files)):
            anchor = Anchor(note.quote, note.before, note.after, note.start)
            yield note.id, Sought(Passage(spot.page - 1, anchor), files)


class Papers(QObject):
    """Looks for highlights, and remembers where they are and where they are not."""

    told = Signal(object)
    """By note, whether its words are gone."""

    def __init__(self, store: Store, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._sought: dict[str, Sought] = {}
        self._known: dict[tuple[str, Passage], bool] = {}
        self._is_reading = False
        self.look_up: LookUp | None = None

    def look(self, sought: Mapping[str, Sought]) -> None:
        """Look for these, too; `told` tells when all are looked for."""
        self._sought |= sought
        self._go_on()

    def _go_on(self) -> None:
        look_up, media = self.look_up, self._store.workspace.media
        if self._is_reading or look_up is None or not self._sought:
            return
        unread = [(file, s.passage) for s in self._sought.values() for file in s.files]
        unread = [each for each in unread if each not in self._known]
        if not unread:
            sought, self._sought = self._sought, {}
            gone = {note: not any(self._known[file, s.passage] for file in s.files) for note, s in sought.items()}
            self.told.emit(gone)
            return
        name, self._is_reading = unread[0][0], True
        passages = [passage for file, passage in unread if file == name]

        def work() -> Mapping[Passage, bool]:
            return look_up(media.read(name), passages)

        def took(there: Mapping[Passage, bool]) -> None:
            self._is_reading = False
            self._known |= {(name, passage): there.get(passage, True) for passage in passages}  # not said to be gone
            self._go_on()

        self._store.pool(self, work, took, lambda _: took({}))
