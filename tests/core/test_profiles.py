"""Profiles open for their owner alone, survive what happens to laptops, and lose nothing on the way."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from argon2.exceptions import HashingError

from lms_core import machine
from lms_core.db import seal
from lms_core.db.engine import connect, open_sqlite
from lms_core.db.keys import Cost, unwrap_with_password, wrap_with_password, wrap_with_secret
from lms_core.db.upgrade import upgrade
from lms_core.errors import Busy, Conflict, Corrupt, LmsError, NotFound, UserError
from lms_core.profiles import OpenProfile, Profiles
from tests.cheap import CHEAP
from tests.fakes import MemorySecrets

SCRIPTS = Path(__file__).parents[2] / "migrations" / "desktop"
HOLD = """
import sys
from pathlib import Path
from lms_core.db.keys import Cost
from lms_core.ports import SystemClock
from lms_core.profiles import Profiles
from lms_core.secrets import FileSecrets
root = Path(sys.argv[1])
held = Profiles(root, FileSecrets(root), SystemClock(), cost=Cost(1, 8, 1)).open(sys.argv[2], "pw")
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def profiles(tmp_path, secrets, clock):
    return Profiles(tmp_path, secrets, clock, cost=CHEAP)


@pytest.fixture
def elsewhere(tmp_path, clock, monkeypatch):
    """Another machine; call it to arrive there."""

    def arrive() -> Profiles:
        monkeypatch.setattr(seal, "machine_id", lambda: "another")
        return Profiles(tmp_path / "other", MemorySecrets(), clock, cost=CHEAP)

    return arrive


def fill(opened: OpenProfile, *numbers: int) -> None:
    """Put rows into the log of unsent changes."""
    upgrade(opened.path, SCRIPTS, opened.key)
    with closing(connect(opened.path, opened.key)) as conn:
        conn.execute("BEGIN")
        conn.executemany("INSERT INTO unsealed VALUES (?, 'r', ?)", [(n, b"x" * 3000) for n in numbers])
        conn.execute("COMMIT")


def unsent(opened: OpenProfile) -> list[int]:
    with closing(connect(opened.path, opened.key)) as conn:
        return [row[0] for row in conn.execute("SELECT key FROM unsealed ORDER BY key")]


def spoil(file: Path, *, skip: int = 1) -> None:
    """Damage every page behind the first ones."""
    data = bytearray(file.read_bytes())
    for at in range(skip * 4096 + 100, len(data), 4096):
        data[at] ^= 1
    file.write_bytes(data)


def made(profiles: Profiles, **more) -> str:
    with profiles.create("Ada", **{"password": "pw", **more}) as opened:
        fill(opened, 1)
        return opened.folder.name


def code(call, *args, **more) -> str:
    with pytest.raises((UserError, Conflict, Busy, NotFound, Corrupt)) as caught:
        call(*args, **more)
    return caught.value.code


# --- keys
def test_open_with_password(profiles):
    name = made(profiles)
    with profiles.open(name, "pw") as opened:
        assert unsent(opened) == [1]
        assert not opened.unclean
    assert code(profiles.open, name, "PW") == "wrong_password"
    assert code(profiles.open, name) == "password_needed"


def test_a_password_is_the_same_from_every_keyboard(profiles):
    name = made(profiles, password="cafe\u0301")
    profiles.open(name, "caf\u00e9").close()


def test_nothing_readable_lies_around(profiles, secrets, tmp_path):
    name = made(profiles)
    with profiles.open(name, "pw") as opened:
        key = opened.key
        for file in opened.folder.rglob("*"):
            if file.is_file():
                data = file.read_bytes()
                assert key not in data
                assert key.hex().encode() not in data
                assert not data.startswith(b"SQLite format")
    assert secrets.get(f"profile-key:{name}") is None
    assert (tmp_path / "profiles" / name).stat().st_mode & 0o077 == 0


def test_remember_and_forget(profiles, clock, tmp_path):
    name = made(profiles, remember=True)
    with profiles.open(name) as opened:
        assert opened.info.remembered
        opened.forget()
        assert not opened.info.remembered
    assert code(profiles.open, name) == "password_needed"
    with profiles.open(name, "pw") as opened:
        opened.remember()
    profiles.open(name).close()
    other = Profiles(tmp_path, MemorySecrets(), clock, cost=CHEAP)
    assert code(other.open, name) == "password_needed"


def test_without_password(profiles, clock, tmp_path):
    name = made(profiles, password=None)
    with profiles.open(name) as opened:
        assert not opened.info.has_password
        assert code(opened.forget) == "password_needed"
    other = Profiles(tmp_path, MemorySecrets(), clock, cost=CHEAP)
    assert code(other.open, name) == "key_missing"


