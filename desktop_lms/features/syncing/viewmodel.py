"""What waits to be sent, what came back, what needs a decision and how the last exchanges went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.content.text import plain_text
from lms_core.entities import SCHEMA
from lms_core.errors import MESSAGES, LmsError, NotFound, StorageError, UserError
from lms_core.ops import Op, Values, seal
from lms_core.sync.conflicts import Choice, OpenConflict, proposed
from lms_core.workspace import Workspace

TOPICS = frozenset(Topic)
TOGETHER = frozenset({"study_session", "bookmark", "course_file"})
"""Entities whose rows a person sees as one thing."""
PARENTS = {"answer": "attempt_id", "assessment": "lesson_id", "progress": "lesson_id", "attempt": "lesson_id"}
NAMED = ("title", "text", "body", "first_name", "name")
MAX_TITLE = 80


class SyncControl(Protocol):
    """What drives the exchanges; the app hands it in."""

    @property
    def linked(self) -> bool:
        """Whether the profile has a server at all."""

    @property
    def paused(self) -> bool:
        """Whether a person stopped exchanges."""

    @property
    def online(self) -> bool:
        """Whether the server answered last time."""

    def pause(self, on: bool) -> None:
        """Stop exchanges, or let them go on."""

    def sync_now(self) -> None:
        """Ask for an exchange without delay."""


@dataclass(frozen=True)
class Waiting:
    """Something that waits to be sent: what it is, what it is called, how many changes, bytes."""

    entity: str
    title: str
    changes: int
    size: int


@dataclass(frozen=True)
class Refused:
    """Something that the server sent back: what, why, and what can be done."""

    key: str
    entity: str
    kind: str
    title: str
    reason: str
    code: str
    at: int
    text: str


@dataclass(frozen=True)
class Run:
    """One exchange."""

    at: int
    result: str
    sent: int
    received: int


@dataclass(frozen=True)
class Board:
    """Everything that the page shows."""

    waiting: tuple[Waiting, ...]
    changes: int
    refused: tuple[Refused, ...]
    conflicts: tuple[tuple[OpenConflict, str], ...]
    runs: tuple[Run, ...]
    last_synced_at: int | None
    name: str
    email: str = ""
    signed_out: bool = False

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return sum(item.size for item in self.waiting)

    @property
    def needs_you(self) -> int:
        """Items that wait for a decision."""
        return len(self.refused) + len(self.conflicts)


def load(workspace: Workspace) -> Board:
    """Read the page's content."""
    titles = _Titles(workspace)
    parked = workspace.sync.parked()
    person, line, status = workspace.person, workspace.transport, workspace.sync.status()
    return Board(
        waiting=tuple(_waiting(workspace, titles)),
        changes=status.waiting,
        refused=tuple(
            Refused(p.key, p.op.entity, p.op.kind, titles.of(p.op), MESSAGES.get(p.code, ""), p.code, p.at, _text(p.op))
            for p in parked
        ),
        conflicts=tuple((c, titles.row(c.entity, c.row)) for c in workspace.conflicts.open()),
        runs=tuple(Run(r.at, r.result, r.sent, r.received) for r in workspace.sync.runs()),
        last_synced_at=status.last_synced_at,
        name=person.name,
        email=person.email,
        signed_out=line is not None and not line.signed_in,
    )


