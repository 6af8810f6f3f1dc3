"""What a merge could not place waits for its author: look at both texts, keep one, keep both, or write a third.

A choice can be taken back for thirty days: the text that it replaced is kept on this device.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import permutations
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
    is empty where that is not known. `earlier` are other conflicts whose texts `mine` goes on with, settled along.
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
    earlier: tuple[str, ...] = ()

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


def chains(rows: Iterable[Any]) -> list[list[Any]]:
    """Conflicts by what they are about: each with those before it that its author went on from, the last one last.

    Whoever writes on without a network sends a paragraph in several states; the later edit says that it began with the
    earlier one.
    """
    same: dict[tuple[str, ...], list[Any]] = {}
    for row in rows:
        same.setdefault((row.row, row.field, row.account_id or row.id), []).append(row)
    return [chain for found in same.values() for chain in _chained(found)]


def _chained(found: list[Any]) -> list[list[Any]]:
    """The same of conflicts about one text of one author."""
    lost = {row.id: set(paragraphs(row.mine or "")) for row in found}
    began = {row.id: set(paragraphs(row.before or "")) for row in found}
    after: dict[str, str] = {}

    def way(row: str) -> list[str]:
        out = [row]
        while out[-1] in after:
            out.append(after[out[-1]])
        return out

    for row, later in permutations(lost, 2):
        goes_on = lost[row] and lost[row] <= began[later] and not lost[later] <= began[row]
        if goes_on and row not in after and row not in way(later):
            after[row] = later
    out: dict[str, list[Any]] = {}
    for each in sorted(found, key=lambda each: -len(way(each.id))):
        out.setdefault(way(each.id)[-1], []).append(each)
    return list(out.values())


def _together(chain: Sequence[Any]) -> str:
    """The last text of an author, with what of the earlier ones is not another state of it."""
    lines: list[str] = []
    for item in chain:
        left = [*lines]
        for line in paragraphs(item.mine or ""):
            at = _nearest(left, line)
            if at is None:
                lines.append(line)
            else:
                lines[lines.index(left.pop(at))] = line
    return "\n\n".join(lines)


def waiting_for(conn: Any, account: str) -> int:
    """How many open conflicts wait for a person."""
    table = VISIBLE.tables[CONFLICT.name]
    return len(chains(conn.execute(_in_order(table.c.status == "open", table.c.account_id.in_((account, ""))))))


def _in_order(*conditions: Any) -> Any:
    table = VISIBLE.tables[CONFLICT.name]
    return select(table).where(*conditions).order_by(table.c.at, table.c.id)


class ConflictsService:
    """The open conflicts of a replica and how they are settled."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def open(self) -> list[OpenConflict]:
        """All that wait, the oldest first."""
        with self._work() as unit:
            rows = unit.all(_in_order(VISIBLE.tables[CONFLICT.name].c.status == "open"))
            return [self._item(unit, chain) for chain in chains(rows)]

    def _item(self, unit: Any, chain: Sequence[Any]) -> OpenConflict:
        *earlier, r = chain
        other = next((x for x in reversed(chain) if x.by), r)
        own = not r.account_id or r.account_id == unit.actor.account
        return OpenConflict(
            r.id, r.entity, r.row, r.field, _together(chain), r.theirs or "", _current(unit, r.entity, r.row, r.field),
            r.at, own, chain[0].before or "", r.author or "", other.by_name or "",
            bool(other.by) and other.by == unit.actor.account, tuple(x.id for x in earlier),
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
            for each in _chain(unit, conflict, "open"):
                seen = (unit.row(CONFLICT, each) or now)["mine"] or ""
                unit.emit(ops.act(CONFLICT, each, "settle", expect="open", extra={"seen": seen}))
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
                select(table, at.label("settled_at"))
                .select_from(joined)
                .where(table.c.status == "settled", mine, at >= unit.now_ms - UNDO_MS)
                .order_by(at.desc(), table.c.id)
            )
            last = [chain[-1] for chain in chains(rows)]
            return [Settled(r.id, r.entity, r.row, r.field, r.settled_at) for r in last]

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
            for each in _chain(unit, conflict, "settled"):
                unit.emit(ops.act(CONFLICT, each, "reopen", expect="settled"))


def _chain(unit: Any, conflict: str, status: str) -> list[str]:
    """A conflict and those that it goes on from, as far as they have a status."""
    rows = unit.all(_in_order(VISIBLE.tables[CONFLICT.name].c.status == status))
    found = next((chain for chain in chains(rows) if chain[-1].id == conflict), [])
    return [row.id for row in found] or [conflict]


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
