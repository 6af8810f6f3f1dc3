"""Bulk reads and writes: any text is found again, also what JSON cannot carry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Engine, Float, Integer, LargeBinary, MetaData, Table, Text, select

from lms_core.db.bulk import CHUNK, among, put, put_values
from lms_core.db.engine import open_engine, write
from lms_core.db.rows import Json

THING = Table(
    "thing",
    MetaData(),
    Column("id", Text, primary_key=True),
    Column("n", Integer),
    Column("on", Boolean),
    Column("raw", LargeBinary),
    Column("more", Json),
)
KINDS = Table(
    "kinds",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("text", Text),
    Column("big", BigInteger),
    Column("real", Float),
    Column("yes", Boolean),
    Column("raw", LargeBinary),
    Column("more", Json),
)
ODD: dict[str, list[Any]] = {
    "text": ["", "NULL", '{"a,b\\"}', "ümläut ☂ 😀", "x" * 3000, None],
    "big": [0, -1, (1 << 63) - 1, -(1 << 63), 300, None],
    "real": [0.0, -1.5, 1e300, float("inf"), 5e-324, None],
    "yes": [True, False, True, True, False, None],
    "raw": [b"", b"\0", b"\xff" * 1023, b"\xff" * 1024, b"a", None],
    "more": [{}, [], {"a": [1, None]}, "text", 1.5, None],
}
IDS = ["plain", "with 'quotes' and \\", "ümläut ☂ 😀", "a\0b", "a", ""]


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(database_url or tmp_path / "data.db")
    yield engine
    engine.dispose()


@pytest.mark.postgresql
@pytest.mark.parametrize("which", ["each its own", "all alike", "all missing"])
def test_a_column_of_any_kind_comes_back_as_it_went(engine: Engine, which: str) -> None:
    columns = {"each its own": ODD, "all alike": {k: [v[2]] * 6 for k, v in ODD.items()}}.get(
        which, {k: [None] * 6 for k in ODD}
    )
    rows = [(n, *values) for n, values in enumerate(zip(*columns.values(), strict=True))]
    with write(engine) as conn:
        KINDS.create(conn)
        put_values(conn, KINDS, ("id", *ODD), rows, keys=["id"])
        assert [tuple(r) for r in conn.execute(select(KINDS).order_by(KINDS.c.id))] == rows
        KINDS.drop(conn)


def test_rows_are_put_replaced_and_found_again(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "data.db")
    rows = [{"id": i, "n": 1, "on": n % 2 == 0, "raw": b"\0\xff", "more": [i, None]} for n, i in enumerate(IDS)]
    with write(engine) as conn:
        THING.create(conn)
        put(conn, THING, rows, ["id"])
        put(conn, THING, [{"id": "plain", "n": 2}], ["id"])
        found = {r.id: r for r in conn.execute(select(THING))}
        assert found["plain"].n == 2
        assert [found[i].on for i in IDS] == [n % 2 == 0 for n in range(len(IDS))]
        assert all(r.raw == b"\0\xff" and r.more == [r.id, None] for r in found.values())
        for some in (IDS, ["a"], ["a\0b"], ["missing"], []):
            asked = among(conn, "SELECT id FROM thing WHERE id", some)
            assert {i for (i,) in asked} == set(some) & set(IDS)
    engine.dispose()


def test_more_items_than_one_list_holds(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "data.db")
    ids = [f"{n}" for n in range(2 * CHUNK + 1)]
    with write(engine) as conn:
        THING.create(conn)
        put(conn, THING, [{"id": i, "n": 0} for i in ids], ["id"])
        assert len(list(among(conn, "SELECT id FROM thing WHERE id", ids))) == len(ids)
        assert len(list(among(conn, "SELECT id FROM thing WHERE id", [*ids, "\0"]))) == len(ids)
    engine.dispose()
