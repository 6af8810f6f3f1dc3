"""What the open lesson holds beside its text: films, papers, packages, links and files to hand out, with undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.features.builder.steps import Steps
from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.content.model import Caption, ContentItem, MediaRef, ResourceDoc
from lms_core.courses.attaching import Attachment, is_video, keep_picture, look_at
from lms_core.errors import LmsError, UserError
from lms_core.rest.uploads import UploadRecord, UploadsApi
from lms_core.workspace import Workspace


@dataclass(frozen=True)
class Contents:
    """The pieces of a lesson in order; `files` are those of its course by SHA-256."""

    course: str
    language: str
    items: tuple[ContentItem, ...] = ()
    resources: tuple[ResourceDoc, ...] = ()
    files: tuple[tuple[str, MediaRef], ...] = ()

    def file(self, media: str) -> MediaRef | None:
        """A file of the course."""
        return dict(self.files).get(media)

    def line(self, row: str) -> list[str]:
        """The row with those beside it, in order."""
        items = [each.id for each in self.items]
        return items if row in items else [each.id for each in self.resources]

    @property
    def film(self) -> ContentItem | None:
        """The film that captions belong to: the one above the text, or the first."""
        films = [each for each in self.items if each.kind == "video"]
        return next((each for each in films if each.is_primary), films[0] if films else None)


def load(workspace: Workspace, lesson: str) -> Contents:
    """Read the pieces of a lesson in one transaction."""
    with workspace.work():
        course = workspace.courses.lesson_draft(lesson).course_id
        items, resources = workspace.contents.items(lesson), workspace.contents.resources(lesson)
        files = tuple((file.sha256, file) for file in workspace.contents.files(course))
        return Contents(course, workspace.courses.draft(course).language, tuple(items), tuple(resources), files)


class ContentsModel(QObject):
    """The pieces of one lesson; `busy` says how many files are being taken in."""

    changed = Signal()
    failed = Signal(LmsError)

    def __init__(self, store: Store, steps: Steps, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._steps = store, steps
        self.lesson = ""
        self.contents: Contents | None = None
        self.busy = 0
        store.changed.connect(self._on_changed)

    # --- reading
    def open(self, lesson: str) -> None:
        """Show the pieces of a lesson; an empty id closes it."""
        if lesson == self.lesson:
            return
        self.lesson, self.contents = lesson, None
        self.changed.emit()
        self.refresh()

    def refresh(self) -> None:
        """Read again."""
        lesson = self.lesson
        if lesson:
            self._store.read(self, lambda w: load(w, lesson), lambda c: self._on_loaded(lesson, c), self.failed.emit)

    def _on_changed(self, changes: Changes) -> None:
        if Topic.DRAFTS in changes.topics:
            self.refresh()

    def _on_loaded(self, lesson: str, contents: Contents) -> None:
        if lesson == self.lesson and contents != self.contents:
            self.contents = contents
            self.changed.emit()

    # --- adding
    def add_files(self, paths: Sequence[Path]) -> None:
        """Take files into the open lesson, each as what it is; captions go to its film."""
        lesson, media = self.lesson, self._store.workspace.media
        if not lesson:
            return
        for path in paths:
            self._busy(1)
            self._store.pool(
                self,
                lambda p=path: _take(p, media.put_file),
                lambda given: self._on_taken(lesson, *given),
                self._refused,
            )

    def _busy(self, step: int) -> None:
        self.busy += step
        self.changed.emit()

    def _refused(self, error: LmsError) -> None:
        self._busy(-1)
        self.failed.emit(error)

    def _on_taken(self, lesson: str, found: Attachment, file: MediaRef) -> None:
        self._busy(-1)
        title = Path(found.name).stem[:255]

        def add(workspace: Workspace) -> str:
            contents = workspace.contents
            workspace.sync.offer(file.sha256)
            if found.is_item:
                return contents.add_item(lesson, found.kind, file=file, title=title)
            return contents.add_resource(lesson, title.ljust(2, "_"), file=file, kind=found.kind)

        if found.kind == "captions":
            self._caption(lesson, file)
        else:
            self._add(add)

    def add_link(self, address: str) -> None:
        """Add what an address leads to: a video of the web, or a page."""
        lesson, address = self.lesson, address.strip()
        if not lesson or not address:
            return
        address = address if "//" in address[:8] else f"https://{address}"
        title = address.partition("//")[2].removeprefix("www.").strip("/")[:255]

        def add(workspace: Workspace) -> str:
            if is_video(address):
                return workspace.contents.add_item(lesson, "video", url=address)
            return workspace.contents.add_resource(lesson, title, url=address)

        self._add(add)

    def _add(self, add: Any) -> None:
        made: list[str] = []

        def do(workspace: Workspace) -> None:
            with workspace.work():
                if made:
                    workspace.courses.restore(made[0])
                else:
                    made.append(add(workspace))

        self._steps.push("contents", do=do, undo=lambda w: w.courses.trash(made[0]))

    def _caption(self, lesson: str, file: MediaRef) -> None:
        """Give the film of the lesson words in the course's language, in place of those that it had."""
        contents = self.contents
        film = contents.film if contents and lesson == self.lesson else None
        if contents is None or film is None:
            self.failed.emit(UserError("captions_without_film", name=file.name))
            return
        others = [each for each in film.captions if each.language != contents.language]
        words, course, row = (*others, Caption(contents.language, file.sha256)), contents.course, film.id

        def do(workspace: Workspace) -> None:
            with workspace.work():
                workspace.courses.add_file(course, file)
                workspace.sync.offer(file.sha256)
                _change(workspace, row, is_item=True, captions=_plain(words))

        before = _plain(film.captions)
        self._steps.push("contents", do=do, undo=lambda w: _change(w, row, is_item=True, captions=before))

    # --- what became of a file
    @property
    def linked(self) -> bool:
        """Whether there is a server that files are sent to."""
        return self._store.workspace.transport is not None

    @property
    def account(self) -> str:
        """Whose profile this is."""
        return self._store.workspace.account

    def ask_record(
        self, sha256: str, then: Callable[[UploadRecord | None], None], failed: Callable[[LmsError], None]
    ) -> None:
        """Ask the server what became of a file that one gave (RES-12)."""
        workspace = self._store.workspace
        self._store.pool(self, lambda: UploadsApi(workspace.online()).record(sha256), then, failed)

    # --- changing
    def choose_picture(self, row: str, path: Path) -> None:
        """Let a video show a file of the disk before it plays (LES-04, RES-06)."""
        contents, media = self.contents, self._store.workspace.media
        film = next((each for each in contents.items if each.id == row), None) if contents else None
        if contents is None or film is None:
            return
        course, before = contents.course, film.thumbnail

        def take(file: MediaRef) -> None:
            def do(workspace: Workspace) -> None:
                with workspace.work():
                    workspace.courses.add_file(course, file)
                    workspace.sync.offer(file.sha256)
                    _change(workspace, row, is_item=True, thumbnail=file.sha256)

            self._steps.push("contents", do=do, undo=lambda w: _change(w, row, is_item=True, thumbnail=before))

        self._store.pool(self, lambda: keep_picture(path, media.put), take, self.failed.emit)

    def lead(self, row: str) -> None:
        """Let a film or a paper stand above the text, in place of the other of its kind (LES-03)."""
        items = self.contents.items if self.contents else ()
        kind = next((each.kind for each in items if each.id == row), "")
        other = next((each.id for each in items if each.kind == kind and each.is_primary), None)

        def back(workspace: Workspace) -> None:
            _change(workspace, other or row, is_item=True, is_primary=other is not None)

        if kind and other != row:
            self._steps.push("contents", do=lambda w: _change(w, row, is_item=True, is_primary=True), undo=back)

    def change(self, row: str, **values: Any) -> None:
        """Change a piece: its title, or who may have a file."""
        contents = self.contents
        if contents is None:
            return
        is_item = any(each.id == row for each in contents.items)
        rows: tuple[Any, ...] = contents.items if is_item else contents.resources
        now = next(each for each in rows if each.id == row)
        old = {name: getattr(now, name) for name in values}
        if old != values:
            self._steps.push("contents", do=lambda w: _change(w, row, is_item=is_item, **values),
                             undo=lambda w: _change(w, row, is_item=is_item, **old))  # fmt: skip

    def move(self, row: str, step: int) -> None:
        """Move a piece up (-1) or down (+1) among those of its part."""
        lesson, line = self.lesson, self.contents.line(row) if self.contents else []
        at = line.index(row) + step if row in line else -1
        if not 0 <= at < len(line):
            return
        without = [each for each in line if each != row]
        new, old = without[at - 1] if at else None, _before(line, row)
        self._steps.push("move", do=lambda w: w.courses.move(row, parent=lesson, after=new),
                         undo=lambda w: w.courses.move(row, parent=lesson, after=old))  # fmt: skip

    def remove(self, row: str) -> None:
        """Put a piece into the trash."""
        self._steps.push("trash", do=lambda w: w.courses.trash(row), undo=lambda w: w.courses.restore(row))


def _take(path: Path, keep: Any) -> tuple[Attachment, MediaRef]:
    found = look_at(path)
    try:
        return found, MediaRef(keep(path), found.name[:255], found.mime, found.size)
    except OSError as error:
        raise UserError("no_such_path", path=str(path)) from error


def _change(workspace: Workspace, row: str, *, is_item: bool, **values: Any) -> None:
    change = workspace.contents.change_item if is_item else workspace.contents.change_resource
    change(row, **values)


def _plain(captions: Sequence[Caption]) -> list[dict[str, str]]:
    return [{"language": each.language, "media": each.media} for each in captions]


def _before(line: list[str], row: str) -> str | None:
    at = line.index(row)
    return line[at - 1] if at else None
