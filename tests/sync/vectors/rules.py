"""Vectors of the merge rules: a row as it stands, an op, and what the hub makes of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from lms_core import ops
from lms_core.entities import SCHEMA
from lms_core.ops import Draft, Op, Values, Version
from lms_core.schema import HubFacts
from lms_core.sync.bench import Bench
from lms_core.sync.hub.judge import Judge
from lms_core.sync.rows import Cell, HubRow, Writer
from lms_core.sync.sealed import Sealed
from lms_core.sync.wire import Receipt
from tests.simulator.hub_store import DictHubStore
from tests.sync.vectors.form import shown

ADA = "ada"
ME, OTHER = "a1", "b2"
NOW: Version = (7, 9)
T = 1000
LONG, LONGER = (
    "A sentence of more than forty characters, for a title.",
    "Another sentence of more than forty characters.",
)


@dataclass(frozen=True)
class Case:
    """One op `c` at effective time `t`, with what its author had seen, on rows as they stand."""

    why: str
    op: Draft
    rows: tuple[HubRow, ...] = ()
    base: Version | None = None
    t: int = T
    c: int = 5
    receipt: Receipt | None = None
    writer: Writer = field(default_factory=lambda: Writer(ME, ADA, "admin"))


class _Facts(HubFacts):
    """What else the rules ask of the hub here."""

    def settle(self, *, stands: bool) -> None:
        """Nothing was kept."""

    def known(self, version: Version) -> bool:
        """The hub was restored: what belongs to an epoch before this one is not on its timeline."""
        return version[0] == NOW[0]

    def name(self, account: str) -> str:
        """What people are called is not known here."""
        return ""

    def within_reach(self, account: str, scope: str) -> bool:
        """Nobody has too many scopes here."""
        return True

    def account(self, replica: str) -> str:
        """All replicas are of one account."""
        return ADA


def judged() -> dict[str, Any]:
    """All cases with their outcome; the op's `t` is its effective time, the rows it changes get the version `ver`."""
    return {"replica": ME, "account": ADA, "ver": shown(NOW), "cases": [_judge(case) for case in _cases()]}


def _judge(case: Case) -> dict[str, Any]:
    store = DictHubStore(SCHEMA)
    for row in case.rows:
        store.tables.put("row", row.id, row)
        if "place" in row.cells:
            store.tables.put(("kid", row.cells["place"].value[0]), row.id, True)
    store.tables.data["meta"].update(now=0, epoch=NOW[0], commit=NOW[1] - 1)
    op = Op(case.op.entity, case.op.row, case.op.kind, case.op.args, case.base, case.t, 0)
    with store.write() as tx:
        bench = Bench(SCHEMA, tx, NOW)
        sealed = Sealed(case.c, op, ops.seal(op), case.receipt)
        outcome = Judge(bench, case.writer, _Facts()).group([sealed], {case.c: case.t})[case.c]
    out = {"why": case.why, "before": [shown(row) for row in case.rows], "c": case.c, "op": shown(op)}
    if case.writer.lineage:
        out["lineage"] = shown(case.writer.lineage)
    if case.receipt:
        out["receipt"] = shown(case.receipt)
    after = [_changed(row, store.rows.get(row.id)) for row in bench.dirty.values()]
    return out | {"verdict": outcome.verdict, "code": outcome.code, "ver": shown(outcome.ver), "after": after}


def _changed(row: HubRow, before: HubRow | None) -> dict[str, Any]:
    """A row with those of its cells that are others than before."""
    cells = {name: cell for name, cell in row.cells.items() if before is None or before.cells.get(name) != cell}
    return shown(msgspec.structs.replace(row, cells=cells))


def _row(entity: str, row: str, gone: bool = False, base: Version = (0, 0), **values: Cell) -> HubRow:
    return HubRow(entity, row, values, max(cell.ver for cell in values.values()), gone, base)


def _note(**values: Cell) -> HubRow:
    return _row("note", "n", user_id=Cell(ADA, (7, 1), 10, OTHER, 1), **values)


def _cases() -> Iterator[Case]:
    yield from _attr()
    yield from _bounds()
    yield from _text()
    yield from _deleting()
    yield from _state()
    yield from _places()


