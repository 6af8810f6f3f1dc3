"""Copies are whole or absent; of a damaged file everything readable is read."""

from __future__ import annotations

from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from lms_core.db.backups import back_up, backup_due, finish_restore, pending, restore_newest_good, to_drop
from lms_core.db.copies import copy_database, salvage, verify, write_durably
from lms_core.db.engine import connect
from lms_core.errors import Corrupt

KEY = bytes(range(32))
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ROWS = 3000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "data.db"
    with closing(connect(path, KEY)) as conn:
        conn.execute("BEGIN")
        conn.execute("CREATE TABLE log (n INTEGER PRIMARY KEY, body TEXT)")
        conn.execute("CREATE TABLE pair (a TEXT, b INTEGER, body TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID")
        conn.executemany("INSERT INTO log VALUES (?, ?)", ((n, f"{n} " * 50) for n in range(1, ROWS + 1)))
        conn.executemany("INSERT INTO pair VALUES ('r', ?, ?)", ((n, f"{n} " * 50) for n in range(ROWS)))
        conn.execute("COMMIT")
    return path


def root_page(file: Path, table: str) -> int:
    with closing(connect(file, KEY)) as conn:
        return conn.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]


def flip(file: Path, *pages: int) -> None:
    data = bytearray(file.read_bytes())
    for page in pages:
        data[(page - 1) * 4096 + 2000] ^= 0xFF
    file.write_bytes(data)


