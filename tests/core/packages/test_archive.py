"""What a package may hold: files below its own folder, in bounds, nothing that leads elsewhere."""

from __future__ import annotations

import io
import stat
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from lms_core.errors import NotFound, UserError
from lms_core.packages import archive
from lms_core.packages.archive import from_bytes
from tests.packages import packed, plain

UNSAFE = [
    "../evil.html",
    "/etc/passwd",
    "a/../../b",
    "C:/evil.html",
    "a\\..\\..\\b",
    "a/./b",
    "a//b",
    "x" * 300,
    "a\nb",
]


@pytest.mark.parametrize("name", UNSAFE)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(UserError) as caught:
        from_bytes(packed({"index.html": "x", name: "y"}), "shells.zip")
    assert caught.value.code == "package_unsafe"


def test_links_and_doubled_names_are_refused() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w") as made:
        link = ZipInfo("index.html")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    for data in (out.getvalue(), packed({"index.html": "x", "INDEX.html": "y"})):
        with pytest.raises(UserError) as caught:
            from_bytes(data)
        assert caught.value.code == "package_unsafe"


def test_an_encrypted_file_is_refused() -> None:
    data = bytearray(packed({"index.html": "x"}))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(UserError) as caught:
        from_bytes(bytes(data))
    assert caught.value.code == "package_unsafe"


def test_a_bomb_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed({"index.html": "x", "zeros.bin": bytes(8 << 20)})
    assert len(bomb) < 20_000
    with pytest.raises(UserError) as caught:
        from_bytes(bomb)
    assert caught.value.code == "package_too_large"
    monkeypatch.setattr(archive, "MOST_FILES", 2)
    with pytest.raises(UserError) as caught:
        from_bytes(packed({"a": "", "b": "", "c": ""}))
    assert caught.value.code == "package_too_large"


def test_no_more_is_read_than_was_said() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as made:
        made.writestr("index.html", bytes(50_000))
    data = bytearray(out.getvalue())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")  # the directory tells a hundred bytes
    opened = from_bytes(bytes(data))
    with pytest.raises(UserError) as caught:
        opened.read("index.html", 1000)
    assert caught.value.code == "bad_zip"


def test_what_is_no_zip_is_told() -> None:
    for data in (b"", b"no zip", plain()[:-30]):
        with pytest.raises(UserError) as caught:
            from_bytes(data, "shells.zip")
        assert caught.value.code == "bad_zip"


def test_a_package_in_a_folder_is_opened_from_there() -> None:
    opened = from_bytes(plain(above="shells/v2/"))
    assert "index.html" in opened
    assert "INDEX.HTML" in opened  # as authors on Windows write
    assert "shells/v2/index.html" not in opened
    with pytest.raises(NotFound):
        opened.open("gone.html")
