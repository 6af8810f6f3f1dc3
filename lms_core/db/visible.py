"""Tables that only show what documents hold are never migrated: when their shape changes they are made anew."""

from __future__ import annotations

from hashlib import blake2b

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, inspect, select
from sqlalchemy.schema import CreateIndex, CreateTable

FINGERPRINT_ID = 1
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
    wanted = fingerprint(conn, metadata, salt=salt)
    if conn.scalar(select(_visible_schema.c.fingerprint).where(_visible_schema.c.id == FINGERPRINT_ID)) == wanted:
        return False
    _drop_former(conn, metadata)
    metadata.create_all(conn)
    conn.execute(_visible_schema.delete())
    conn.execute(_visible_schema.insert(), {"id": FINGERPRINT_ID, "fingerprint": wanted})
    return True


def fingerprint(conn: Connection, metadata: MetaData, *, salt: str = "") -> str:
    """A short text that changes with any table, column or index: names first, then a hash of the statements."""
    statements = [salt]
    for table in metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=conn.dialect)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        statements += [str(CreateIndex(index).compile(dialect=conn.dialect)) for index in indexes]
    digest = blake2b("\n".join(statements).encode(), digest_size=16).hexdigest()
    return " ".join([digest, *sorted(metadata.tables)])


def _drop_former(conn: Connection, metadata: MetaData) -> None:
    """Drop the tables that were visible last time, those that the program no longer knows included."""
    stored = conn.scalar(select(_visible_schema.c.fingerprint).where(_visible_schema.c.id == FINGERPRINT_ID)) or ""
    present = set(inspect(conn).get_table_names())
    for name in present & {*stored.split()[1:], *metadata.tables}:
        Table(name, MetaData()).drop(conn)
