"""Bring a database to the newest table layout: copy first, one transaction, and on any failure the old file as it was.

Version scripts are named NNNN_verb_noun.py and their revision is NNNN, so the usual case (nothing to do) is seen
without loading alembic. A new file gets the newest layout at once from head.sql, which a test keeps equal to what the
scripts lead to (`python -m tests.migrations.head` writes it anew).
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlcipher3 import dbapi2

from lms_core.db.copies import copy_database, remove_database
from lms_core.db.engine import connect, open_sqlite, path_of, storage_errors, write
from lms_core.errors import StorageError, TooNew

KEPT_COPIES = 3
COPIES = "before-upgrade"
HEAD = "head.sql"


def upgrade(path: Path, scripts: Path, key: bytes | None = None) -> bool:
    """Upgrade a SQLite file, made when it is missing; call it before other connections are open.

    Args:
        path: the database; copies of the last three states before an upgrade stay in `before-upgrade/` beside it.
        scripts: the folder with `env.py` and `versions/`.
        key: as for `open_sqlite`.

    Returns:
        Whether anything had to be done.

    Raises:
        TooNew: a newer program made the file; it is untouched.
        DiskFull: no room for the copy; the file is untouched.
        StorageError: `upgrade_failed`; the file is as it was.
    """
    newest, empty = newest_revision(scripts), True
    if path.exists():
        with storage_errors(path), closing(connect(path, key)) as conn:
            found = conn.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()[0]
            current = conn.execute("SELECT max(version_num) FROM alembic_version").fetchone()[0] if found else None
            empty = not conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if current == newest:
            return False
        if current is not None and current > newest:
            raise TooNew(path=str(path))
        if not empty:
            _copy(path, current, key=key)
    if empty and (scripts / HEAD).exists():
        _begin(path, (scripts / HEAD).read_text(encoding="utf-8"), key=key)
        return True
    engine = open_sqlite(path, key)
    try:
        migrate(engine, scripts)
    finally:
        engine.dispose()
    return True


def refuse_newer_file(path: Path, scripts: Path, key: bytes | None = None) -> None:
    """Raise TooNew if a newer program made the file; what cannot be read passes."""
    try:
        with storage_errors(path), closing(connect(path, key, readonly=True)) as conn:
            current = conn.execute("SELECT max(version_num) FROM alembic_version").fetchone()[0]
    except TooNew:
        raise
    except (StorageError, dbapi2.Error):
        return
    if current is not None and current > newest_revision(scripts):
        raise TooNew(path=str(path))


def newest_revision(scripts: Path) -> str:
    """The number of the last version script, as in `0007`."""
    return max(file.name[:4] for file in (scripts / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def migrate(engine: Engine, scripts: Path) -> None:
    """Run what is missing in one transaction over any database, without a copy.

    Raises:
        TooNew: the database is ahead of the scripts.
        StorageError: `upgrade_failed`; nothing changed.
    """
    path = str(path_of(engine) or engine.url.database)
    with write(engine) as conn:
        _refuse_newer(conn, newest_revision(scripts))
        try:
            with storage_errors(path_of(engine)):
                _run(conn, scripts)
                broken = _broken_references(conn)
        except StorageError:
            raise
        except Exception as error:  # a version script may fail in any way; nothing of it may stay
            raise StorageError("upgrade_failed", path=path) from error
        if broken:
            raise StorageError("upgrade_failed", path=path, broken=broken)


def _refuse_newer(conn: Connection, newest: str) -> None:
    if inspect(conn).has_table("alembic_version"):
        current = conn.scalar(text("SELECT max(version_num) FROM alembic_version"))
        if current is not None and current > newest:
            raise TooNew


def _run(conn: Connection, scripts: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    command.upgrade(config, "head")


def _broken_references(conn: Connection) -> list[str]:
    if conn.dialect.name != "sqlite":
        return []
    return [f"{row[0]}.{row[1]}" for row in conn.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(10)]


def _begin(path: Path, layout: str, *, key: bytes | None) -> None:
    with storage_errors(path), closing(connect(path, key)) as conn:
        conn.executescript(f"BEGIN IMMEDIATE;\n{layout}COMMIT;")


def _copy(path: Path, current: str | None, *, key: bytes | None) -> None:
    folder = path.parent / COPIES
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    copy_database(path, folder / f"{stamp}-{current or '0000'}-{path.name}", key)
    for old in sorted(folder.glob(f"*-{path.name}"))[:-KEPT_COPIES]:
        remove_database(old)
