"""The scripts that ship make exactly the tables that the program declares, and know nothing of the program."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import MetaData

from lms_core.db.engine import open_sqlite, read, write
from lms_core.db.upgrade import HEAD, upgrade
from lms_core.sync import tables
from tests.migrations.head import FOLDERS, layout

MIGRATIONS = Path(__file__).parents[2] / "migrations"
SCRIPTS = sorted(MIGRATIONS.glob("*/versions/*.py"))


def statements(path: Path, only: set[str]) -> dict[str, str]:
    """CREATE statements of some tables and their indexes, without differences of layout."""
    engine = open_sqlite(path)
    with read(engine) as conn:
        sql = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ({})"
        found = conn.exec_driver_sql(sql.format(", ".join("?" * len(only))), tuple(only)).all()
    engine.dispose()
    return {name: re.sub(r"\s+", "", text) for name, text in found}


@pytest.mark.parametrize(("side", "metadata"), [("desktop", tables.REPLICA), ("server", tables.HUB)])
def test_tables_of_the_engine(tmp_path, side: str, metadata: MetaData):
    upgrade(tmp_path / "migrated.db", MIGRATIONS / side)
    engine = open_sqlite(tmp_path / "declared.db")
    with write(engine) as conn:
        metadata.create_all(conn)
    engine.dispose()
    only = set(metadata.tables)
    assert statements(tmp_path / "migrated.db", only) == statements(tmp_path / "declared.db", only)


@pytest.mark.parametrize("scripts", FOLDERS, ids=lambda path: path.name)
def test_a_new_file_is_what_all_scripts_lead_to(tmp_path: Path, scripts: Path) -> None:
    assert (scripts / HEAD).read_text() == layout(scripts, tmp_path), "run python -m tests.migrations.head"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parts[-3]}-{path.name[:4]}")
def test_script(script: Path):
    tree = ast.parse(script.read_text("utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not imported & {"lms_core", "desktop_lms", "sync_server"}
    assert re.fullmatch(r"\d{4}_[a-z]+_[a-z_]+\.py", script.name)
    values = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    assert values["revision"] == script.name[:4]
    before = int(script.name[:4]) - 1
    assert values["down_revision"] == (f"{before:04d}" if before else None)
