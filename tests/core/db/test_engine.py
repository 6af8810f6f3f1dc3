"""Transactions are all or nothing and durable; what the disk does wrong gets a name of ours."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlcipher3 import dbapi2

from lms_core.db import engine as module
from lms_core.db.copies import quick_check
from lms_core.db.engine import (
    READ_S,
    connect,
    executemany,
    open_engine,
    open_sqlite,
    path_of,
    read,
    storage_errors,
    write,
)
from lms_core.errors import Busy, Corrupt, DiskFull, StorageError, TooNew

KEY = bytes(range(32))
ROUNDS = 10

WRITER = """
import sys
from pathlib import Path
from lms_core.db.engine import executemany, open_sqlite, write
engine = open_sqlite(Path(sys.argv[1]), bytes(range(32)))
start = int(sys.argv[2])
for n in range(start, start + 100_000):
    with write(engine) as conn:
        executemany(conn, "INSERT INTO t VALUES (?, ?)", [(2 * n, "x" * 3000), (2 * n + 1, "y" * 3000)])
    print(n, flush=True)
"""

LIMITED = """
import resource, signal, sys
from pathlib import Path
from lms_core.db.engine import executemany, open_sqlite, write
from lms_core.errors import StorageError
if sys.argv[2] == "limit":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
engine = open_sqlite(Path(sys.argv[1]), bytes(range(32)))
with write(engine) as conn:
    conn.exec_driver_sql("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, body TEXT)")
done = 0
try:
    while True:
        with write(engine) as conn:
            executemany(conn, "INSERT INTO t VALUES (?, ?)", [(2 * done, "x" * 9000), (2 * done + 1, "y" * 9000)])
        done += 1
except StorageError as error:
    print(done, error.code)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data.db"


@pytest.fixture
def engine(file: Path):
    opened = open_sqlite(file, KEY)
    with write(opened) as conn:
        conn.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY, body TEXT NOT NULL)"))
    yield opened
    opened.dispose()


def rows(engine: Engine) -> list[int]:
    with read(engine) as conn:
        return list(conn.scalars(text("SELECT n FROM t ORDER BY n")))


def pragma(engine: Engine, name: str) -> object:
    with engine.connect() as conn:
        return conn.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_settings(engine):
    names = ("journal_mode", "synchronous", "foreign_keys", "temp_store", "trusted_schema", "cell_size_check")
    assert [pragma(engine, name) for name in names] == ["wal", 2, 0, 2, 0, 1]


def test_file_is_encrypted(engine, file):
    with write(engine) as conn:
        conn.execute(text("INSERT INTO t VALUES (1, 'a readable sentence')"))
    engine.dispose()
    data = file.read_bytes()
    assert not data.startswith(b"SQLite format")
    assert b"readable" not in data


def test_hub_file_is_plain(file):
    opened = open_engine(str(file))
    opened.dispose()
    assert file.read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize("key", [bytes(32), None])
def test_wrong_key(engine, file, key):
    engine.dispose()
    before = file.read_bytes()
    with pytest.raises(Corrupt) as caught:
        open_sqlite(file, key)
    assert str(file) in caught.value.message
    assert file.read_bytes() == before


def test_no_database(file):
    file.write_bytes(b"What a nice day. " * 500)
    with pytest.raises(Corrupt):
        open_sqlite(file)


def test_short_key(file):
    with pytest.raises(ValueError, match="32 bytes"):
        connect(file, b"short")


