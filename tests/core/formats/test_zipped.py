"""A zipped course is unpacked within bounds and nowhere else."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from lms_core.errors import UserError
from lms_core.formats import zipped
from lms_core.formats.markdown_folder import scan
from lms_core.formats.zipped import unpack


def pack(path: Path, **files: str) -> Path:
    with ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_a_zipped_course_is_imported(tmp_path: Path) -> None:
    made = pack(
        tmp_path / "shore.zip",
        **{"shore/01-waves.md": "# Waves\n\nCount them.\n", "shore/02-shells.md": "# Shells\n\nA.\n"},
    )
    plan = scan(unpack(made, tmp_path / "out"))
    assert [lesson.title for lesson in plan.document.lessons()] == ["Waves", "Shells"]


@pytest.mark.parametrize("name", ["../evil.md", "/etc/evil.md", "a/../../evil.md"])
def test_nothing_lands_outside(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="no zip file"):
        unpack(pack(tmp_path / "x.zip", **{name: "x"}), tmp_path / "in" / "out")
    assert not list(tmp_path.rglob("evil.md"))


def test_what_is_too_large_or_no_zip_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "no.zip").write_bytes(b"no zip")
    with pytest.raises(UserError) as told:
        unpack(tmp_path / "no.zip", tmp_path / "out")
    assert told.value.code == "bad_zip"
    monkeypatch.setattr(zipped, "MOST_BYTES", 10)
    with pytest.raises(UserError) as told:
        unpack(pack(tmp_path / "big.zip", a="x" * 11), tmp_path / "out")
    assert told.value.code == "zip_too_large"
    monkeypatch.setattr(zipped, "MOST_FILES", 1)
    with pytest.raises(UserError) as told:
        unpack(pack(tmp_path / "many.zip", a="x", b="y"), tmp_path / "out")
    assert told.value.code == "zip_too_large"
