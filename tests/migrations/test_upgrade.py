"""An upgrade happens as a whole after a copy was made, or not at all."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from lms_core.db.copies import verify
from lms_core.db.engine import connect, open_sqlite
from lms_core.db.upgrade import COPIES, KEPT_COPIES, migrate, newest_revision, upgrade
from lms_core.errors import Corrupt, StorageError, TooNew

KEY = bytes(range(32))
ENV = (Path(__file__).parents[2] / "migrations" / "desktop" / "env.py").read_text()
FIRST = 'op.create_table("shelf", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text()))'
SECOND = """op.create_table(
        "book",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("shelf", sa.Integer(), sa.ForeignKey("shelf.id", ondelete="CASCADE")),
    )
    op.execute("INSERT INTO shelf VALUES (1, 'top')")
    op.execute("INSERT INTO book VALUES (1, 1)")"""
# batch mode makes the table anew: with foreign keys on, the cascade would empty `book`
REBUILD = """with op.batch_alter_table("shelf") as batch:
        batch.alter_column("name", new_column_name="title")"""
FAIL = """op.execute("UPDATE shelf SET name = 'half'")
    op.create_table("half", sa.Column("id", sa.Integer()))
    raise RuntimeError("no")"""
ORPHAN = 'op.execute("DELETE FROM shelf")'
BAD_SQL = 'op.execute("UPDATE nothing SET a = 1")'
KILL = """op.execute("UPDATE shelf SET name = 'half'")
    import os, signal
    os.kill(os.getpid(), signal.SIGKILL)"""
RUN = """
import sys
from pathlib import Path
from lms_core.db.upgrade import upgrade
upgrade(Path(sys.argv[1]), Path(sys.argv[2]), bytes(range(32)))
"""


class Scripts:
    """A folder of version scripts that grows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "versions").mkdir(parents=True)
        (folder / "env.py").write_text(ENV)
        self.count = 0

    def add(self, body: str) -> None:
        self.count += 1
        before = f'"{self.count - 1:04d}"' if self.count > 1 else None
        numbers = f'revision = "{self.count:04d}"\ndown_revision = {before}\n'
        head = f"import sqlalchemy as sa\nfrom alembic import op\n{numbers}"
        path = self.folder / "versions" / f"{self.count:04d}_change_something.py"
        path.write_text(f"{head}def upgrade():\n    {body}\n")

    def drop_last(self) -> None:
        next((self.folder / "versions").glob(f"{self.count:04d}_*")).unlink()
        self.count -= 1


@pytest.fixture
def scripts(tmp_path):
    made = Scripts(tmp_path / "100 % odd name")
    made.add(FIRST)
    return made


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data.db"


def ask(file: Path, sql: str) -> list[tuple]:
    with closing(connect(file, KEY)) as conn:
        return conn.execute(sql).fetchall()


def copies(file: Path) -> list[str]:
    return sorted(each.name.split("-")[1] for each in (file.parent / COPIES).glob("*"))


def test_new_file(scripts, file):
    assert upgrade(file, scripts.folder, KEY)
    assert not upgrade(file, scripts.folder, KEY)
    assert ask(file, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert copies(file) == []


def test_step_by_step_with_copies(scripts, file):
    upgrade(file, scripts.folder, KEY)
    scripts.add(SECOND)
    upgrade(file, scripts.folder, KEY)
    scripts.add(REBUILD)
    upgrade(file, scripts.folder, KEY)
    assert ask(file, "SELECT title FROM shelf") == [("top",)]
    assert ask(file, "SELECT count(*) FROM book") == [(1,)]
    assert copies(file) == ["0001", "0002"]
    for copy in (file.parent / COPIES).iterdir():
        verify(copy, KEY)


def test_copies_are_limited(scripts, file):
    for _ in range(KEPT_COPIES + 2):
        upgrade(file, scripts.folder, KEY)
        scripts.add('op.execute("SELECT 1")')
    assert copies(file) == ["0002", "0003", "0004"]


@pytest.mark.parametrize("bad", [FAIL, ORPHAN, BAD_SQL])
def test_failure_changes_nothing(scripts, file, bad):
    upgrade(file, scripts.folder, KEY)
    scripts.add(SECOND)
    upgrade(file, scripts.folder, KEY)
    scripts.add('op.execute("INSERT INTO shelf VALUES (2, NULL)")')
    scripts.add(bad)
    with pytest.raises(StorageError) as caught:
        upgrade(file, scripts.folder, KEY)
    assert caught.value.code == "upgrade_failed"
    assert ask(file, "SELECT id, name FROM shelf") == [(1, "top")]
    assert ask(file, "SELECT count(*) FROM sqlite_master WHERE name = 'half'") == [(0,)]
    assert ask(file, "SELECT version_num FROM alembic_version") == [("0002",)]
    scripts.drop_last()
    assert upgrade(file, scripts.folder, KEY)
    assert ask(file, "SELECT count(*) FROM shelf") == [(2,)]


def test_killed_in_the_middle(scripts, file):
    upgrade(file, scripts.folder, KEY)
    scripts.add(SECOND)
    scripts.add(KILL)
    ran = subprocess.run([sys.executable, "-c", RUN, str(file), str(scripts.folder)], check=False)
    assert ran.returncode == -9
    assert ask(file, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") == [
        ("alembic_version",),
        ("shelf",),
    ]
    scripts.drop_last()
    assert upgrade(file, scripts.folder, KEY)
    assert ask(file, "SELECT name FROM shelf") == [("top",)]


def test_newer_file_is_left_alone(scripts, file):
    scripts.add(SECOND)
    upgrade(file, scripts.folder, KEY)
    scripts.drop_last()
    before = file.read_bytes()
    with pytest.raises(TooNew):
        upgrade(file, scripts.folder, KEY)
    assert file.read_bytes() == before
    assert copies(file) == []


def test_newer_database_without_a_copy(scripts, file):
    scripts.add(SECOND)
    engine = open_sqlite(file, KEY)
    migrate(engine, scripts.folder)
    scripts.drop_last()
    with pytest.raises(TooNew):
        migrate(engine, scripts.folder)
    engine.dispose()


def test_damaged_file_is_not_upgraded(scripts, file):
    upgrade(file, scripts.folder, KEY)
    scripts.add(SECOND)
    data = bytearray(file.read_bytes())
    data[-2000] ^= 1
    file.write_bytes(data)
    with pytest.raises(Corrupt):
        upgrade(file, scripts.folder, KEY)
    assert file.read_bytes() == bytes(data)
    assert copies(file) == []


def test_wrong_key(scripts, file):
    upgrade(file, scripts.folder, KEY)
    with pytest.raises(Corrupt):
        upgrade(file, scripts.folder, bytes(32))


def test_newest_revision(scripts):
    scripts.add(SECOND)
    (scripts.folder / "versions" / "notes.py").write_text("")
    assert newest_revision(scripts.folder) == "0002"
