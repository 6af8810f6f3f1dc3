"""Pictures are checked by what they are, not by what they are called."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from lms_core.errors import UserError
from lms_core.media.images import LONGEST, MAX_BYTES, prepare_image


def drawn(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#12636f").save(out, kind)
    return out.getvalue()


def huge_png(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_type_comes_from_the_content_and_small_pictures_stay_as_they_are(kind: str) -> None:
    data = drawn(kind)
    assert prepare_image(data, "name.txt") == (data, f"image/{kind.lower()}")


def test_large_picture_is_scaled_to_the_longest_edge() -> None:
    data, mime = prepare_image(drawn("PNG", (LONGEST * 2, 100)), "wide.png")
    assert mime == "image/png"
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (LONGEST, 50)


@pytest.mark.parametrize("size", [(8000, 8000), (100_000, 100_000)])
def test_too_many_pixels_are_refused_before_they_are_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(UserError) as caught:
        prepare_image(huge_png(*size), "bomb.png")
    assert caught.value.code == "image_too_large"


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(UserError) as caught:
        prepare_image(bytes(MAX_BYTES + 1), "big.png")
    assert caught.value.code == "image_too_large"


@pytest.mark.parametrize("data", [b"", b"hello", b"\x89PNG\r\n\x1a\n", drawn("PNG")[:60], drawn("BMP"), b"%PDF-1.4"])
def test_no_picture_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(UserError) as caught:
        prepare_image(data, "thing.png")
    assert caught.value.code == "not_an_image"
    assert "thing.png" in caught.value.message


def test_svg_loses_what_is_active_and_keeps_what_is_drawn() -> None:
    svg = (
        '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg" '
        'viewBox="0 0 9 9" onload="x()"><script>x()</script><style>@import "http://e.org"</style><foreignObject><p>x</p></foreignObject>'
        '<image href="http://e.org/x.png"/><a href="javascript:x()"><circle cx="4" cy="4" r="3" fill="red"/></a></svg>'
    )
    data, mime = prepare_image(svg.encode(), "x.svg")
    text = data.decode()
    assert mime == "image/svg+xml"
    assert 'viewBox="0 0 9 9"' in text
    assert "<circle" in text
    for word in ("script", "onload", "e.org", "ENTITY", "foreignObject", "javascript", "@import"):
        assert word not in text
    assert prepare_image(data, "x.svg")[0] == data


@pytest.mark.parametrize("size", [(60, 40), (LONGEST + 440, 100)])
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_a_photo_stands_upright_and_does_not_tell_where_it_was_taken(kind: str, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Camera of Ada"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 12.0)})
    picture = Image.new("RGB", size, "white")
    picture.paste("black", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    picture.save(out, kind, exif=exif)
    data, _ = prepare_image(out.getvalue(), "photo")
    assert b"Camera of Ada" not in data
    with Image.open(io.BytesIO(data)) as kept:
        assert not kept.getexif()
        assert kept.width < kept.height <= LONGEST
        upper = kept.convert("L").getpixel((kept.width // 2, kept.height // 4))
        assert isinstance(upper, int | float)
        assert upper < 60, "what was left is now above"
    assert prepare_image(data, "photo")[0] == data, "and stays as it is"


def test_words_in_a_picture_file_are_left_out() -> None:
    notes = PngInfo()
    notes.add_text("Author", "Ada Lovelace, 12 Harbour Street")
    out = io.BytesIO()
    Image.new("P", (4, 4)).save(out, "PNG", pnginfo=notes)
    data, _ = prepare_image(out.getvalue(), "a.png")
    assert b"Harbour" not in data
    with Image.open(io.BytesIO(data)) as kept:
        assert kept.mode == "P"


@pytest.mark.parametrize(
    "reference",
    [
        "url(http://far.example/a)", "URL( 'https://far.example/a' )", "url(//far.example/a)", r"u\72l(http://far.example)",
        "image(url(http://far.example))", "url(#a) url(http://far.example)",
    ],
)  # fmt: skip
def test_svg_refers_to_nothing_outside(reference: str) -> None:
    source = f'<svg xmlns="http://www.w3.org/2000/svg"><rect fill="{reference}" mask="url(#m)" width="4"/></svg>'
    data, _ = prepare_image(source.encode(), "a.svg")
    assert b"far.example" not in data
    assert b'mask="url(#m)"' in data
    assert b'width="4"' in data
