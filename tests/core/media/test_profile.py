"""Files of a profile: its own unreadable without its key, those of courses once for all profiles of a machine."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from lms_core.db.stream import CHUNK
from lms_core.errors import Corrupt, NotFound
from lms_core.media.profile import ProfileMedia, sweep_shared

DATA = bytes(range(256)) * 5000
NAME = sha256(DATA).hexdigest()


def media(folder: Path, who: str, key: bytes | None = None) -> ProfileMedia:
    return ProfileMedia(folder / who, key=key or who.encode().ljust(32), shared=folder / "shared")


@pytest.fixture
def ada(tmp_path: Path) -> ProfileMedia:
    return media(tmp_path, "ada")


def adopted(store: ProfileMedia, data: bytes) -> str:
    draft, name = store.draft(), sha256(data).hexdigest()
    draft.write_bytes(data)
    store.adopt(draft, name)
    draft.unlink(missing_ok=True)
    return name


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 7])
def test_own_files_are_sealed_and_read_in_parts(tmp_path: Path, ada: ProfileMedia, size: int) -> None:
    data = (DATA * 3)[:size]
    name = ada.put(data)
    assert ada.put(data) == name
    assert (ada.size(name), ada.read(name), list(ada), ada.verify(name)) == (size, data, [name], True)
    for start, length in ((0, 10), (CHUNK - 5, 10), (CHUNK, 3), (size, 5), (max(0, size - 3), 9), (7, None)):
        end = None if length is None else start + length
        assert ada.read(name, start, length) == data[start:end]
    with ada.open(name) as file:
        assert file.read() == data
    assert all(data[:100] not in path.read_bytes() for path in files(tmp_path) if size > 100)


def test_another_key_or_a_changed_byte_reads_nothing(tmp_path: Path, ada: ProfileMedia) -> None:
    name = ada.put(DATA)
    other = media(tmp_path, "ada", key=b"other".ljust(32))
    with pytest.raises(Corrupt):
        other.read(name)
    assert not other.verify(name)
    (path,) = files(tmp_path / "ada")
    whole = path.read_bytes()
    for broken in (whole[:-1], whole[:-20] + b"x" + whole[-19:], whole[:CHUNK], b""):
        path.write_bytes(broken)
        assert not ada.verify(name)


def test_course_files_lie_once_for_all_profiles(tmp_path: Path, ada: ProfileMedia) -> None:
    sam = media(tmp_path, "sam")
    assert adopted(ada, DATA) == NAME
    assert not sam.has(NAME), "what others have is not there"
    assert sam.borrow(NAME)
    assert adopted(sam, DATA) == NAME
    assert ada.read(NAME) == sam.read(NAME) == DATA
    assert len({path.stat().st_ino for path in files(tmp_path)}) == 1
    ada.delete(NAME)
    assert (ada.has(NAME), sam.has(NAME), len(files(tmp_path / "shared"))) == (False, True, 1)
    sam.delete(NAME)
    assert files(tmp_path) == []
    assert not sam.borrow(NAME)


def test_what_a_removed_profile_shared_goes_with_the_last_one(tmp_path: Path, ada: ProfileMedia) -> None:
    adopted(ada, DATA)
    other = adopted(ada, b"other")
    sam = media(tmp_path, "sam")
    sam.borrow(other)
    for path in files(tmp_path / "ada"):
        path.unlink()
    sweep_shared(tmp_path / "shared")
    assert [path.name for path in files(tmp_path / "shared")] == [other]


def test_a_damaged_shared_file_is_replaced_by_a_good_one(tmp_path: Path, ada: ProfileMedia) -> None:
    adopted(ada, DATA)
    (shared,) = files(tmp_path / "shared")
    shared.write_bytes(b"rot")
    sam = media(tmp_path, "sam")
    adopted(sam, DATA)
    assert sam.read(NAME) == DATA


def test_what_is_not_what_its_name_says_is_not_kept(ada: ProfileMedia) -> None:
    for adopt in (ada.adopt, ada.adopt_own):
        draft = ada.draft()
        draft.write_bytes(b"something else")
        with pytest.raises(Corrupt):
            adopt(draft, NAME)
        draft.unlink()
    assert list(ada) == []
    with pytest.raises(NotFound):
        ada.read(NAME)
