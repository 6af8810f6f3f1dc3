"""Put the key by which a cluster shards a table, account or scope, into its primary key; add sums, limits and usage."""

# ruff: noqa: S608 - names of tables are constants here

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

OLD = "before_0006_"
BATCH = 1000
TABLES = ("replica", "taken", "hub_row", "scope", "feed", "refused", "held", "quarantined", "dirty", "stuck")


def upgrade() -> None:
    conn = op.get_bind()
    homes, left = _homes(conn)
    for table in TABLES:
        op.rename_table(table, OLD + table)
    _take_away_indexes(conn)
    _create_replica_and_taken()
    _create_hub_row(conn, homes)
    _create_scope_and_feed(conn, left)
    _create_refused_and_held(conn)
    _create_quarantined_and_usage()
    _create_dirty_and_stuck(conn, homes)
    for table in TABLES:
        op.drop_table(OLD + table)


def _homes(conn: sa.Connection) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The first scope of each row that had any, and where a row is no more, as (scope, row)."""
    homes, left = {}, []
    for row, data in conn.execute(sa.text("SELECT id, scopes FROM hub_row")):
        places = msgspec.msgpack.decode(data)
        if places:
            homes[row] = min(places)
        left += [(scope, row) for scope, present in places.items() if not present]
    return homes, left


def _take_away_indexes(conn: sa.Connection) -> None:
    """Names of indexes and keys are wanted by the new tables."""
    for name, table in (
        ("ix_replica_account", "replica"),
        ("hub_row_parent", "hub_row"),
        ("feed_seq", "feed"),
        ("ix_held_row", "held"),
    ):
        op.drop_index(name, OLD + table)
    if conn.dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER INDEX {table}_pkey RENAME TO {OLD}{table}_pkey")


def _create_replica_and_taken() -> None:
    op.create_table(
        "replica",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("hw", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("last_sync_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_replica_account", "replica", ["account"])
    op.execute(
        "INSERT INTO replica (id, account, hw, chain, last_sync_at) "
        f"SELECT id, account, hw, chain, last_sync_at FROM {OLD}replica"
    )
    op.create_table(
        "taken",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("replica", sa.Text(), primary_key=True),
        sa.Column("c", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("verdict", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO taken (account, replica, c, chain, verdict, at) "
        "SELECT r.account, t.replica, t.c, t.chain, t.verdict, r.last_sync_at "
        f"FROM {OLD}taken t JOIN {OLD}replica r ON r.id = t.replica"
    )


def _create_hub_row(conn: sa.Connection, homes: dict[str, str]) -> None:
    columns = (
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("home", sa.Text(), primary_key=True),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text()),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("base_epoch", sa.BigInteger(), nullable=False),
        sa.Column("base_n", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("cells", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.LargeBinary(), nullable=False),
    )
    names = [column.name for column in columns]
    table = op.create_table("hub_row", *columns, sqlite_with_rowid=False)
    found = conn.execute(sa.text(f"SELECT * FROM {OLD}hub_row")).mappings()
    for part in found.partitions(BATCH):
        rows = [{**row, "home": homes.get(row["id"], "hub"), "gone": bool(row["gone"])} for row in part]
        conn.execute(sa.insert(table), [{name: row[name] for name in names} for row in rows])
    where = sa.text("parent IS NOT NULL")
    op.create_index("hub_row_parent", "hub_row", ["parent"], sqlite_where=where, postgresql_where=where)
    if conn.dialect.name == "postgresql":  # several writers: no id under two homes
        op.create_index("hub_row_id", "hub_row", ["id"], unique=True)
        op.execute("CREATE SEQUENCE hub_version")
        op.execute("CREATE SEQUENCE scope_number")


def _create_scope_and_feed(conn: sa.Connection, left: list[tuple[str, str]]) -> None:
    op.create_table(
        "scope",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("id", sa.Integer(), nullable=False, unique=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("min_seq", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("sums", sa.LargeBinary()),
        sqlite_with_rowid=False,
    )
    op.execute(f"INSERT INTO scope (name, id, seq) SELECT name, id, seq FROM {OLD}scope")
    op.create_table(
        "feed",
        sa.Column("scope", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("row", sa.Text(), primary_key=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("gone_at", sa.BigInteger()),
        sqlite_with_rowid=False,
    )
    op.execute(f'INSERT INTO feed (scope, "row", seq, entry) SELECT scope, "row", seq, entry FROM {OLD}feed')
    op.create_index("feed_seq", "feed", ["scope", "seq"])
    where = sa.text("gone_at IS NOT NULL")
    op.create_index("feed_gone", "feed", ["gone_at"], sqlite_where=where, postgresql_where=where)
    numbers = dict(conn.execute(sa.text("SELECT name, id FROM scope")).tuples().all())
    now = conn.scalar(sa.text("SELECT value FROM hub_state WHERE key = 'now'")) or 0
    gone = [{"scope": numbers[scope], "row": row, "now": now} for scope, row in left if scope in numbers]
    if gone:
        conn.execute(sa.text('UPDATE feed SET gone_at = :now WHERE scope = :scope AND "row" = :row'), gone)


def _create_refused_and_held(conn: sa.Connection) -> None:
    op.create_table(
        "refused",
        sa.Column("row", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.execute(f"""INSERT INTO refused ("row", account) SELECT "row", '' FROM {OLD}refused""")
    held = op.create_table(
        "held",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("replica", sa.Text(), primary_key=True),
        sa.Column("c", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_held_row", "held", ["row"])
    rows = []
    for number, row, replica, data in conn.execute(sa.text(f'SELECT id, "row", replica, data FROM {OLD}held')):
        writer, ops, *_ = msgspec.msgpack.decode(data)
        key = {"account": writer[1], "replica": replica, "c": ops[0][0]}
        rows.append(key | {"row": row, "epoch": 0, "n": 0, "turn": number, "data": data})
    if rows:
        conn.execute(sa.insert(held), rows)


def _create_quarantined_and_usage() -> None:
    op.create_table(
        "quarantined",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("replica", sa.Text(), primary_key=True),
        sa.Column("c", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.execute(
        "INSERT INTO quarantined (account, replica, c, body, error, at) "
        "SELECT coalesce(r.account, ''), q.replica, q.c, q.body, q.error, q.at "
        f"FROM {OLD}quarantined q LEFT JOIN {OLD}replica r ON r.id = q.replica"
    )
    op.create_table(
        "usage",
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
    )


def _create_dirty_and_stuck(conn: sa.Connection, homes: dict[str, str]) -> None:
    dirty = op.create_table(
        "dirty",
        sa.Column("row", sa.Text(), primary_key=True),
        sa.Column("home", sa.Text(), primary_key=True),
        sa.Column("entity", sa.Text(), nullable=False),
        sqlite_with_rowid=False,
    )
    stuck = op.create_table(
        "stuck",
        sa.Column("row", sa.Text(), primary_key=True),
        sa.Column("home", sa.Text(), primary_key=True),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
    for name, table in (("dirty", dirty), ("stuck", stuck)):
        found = conn.execute(sa.text(f"SELECT * FROM {OLD}{name}")).mappings().all()
        if found:
            conn.execute(sa.insert(table), [{**row, "home": homes.get(row["row"], "hub")} for row in found])
