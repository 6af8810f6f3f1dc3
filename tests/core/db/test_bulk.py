"""Bulk reads and writes: any text is found again, also what JSON cannot carry."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, LargeBinary, MetaData, Table, Text, select

from lms_core.db.bulk import CHUNK, among, put
from lms_core.db.engine import open_sqlite, write
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
IDS = ["plain", "with 'quotes' and \\", "ümläut ☂ 😀", "a\0b", "a", ""]


def test_rows_are_put_replaced_and_found_again(tmp_path):
    engine = open_sqlite(tmp_path / "data.db")
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


def test_more_items_than_one_list_holds(tmp_path):
    engine = open_sqlite(tmp_path / "data.db")
    ids = [f"{n}" for n in range(2 * CHUNK + 1)]
    with write(engine) as conn:
        THING.create(conn)
        put(conn, THING, [{"id": i, "n": 0} for i in ids], ["id"])
        assert len(list(among(conn, "SELECT id FROM thing WHERE id", ids))) == len(ids)
        assert len(list(among(conn, "SELECT id FROM thing WHERE id", [*ids, "\0"]))) == len(ids)
    engine.dispose()
