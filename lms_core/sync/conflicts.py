"""What a merge could not place waits for its author: look at both texts, keep one, keep both, or write a third.

A choice can be taken back for thirty days: the text that it replaced is kept on this device.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, Literal

import msgspec
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, delete, func, insert, select

from lms_core import ops
from lms_core.db.rows import VISIBLE
from lms_core.errors import NotFound
from lms_core.merge import merge_text, paragraphs
from lms_core.sync.entities import CONFLICT
from lms_core.unit import Work

Choice = Literal["mine", "theirs", "both"]
ALIKE = 0.35
UNDO_MS = 30 * 86_400_000

LOCAL = MetaData()
"""Made by migrations."""

settled = Table(
    "settled",
    LOCAL,
    Column("conflict", Text, primary_key=True),
    Column("before", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)


class OpenConflict(msgspec.Struct, frozen=True):
    """One item of *Needs you*. `mine` is what found no place, `current` the text everybody sees now.

    `before` is the text before both changes, `author` wrote `mine` and `by` (`by_me`: this person) the other text; each
    is empty where that is not known.
    """

    id: str
    entity: str
    row: str
    field: str
    mine: str
    theirs: str
    current: str
    at: int
    own: bool
    before: str = ""
    author: str = ""
    by: str = ""
    by_me: bool = False

    @property
    def alone(self) -> bool:
        """Whether both texts are of this person, on two devices."""
        return self.own and self.by_me


class Settled(msgspec.Struct, frozen=True):
    """A conflict that was settled within the last thirty days; `at` is when, as far as this device knows."""

    id: str
    entity: str
    row: str
    field: str
    at: int


class Part(msgspec.Struct, frozen=True):
    """A piece of two texts: alike where `mine` is empty, else mine beside theirs; `theirs` is empty for mine alone.

    `before` is what stood there before both changes, where that can be told.
    """

    theirs: str
    mine: str = ""
    before: str = ""

    @property
    def differs(self) -> bool:
        """Whether there is something to choose."""
        return bool(self.mine)


def parts_of(current: str, mine: str, before: str = "") -> list[Part]:
    """The current text by paragraphs; each of mine that is not in it stands beside the one it resembles most."""
    lines = paragraphs(current)
    former = [line for line in paragraphs(before) if line not in lines]
    beside: dict[int, list[str]] = {}
    alone: list[str] = []
    for lost in paragraphs(mine):
        if lost in lines:
            continue
        at = _nearest(lines, lost)
        if at is None:
            alone.append(lost)
        else:
            beside.setdefault(at, []).append(lost)
    parts = [Part(line, "\n\n".join(beside.get(n, ()))) for n, line in enumerate(lines)] + [Part("", x) for x in alone]
    return [Part(part.theirs, part.mine, _former(former, part)) if part.differs else part for part in parts]


def _former(lines: list[str], part: Part) -> str:
    """The paragraph that both changed."""
    at = _nearest(lines, part.mine)
    if at is None:
        at = _nearest(lines, part.theirs)
    return "" if at is None else lines[at]


def compose(parts: Sequence[Part], choices: Sequence[Choice], *, like: str) -> str:
    """The text that a choice for each part leads to; it ends as `like` does."""
    lines: list[str] = []
    for part, choice in zip(parts, choices, strict=True):
        wanted = {"mine": (part.mine or part.theirs,), "theirs": (part.theirs,), "both": (part.theirs, part.mine)}
        lines += [text for text in wanted[choice] if text]
    return "\n\n".join(lines) + ("\n" if like.endswith("\n") else "")


def proposed(current: str, mine: str, choice: Choice) -> str:
    """The text that one choice for all leads to."""
    parts = parts_of(current, mine)
    return current if choice == "theirs" else compose(parts, [choice] * len(parts), like=current)


def _nearest(lines: list[str], lost: str) -> int | None:
    likeness = [SequenceMatcher(None, line, lost, False).ratio() for line in lines]
    best = max(range(len(lines)), key=likeness.__getitem__, default=None)
    return best if best is not None and likeness[best] >= ALIKE else None


def waiting_for(conn: Any, account: str) -> int:
    """How many open conflicts wait for a person."""
    table = VISIBLE.tables[CONFLICT.name]
    mine = table.c.account_id.in_((account, ""))
    return int(conn.scalar(select(func.count()).select_from(table).where(table.c.status == "open", mine)) or 0)


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
            r.at, own, r.before or "", r.author or "", r.by_name or "",
            bool(r.by) and r.by == unit.actor.account,
        )  # fmt: skip

    def settle(self, conflict: str, text: str) -> str:
        """Make `text` the result and close the item; returns the text that was there.

        Raises:
            NotFound: somebody else settled it, or its row is gone.
        """
        with self._work() as unit:
            now = unit.row(CONFLICT, conflict)
            if now is None or now["status"] != "open":
                raise NotFound
            before = _current(unit, now["entity"], now["row"], now["field"])
            _write(unit, now, before, text)
            unit.emit(ops.act(CONFLICT, conflict, "settle", expect="open", extra={"seen": now["mine"] or ""}))
            old = (settled.c.conflict == conflict) | (settled.c.at < unit.now_ms - UNDO_MS)
            unit.local(delete(settled).where(old))
            kept = {"conflict": conflict, "before": before, "result": text, "at": unit.now_ms}
            unit.local(insert(settled), [kept])
            return before

    def settled(self) -> list[Settled]:
        """What was settled within thirty days and can be taken back, the last one first."""
        table = VISIBLE.tables[CONFLICT.name]
        with self._work() as unit:
            at = func.coalesce(settled.c.at, table.c.at)
            joined = table.outerjoin(settled, settled.c.conflict == table.c.id)
            mine = table.c.account_id.in_((unit.actor.account, ""))
            rows = unit.all(
                select(table.c.id, table.c.entity, table.c.row, table.c.field, at.label("settled_at"))
                .select_from(joined)
                .where(table.c.status == "settled", mine, at >= unit.now_ms - UNDO_MS)
                .order_by(at.desc(), table.c.id)
            )
            return [Settled(*r) for r in rows]

    def reopen(self, conflict: str) -> None:
        """Undo `settle`: put the former text back and open the item again; what was written since stays.

        On another device than the one where it was settled the text stays as it is and the item opens again.
        """
        with self._work() as unit:
            now = unit.row(CONFLICT, conflict)
            if now is None:
                raise NotFound
            kept = unit.all(select(settled).where(settled.c.conflict == conflict))
            if kept:
                here = _current(unit, now["entity"], now["row"], now["field"])
                _write(unit, now, here, merge_text(kept[0].result, kept[0].before, here).text)
                unit.local(delete(settled).where(settled.c.conflict == conflict))
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
