"""A lesson of a course that one has not joined, as far as one is served it: from this device, else from the hub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.content.files import named_in
from lms_core.content.model import LessonDoc, MediaRef
from lms_core.content.serving import REGISTERED, serve
from lms_core.errors import LmsError, NotFound, UserError
from lms_core.media.kinds import LOOKED_AT, kind_of
from lms_core.rest.previews import PreviewsApi
from lms_core.workspace import Workspace

MOST = 64 << 20
"""Bytes of a file that is fetched for a preview; a larger one comes to those who join."""


@dataclass(frozen=True)
class Preview:
    """A lesson and what is known of its files by SHA-256; what is missing to read all of it as in `Offered`."""

    lesson: LessonDoc
    files: Mapping[str, MediaRef]
    need: str = ""
    denied: str = ""


def from_here(workspace: Workspace, course: str, lesson: str) -> Preview | None:
    """What is served of it of the version on this device; None where it is not here (LES-09)."""
    if workspace.installed.find(course) is None:
        return None
    document = workspace.installed.document(course)
    found = document.lesson(lesson)
    if found is None:
        return None
    files, served = {media.sha256: media for media in document.media}, serve(found, REGISTERED)
    if served.is_full:
        return Preview(workspace.downloads.given(course, found), files)
    part = LessonDoc(found.id, found.title, found.kind, served.body or "", found.minutes)
    return Preview(part, files, served.need or "", served.denied)


def from_hub(workspace: Workspace, lesson: str) -> Preview:
    """The same from the hub, with its files; beside the window. Raises Offline, NotFound."""
    offered = PreviewsApi(workspace.online()).lesson(lesson)
    found = offered.lesson
    titles = {item.media: item.title for item in found.items} | {given.media: given.title for given in found.resources}
    files = {}
    for name in sorted(named_in(found)):
        try:
            workspace.fetch_blob(name, lambda done, size: size <= MOST)
        except (NotFound, UserError):
            continue
        mime = kind_of(workspace.media.read(name, 0, LOOKED_AT))
        files[name] = MediaRef(name, titles.get(name, ""), mime, workspace.media.size(name))
    return Preview(found, files, offered.need, offered.denied)


class PreviewModel(QObject):
    """State of the page."""

    changed = Signal()

    def __init__(self, store: Store, course: str, lesson: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store, self.course, self.lesson = store, course, lesson
        self.preview: Preview | None = None
        self.error: LmsError | None = None

    def refresh(self) -> None:
        """Read it."""
        self.error = None
        course, lesson = self.course, self.lesson
        self.store.read(self, lambda workspace: from_here(workspace, course, lesson), self._on_here, self._on_failed)

    def _on_here(self, found: Preview | None) -> None:
        if found is not None:
            self._on_found(found)
            return
        workspace, lesson = self.store.workspace, self.lesson
        self.store.pool(self, lambda: from_hub(workspace, lesson), self._on_found, self._on_failed)

    def _on_found(self, found: Preview) -> None:
        self.preview = found
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()
