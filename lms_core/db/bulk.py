"""Write many rows at once: a statement is compiled once and its rows go straight to the driver."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect

T = TypeVar("T")
CHUNK = 500


def chunks(items: Collection[T]) -> Iterator[list[T]]:
    """Cut a collection into lists that fit into one IN list."""
    listed = list(items)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def upsert(conn: Connection, table: Any) -> Any:
    """An INSERT that can say what to do on conflict, in the database's dialect."""
    return _insert(conn.dialect, table)


def _insert(dialect: Dialect, table: Any) -> Any:
    if dialect.name != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def put(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> None:
    """Insert rows, replacing those with the same key; all rows have the columns of the first."""
    if not rows:
        return
    names = tuple(rows[0])
    sql, order, convert = _compiled(conn.dialect, table, names, tuple(keys))
    if convert:
        values = [tuple(convert[n](row[n]) if n in convert else row[n] for n in order) for row in rows]
    else:
        values = [tuple(row[n] for n in order) for row in rows]
    conn.exec_driver_sql(sql, values)


@lru_cache(maxsize=256)
def _compiled(
    dialect: Dialect, table: Table, names: tuple[str, ...], keys: tuple[str, ...]
) -> tuple[str, list[str], dict[str, Callable[[Any], Any]]]:
    change = _insert(dialect, table)
    rest = [n for n in names if n not in keys]
    if rest:
        change = change.on_conflict_do_update(keys, set_={n: change.excluded[n] for n in rest})
    else:
        change = change.on_conflict_do_nothing()
    built = change.compile(dialect=dialect, column_keys=list(names))
    convert = {n: c for n in names if (c := table.c[n].type.dialect_impl(dialect).bind_processor(dialect))}
    return str(built), list(built.positiontup or ()), dict(convert)