def _attr() -> Iterator[Case]:
    colour = Draft("note", "n", "attr", {"field": "colour", "value": "mint"})

    def stands(t: int = 500, rep: str = OTHER, c: int = 2) -> tuple[HubRow, ...]:
        return (_note(colour=Cell("rose", (7, 4), t, rep, c)),)

    yield Case("attr: its author had seen the field's version", colour, stands(), base=(7, 4))
    yield Case(
        "attr: the same, with a clock that is behind: one more than what it replaces", colour, stands(t=2000), (7, 4)
    )
    yield Case("attr: not seen, later in time", colour, stands(), base=(7, 3))
    yield Case("attr: not seen, earlier in time", colour, stands(t=2000), base=(7, 3))
    yield Case("attr: not seen, the same time: the larger replica id wins", colour, stands(t=T), base=(7, 3))
    yield Case(
        "attr: not seen, but the value is an earlier one of the same replica", colour, stands(2000, ME, 4), (7, 3)
    )
    lineage = Writer(ME, ADA, "admin", (("c3", 8),))
    yield Case(
        "attr: an id before this one counts as the same writer up to its end", colour,
        stands(2000, "c3", 8), (7, 3), writer=lineage,
    )  # fmt: skip
    quote = Draft("note", "n", "attr", {"field": "quote", "value": LONG})
    yield Case(
        "attr: a text of more than 40 characters that loses becomes a conflict for its author", quote,
        (_note(quote=Cell(LONGER, (7, 4), 2000, OTHER, 2)),), (7, 3),
    )  # fmt: skip


def _progress(**values: Cell) -> tuple[HubRow, ...]:
    row = SCHEMA["progress"].id_for(ADA, "l")
    return (_row("progress", row, user_id=Cell(ADA, (7, 1), 10, OTHER, 1), **values),)


def _bounds() -> Iterator[Case]:
    (row,) = _progress(percent=Cell(40.0, (7, 4), 500, OTHER, 2), first_done_at=Cell(300, (7, 4), 500, OTHER, 2))
    for why, kind, name, value in (
        ("max: larger", "max", "percent", 60.0), ("max: smaller", "max", "percent", 20.0),
        ("min: smaller", "min", "first_done_at", 200), ("min: larger", "min", "first_done_at", 400),
    ):  # fmt: skip
        yield Case(why, Draft("progress", row.id, kind, {"field": name, "value": value}), (row,))
    values: Values = {"user_id": ADA, "course_id": "c", "lesson_id": "l", "percent": 70.0}
    yield Case(
        "create under a natural key that is there turns into field ops",
        Draft("progress", row.id, "create", values),
        (row,),
    )
    yield Case("create under an id that is not that of its key", Draft("progress", "x", "create", values))


def _text() -> Iterator[Case]:
    def edit(base: str, text: str) -> Draft:
        return Draft("note", "n", "text", {"field": "body", "base": base, "text": text})

    here = (_note(body=Cell("One.\n\nTwo.", (7, 4), 500, OTHER, 2)),)
    yield Case("text: nothing changed since", edit("One.\n\nTwo.", "One.\n\n2."), here)
    yield Case("text: other paragraphs changed: merged, and nobody's", edit("1.\n\nTwo.", "1.\n\nTwo.\n\nThree."), here)
    yield Case(
        "text: the same paragraph changed: the hub's stays, mine is kept as a conflict",
        edit("1.\n\nTwo.", "I.\n\nTwo."),
        here,
    )
    yield Case("text: already so", edit("x", "One.\n\nTwo."), here)
    receipt = Receipt(400, "applied", "", (7, 5), b"")
    yield Case(
        "text: sent again to a restored hub, first applied, its text no newer: taken as before",
        edit("1.\n\nTwo.", "1.\n\nTwo.\n\nThree."), here, t=400, receipt=receipt,
    )  # fmt: skip