def test_change_password(profiles):
    name = made(profiles)
    with profiles.open(name, "pw") as opened:
        opened.set_password("new")
    assert code(profiles.open, name, "pw") == "wrong_password"
    with profiles.open(name, "new") as opened:
        assert unsent(opened) == [1]
        opened.set_password(None)
    profiles.open(name).close()


def test_recovery(profiles):
    name = made(profiles)
    assert code(profiles.open_with_recovery, name, b"s" * 32, new_password="new") == "no_recovery"
    with profiles.open(name, "pw") as opened:
        opened.add_recovery(b"s" * 32)
        with pytest.raises(ValueError, match="16"):
            opened.add_recovery(b"short")
    assert code(profiles.open_with_recovery, name, b"t" * 32, new_password="new") == "no_recovery"
    with profiles.open_with_recovery(name, b"s" * 32, new_password="new") as opened:
        assert unsent(opened) == [1]
    profiles.open(name, "new").close()


def test_a_slot_fits_its_own_profile_only():
    slot = wrap_with_password(bytes(32), "pw", owner="a", cost=CHEAP)
    assert unwrap_with_password(slot, "pw", owner="a") == bytes(32)
    assert code(unwrap_with_password, slot, "pw", owner="b") == "wrong_password"


def test_absurd_cost_is_refused():
    slot = wrap_with_password(bytes(32), "pw", owner="a", cost=CHEAP)
    with pytest.raises(Corrupt):
        unwrap_with_password(msgspec.structs.replace(slot, memory_kib=1 << 30), "pw", owner="a")


# --- the picker
def test_list_find_link(profiles, clock):
    first = made(profiles, server_url="https://a", account_id="1")
    clock.advance(timedelta(hours=1))
    second = made(profiles)
    assert [each.id for each in profiles.list()] == [second, first]
    clock.advance(timedelta(hours=1))
    profiles.open(first, "pw").close()
    assert [each.id for each in profiles.list()] == [first, second]
    assert profiles.find("https://a", "1").id == first
    assert profiles.find("https://a", "2") is None
    assert code(profiles.create, "Again", server_url="https://a", account_id="1") == "profile_exists"
    with profiles.open(second, "pw") as opened:
        assert code(opened.link, display_name="B", server_url="https://a", account_id="1") == "profile_exists"
        opened.link(display_name="Bo", server_url="https://a", account_id="2")
        opened.link(display_name="Bo", server_url="https://a", account_id="2")
    assert profiles.find("https://a", "2").display_name == "Bo"


@pytest.mark.parametrize("name", ["../../etc", "00000000-0000-7000-8000-000000000000", ""])
def test_unknown_profile(profiles, name):
    with pytest.raises(NotFound):
        profiles.open(name, "pw")


def test_damaged_record_is_read_from_its_spare(profiles):
    name = made(profiles)
    folder = profiles.root / name
    (folder / "profile.json").write_bytes(b'{"id": 7')
    profiles.open(name, "pw").close()
    (folder / "profile.json").write_bytes(b"\xff\x00")
    (folder / "profile.spare.json").unlink()
    assert [each.damaged for each in profiles.list()] == [True]
    with pytest.raises(Corrupt):
        profiles.open(name, "pw")


def test_a_crash_while_making_leaves_no_profile(profiles, monkeypatch):
    monkeypatch.setattr(profiles, "cost", Cost(0, 0, 0))  # Argon2 refuses
    with pytest.raises(HashingError):
        profiles.create("Ada", password="pw")
    assert list(profiles.root.iterdir()) == []


def test_what_a_password_costs_outside_of_tests(tmp_path, secrets, clock):  # RFC 9106 section 4, second choice
    real = Profiles(tmp_path, secrets, clock, cost=None).cost
    assert real == Cost(passes=3, memory_kib=65_536, lanes=4)
    assert unwrap_with_password(wrap_with_password(b"k" * 32, "pw", owner="a", cost=real), "pw", owner="a") == b"k" * 32


# --- locks
def test_second_opening(profiles):
    name = made(profiles)
    with profiles.open(name, "pw") as opened:
        assert code(profiles.open, name, "pw") == "profile_in_use"
        assert code(profiles.open_with_recovery, name, b"s" * 32, new_password="n") == "profile_in_use"
        assert code(profiles.restore_newest_good, name, "pw") == "profile_in_use"
        assert code(profiles.remove, name, unsent=lambda: 0) == "profile_in_use"
        assert unsent(opened) == [1]
    opened.close()
    profiles.open(name, "pw").close()


def test_second_process_and_its_death(profiles, tmp_path):
    name = made(profiles)
    command = [sys.executable, "-c", HOLD, str(tmp_path), name]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "open\n"
    assert code(profiles.open, name, "pw") == "profile_in_use"
    child.kill()
    child.communicate()
    with profiles.open(name, "pw") as opened:
        assert opened.unclean
        assert unsent(opened) == [1]
    with profiles.open(name, "pw") as opened:
        assert not opened.unclean


