"""What a merge could not place waits for its author: look at both texts, keep one, keep both, or write a third."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any, Literal

import msgspec
from sqlalchemy import select

from lms_core import ops
from lms_core.db.rows import VISIBLE
from lms_core.errors import NotFound
from lms_core.merge import paragraphs
from lms_core.sync.entities import CONFLICT
from lms_core.unit import Work

Choice = Literal["mine", "theirs", "both"]
ALIKE = 0.35


class OpenConflict(msgspec.Struct, frozen=True):
    """One item of *Needs you*. `mine` is what found no place, `current` the text everybody sees now."""

    id: str
    entity: str
    row: str
    field: str
    mine: str
    theirs: str
    current: str
    at: int
    own: bool


def proposed(current: str, mine: str, choice: Choice) -> str:
    """The text that a choice leads to: my paragraphs take the place of, or follow, those they resemble most."""
    if choice == "theirs":
        return current
    lines = paragraphs(current)
    for lost in paragraphs(mine):
        if lost in lines:
            continue
        at = _nearest(lines, lost)
        if at is None:
            lines.append(lost)
        elif choice == "mine":
            lines[at] = lost
        else:
            lines.insert(at + 1, lost)
    return "\n\n".join(lines) + ("\n" if current.endswith("\n") else "")


def _nearest(lines: list[str], lost: str) -> int | None:
    likeness = [SequenceMatcher(None, line, lost, False).ratio() for line in lines]
    best = max(range(len(lines)), key=likeness.__getitem__, default=None)
    return best if best is not None and likeness[best] >= ALIKE else None


class ConflictsService:
    """The open conflicts of a replica and how they are settled."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def open(self) -> list[OpenConflict]:
        """All that wait, the oldest first."""
        table = VISIBLE.tables[CONFLICT.name]
        with self._work() as unit:
            rows = unit.all(select(table).where(table.c.status == "open").order_by(table.c.at, table.c.id))
            return [self._item(unit, r) for r in rows]

    def _item(self, unit: Any, r: Any) -> OpenConflict:
        own = not r.account_id or r.account_id == unit.actor.account
        return OpenConflict(
            r.id, r.entity, r.row, r.field, r.mine or "", r.theirs or "", _current(unit, r.entity, r.row, r.field),
            r.at, own,
        )  # fmt: skip

    def settle(self, conflict: str, text: str) -> str:
        """Make `text` the result and close the item; returns the text that was there, for `reopen`.

        Raises:
            NotFound: somebody else settled it, or its row is gone.
        """
        with self._work() as unit:
            now = unit.row(CONFLICT, conflict)
            if now is None or now["status"] != "open":
                raise NotFound
            before = _current(unit, now["entity"], now["row"], now["field"])
            _write(unit, now, before, text)
            unit.emit(ops.act(CONFLICT, conflict, "settle", expect="open"))
            return before

    def reopen(self, conflict: str, text: str) -> None:
        """Undo `settle`: put the former text back and open the item again."""
        with self._work() as unit:
            now = unit.row(CONFLICT, conflict)
            if now is None:
                raise NotFound
            _write(unit, now, _current(unit, now["entity"], now["row"], now["field"]), text)
            unit.emit(ops.act(CONFLICT, conflict, "reopen", expect="settled"))


def _current(unit: Any, entity: str, row: str, field: str) -> str:
    values = unit.row(unit.schema[entity], row)
    return str(values[field] or "") if values else ""


def _write(unit: Any, conflict: Any, before: str, text: str) -> None:
    if text == before:
        return
    entity, row, field = unit.schema[conflict["entity"]], conflict["row"], conflict["field"]
    if entity.fields[field].kind == "text":
        unit.emit(ops.edit_text(entity, row, field=field, base=before, text=text))
    else:
        unit.emit(ops.change(entity, row, field, text))
