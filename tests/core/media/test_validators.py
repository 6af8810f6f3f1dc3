"""How large files may be, what pictures of courses are, and names that harm nobody."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from lms_core.errors import UserError
from lms_core.media.kinds import MB, check_size, check_thumbnail, is_program, most_bytes, safe_name, said_size


def picture(size: tuple[int, int] = (1280, 720), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "most"), [("video/mp4", 500), ("application/pdf", 50), ("audio/mpeg", 50), ("thumbnail", 10), ("", 50)]
)
def test_each_kind_has_its_limit_which_is_said(kind: str, most: int) -> None:
    assert most_bytes(kind) == most * MB
    check_size(most * MB, kind)
    with pytest.raises(UserError) as caught:
        check_size(most * MB + 400_000, kind)
    assert caught.value.message == f"This file has {most}.4 MB; files of its kind may have at most {most} MB."


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (999_960, "1 MB"),
        (50 * MB, "50 MB"),
        (2_500 * MB, "2.5 GB"),
    ],
)
def test_sizes_are_said_as_people_say_them(size: int, said: str) -> None:
    assert said_size(size) == said


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_of_courses_are_taken(kind: str) -> None:
    check_thumbnail(picture(kind=kind), "shore.png")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (picture(kind="GIF"), "thumbnail_kind"),
        (b"<svg/>", "thumbnail_kind"),
        (picture((100, 720)), "thumbnail_sides"),
        (picture((6001, 720)), "thumbnail_sides"),
        (picture()[:30], "not_an_image"),
        (bytes(10 * MB + 1), "file_too_large"),
    ],
)
def test_what_is_no_picture_of_a_course_is_told_why(data: bytes, code: str) -> None:
    with pytest.raises(UserError) as caught:
        check_thumbnail(data, "shore.png")
    assert caught.value.code == code
    assert "{" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\tides.docx", "tides.docx"),
        ("tides\u202excod.exe", "tidesxcod.exe"),
        (".bashrc", "bashrc"),
        ("con.txt", "_con.txt"),
        ("a/b\x00c?.pdf", "bc.pdf"),
        ("tides.pdf. . ", "tides.pdf"),
        ("   ", "file"),
        ("-rf.txt", "rf.txt"),
        ("الأمواج.pdf", "الأمواج.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_of_copies_are_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    "name", ["run.exe", "RUN.EXE", "run.exe. ", "a.pdf.sh", "page.html", "setup", "x.desktop", "x.py"]
)
def test_programs_are_told_from_documents(name: str) -> None:
    assert is_program(name)


@pytest.mark.parametrize("name", ["tides.pdf", "tides.docx", "data.csv", "notes.txt", "tides.zip", "a.exe.pdf"])
def test_documents_are_no_programs(name: str) -> None:
    assert not is_program(name)
