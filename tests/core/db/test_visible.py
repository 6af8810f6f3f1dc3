"""Visible tables are made anew exactly when their shape changes; nothing else is touched."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Index, Integer, MetaData, Table, Text, inspect, text

from lms_core.db.engine import open_sqlite, write
from lms_core.db.visible import LATER, ensure_visible


@pytest.fixture
def engine(tmp_path):
    opened = open_sqlite(tmp_path / "data.db")
    with write(opened) as conn:
        conn.execute(text("CREATE TABLE visible_schema (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL)"))
        conn.execute(text("CREATE TABLE base (n INTEGER)"))
        conn.execute(text("INSERT INTO base VALUES (1)"))
    yield opened
    opened.dispose()


def notes(*extra: Column | Index, name: str = "note") -> MetaData:
    metadata = MetaData()
    Table(name, metadata, Column("id", Text, primary_key=True), Column("body", Text), *extra)
    return metadata


def ensure(engine, metadata, **more) -> bool:
    with write(engine) as conn:
        return ensure_visible(conn, metadata, **more)


def tables(engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def count(engine) -> int:
    with write(engine) as conn:
        return conn.scalar(text("SELECT count(*) FROM note"))


def test_same_shape_keeps_rows(engine):
    assert ensure(engine, notes())
    with write(engine) as conn:
        conn.execute(text("INSERT INTO note VALUES ('a', 'b')"))
    assert not ensure(engine, notes())
    assert count(engine) == 1


@pytest.mark.parametrize("change", [Column("stars", Integer), Index("by_body", "body")])
def test_new_shape_empties(engine, change):
    ensure(engine, notes())
    with write(engine) as conn:
        conn.execute(text("INSERT INTO note VALUES ('a', 'b')"))
    assert ensure(engine, notes(change))
    assert count(engine) == 0


def test_an_index_that_came_later_is_made_beside_the_rows(engine):
    ensure(engine, notes())
    with write(engine) as conn:
        conn.execute(text("INSERT INTO note VALUES ('a', 'b')"))
    for _ in range(2):
        assert not ensure(engine, notes(Index("by_body", "body", info={LATER: True})))
    assert [each["name"] for each in inspect(engine).get_indexes("note")] == ["by_body"]
    assert count(engine) == 1
    assert ensure(engine, notes(Column("stars", Integer), Index("by_body", "body", info={LATER: True})))
    assert [each["name"] for each in inspect(engine).get_indexes("note")] == ["by_body"]


def test_salt_empties(engine):
    ensure(engine, notes())
    assert ensure(engine, notes(), salt="2")
    assert not ensure(engine, notes(), salt="2")


def test_former_tables_go_and_others_stay(engine):
    ensure(engine, notes())
    ensure(engine, notes(name="remark"))
    assert tables(engine) == {"base", "visible_schema", "remark"}
    with write(engine) as conn:
        assert conn.scalar(text("SELECT n FROM base")) == 1


def test_tables_that_are_declared_later_are_made_later(engine):
    metadata = notes()
    ensure(engine, metadata)
    with write(engine) as conn:
        conn.execute(text("DELETE FROM visible_schema"))
    Table("declared_later", metadata, Column("id", Text, primary_key=True))
    ensure(engine, metadata)
    assert tables(engine) >= {"note", "declared_later"}