def test_old_sqlite_is_refused(file, monkeypatch):
    monkeypatch.setattr(module, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(StorageError) as caught:
        open_sqlite(file)
    assert caught.value.code == "sqlite_too_old"
    assert "99.0.0" in caught.value.message


def test_folder_is_missing(tmp_path):
    with pytest.raises(StorageError) as caught:
        open_sqlite(tmp_path / "none" / "data.db")
    assert caught.value.code == "file_unwritable"


def test_error_undoes_all(engine):
    def fail() -> None:
        with write(engine) as conn:
            executemany(conn, "INSERT INTO t VALUES (?, ?)", [(1, "a"), (2, "b")])
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert rows(engine) == []


def test_executemany_counts(engine):
    with write(engine) as conn:
        assert executemany(conn, "INSERT INTO t VALUES (?, ?)", ((n, "a") for n in range(5))) == 5
    assert rows(engine) == [0, 1, 2, 3, 4]


def test_mistakes_of_the_program_pass(engine):
    with pytest.raises(IntegrityError), write(engine) as conn:
        conn.execute(text("INSERT INTO t VALUES (1, NULL)"))


def test_tables_are_part_of_the_transaction(engine):
    def fail() -> None:
        with write(engine) as conn:
            conn.execute(text("CREATE TABLE half (n)"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with read(engine) as conn:
        assert conn.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'half'")) == 0


def test_reader_sees_one_moment(engine):
    with read(engine) as reader:
        assert reader.scalar(text("SELECT count(*) FROM t")) == 0
        with write(engine) as writer:
            writer.execute(text("INSERT INTO t VALUES (1, 'a')"))
        assert reader.scalar(text("SELECT count(*) FROM t")) == 0
    assert rows(engine) == [1]


def test_second_writer(engine, monkeypatch, file):
    monkeypatch.setattr(module, "BUSY_MS", 0)
    other = open_sqlite(file, KEY)
    with write(engine), pytest.raises(Busy), write(other):
        pass
    other.dispose()


def test_readonly(engine, file, tmp_path):
    reader = open_sqlite(file, KEY, readonly=True)
    with pytest.raises(StorageError) as caught, write(reader) as conn:
        conn.execute(text("INSERT INTO t VALUES (1, 'a')"))
    assert caught.value.code == "file_unwritable"
    reader.dispose()
    with pytest.raises(StorageError):
        open_sqlite(tmp_path / "missing.db", KEY, readonly=True)
    assert not (tmp_path / "missing.db").exists()


def test_full_database(engine):
    with write(engine) as conn:
        conn.execute(text("INSERT INTO t VALUES (1, 'kept')"))
    with engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 8")
    with pytest.raises(DiskFull), write(engine) as conn:
        executemany(conn, "INSERT INTO t VALUES (?, ?)", [(n, "x" * 4000) for n in range(2, 40)])
    assert rows(engine) == [1]


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits")
def test_file_size_limit(file):
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(file), "limit"], capture_output=True, text=True, check=True
    )
    check_survivors(file, ran.stdout, code="disk_error")


def test_full_disk(tmp_path):
    """A tmpfs of 600 kB that only the child can see; what it held is copied out before it goes."""
    disk, out = tmp_path / "disk", tmp_path / "out"
    disk.mkdir()
    out.mkdir()
    mount = f"mount -t tmpfs -o size=600k none {disk}"
    if sys.platform != "linux" or subprocess.run(["unshare", "-rm", "sh", "-c", mount], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    work = f'{mount} && "$0" -c "$1" {disk}/data.db tmpfs && cp {disk}/* {out}'
    ran = subprocess.run(
        ["unshare", "-rm", "sh", "-c", work, sys.executable, LIMITED], capture_output=True, text=True, check=True
    )
    check_survivors(out / "data.db", ran.stdout, code="disk_full")


def check_survivors(file: Path, said: str, *, code: str) -> None:
    done, found = said.split()
    assert found == code
    assert int(done) > 5
    engine = open_sqlite(file, KEY)
    assert rows(engine) == list(range(2 * int(done)))
    engine.dispose()


def test_killed_while_writing(engine, file):
    """Nothing acknowledged is lost and no half transaction is seen, however often the process is killed."""
    engine.dispose()
    start = 0
    for turn in range(ROUNDS):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file), str(start)], stdout=subprocess.PIPE, text=True
        )
        lines = [child.stdout.readline() for _ in range(1 + turn * 7)]
        child.kill()
        lines += child.stdout.readlines()
        child.stdout.close()
        child.wait()
        acknowledged = [int(line) for line in lines if line.endswith("\n")]
        with closing(connect(file, KEY)) as conn:
            quick_check(conn, file)
            found = [row[0] for row in conn.execute("SELECT n FROM t ORDER BY n")]
        assert len(found) % 2 == 0
        assert found == list(range(len(found)))
        assert len(found) // 2 > acknowledged[-1]
        start = len(found) // 2


def test_flipped_byte(engine, file):
    with write(engine) as conn:
        executemany(conn, "INSERT INTO t VALUES (?, ?)", [(n, "x" * 500) for n in range(200)])
    engine.dispose()
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    damaged = open_sqlite(file, KEY)
    with pytest.raises(Corrupt), read(damaged) as conn:
        conn.execute(text("SELECT sum(length(body)) FROM t")).all()
    damaged.dispose()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("database or disk is full", DiskFull),
        ("file is not a database", Corrupt),
        ("database table is locked", Busy),
        ("unsupported file format", TooNew),
        ("disk I/O error", StorageError),
    ],
)
def test_words_of_the_driver(said, kind, tmp_path):
    with pytest.raises(kind), storage_errors(tmp_path / "x"):
        raise dbapi2.OperationalError(said)


def test_io_error_on_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "NEARLY_FULL", 1 << 62)
    with pytest.raises(DiskFull), storage_errors(tmp_path / "x"):
        raise dbapi2.OperationalError("disk I/O error")


def test_words_of_the_system():
    with pytest.raises(DiskFull), storage_errors():
        raise OSError(28, "No space left on device")
    with pytest.raises(FileNotFoundError), storage_errors():
        raise FileNotFoundError(2, "No such file")
    with pytest.raises(sqlite3.OperationalError), storage_errors():
        raise sqlite3.OperationalError("not our driver")


def test_postgres_engine_is_lazy():
    pytest.importorskip("psycopg")
    opened = open_engine("postgresql+psycopg://nobody@localhost/none")
    assert path_of(opened) is None
    opened.dispose()


ENDLESS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c"


@pytest.mark.postgresql
def test_a_read_that_takes_too_long_is_refused(database_url: str, tmp_path: Path) -> None:  # PRF-09
    opened = open_engine(database_url or tmp_path / "data.db")
    try:
        with pytest.raises(Busy) as caught, read(opened.execution_options(**{READ_S: 0.05})) as conn:
            conn.exec_driver_sql(ENDLESS).scalar()
        assert caught.value.code == "query_too_long"
        with read(opened) as conn:  # the same connection, which counts no more
            assert conn.exec_driver_sql(ENDLESS.replace("FROM c)", "FROM c WHERE n < 200000)")).scalar() == 200_000
    finally:
        opened.dispose()
