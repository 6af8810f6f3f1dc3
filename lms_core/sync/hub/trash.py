"""The trash is emptied after 30 days, but never of anything that somebody worked on meanwhile (SYNC.md section 3)."""

from __future__ import annotations

from sqlalchemy import select

from lms_core.db.rows import VISIBLE
from lms_core.schema import Entity
from lms_core.sync.hub.unit import HubUnit

KEEP_MS = 30 * 86_400_000


def empty_trash(unit: HubUnit, now: int) -> int:
    """Delete rows that lie in the trash for 30 days, with all below them; returns how many rows went."""
    before = now - KEEP_MS
    gone = 0
    for entity in unit.engine.schema.entities.values():
        for row in _thrown_away(unit, entity, before):
            whole = _with_all_below(unit, row)
            if all(unit.bench.rows[each] is None or _age(unit, each) < before for each in whole):
                gone += _delete(unit, whole)
    return gone


def _thrown_away(unit: HubUnit, entity: Entity, before: int) -> list[str]:
    table = VISIBLE.tables.get(entity.name) if entity.is_tree else None
    if table is None:
        return []
    return [row for (row,) in unit.all(select(table.c.id).where(table.c.trashed_at < before))]


def _with_all_below(unit: HubUnit, row: str) -> list[str]:
    """A row and its descendants, the lowest last."""
    found, at = [row], 0
    unit.bench.load((row,))
    while at < len(found):
        unit.bench.load_kids((found[at],))
        found += sorted(unit.bench.kids[found[at]] - set(found))
        at += 1
    return found


def _age(unit: HubUnit, row: str) -> int:
    """The time of a row's last change."""
    found = unit.bench.row(row)
    return max((cell.t for cell in found.cells.values()), default=0) if found and not found.gone else 0


def _delete(unit: HubUnit, rows: list[str]) -> int:
    alive = [found for row in rows if (found := unit.bench.row(row)) and not found.gone]
    for found in alive:
        unit.derive(unit.engine.schema[found.entity], found.id, None)
    return len(alive)
