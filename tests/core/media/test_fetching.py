"""Parts of files that come down: gone on with, verified as a whole, forgotten in the end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lms_core.errors import Corrupt, Offline
from lms_core.media.fetching import KEEP_MS, fetch, forget_parts

NOW = 1_800_000_000_000


def test_a_part_stays_until_it_is_whole_and_goes_when_it_is_another_file(tmp_path: Path) -> None:
    folder = tmp_path / "incoming"

    def cut(part: Path) -> None:
        part.write_bytes(b"half")
        raise Offline

    def spoilt(part: Path, name: str) -> None:
        raise Corrupt(path=part.name)

    with pytest.raises(Offline):
        fetch(folder, "name", cut, spoilt)
    assert (folder / "name").read_bytes() == b"half"
    with pytest.raises(Corrupt):
        fetch(folder, "name", lambda part: None, spoilt)
    assert not (folder / "name").exists(), "the next try begins anew"


def test_parts_that_nobody_goes_on_with_are_forgotten(tmp_path: Path) -> None:
    for name, at in (("old", NOW - KEEP_MS - 1000), ("young", NOW - KEEP_MS + 1000)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (at / 1000, at / 1000))
    forget_parts(tmp_path, NOW)
    forget_parts(tmp_path / "none", NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["young"]
