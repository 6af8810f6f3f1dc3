"""The layout that all version scripts lead to, as one script: `python -m tests.migrations.head` writes it anew."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

from lms_core.db.engine import connect, open_sqlite
from lms_core.db.upgrade import HEAD, migrate, newest_revision
from tests.samples import PROJECT

FOLDERS = [PROJECT / "migrations" / name for name in ("desktop", "server")]


def layout(scripts: Path, folder: Path) -> str:
    """What a file holds after all version scripts have run over an empty one in `folder`."""
    path = folder / "head.db"
    engine = open_sqlite(path)
    try:
        migrate(engine, scripts)
    finally:
        engine.dispose()
    with closing(connect(path)) as db:
        tables = db.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' ORDER BY rowid"
        ).fetchall()
    revision = f"INSERT INTO alembic_version VALUES ('{newest_revision(scripts)}')"
    return "".join(f"{line};\n" for line in [*(sql for (sql,) in tables), revision])


def main() -> None:
    """Write both."""
    for scripts in FOLDERS:
        with tempfile.TemporaryDirectory() as folder:
            (scripts / HEAD).write_text(layout(scripts, Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
