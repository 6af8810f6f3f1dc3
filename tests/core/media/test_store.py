"""Files are whole under their name or not there at all."""

from __future__ import annotations

import errno
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_core.errors import Corrupt, NotFound, StorageError
from lms_core.media.store import MediaStore


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


def files(store: MediaStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_come_back_by_their_hash(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    store = MediaStore(tmp_path_factory.mktemp("media"))
    name = store.put(data)
    assert name == sha256(data).hexdigest()
    assert store.read(name) == data
    assert store.size(name) == len(data)
    assert store.verify(name)


def test_the_same_file_is_kept_once(store: MediaStore) -> None:
    assert store.put(b"a") == store.put(b"a")
    assert list(store) == [sha256(b"a").hexdigest()]
    assert len(files(store)) == 1


def test_a_part_is_read_by_its_place(store: MediaStore) -> None:
    name = store.put(b"0123456789")
    assert store.read(name, 3, 4) == b"3456"
    assert store.read(name, 8) == b"89"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "G" * 64, "A" * 64, "ab" * 32 + "\n"])
def test_a_name_that_is_no_hash_leads_nowhere(store: MediaStore, name: str) -> None:
    assert not store.has(name)
    for ask in (store.path, store.size, store.read, store.verify, store.delete):
        with pytest.raises(NotFound):
            ask(name)


def test_a_missing_file_is_said_to_be_missing(store: MediaStore) -> None:
    with pytest.raises(NotFound):
        store.read("ab" * 32)
    store.delete("ab" * 32)
    assert list(store) == []


def test_damage_on_the_disk_is_noticed(store: MediaStore) -> None:
    name = store.put(b"whole")
    store.path(name).write_bytes(b"hole")
    assert not store.verify(name)
    store.delete(name)
    assert not store.has(name)


def test_an_arriving_file_is_taken_in_only_when_it_is_right(store: MediaStore) -> None:
    draft, name = store.draft(), sha256(b"arrived").hexdigest()
    draft.write_bytes(b"arri")
    with pytest.raises(Corrupt):
        store.adopt(draft, name)
    assert draft.read_bytes() == b"arri"
    assert not store.has(name)
    draft.write_bytes(b"arrived")
    store.adopt(draft, name)
    assert store.read(name) == b"arrived"
    assert files(store) == [store.path(name)]


def test_a_disk_that_fails_leaves_nothing_half(store: MediaStore) -> None:
    name = sha256(b"data").hexdigest()
    (store.root / name[:2]).mkdir(parents=True)
    (store.root / name[:2] / name[2:4]).write_bytes(b"in the way")
    with pytest.raises((StorageError, OSError)):
        store.put(b"data")
    assert not store.has(name)
    assert [path.name for path in files(store)] == [name[2:4]]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_a_full_disk(store: MediaStore) -> None:
    class Full(MediaStore):
        def draft(self) -> Path:
            super().draft()
            link = self.root / "incoming" / "full"
            link.symlink_to("/dev/full")
            return link

    with pytest.raises(StorageError) as caught:
        Full(store.root).put(b"data")
    assert caught.value.code == "disk_full"
    assert errno.ENOSPC == 28
    assert files(store) == []


def test_what_a_killed_process_left_is_swept(store: MediaStore) -> None:
    name = store.put(b"whole")
    store.draft().write_bytes(b"half")
    old = sha256(b"old").hexdigest()
    (store.root / old[:2]).mkdir(exist_ok=True)
    (store.root / old[:2] / old).write_bytes(b"old")
    store.sweep()
    assert sorted(store) == sorted([name, old])
    assert list((store.root / "incoming").iterdir()) == []
    assert list(store.damaged()) == []
    store.path(name).write_bytes(b"other")
    assert list(store.damaged()) == [name]
