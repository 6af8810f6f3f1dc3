"""Write many rows at once: a statement is compiled once and its rows go straight to the driver."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Boolean, Connection, Float, LargeBinary, Table, Text, bindparam, column, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import Executable
from sqlalchemy.types import TypeEngine

from lms_core.db.engine import executemany, fetch

T = TypeVar("T")
CHUNK = 500


def chunks(items: Collection[T]) -> Iterator[list[T]]:
    """Cut a collection into lists that fit into one IN list."""
    listed = list(items)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def among(conn: Connection, sql: str, items: Collection[Any], *, lock: str = "") -> Iterator[Any]:
    """Rows, as tuples, of a SELECT that ends with a column which is to be one of `items`; nothing is compiled anew.

    The items are texts; in SQLite numbers, too.
    `lock` is what PostgreSQL is told at the end, so that the rows stay as they are until the transaction ends.
    """
    if conn.dialect.name == "postgresql":  # no text there has a null byte
        from lms_core.db.arrays import packed

        plain = [item for item in items if "\0" not in item]
        if plain:
            yield from conn.exec_driver_sql(f"{sql} = ANY(%b::text[]){lock}", (packed(Text(), plain),)).all()
        return
    asked = json.dumps(list(items))
    if "\\u0000" not in asked:  # a text with a null byte does not come out of JSON whole
        yield from fetch(conn, f"{sql} IN (SELECT value FROM json_each(?))", (asked,))  # noqa: S608
        return
    wanted = text(f"{sql} IN :items").bindparams(bindparam("items", expanding=True))
    for part in chunks(items):
        yield from conn.execute(wanted, {"items": part})


def direct(conn: Connection, statement: Executable, values: Mapping[str, Any]) -> Sequence[Any]:
    """Run one of the few statements of every exchange, on SQLite straight through the driver: a fourth of the time.

    `statement` is one object that stays, with a bind parameter for each of `values`; its rows are tuples.
    """
    if conn.dialect.name == "postgresql":
        result = conn.execute(statement, values)
        return result.all() if result.returns_rows else []
    sql, names = _direct(conn.dialect, statement)
    return fetch(conn, sql, [values[name] for name in names])


@lru_cache(maxsize=256)
def _direct(dialect: Dialect, statement: Any) -> tuple[str, tuple[str, ...]]:
    built = statement.compile(dialect=dialect)
    return str(built), tuple(built.positiontup or ())


def upsert(conn: Connection, table: Any) -> Any:
    """An INSERT that can say what to do on conflict, in the database's dialect."""
    if conn.dialect.name != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def put(conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> None:
    """Insert rows, replacing those with the same key; all rows have the columns of the first."""
    if rows:
        names = tuple(rows[0])
        put_values(conn, table, names, [[row[name] for name in names] for row in rows], keys=keys)


def put_values(conn: Connection, table: Table, names: tuple[str, ...], rows: list[Any], *, keys: Sequence[str]) -> None:
    """The same for rows that come as values in the order of `names`; without keys a row that is there is an error."""
    if not rows:
        return
    if conn.dialect.name == "postgresql":
        _put_columns(conn, table, names, rows, keys=tuple(keys))
        return
    sql, pick, convert = _compiled(conn.dialect, table, names, tuple(keys))
    if pick:
        rows = [pick(row) for row in rows]
    convert = [(at, process) for at, process in convert if any(row[at] is not None for row in rows)]
    if convert:
        rows = [list(row) for row in rows]
        for row in rows:
            for at, process in convert:
                row[at] = process(row[at])
    executemany(conn, sql, rows)


@lru_cache(maxsize=256)
def _compiled(
    dialect: Dialect, table: Table, names: tuple[str, ...], keys: tuple[str, ...]
) -> tuple[str, Callable[[Any], Any] | None, list[tuple[int, Callable[[Any], Any]]]]:
    """The statement, what brings values into its order (None: they are), and what some of them pass through."""
    built = _change(sqlite.insert(table), names, keys).compile(dialect=dialect, column_keys=list(names))
    order = tuple(built.positiontup or ())
    pick = None if order == names else itemgetter(*(names.index(n) for n in order))
    processors = [(at, _processor(dialect, table.c[n].type)) for at, n in enumerate(order)]
    return str(built), pick, [(at, process) for at, process in processors if process]


def _change(insertion: Any, names: tuple[str, ...], keys: tuple[str, ...]) -> Any:
    rest = [n for n in names if n not in keys]
    if not keys:
        return insertion
    if not rest:
        return insertion.on_conflict_do_nothing()
    return insertion.on_conflict_do_update(index_elements=keys, set_={n: insertion.excluded[n] for n in rest})


def _processor(dialect: Dialect, kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What turns a value into the driver's; drivers take bytes and truth values as they are."""
    return None if isinstance(kind, LargeBinary | Boolean) else kind.dialect_impl(dialect).bind_processor(dialect)


def differing(conn: Connection, table: Table, names: tuple[str, ...], rows: list[Any]) -> list[Any]:
    """Those rows, values in the order of `names`, that do not stand in the table just so; the first is the key."""
    sql, convert = _look(conn.dialect, table, names)
    there = {found[0]: tuple(found) for found in among(conn, sql, [row[0] for row in rows])}
    if not there:
        return rows
    return [row for row in rows if there.get(row[0]) != _stored(row, convert)]


def _stored(row: Sequence[Any], convert: list[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    values = list(row)
    for at, process in convert:
        values[at] = process(values[at])
    return tuple(values)


@lru_cache(maxsize=256)
def _look(dialect: Dialect, table: Table, names: tuple[str, ...]) -> tuple[str, list[tuple[int, Callable[[Any], Any]]]]:
    """What reads rows by their first column as they are stored, and what brings values into that form."""
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in names)
    processors = [(at, _processor(dialect, table.c[name].type)) for at, name in enumerate(names)]
    sql = f"SELECT {columns} FROM {quote(table.name)} WHERE {quote(names[0])}"  # noqa: S608 - names of our own tables
    return sql, [(at, process) for at, process in processors if process]


# --- PostgreSQL: a column travels as one array, in one message for all rows
def _put_columns(
    conn: Connection, table: Table, names: tuple[str, ...], rows: list[Any], *, keys: tuple[str, ...]
) -> None:
    from lms_core.db.arrays import packed

    sql, kinds, convert = _by_columns(conn.dialect, table, names, keys)
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for at, process in convert:
        columns[at] = [None if value is None else process(value) for value in columns[at]]
    conn.exec_driver_sql(sql, tuple(map(packed, kinds, columns)))


@lru_cache(maxsize=256)
def _by_columns(
    dialect: Dialect, table: Table, names: tuple[str, ...], keys: tuple[str, ...]
) -> tuple[str, list[TypeEngine[Any]], list[tuple[int, Callable[[Any], Any]]]]:
    """The statement over arrays, their kinds, and what the values of some columns pass through."""
    from sqlalchemy.dialects import postgresql

    kinds = [table.c[n].type for n in names]
    arrays = ", ".join(f"%b::{kind.compile(dialect=dialect)}[]" for kind in kinds)
    source = text(f"SELECT * FROM unnest({arrays})").columns(*map(column, names))  # noqa: S608 - kinds of our columns
    change = _change(postgresql.insert(table).from_select(list(names), source), names, keys)
    convert = [(at, _for_postgres(dialect, kind)) for at, kind in enumerate(kinds)]
    sql = str(change.compile(dialect=dialect)).replace("%%b", "%b")
    return sql, kinds, [(at, process) for at, process in convert if process]


def _for_postgres(dialect: Dialect, kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """Text there holds no null byte; what a person typed shows the mark for a lost character."""
    if isinstance(kind, Float):
        return float
    if isinstance(kind, Text):
        return _without_null
    return _processor(dialect, kind)


def _without_null(value: str) -> str:
    return value.replace("\0", "\ufffd") if "\0" in value else value