class _Titles:
    """Names of rows, each looked up once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known = workspace.notes.titles()

    def of(self, op: Op) -> str:
        """What a person calls the row of an op; its own words where the row was never made."""
        return self.row(op.entity, op.row) or self._words(op.entity, op.args)

    def row(self, entity: str, row: str) -> str:
        if row not in self._known:
            found = SCHEMA.find(entity)
            with self._workspace.work() as unit:
                values = unit.row(found, row) if found else None
            self._known[row] = self._words(entity, values) if values else ""
        return self._known[row]

    def _words(self, entity: str, values: Values) -> str:
        parent = values.get(PARENTS.get(entity, ""))
        if parent:
            return self.row("attempt" if entity == "answer" else "lesson", str(parent))
        for name in NAMED:
            text = plain_text(str(values.get(name) or ""))
            if text:
                return text if len(text) <= MAX_TITLE else f"{text[: MAX_TITLE - 1]}…"
        course = values.get("course_id")
        return self.row("course", str(course)) if course and entity != "course" else ""


def _waiting(workspace: Workspace, titles: _Titles) -> list[Waiting]:
    groups: dict[tuple[str, str], list[Op]] = {}
    for op in workspace.sync.outbox():
        key = "" if op.entity in TOGETHER else titles.of(op) or op.row
        groups.setdefault((op.entity, key), []).append(op)
    items = [
        Waiting(entity, titles.of(ops[0]), len(ops), sum(len(seal(op)) for op in ops))
        for (entity, _), ops in groups.items()
    ]
    for sha in workspace.sync.files_to_send():
        try:
            items.append(Waiting("file", "", 1, workspace.media.size(sha)))
        except NotFound:
            continue
    return items


def _text(op: Op) -> str:
    """The words in a refused op, so that nothing typed is ever out of reach."""
    names = ("text", "body", "value", "title", "explanation")
    return "\n\n".join(str(op.args[n]) for n in names if isinstance(op.args.get(n), str) and op.args[n].strip())


class SyncModel(QObject):
    """State of the page; `board` is None until it was read for the first time."""

    changed = Signal()
    settled = Signal(str)
    """A conflict was settled: its title. `undo` takes it back."""
    exported = Signal(str)

    def __init__(self, store: Store, control: SyncControl, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.control = control
        self.board: Board | None = None
        self.error: LmsError | None = None
        self.chosen = ""
        self._undo = ""
        store.changed.connect(self._on_changed)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in again at the server of this profile; what waits goes out at once."""
        workspace = self._store.workspace

        def work() -> None:
            line = workspace.online()
            if line.sign_in(email.strip(), password)["id"] != workspace.account:
                line.sign_out()
                raise UserError("foreign_replica")

        self._store.pool(self, work, self._on_signed_in, self._on_failed)

    def _on_signed_in(self, _: object) -> None:
        self.error = None
        self.control.sync_now()
        self.refresh()

    # --- reading
    def refresh(self) -> None:
        """Read again."""
        self._store.run(self, load, self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & TOPICS:
            self.refresh()

    def _on_loaded(self, board: Board) -> None:
        self.board, self.error = board, None
        keys = [c.id for c, _ in board.conflicts] + [r.key for r in board.refused]
        if self.chosen not in keys:
            self.chosen = keys[0] if keys else ""
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error = error
        self.changed.emit()

    def choose(self, key: str) -> None:
        """Show a conflict or refused item."""
        self.chosen = key
        self.changed.emit()

    @property
    def conflict(self) -> tuple[OpenConflict, str] | None:
        """The conflict that is shown, with its title."""
        found = self.board.conflicts if self.board else ()
        return next((pair for pair in found if pair[0].id == self.chosen), None)

    @property
    def refusal(self) -> Refused | None:
        """The refused item that is shown."""
        found = self.board.refused if self.board else ()
        return next((item for item in found if item.key == self.chosen), None)

    # --- exchanges
    def sync_now(self) -> None:
        """Ask for an exchange; a pause ends with it."""
        self.control.pause(False)
        self.control.sync_now()
        self.changed.emit()

    def toggle_pause(self) -> None:
        """Stop exchanges, or let them go on."""
        self.control.pause(not self.control.paused)
        self.changed.emit()

    # --- deciding
    def result_of(self, choice: Choice) -> str:
        """The text that a choice would lead to."""
        pair = self.conflict
        return proposed(pair[0].current, pair[0].mine, choice) if pair else ""

    def settle(self, text: str) -> None:
        """Make `text` the result of the conflict that is shown."""
        pair = self.conflict
        if pair is None:
            return
        conflict, title = pair

        def done(_: str) -> None:
            self._undo = conflict.id
            self.settled.emit(title)

        self._run(lambda workspace: workspace.conflicts.settle(conflict.id, text), done)

    def undo(self) -> None:
        """Take the last decision back."""
        if self._undo:
            conflict, self._undo = self._undo, ""
            self.chosen = conflict
            self._run(lambda workspace: workspace.conflicts.reopen(conflict))

    def try_again(self, key: str) -> None:
        """Queue a refused item once more."""
        self._run(lambda workspace: workspace.sync.try_again(key))

    def discard(self, key: str) -> None:
        """Give a refused item up."""
        self._run(lambda workspace: workspace.sync.discard(key))

    def export(self, key: str, path: Path) -> None:
        """Write the words of a refused item to a text file."""
        item = next((r for r in self.board.refused if r.key == key), None) if self.board else None
        if item:
            words = f"{item.title}\n\n{item.text}\n"
            self._store.pool(self, lambda: _write(path, words), self._on_exported, self._on_failed)

    def _on_exported(self, path: Path) -> None:
        self.exported.emit(str(path))

    def _run(self, work: Callable[[Workspace], Any], then: Callable[[Any], None] | None = None) -> None:
        def done(result: Any) -> None:
            if then:
                then(result)
            self.refresh()

        self._store.run(self, work, done, self._on_failed)


def _write(path: Path, text: str) -> Path:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError("file_unwritable", path=str(path)) from error
    return path
