"""The rows that a batch of ops works on, loaded in bulk and changed in memory until the transaction ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from msgspec.structs import replace

from lms_core.errors import Conflict
from lms_core.ops import Op, Values, Version
from lms_core.schema import Entity, Row, Schema
from lms_core.sync.rows import Cell, HubRow, RowView

GAP = 1 << 20
"""Between the positions of siblings, so that others find room there."""


class Source(Protocol):
    """Where a bench finds rows that were not loaded beforehand."""

    def rows(self, ids: Collection[str]) -> dict[str, HubRow]:
        """Those of the rows that exist."""

    def kids(self, parents: Collection[str]) -> dict[str, set[str]]:
        """Ids of the rows below each parent."""

    def refused(self, ids: Collection[str]) -> set[str]:
        """Those rows whose create was refused."""


class Bench:
    """Rows of one batch. Changes gather in `draft` for one group and in `dirty` for the whole transaction.

    `before` has the versions that rows came with, `fresh` those that are new, `partial` (row, scope) where a scope does
    not see all of the row.
    """

    def __init__(self, schema: Schema, source: Source, version: Version) -> None:
        self.schema = schema
        self.source = source
        self.version = version
        self.rows: dict[str, HubRow | None] = {}
        self.kids: dict[str, set[str]] = {}
        self.refused: set[str] = set()
        self.draft: dict[str, HubRow] = {}
        self.dirty: dict[str, HubRow] = {}
        self.fresh: set[str] = set()
        self.before: dict[str, Version] = {}
        self.partial: set[tuple[str, str]] = set()

    def load(self, ids: Iterable[str]) -> None:
        """Fetch rows that are not here yet, all at once."""
        missing = [row for row in dict.fromkeys(ids) if row not in self.rows]
        if not missing:
            return
        found = self.source.rows(missing)
        absent = [row for row in missing if row not in found]
        self.rows.update(found)
        self.before.update((row, each.ver) for row, each in found.items())
        self.rows.update(dict.fromkeys(absent))
        if absent:
            self.refused |= self.source.refused(absent)

    def refuse(self, ops: Iterable[Op], account: str) -> None:
        """Note rows that an account may not make; one in the name of another is not its to wait for."""
        for op in ops:
            entity = self.schema.find(op.entity)
            owner = entity.owner if entity else None
            made = op.kind in ("create", "append") and self.rows.get(op.row) is None
            if made and (owner is None or op.args.get(owner) == account):
                self.refused.add(op.row)

    def load_kids(self, parents: Iterable[str]) -> None:
        """Fetch the rows below parents that are not here yet."""
        missing = [p for p in dict.fromkeys(parents) if p not in self.kids]
        if missing:
            found = self.source.kids(missing)
            self.kids.update({p: found.get(p, set()) for p in missing})
            self.load(kid for kids in found.values() for kid in kids)

    def row(self, row: str) -> HubRow | None:
        """The row as it stands in this group."""
        if row in self.draft:
            return self.draft[row]
        if row not in self.rows:
            self.load((row,))
        return self.rows[row]

    def cell(self, row: str, name: str) -> Cell | None:
        """A field of a row as it stands in this group."""
        found = self.row(row)
        return found.cells.get(name) if found else None

    def view(self, row: str) -> Row | None:
        """The row as rules see it; deleted ones are not there."""
        found = self.row(row)
        return None if found is None or found.gone else RowView(self.schema[found.entity], found)

    def touch(self, entity: str, row: str) -> HubRow:
        """The row, to be changed in this group."""
        found = self.draft.get(row)
        if found is None:
            old = self.row(row)
            found = self.draft[row] = old.copy() if old else HubRow(entity, row)
        found.ver = self.version
        return found

    def keep(self) -> None:
        """End a group: its rows stay."""
        for row in self.draft.values():
            if self.rows.get(row.id) is None:
                self.fresh.add(row.id)
            self.rows[row.id] = row
            self.dirty[row.id] = row
            place = row.cells.get("place")
            if place and place.value[0] in self.kids:
                self.kids[place.value[0]].add(row.id)
        self.draft = {}

    def derive(self, entity: Entity, row: str, values: Values | None, t: int) -> None:
        """Write a row in the hub's own name, as far as it changes; None takes it away, and values bring it back.

        Raises:
            Conflict: `id_reused` when the id is that of a row of another kind.
        """
        old = self.row(row)
        if old is not None and old.entity != entity.name:
            raise Conflict("id_reused")
        if values is None:
            if old is not None and not old.gone:
                gone = self.touch(entity.name, row)
                gone.gone, gone.base = True, gone.ver
        else:
            there = {} if old is None or old.gone else old.cells
            flat = entity.flatten(values)
            changed = {n: v for n, v in flat.items() if n not in there or there[n].value != v}
            if changed or old is None or old.gone:
                now = self.touch(entity.name, row)
                now.gone = False
                now.cells.update((n, Cell(v, now.ver, t, "hub", 0)) for n, v in changed.items())
        self.keep()

    def siblings(self, parent: str, but: str) -> list[tuple[int, str]]:
        """(position, id) of the rows below `parent` in order, trashed ones included."""
        self.load_kids((parent,))
        out = []
        for kid in self.kids[parent] | self.draft.keys():
            found = self.row(kid)
            place = found.cells.get("place") if found and kid != but else None
            if place and place.value[0] == parent:
                out.append((place.value[1], kid))
        return sorted(out)

    def spot(self, parent: str, but: str, anchors: Sequence[str]) -> int:
        """A position below `parent` behind the first of the anchors that is there, else last; none: first of all."""
        line = self.siblings(parent, but)
        ids = [row for _, row in line]
        at = next((ids.index(a) + 1 for a in anchors if a in ids), len(ids) if anchors else 0)
        low = line[at - 1][0] if at else 0
        high = line[at][0] if at < len(line) else low + 2 * GAP
        if high - low < 2:
            for k, row in enumerate(ids):  # values change, field versions do not
                moved = self.touch("", row)
                cell = moved.cells["place"]
                moved.cells["place"] = replace(cell, value=[parent, GAP * (k + 1 + (k >= at))])
            low, high = GAP * at, GAP * (at + 2)
        return (low + high) // 2