def count(file: Path, table: str = "log") -> int:
    with closing(connect(file, KEY)) as conn:
        return conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_copy_while_others_write(file, tmp_path):
    with closing(connect(file, KEY)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM log WHERE n > 10")
        copy_database(file, tmp_path / "copy.db", KEY)
        writer.execute("COMMIT")
    assert count(tmp_path / "copy.db") == ROWS
    assert not (tmp_path / "copy.db").read_bytes().startswith(b"SQLite format")
    assert not list(tmp_path.glob("*.part*"))


def test_copy_holds_what_is_in_the_log_only(file, tmp_path):
    with closing(connect(file, KEY)) as writer:
        writer.execute("INSERT INTO log VALUES (?, 'late')", (ROWS + 1,))
        copy_database(file, tmp_path / "copy.db", KEY)
    assert count(tmp_path / "copy.db") == ROWS + 1


def test_copy_of_a_damaged_file_leaves_nothing(file, tmp_path):
    flip(file, root_page(file, "pair"))
    with pytest.raises(Corrupt):
        copy_database(file, tmp_path / "copy.db", KEY)
    assert sorted(each.name for each in tmp_path.glob("copy*")) == []


def test_verify(file, tmp_path):
    verify(file, KEY)
    with pytest.raises(Corrupt):
        verify(file, bytes(32))
    with pytest.raises(Corrupt):
        verify(tmp_path / "none.db", KEY)
    flip(file, root_page(file, "log") + 5)
    with pytest.raises(Corrupt):
        verify(file, KEY)


def test_write_durably_replaces(tmp_path):
    file = tmp_path / "note"
    write_durably(file, b"one")
    write_durably(file, b"two")
    assert file.read_bytes() == b"two"
    assert file.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["note"]


@pytest.mark.parametrize("table", ["log", "pair"])
def test_salvage_of_a_whole_table(file, table):
    assert len(salvage(table, file, KEY).rows) == ROWS


@pytest.mark.parametrize(("table", "column"), [("log", "n"), ("pair", "b")])
def test_salvage_around_one_page(file, table, column):
    """One leaf in the middle is lost, and no more than that."""
    flip(file, _leaf_in_the_middle(file, table))
    found = salvage(table, file, KEY).rows
    numbers = [row[column] for row in found]
    assert ROWS - 40 < len(found) < ROWS
    assert numbers == sorted(numbers)
    assert all(row["body"].startswith(f"{row[column]} ") for row in found)


def _leaf_in_the_middle(file: Path, table: str) -> int:
    """The page whose damage stops a walk through the table near the middle."""
    whole = file.read_bytes()
    for page in range(root_page(file, table) + 1, len(whole) // 4096):
        flip(file, page)
        got = _walk(file, table)
        file.write_bytes(whole)
        if ROWS // 3 < got < 2 * ROWS // 3:
            return page
    raise AssertionError("no such page")


def _walk(file: Path, table: str) -> int:
    got = 0
    with closing(connect(file, KEY)) as conn, suppress(dbapi2.DatabaseError):
        for _ in conn.execute(f"SELECT * FROM {table}"):
            got += 1
    return got


def test_salvage_between_two_damaged_pages(file):
    leaf = _leaf_in_the_middle(file, "log")
    flip(file, leaf, leaf + 6)
    assert ROWS - 80 < len(salvage("log", file, KEY).rows) < ROWS - 15


def test_salvage_finds_nothing(file):
    assert salvage("unknown", file, KEY).rows == []
    flip(file, 1)
    assert salvage("log", file, KEY).rows == []


def test_back_up_once_a_day(file):
    assert backup_due(file, now=NOW)
    made = back_up(file, KEY, now=NOW)
    assert count(made) == ROWS
    assert not backup_due(file, now=NOW + timedelta(hours=15))
    assert backup_due(file, now=NOW + timedelta(hours=16))


def test_old_copies_are_dropped(file):
    (file.parent / "backups").mkdir()
    (file.parent / "backups" / "mine.db").write_bytes(b"not ours")
    for day in range(16):
        made = back_up(file, KEY, now=NOW + timedelta(days=day))
    days = sorted(each.name[6:8] for each in made.parent.glob("2026*"))
    assert days == ["11", "14", "15", "16", "17", "18", "19", "20"]
    assert (made.parent / "mine.db").exists()


def test_restore_takes_a_copy_from_before_an_upgrade(file):
    copy_database(file, file.parent / "before-upgrade" / "20260101T080000000000Z-0001-data.db", KEY)
    flip(file, root_page(file, "pair"))
    done = restore_newest_good(file, KEY, now=NOW)
    assert done.copied_at == datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
    assert count(file) == ROWS


def test_kept_copies():
    every = {Path(f"{n}"): NOW - timedelta(days=n, hours=hour) for n, hour in ((n, n % 3) for n in range(60))}
    kept = {int(path.name) for path in set(every) - to_drop(every, newest=Path("0"))}
    assert kept == {0, 1, 2, 3, 4, 5, 6, 8, 15}
    assert to_drop({}, newest=Path("0")) == set()


def test_newest_survives_a_clock_that_was_ahead():
    ahead = {Path(f"{n}"): NOW + timedelta(days=400 + 7 * n) for n in range(12)}
    assert Path("now") not in to_drop({**ahead, Path("now"): NOW}, newest=Path("now"))


def test_restore_takes_the_newest_good_copy(file):
    back_up(file, KEY, now=NOW - timedelta(days=2))
    with closing(connect(file, KEY)) as conn:
        conn.execute("DELETE FROM log WHERE n > 2000")
    back_up(file, KEY, now=NOW - timedelta(days=1))
    with closing(connect(file, KEY)) as conn:
        conn.execute("INSERT INTO log VALUES (9000, 'never sent')")
    flip(back_up(file, KEY, now=NOW), 3)
    flip(file, root_page(file, "pair"))
    done = restore_newest_good(file, KEY, now=NOW, tables=["log", "pair"])
    verify(file, KEY)
    assert count(file) == 2000
    assert done.copied_at == NOW - timedelta(days=1)
    assert done.salvaged["log"][-1] == {"n": 9000, "body": "never sent"}
    assert done.salvaged["pair"] == []
    assert done.damaged.exists()
    assert pending(file) == done.damaged
    finish_restore(file)
    assert pending(file) is None


def test_restore_without_a_good_copy(file):
    flip(back_up(file, KEY, now=NOW), 3)
    flip(file, root_page(file, "pair"))
    before = file.read_bytes()
    with pytest.raises(Corrupt) as caught:
        restore_newest_good(file, KEY, now=NOW)
    assert caught.value.code == "no_good_copy"
    assert file.read_bytes() == before
    done = restore_newest_good(file, KEY, now=NOW, tables=["log"], start_empty=True)
    assert done.copied_at is None
    assert len(done.salvaged["log"]) == ROWS
    with closing(connect(file, KEY)) as conn:
        assert conn.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_restore_moves_the_log_of_the_damaged_file_along(file):
    back_up(file, KEY, now=NOW)
    conn = connect(file, KEY)
    conn.execute("INSERT INTO log VALUES (9000, 'in the log')")
    kept = {s: file.with_name(file.name + s).read_bytes() for s in ("", "-wal")}
    conn.close()
    for suffix, data in kept.items():
        file.with_name(file.name + suffix).write_bytes(data)
    flip(file, root_page(file, "pair"))
    done = restore_newest_good(file, KEY, now=NOW, tables=["log"])
    assert done.salvaged["log"][-1]["n"] == 9000
    assert count(file) == ROWS


@pytest.mark.parametrize("salt_is_known", [True, False])
def test_a_lost_first_page_comes_from_the_copy(file: Path, *, salt_is_known: bool) -> None:
    back_up(file, KEY, now=NOW)
    conn = connect(file, KEY)
    conn.execute("BEGIN")
    conn.executemany("INSERT INTO log VALUES (?, 'in the file')", ((n,) for n in range(ROWS + 1, 2 * ROWS)))
    conn.execute("COMMIT")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.execute("INSERT INTO log VALUES (9000, 'in the log')")
    kept = {s: file.with_name(file.name + s).read_bytes() for s in ("", "-wal")}
    conn.close()
    salt, kept[""] = kept[""][:16], bytes(4096) + kept[""][4096:]
    for suffix, data in kept.items():
        file.with_name(file.name + suffix).write_bytes(data)
    done = restore_newest_good(file, KEY, now=NOW, tables=["log"], salt=salt if salt_is_known else b"")
    if salt_is_known:
        assert [row["n"] for row in done.salvaged["log"]] == [*range(1, 2 * ROWS), 9000]
    else:
        assert done.salvaged["log"] == [], "without the salt nothing can be proved"
    assert all((done.damaged.parent / f"data.db{suffix}").read_bytes() == data for suffix, data in kept.items())
