"""What the sync page shows, read in one go: what waits, came back, needs a decision, was decided, and the last runs."""

from __future__ import annotations

from dataclasses import dataclass

from lms_core.content.text import plain_text
from lms_core.entities import SCHEMA
from lms_core.errors import NotFound
from lms_core.ops import Op, Values, seal
from lms_core.sync.conflicts import OpenConflict, Settled
from lms_core.sync.replica import clock
from lms_core.sync.replica.refused import Parked
from lms_core.workspace import Workspace

PARENTS = {"answer": "attempt_id", "assessment": "lesson_id", "progress": "lesson_id", "attempt": "lesson_id",
           "question": "assessment_id", "course_instructor": "course_id", "study_session": "lesson_id"}  # fmt: skip
ABOVE = {"answer": "attempt", "question": "assessment", "course_instructor": "course"}
"""Entities whose row names its parent of another kind than a lesson."""
FAMILIES = {"question": "assessment", "answer": "attempt", "course_instructor": "course"}
"""Rows that a person sees as a part of another thing."""
TOGETHER = frozenset({"study_session", "bookmark", "card_review"})
"""Entities whose rows a person sees as one thing, whatever they belong to."""
NAMED = ("title", "text", "body", "front", "asks", "first_name", "name")
WORDS = ("text", "body", "value", "title", "explanation")
DRAFTED = frozenset({"course", "module", "lesson", "assessment", "question", "course_file", "course_instructor"})
MAKING = frozenset({"create", "append"})
MAX_TITLE = 80
MOST = 200
"""Changes whose things are listed; of more only the number is told."""


@dataclass(frozen=True)
class Waiting:
    """Something that waits to be sent: what was done with it, what it is called, how many changes, bytes."""

    entity: str
    deed: str
    title: str
    changes: int
    size: int


@dataclass(frozen=True)
class Refused:
    """Something that the server sent back: what, why, its words, and where it can be edited."""

    key: str
    entity: str
    deed: str
    title: str
    code: str
    at: int
    text: str
    route: str


@dataclass(frozen=True)
class Undecided:
    """A conflict with the name of its thing and where it can be looked at."""

    item: OpenConflict
    title: str
    route: str


@dataclass(frozen=True)
class Run:
    """One run of exchanges; `result` is ok, reset or late, fork, or the code of what went wrong.

    `ms` is how long it took, None where nobody measured it; `up` and `down` are bytes.
    """

    at: int
    result: str
    sent: int
    received: int
    ms: int | None = None
    up: int = 0
    down: int = 0


@dataclass(frozen=True)
class Board:
    """Everything that the page shows."""

    waiting: tuple[Waiting, ...]
    changes: int
    refused: tuple[Refused, ...]
    conflicts: tuple[Undecided, ...]
    elsewhere: tuple[Undecided, ...]
    """Conflicts that another author decides."""
    settled: tuple[tuple[Settled, str], ...]
    runs: tuple[Run, ...]
    last_synced_at: int | None
    name: str
    email: str
    signed_out: bool
    clock_off_ms: int

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return sum(item.size for item in self.waiting)

    @property
    def needs_you(self) -> int:
        """Items that wait for a decision of this person."""
        return len(self.refused) + len(self.conflicts)


def load(workspace: Workspace) -> Board:
    """Read the page's content."""
    with workspace.work() as unit:
        names = Names(workspace)
        person, line, status = workspace.person, workspace.transport, workspace.sync.status()
        undecided = [
            Undecided(c, names.row(c.entity, c.row), names.route(c.entity, c.row, {}))
            for c in workspace.conflicts.open()
        ]
        return Board(
            waiting=tuple(_waiting(workspace, names)),
            changes=status.waiting,
            refused=tuple(_refused(names, each) for each in workspace.sync.parked()),
            conflicts=tuple(u for u in undecided if u.item.own),
            elsewhere=tuple(u for u in undecided if not u.item.own),
            settled=tuple((s, names.row(s.entity, s.row)) for s in workspace.conflicts.settled()),
            runs=tuple(Run(r.at, r.result, r.sent, r.received, r.ms, r.up, r.down) for r in workspace.sync.runs()),
            last_synced_at=status.last_synced_at,
            name=person.name,
            email=person.email,
            signed_out=line is not None and not line.signed_in,
            clock_off_ms=clock.off_by(unit),
        )