# --- damage
def test_damage_is_found_after_an_unclean_end_and_mended(profiles, clock):
    name = made(profiles)
    with profiles.open(name, "pw") as opened:
        opened.back_up()
        fill(opened, *range(2, 40))
        file, key = opened.path, opened.key
    with closing(connect(file, key)) as conn:
        pages = conn.execute("SELECT count(*) FROM pragma_page_count").fetchone()
        root = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'base'").fetchone()[0]
    assert pages
    data = bytearray(file.read_bytes())
    data[(root - 1) * 4096 + 2000] ^= 1
    file.write_bytes(data)
    profiles.open(name, "pw").close()  # nothing shows while that page is not read
    (file.parent / "open").touch()
    assert code(profiles.open, name, "pw") == "corrupt"
    assert code(profiles.restore_newest_good, name, "no") == "wrong_password"
    done = profiles.restore_newest_good(name, "pw")
    assert [row["key"] for row in done.salvaged["unsealed"]] == list(range(1, 40))
    with profiles.open(name, "pw") as opened:
        assert unsent(opened) == [1]
        again = opened.pending_salvage()
        assert again.damaged == done.damaged
        assert again.salvaged == done.salvaged
        opened.finish_salvage()
        assert opened.pending_salvage() is None


@pytest.mark.parametrize("what", ["missing", "empty", "spoiled"])
def test_a_lost_file_is_not_replaced_by_an_empty_one(profiles, what):
    name = made(profiles)
    with profiles.open(name, "pw") as opened:
        assert opened.backup_due()
        opened.back_up()
        assert not opened.backup_due()
        file = opened.path
    if what == "missing":
        file.unlink()
    elif what == "empty":
        file.write_bytes(b"")
    else:
        spoil(file, skip=0)
    assert code(profiles.open, name, "pw") == "corrupt"
    profiles.restore_newest_good(name, "pw")
    with profiles.open(name, "pw") as opened:
        assert unsent(opened) == [1]


def test_starting_empty_keeps_the_damaged_file(profiles):
    name = made(profiles)
    spoil(profiles.root / name / "data.db", skip=0)
    assert code(profiles.restore_newest_good, name, "pw") == "no_good_copy"
    done = profiles.restore_newest_good(name, "pw", start_empty=True)
    assert done.damaged.stat().st_size > 4096
    with profiles.open(name, "pw") as opened:
        assert upgrade(opened.path, SCRIPTS, opened.key)
        assert unsent(opened) == []


# --- seal
def sealed(opened: OpenProfile) -> str:
    engine = open_sqlite(opened.path, opened.key)
    try:
        return opened.check_seal(engine)
    finally:
        engine.dispose()


def test_seal_at_home(profiles, secrets):
    name = made(profiles)
    with profiles.open(name, "pw") as opened:
        assert [sealed(opened), sealed(opened)] == ["same", "same"]
        (opened.folder / "seal").unlink()  # the keyring will do
        assert sealed(opened) == "same"
        opened.check_seal(engine := open_sqlite(opened.path, opened.key))
        opened.reseal(engine)
        engine.dispose()
        secrets.delete(f"seal:{name}")  # the file will do
        assert sealed(opened) == "same"


def test_seal_elsewhere(profiles, elsewhere):
    name = made(profiles)
    with profiles.open(name, "pw") as opened:
        assert sealed(opened) == "same"
    elsewhere()
    with profiles.open(name, "pw") as opened:
        assert sealed(opened) == "copied"
        engine = open_sqlite(opened.path, opened.key)
        opened.reseal(engine)
        engine.dispose()
        assert sealed(opened) == "same"


# --- leaving
def test_remove(profiles, secrets):
    name = made(profiles, remember=True)
    assert code(profiles.remove, name, unsent=lambda: 3) == "profile_unsent"
    profiles.open(name, "pw").close()
    profiles.remove(name, unsent=lambda: 3, force=True)
    assert profiles.list() == ()
    assert list(profiles.root.iterdir()) == []
    assert secrets.get(f"profile-key:{name}") is None


def test_a_late_copy_brings_no_removed_profile_back(profiles):
    gone = made(profiles)
    held = profiles.open(gone, "pw")
    held.close()
    profiles.remove(gone, unsent=lambda: 0)
    with pytest.raises(LmsError):
        held.back_up()
    assert profiles.list() == ()


def test_recovery_slot_is_salted():
    assert wrap_with_secret(bytes(32), b"s" * 32, owner="a") != wrap_with_secret(bytes(32), b"s" * 32, owner="a")


def test_machine_id(monkeypatch, tmp_path):
    assert machine.machine_id() == machine.machine_id()
    monkeypatch.setattr(machine, "_FILES", (tmp_path / "none",))
    own = machine.machine_id()
    assert own == machine.machine_id()
    (tmp_path / "none").write_text("0123456789abcdef\n")
    assert machine.machine_id() != own
