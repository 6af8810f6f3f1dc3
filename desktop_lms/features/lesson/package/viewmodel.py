"""A package of web pages that a lesson carries: served while the lesson is open, its result kept with the progress."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop_lms.features.lesson.room import Room
from desktop_lms.platform.outside import open_address
from desktop_lms.words import tr
from lms_core.content.embeds import Embed
from lms_core.errors import LmsError, NotFound
from lms_core.packages.package import open_package
from lms_core.packages.scorm import Result, Run
from lms_core.packages.server import PackageServer
from lms_core.workspace import Workspace

State = Literal["shut", "opening", "open"]


class _Serving:
    """What serves a package now; it is ended also when the model is gone already."""

    def __init__(self) -> None:
        self.server: PackageServer | None = None

    def end(self) -> None:
        """Serve no more."""
        server, self.server = self.server, None
        if server is not None:
            server.end()


class PackageModel(QObject):
    """State of one package. What it keeps lies in the place of the lesson, so that it goes on on any device."""

    changed = Signal()
    _told = Signal(object)

    def __init__(
        self, embed: Embed, room: Room, *, browse: Callable[[str], bool] = open_address, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._embed, self._room, self._browse = embed, room, browse
        self._serving = _Serving()
        self.destroyed.connect(self._serving.end)
        self.state: State = "shut"
        self.standard = ""
        self.parts = 1
        self.result = Result()
        self.error: LmsError | None = None
        self._told.connect(self._on_told)

    @property
    def _prefix(self) -> str:
        return f"{self._embed.media[:12]}."

    # --- what was kept
    def load(self) -> None:
        """Read what the package came to before, and what it is."""
        lesson, media, room = self._room.lesson.id, self._embed.media, self._room
        prefix = self._prefix

        def work(workspace: Workspace) -> tuple[Result, str, int]:
            package = open_package(BytesIO(room.read(media)), room.name(media))
            package.archive.close()
            kept = kept_cells(workspace, lesson, prefix)
            return Run(kept).result, package.standard, package.manifest.parts

        self._room.store.run(self, work, self._on_loaded, self._on_failed)

    def _on_loaded(self, told: tuple[Result, str, int]) -> None:
        self.result, self.standard, self.parts = told
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error, self.state = error, "shut"
        self.changed.emit()

    # --- opening
    def begin(self, *, outside: bool = False) -> None:
        """Serve the package and open it in the browser; `outside` lets it use the network."""
        if self._serving.server is not None:
            self._open(self._serving.server)
            return
        self.state, self.error = "opening", None
        self.changed.emit()
        lesson, media, room, prefix = self._room.lesson.id, self._embed.media, self._room, self._prefix

        def work(workspace: Workspace) -> PackageServer:
            package = open_package(BytesIO(room.read(media)), room.name(media))
            manifest, person = package.manifest, workspace.person
            run = Run(kept_cells(workspace, lesson, prefix), mastery=manifest.mastery, data=manifest.data)
            who = {"student": person.account, "name": person.name}
            return PackageServer(package, run, keep=self._keep, person=who, outside=outside)

        self._room.store.run(self, work, self._open, self._on_failed)

    def _open(self, server: PackageServer) -> None:
        self._serving.server, self.state = server, "open"
        if not self._browse(server.link()):
            self.end()
            self._room.say(tr("No browser could be opened on this device."))
            return
        self._room.active()
        self.changed.emit()

    def _keep(self, result: Result, cells: dict[str, str]) -> None:
        """Keep what the browser sent; on a thread of the server, which answers when it is on the disk."""
        store, lesson, prefix = self._room.store, self._room.lesson.id, self._prefix
        completes = result.done and self._room.item(self._embed.key) is not None

        def work() -> None:
            learning = store.workspace.learning
            with suppress(NotFound):  # a preview of what is not published
                learning.record_position(lesson, percent=0, place={prefix + name: cell for name, cell in cells.items()})
                if completes:
                    learning.complete(lesson)

        store.in_turn(work)
        self._told.emit(result)

    def _on_told(self, result: Result) -> None:
        self.result = result
        self._room.active()
        self.changed.emit()

    def end(self) -> None:
        """Serve no more; the browser keeps a page that can do nothing."""
        self._serving.end()
        self.state = "shut"
        self.changed.emit()

    @property
    def server(self) -> PackageServer | None:
        """What serves it now."""
        return self._serving.server


def kept_cells(workspace: Workspace, lesson: str, prefix: str) -> dict[str, object]:
    """What a package kept in the place of its lesson."""
    place = workspace.learning.lesson_state(lesson).position
    return {name.removeprefix(prefix): value for name, value in place.items() if name.startswith(prefix)}