class Names:
    """What people call rows, and where they are; each looked up once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known = workspace.notes.titles()

    def of(self, ops: list[Op]) -> str:
        """What a person calls the thing of some ops: its words where it was only made, else what its row says now."""
        first = ops[0]
        made = self._words(first.entity, first.args) if all(op.kind in MAKING for op in ops) else ""
        return made or self.row(first.entity, first.row) or self._words(first.entity, first.args)

    def row(self, entity: str, row: str) -> str:
        """What a person calls a row."""
        if row not in self._known:
            values = self._values(entity, row)
            self._known[row] = self._words(entity, values) if values else ""
        return self._known[row]

    def route(self, entity: str, row: str, args: Values) -> str:
        """Where a person edits or looks at a row; empty where there is no such place."""
        values = {**(self._values(entity, row) or {}), **args}
        course = row if entity == "course" else str(values.get("course_id") or "")
        lesson = row if entity == "lesson" else str(values.get("lesson_id") or "")
        if entity in DRAFTED:
            return f"builder/{course}/{lesson}".rstrip("/") if course else ""
        if entity == "account":
            return "settings"
        if entity in ("note", "bookmark"):
            return f"lesson/{course}/{lesson}" if course and lesson else "notes"
        if entity in ("card", "card_review", "card_settings"):
            return "review/cards" if entity == "card" else "review"
        if entity in ("attempt", "answer") and lesson:
            return f"quiz/{course}/{lesson}" if course else f"quiz/{lesson}"
        return f"course/{course}" if course else ""

    def _values(self, entity: str, row: str) -> Values | None:
        found = SCHEMA.find(entity)
        with self._workspace.work() as unit:
            return unit.row(found, row) if found else None

    def _words(self, entity: str, values: Values) -> str:
        parent = values.get(PARENTS.get(entity, ""))
        if parent:
            return self.row(ABOVE.get(entity, "lesson"), str(parent))
        for name in NAMED:
            text = plain_text(str(values.get(name) or ""))
            if text:
                return text if len(text) <= MAX_TITLE else f"{text[: MAX_TITLE - 1]}…"
        course = values.get("course_id")
        return self.row("course", str(course)) if course and entity != "course" else ""


def deed_of(ops: list[Op]) -> str:
    """What was done, as a code: new, deleted, moved, trashed, restored, a verb, or changed."""
    kinds = {op.kind for op in ops}
    verbs = [str(op.args.get("verb")) for op in ops if op.kind == "state"]
    if verbs:
        return verbs[-1]
    for kinds_of, deed in (({"delete"}, "deleted"), ({"trash"}, "trashed"), ({"create", "append"}, "new"),
                           ({"restore"}, "restored")):  # fmt: skip
        if kinds & kinds_of:
            return deed
    return "moved" if kinds == {"place"} else "changed"


def _waiting(workspace: Workspace, names: Names) -> list[Waiting]:
    groups: dict[tuple[str, str], list[Op]] = {}
    for op in workspace.sync.outbox(MOST)[:MOST]:
        entity = FAMILIES.get(op.entity, op.entity)
        parent = op.args.get(PARENTS[op.entity]) if op.entity in FAMILIES else None
        key = "" if op.entity in TOGETHER else str(parent or op.row)
        groups.setdefault((entity, key), []).append(op)
    items = [
        Waiting(entity, deed_of([op for op in ops if op.entity == entity] or ops), names.of(ops), len(ops),
                sum(len(seal(op)) for op in ops))
        for (entity, _), ops in groups.items()
    ]  # fmt: skip
    for sha in workspace.sync.files_to_send():
        try:
            items.append(Waiting("file", "new", "", 1, workspace.media.size(sha)))
        except NotFound:
            continue
    return items


def _refused(names: Names, item: Parked) -> Refused:
    op, ops = item.op, list(item.ops)
    return Refused(
        item.key, op.entity, deed_of([each for each in ops if each.entity == op.entity]), names.of(ops), item.code,
        item.at, words_of(ops), names.route(op.entity, op.row, op.args),
    )  # fmt: skip


def words_of(ops: list[Op]) -> str:
    """The words in refused ops, so that nothing typed is ever out of reach; the same words once."""
    texts = [op.args.get(name) for op in ops for name in WORDS]
    return "\n\n".join(dict.fromkeys(text for text in texts if isinstance(text, str) and text.strip()))
