"""A profile moves to another machine in one encrypted file; a file that was tampered with changes nothing."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from lms_core.db import seal
from lms_core.db.engine import open_sqlite
from lms_core.db.keys import wrap_with_password
from lms_core.db.parcel import Header, packing
from lms_core.db.upgrade import upgrade
from lms_core.errors import Conflict, UserError
from lms_core.profiles import OpenProfile, Profiles
from tests.cheap import CHEAP
from tests.fakes import MemorySecrets

SCRIPTS = Path(__file__).parents[2] / "migrations" / "desktop"


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


def made(profiles: Profiles, **more) -> str:
    with profiles.create("Ada", password="pw", **more) as opened:
        upgrade(opened.path, SCRIPTS, opened.key)
        assert sealed(opened) == "same"
        return opened.folder.name


def sealed(opened: OpenProfile) -> str:
    engine = open_sqlite(opened.path, opened.key)
    try:
        return opened.check_seal(engine)
    finally:
        engine.dispose()


def code(call, *args, **more) -> str:
    with pytest.raises((UserError, Conflict)) as caught:
        call(*args, **more)
    return caught.value.code


def test_move_to_another_machine(profiles, elsewhere, tmp_path):
    name = made(profiles, server_url="https://a", account_id="1")
    parcel = tmp_path / "ada.lmsprofile"
    with profiles.open(name, "pw") as opened:
        (opened.media / "ab").mkdir(parents=True)
        (opened.media / "ab" / "abcd").write_bytes(b"picture" * 500_000)
        opened.export(parcel, "for the journey")
        assert not list(opened.folder.glob("export*"))
        key = opened.key
    assert key not in parcel.read_bytes()
    there = elsewhere()
    assert code(there.import_, parcel, "pw") == "wrong_password"
    assert list(there.root.iterdir()) == []
    with there.import_(parcel, "for the journey") as opened:
        assert (opened.media / "ab" / "abcd").read_bytes() == b"picture" * 500_000
        assert sealed(opened) == "copied"
        assert opened.info.account_id == "1"
        assert not (opened.folder / "key").exists()
    there.open(name, "for the journey").close()
    assert code(there.import_, parcel, "for the journey") == "profile_exists"


@pytest.mark.parametrize("spot", [0, 30, 5_000, -3])
def test_changed_parcel(profiles, elsewhere, tmp_path, spot):
    name = made(profiles)
    parcel = tmp_path / "ada.lmsprofile"
    with profiles.open(name, "pw") as opened:
        opened.export(parcel, "pw")
    there, whole = elsewhere(), parcel.read_bytes()
    data = bytearray(whole)
    data[spot] ^= 1
    parcel.write_bytes(data)
    assert code(there.import_, parcel, "pw") in {"bad_profile_file", "wrong_password"}
    for cut in (4, 100, len(whole) - 20, len(whole) - 5):
        parcel.write_bytes(whole[:cut])
        assert code(there.import_, parcel, "pw") == "bad_profile_file"
    assert not there.root.exists() or list(there.root.iterdir()) == []


@pytest.mark.parametrize("member", ["../evil", "/evil", "media/../../evil", "other", "media\\evil", "c:evil"])
def test_parcel_that_reaches_elsewhere(elsewhere, tmp_path, member):
    there, parcel = elsewhere(), tmp_path / "bad"
    slot = wrap_with_password(bytes(32), "pw", owner="p", cost=CHEAP)
    with parcel.open("wb") as file, packing(file, Header(slot, "p", "P"), bytes(32)) as archive:
        archive.addfile(tarfile.TarInfo(member))
    assert code(there.import_, parcel, "pw") == "bad_profile_file"
    assert list(there.root.iterdir()) == []
    assert not list(tmp_path.rglob("evil"))


def test_parcel_without_a_profile(elsewhere, tmp_path):
    there, parcel = elsewhere(), tmp_path / "bad"
    slot = wrap_with_password(bytes(32), "pw", owner="p", cost=CHEAP)
    with parcel.open("wb") as file, packing(file, Header(slot, "p", "P"), bytes(32)):
        pass
    assert code(there.import_, parcel, "pw") == "bad_profile_file"
    parcel.write_bytes(b"LMSPROF1\x00\x00\x00\x02{}")
    assert code(there.import_, parcel, "pw") == "bad_profile_file"
