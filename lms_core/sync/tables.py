"""The engine's own tables, on both sides. They hold documents stamped by the schema and are made by migrations.

Every table of the hub that grows with people or rows has the key by which a cluster shards it, an account or a scope,
in its primary key (docs/scaling.md). `home` is the first scope of a row when it was made, "hub" when it had none.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

HUB = MetaData()
REPLICA = MetaData()

# --- hub
hub_state = Table("hub_state", HUB, Column("key", Text, primary_key=True), Column("value", BigInteger, nullable=False))
epoch_end = Table(
    "epoch_end",
    HUB,
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    Column("commits", BigInteger, nullable=False),
)
replica = Table(
    "replica",
    HUB,
    Column("id", Text, primary_key=True),
    Column("account", Text, primary_key=True, index=True),
    Column("hw", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("last_sync_at", BigInteger, nullable=False),
)
taken = Table(
    "taken",
    HUB,
    Column("account", Text, primary_key=True),
    Column("replica", Text, primary_key=True),
    Column("c", BigInteger, primary_key=True, autoincrement=False),
    Column("chain", LargeBinary, nullable=False),
    Column("verdict", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
# for PostgreSQL the migrations say the same; to name it here would load its dialect on every laptop
_WITH_PARENT = text("parent IS NOT NULL")
hub_row = Table(
    "hub_row",
    HUB,
    Column("id", Text, primary_key=True),
    Column("home", Text, primary_key=True),
    Column("entity", Text, nullable=False),
    Column("parent", Text),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("gone", Boolean(create_constraint=False), nullable=False),
    Column("base_epoch", BigInteger, nullable=False),
    Column("base_n", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("cells", LargeBinary, nullable=False),
    Column("scopes", LargeBinary, nullable=False),
    Index("hub_row_parent", "parent", sqlite_where=_WITH_PARENT),
    sqlite_with_rowid=False,
)
scope = Table(
    "scope",
    HUB,
    Column("name", Text, primary_key=True),
    Column("id", Integer, nullable=False, unique=True),
    Column("seq", BigInteger, nullable=False),
    Column("min_seq", BigInteger, nullable=False, server_default="0"),
    Column("sums", LargeBinary),
    sqlite_with_rowid=False,
)
_GONE = text("gone_at IS NOT NULL")
feed = Table(
    "feed",
    HUB,
    Column("scope", Integer, primary_key=True, autoincrement=False),
    Column("row", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("entry", LargeBinary, nullable=False),
    Column("gone_at", BigInteger),
    Index("feed_seq", "scope", "seq"),
    Index("feed_gone", "gone_at", sqlite_where=_GONE),
    sqlite_with_rowid=False,
)
grant = Table(
    "grant_of",
    HUB,
    Column("row", Text, primary_key=True),
    Column("account", Text, primary_key=True, index=True),
    Column("scope", Text, primary_key=True),
    sqlite_with_rowid=False,
)
refused = Table(
    "refused",
    HUB,
    Column("row", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    sqlite_with_rowid=False,
)
held = Table(
    "held",
    HUB,
    Column("account", Text, primary_key=True),
    Column("replica", Text, primary_key=True),
    Column("c", BigInteger, primary_key=True, autoincrement=False),
    Column("row", Text, nullable=False, index=True),
    Column("epoch", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
quarantined = Table(
    "quarantined",
    HUB,
    Column("account", Text, primary_key=True),
    Column("replica", Text, primary_key=True),
    Column("c", BigInteger, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("error", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
usage = Table("usage", HUB, Column("account", Text, primary_key=True), Column("bytes", BigInteger, nullable=False))
dirty = Table(
    "dirty",
    HUB,
    Column("row", Text, primary_key=True),
    Column("home", Text, primary_key=True),
    Column("entity", Text, nullable=False),
    sqlite_with_rowid=False,
)
stuck = Table(
    "stuck",
    HUB,
    Column("row", Text, primary_key=True),
    Column("home", Text, primary_key=True),
    Column("entity", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# --- replica
state = Table(
    "sync_state", REPLICA, Column("key", Text, primary_key=True), Column("value", LargeBinary, nullable=False)
)
segment = Table(
    "segment",
    REPLICA,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("rep", Text, nullable=False, unique=True),
    Column("length", Integer, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("hw", Integer, nullable=False),
    Column("dirty", Boolean(create_constraint=False), nullable=False),
    Column("floor", Integer, nullable=False, server_default=text("0")),
)
oplog = Table(
    "oplog",
    REPLICA,
    Column("rep", Text, primary_key=True),
    Column("c", Integer, primary_key=True, autoincrement=False),
    Column("row", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("verdict", LargeBinary),
    Column("receipt", LargeBinary),
    Column("seen_scope", Text),
    Column("seen_seq", Integer),
    Column("overlay", Boolean(create_constraint=False), nullable=False),
    Column("at", Integer),
    Index("oplog_overlay", "row", sqlite_where=text("overlay = 1")),
    Index("oplog_told", "seen_scope", "seen_seq", "row", sqlite_where=text("overlay = 1 AND verdict IS NOT NULL")),
    Index("oplog_open", "rep", "c", sqlite_where=text("verdict IS NULL")),
    Index("oplog_seen", "seen_scope", "seen_seq", sqlite_where=text("seen_scope IS NOT NULL")),
    sqlite_with_rowid=False,
)
unsealed = Table(
    "unsealed",
    REPLICA,
    Column("key", Integer, primary_key=True),
    Column("row", Text, nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
parked = Table(
    "parked",
    REPLICA,
    Column("digest", LargeBinary, primary_key=True),
    Column("row", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("code", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("settled", Boolean(create_constraint=False), nullable=False),
)
base = Table(
    "base",
    REPLICA,
    Column("scope", Text, primary_key=True),
    Column("row", Text, primary_key=True),
    Column("entity", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("doc", LargeBinary, nullable=False),
    Index("base_row", "row"),
    sqlite_with_rowid=False,
)
stage = Table(
    "stage",
    REPLICA,
    Column("scope", Text, primary_key=True),
    Column("row", Text, primary_key=True),
    Column("entity", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("doc", LargeBinary),
    sqlite_with_rowid=False,
)
later = Table("fold_later", REPLICA, Column("row", Text, primary_key=True), sqlite_with_rowid=False)
cursor = Table(
    "cursor",
    REPLICA,
    Column("scope", Text, primary_key=True),
    Column("seq", Integer),
    Column("stale", Boolean(create_constraint=False), nullable=False),
    Column("staged", Integer),
)
healing = Table(
    "healing",
    REPLICA,
    Column("scope", Text, primary_key=True),
    Column("buckets", Integer, nullable=False),
    Column("pos", Integer, nullable=False),
)
hub_time = Table(
    "hub_time",
    REPLICA,
    Column("lo", Integer, primary_key=True, autoincrement=False),
    Column("receipt", LargeBinary, nullable=False),
)
sync_run = Table(
    "sync_run",
    REPLICA,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("result", Text, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("ms", Integer),
    Column("up", Integer, nullable=False, server_default=text("0")),
    Column("down", Integer, nullable=False, server_default=text("0")),
    sqlite_autoincrement=True,
)
upload = Table(
    "upload",
    REPLICA,
    Column("sha256", Text, primary_key=True),
    Column("done", Boolean(create_constraint=False), nullable=False),
)
