"""Tables that only show what documents hold are never migrated: when their shape changes they are made anew."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from hashlib import blake2b
from typing import Any

from sqlalchemy import Column, Connection, DefaultClause, Integer, MetaData, Table, Text, inspect, select
from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement
from sqlalchemy.types import TypeEngine

from lms_core.db.engine import fetch

FINGERPRINT_ID = 1
LATER = "later"
"""Says of an index, in its `info`, that it came after its table: it is made beside the rows, not part of the shape."""
_OWN = MetaData()
_visible_schema = Table("visible_schema", _OWN, Column("id", Integer, primary_key=True), Column("fingerprint", Text))


def ensure_visible(conn: Connection, metadata: MetaData, *, salt: str = "") -> bool:
    """Make the tables of `metadata`, or make them anew if they are not shaped as the program wants them.

    Args:
        conn: inside a transaction that writes.
        metadata: the tables; nothing else in the file is touched.
        salt: changes when rows must be folded anew although no table changed.

    Returns:
        Whether the tables are empty now, so that the caller folds all rows into them in the same transaction.
    """
    wanted = fingerprint(metadata, salt=salt)
    if conn.scalar(select(_visible_schema.c.fingerprint).where(_visible_schema.c.id == FINGERPRINT_ID)) == wanted:
        for statement in _added(metadata):
            conn.exec_driver_sql(statement)
        return False
    _drop_former(conn, metadata)
    run = partial(fetch, conn) if conn.dialect.name == "sqlite" else conn.exec_driver_sql
    for statement in _statements(tuple(metadata.sorted_tables), conn.dialect.name):
        run(statement)
    conn.execute(_visible_schema.delete())
    conn.execute(_visible_schema.insert(), {"id": FINGERPRINT_ID, "fingerprint": wanted})
    return True


def fingerprint(metadata: MetaData, *, salt: str = "") -> str:
    """A short text that changes with any table, column or index: names first, then a hash of their shapes.

    Shapes are told without compiling statements, which would cost every start of the app ten times as much.
    """
    shapes = [salt, *map(_shape, metadata.sorted_tables)]
    digest = blake2b("\n".join(shapes).encode(), digest_size=16).hexdigest()
    return " ".join([digest, *sorted(metadata.tables)])


def _added(metadata: MetaData) -> list[str]:
    """What makes the indexes that came later."""
    return [
        f"CREATE INDEX IF NOT EXISTS {index.name} ON {table.name} ({', '.join(c.name for c in index.columns)})"
        for table in metadata.tables.values()
        for index in table.indexes
        if index.info.get(LATER)
    ]


@cache
def _statements(tables: tuple[Table, ...], dialect: str) -> tuple[str, ...]:
    """What makes the tables and their indexes; to compile it takes longer than to run it."""
    spoken = registry.load(dialect)()
    made: list[DDLElement] = [*map(CreateTable, tables), *(CreateIndex(i) for table in tables for i in table.indexes)]
    return tuple(str(each.compile(dialect=spoken)) for each in made)


@cache
def _shape(table: Table) -> str:
    columns = [f"{c.name} {_kind(c.type)} {c.primary_key} {c.nullable} {_default(c)}" for c in table.columns]
    indexes = [
        f"{i.name} {[c.name for c in i.columns]} {i.unique} {_options(i.dialect_kwargs)}"
        for i in sorted(table.indexes, key=lambda index: str(index.name))
        if not i.info.get(LATER)
    ]
    constraints = sorted(f"{type(c).__name__} {c.name}" for c in table.constraints)
    return "\n".join([table.name, _options(table.dialect_kwargs), *columns, *indexes, *constraints])


def _kind(kind: TypeEngine[Any]) -> str:
    return f"{type(kind).__name__} {getattr(kind, 'length', None)}"


def _default(column: Column[Any]) -> str:
    given = column.server_default
    return str(given.arg) if isinstance(given, DefaultClause) else str(given is not None)


def _options(given: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(given.items()))


def _drop_former(conn: Connection, metadata: MetaData) -> None:
    """Drop the tables that were visible last time, those that the program no longer knows included."""
    stored = conn.scalar(select(_visible_schema.c.fingerprint).where(_visible_schema.c.id == FINGERPRINT_ID)) or ""
    present = set(inspect(conn).get_table_names())
    for name in present & {*stored.split()[1:], *metadata.tables}:
        Table(name, MetaData()).drop(conn)