def _deleting() -> Iterator[Case]:
    away = Draft("note", "n", "delete", {})
    edited = (_note(colour=Cell("rose", (7, 4), 500, OTHER, 2)),)
    yield Case("delete: its author had seen all", away, edited, base=(7, 4))
    yield Case("delete: loses against an edit that its author had not seen", away, edited, base=(7, 3))
    yield Case(
        "delete: an edit of its own does not stop it", away, (_note(colour=Cell("rose", (7, 4), 500, ME, 2)),), (7, 1)
    )
    gone = (_row("note", "n", gone=True, base=(7, 4), user_id=Cell(ADA, (7, 1), 10, OTHER, 1)),)
    colour = Draft("note", "n", "attr", {"field": "colour", "value": "mint"})
    yield Case("an edit of a deleted row", colour, gone, base=(7, 4))
    yield Case("an edit of a row that nobody made", colour)
    gone = (_row("note", "n", gone=True, base=(6, 4), user_id=Cell(ADA, (7, 1), 10, OTHER, 1)),)
    old, new = (Receipt(400, "applied", "", ver, b"") for ver in ((6, 4), (6, 5)))
    yield Case("sent again: its deleter had seen it", colour, gone, receipt=old, t=400)
    yield Case("sent again: its deleter had not", colour, gone, receipt=new, t=400)
    yield Case("sent again: its row is not back yet", colour, receipt=old, t=400)
    yield Case(
        "sent again: refused stays refused", colour, edited, receipt=Receipt(400, "rejected", "forbidden", (7, 4), b"")
    )


def _state() -> Iterator[Case]:
    row = SCHEMA["enrollment"].id_for(ADA, "c")
    drop = Draft("enrollment", row, "state", {"field": "status", "verb": "drop", "expect": "active"})

    def stands(status: str, t: int = 500) -> tuple[HubRow, ...]:
        who = {name: Cell(value, (7, 1), 10, OTHER, 1) for name, value in (("user_id", ADA), ("course_id", "c"))}
        return (_row("enrollment", row, **who, status=Cell(status, (7, 4), t, OTHER, 2)),)

    yield Case("state: as expected", drop, stands("active"))
    yield Case("state: not as expected", drop, stands("completed"))
    leap = Draft("enrollment", row, "state", {"field": "status", "verb": "fly", "expect": "active"})
    yield Case("state: no such step", leap, stands("active"))
    receipt = Receipt(400, "applied", "", (7, 2), b"")
    yield Case("state: sent again, older than the last change", drop, stands("active"), t=400, receipt=receipt)
    yield Case(
        "state: sent again, later: its expectation is not asked twice",
        drop,
        stands("none", 300),
        t=400,
        receipt=receipt,
    )


def _places() -> Iterator[Case]:
    def module(row: str, pos: int, *, ver: Version = (7, 2), t: int = 500) -> HubRow:
        course = Cell("c", (7, 1), 10, OTHER, 1)
        return _row("module", row, course_id=course, place=Cell(["c", pos], ver, t, OTHER, 2))

    course = _row("course", "c", title=Cell("Course", (7, 1), 10, OTHER, 1))
    rows = (course, *(module(name, n << 20) for n, name in enumerate("xyz", 1)))

    def place(row: str, *after: str, parent: str = "c") -> Draft:
        return Draft("module", row, "place", {"parent": parent, "after": list(after)})

    yield Case("place: behind a sibling", place("x", "y"), rows, base=(7, 2))
    yield Case("place: first", place("z"), rows, base=(7, 2))
    yield Case("place: the nearest sibling is not there, the next one is", place("x", "q", "z", "y"), rows, base=(7, 2))
    yield Case("place: none of the siblings is there: last", place("x", "q"), rows, base=(7, 2))
    yield Case("place: a parent that is not there", place("x", parent="q"), rows, base=(7, 2))
    yield Case(
        "place: not seen, earlier in time", place("x", "y"), (course, *rows[2:], module("x", 1 << 20, t=2000)), (7, 1)
    )
    tight = (course, module("x", 4), module("y", 5), module("z", 9))
    yield Case(
        "place: no room between two: all are numbered anew, their versions stay", place("z", "x"), tight, base=(7, 2)
    )
    yield Case("trash is the field trashed_at", Draft("module", "x", "trash", {}), rows, base=(7, 2))
    back = Draft("module", "x", "restore", {})
    thrown = module("x", 1 << 20)
    thrown.cells["trashed_at"], thrown.ver = Cell(2000, (7, 4), 2000, OTHER, 3), (7, 4)
    yield Case("restore empties it: its author had seen the row in the trash", back, (course, thrown), base=(7, 4))
    yield Case("restore: thrown away once more, later and unseen", back, (course, thrown), base=(7, 3))
