"""What a merge could not place becomes a row: my text, the one that stands, the one before both, and whose they are."""

from __future__ import annotations

from typing import NamedTuple

from lms_core.merge import added
from lms_core.ops import Op, Values, digest_of
from lms_core.ports import v5_id
from lms_core.schema import Entity
from lms_core.sync.bench import Bench
from lms_core.sync.entities import CONFLICT
from lms_core.sync.rows import Cell, HubRow


class Person(NamedTuple):
    """An account and what people call it; both empty where the hub does not know any more who it was."""

    account: str = ""
    name: str = ""


class Lost(NamedTuple):
    """A text of `author` that `by` replaced, with the op that says it; `before` is empty where it was not told."""

    op: Op
    field: str
    mine: str
    theirs: str
    before: str
    author: Person
    by: Person


def stands(row: HubRow, op: Op) -> bool:
    """Whether all paragraphs that an edit of a text brought stand in the text, so that none is lost with the row."""
    cell = row.cells.get(op.args["field"]) if op.kind == "text" else None
    return cell is not None and not added(cell.value or "", added(op.args["base"], op.args["text"]))


def unseen(bench: Bench, row: HubRow, op: Op) -> str:
    """What of a conflict who settles it had not before their eyes and is nowhere else.

    At a restored hub texts may come in another order, and then another part of them finds no place.
    """
    seen = op.args.get("seen")
    if not isinstance(seen, str):
        return ""
    there = bench.cell(row.value("row"), row.value("field"))
    return added(there.value or "" if there else "", added(seen, row.value("mine") or ""))


def keep(bench: Bench, entity: Entity, lost: Lost, *, at: int) -> None:
    """Keep it for its author (where known) and for those who share the row; once, whichever way it comes again."""
    op = lost.op
    key = v5_id("conflict", op.row, lost.field, digest_of(op).hex(), str(op.t))
    if bench.row(key) is not None:
        return
    view = bench.view(op.row)
    scopes = set(entity.scopes(view)) if view else set()
    own = {f"account/{lost.author.account}"} if lost.author.account else set()
    values: Values = {
        "account_id": lost.author.account, "author": lost.author.name, "by": lost.by.account, "by_name": lost.by.name,
        "audience": sorted((own | scopes) - {"catalog"}), "entity": entity.name, "row": op.row, "field": lost.field,
        "mine": lost.mine, "theirs": lost.theirs, "before": lost.before, "at": at, "status": "open",
    }  # fmt: skip
    row = bench.touch(CONFLICT.name, key)
    for field, value in values.items():
        row.cells[field] = Cell(value, row.ver, at, "hub", 0)
