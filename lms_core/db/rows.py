"""Typed tables made from entity declarations: what services read on a replica and at the hub alike.

They hold nothing of their own: every row follows from documents, so they are dropped and refolded after an upgrade.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    select,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from lms_core.db.bulk import chunks, differing, put_values
from lms_core.db.visible import LATER
from lms_core.ops import Place, Values
from lms_core.schema import Entity, Field

VISIBLE = MetaData()
_dump = msgspec.json.Encoder().encode
_load = msgspec.json.Decoder().decode


class Json(TypeDecorator[Any]):
    """Lists and maps as JSON text, the same in SQLite and PostgreSQL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        """Encode."""
        return None if value is None else _dump(value).decode()

    def process_result_value(self, value: str | None, dialect: Any) -> Any:
        """Decode."""
        return None if value is None else _load(value)


def table_for(
    entity: Entity,
    *,
    prefix: str = "",
    index: Collection[str | tuple[str, ...]] = (),
    later: Collection[tuple[str, ...]] = (),
) -> Table:
    """Make the table of an entity: `id`, a column a field, and for trees `parent`, `pos`, `after`, `turn`.

    `prefix="derived_"` makes the table of provisional rows of a hub entity; `index` names fields, several together
    as a tuple. Those in `later` are made beside the rows that are there; a new one in `index` has all rows folded anew.
    """
    indexed = frozenset(index)
    joint = [each for each in index if isinstance(each, tuple)]
    columns: list[Column[Any]] = [Column("id", Text, primary_key=True)]
    for name, field in entity.fields.items():
        if name == "place":
            columns += [
                Column("parent", Text, index=True),
                Column("pos", BigInteger),
                Column("after", Json),
                Column("turn", Integer),
            ]
        else:
            columns.append(Column(name, _type(field), index=name in indexed))
    name = prefix + entity.name
    indexes = [
        Index(f"ix_{name}_{'_'.join(each)}", *each, info={LATER: each in later}) for each in (*joint, *later)
    ]  # fmt: skip
    return Table(name, VISIBLE, *columns, *indexes)


def _type(field: Field) -> TypeEngine[Any]:
    kind = field.type[0] if isinstance(field.type, tuple) else field.type
    if kind is bool:
        return Boolean(create_constraint=False)
    if kind is int:
        return BigInteger()
    if kind is float:
        return Float()
    return Json() if kind in (list, dict) else Text()


@cache
def by_id(table: Table) -> Select[Any]:
    """A row of a table by the parameter `row`, its id."""
    return select(table).where(table.c.id == bindparam("row"))


def column_names(entity: Entity) -> tuple[str, ...]:
    """The columns of `to_row`, in its order."""
    return ("id", *entity.spots, *(("parent", "pos", "after", "turn") if entity.is_tree else ()))


def to_row(entity: Entity, row: str, values: Mapping[str, Any]) -> list[Any]:
    """A visible row as values; fields that this program does not know are left out."""
    out: list[Any] = [row, *entity.defaults]
    spots = entity.spots
    for name, value in values.items():
        if name in spots:
            out[spots[name]] = value
    if entity.is_tree:
        spot: Place | None = values.get("place")
        out += (spot.parent, spot.pos, list(spot.after) or None, spot.turn) if spot else (None, None, None, 0)
    return out


def to_columns(entity: Entity, row: str, values: Mapping[str, Any]) -> Values:
    """The same by the names of the columns."""
    return dict(zip(column_names(entity), to_row(entity, row, values), strict=True))


def from_columns(entity: Entity, columns: Mapping[str, Any]) -> Values:
    """The visible row that `to_columns` stored, with its `id`."""
    out = {name: columns[name] for name in ("id", *entity.fields) if name != "place"}
    if entity.is_tree:
        out["place"] = Place(
            columns["parent"] or "", columns["pos"], tuple(columns["after"] or ()), columns["turn"] or 0
        )
    return out


def show(conn: Connection, entity: Entity, rows: Mapping[str, Values | None], *, compare: bool = False) -> set[str]:
    """Bring rows into the typed table of their entity, where it has one; returns the rows that were written.

    With `compare` those that look as they did are left alone.
    """
    table = VISIBLE.tables.get(entity.name)
    if table is None or not rows:
        return set()
    hidden = [row for row, values in rows.items() if values is None]
    for some in chunks(hidden):
        conn.execute(delete(table).where(table.c.id.in_(some)))
    names = column_names(entity)
    shown = [to_row(entity, row, values) for row, values in rows.items() if values is not None]
    if compare:
        shown = differing(conn, table, names, shown)
    put_values(conn, table, names, shown, keys=["id"])
    return {*hidden, *(row[0] for row in shown)}
