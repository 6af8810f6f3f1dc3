"""How long files last, by headers that were written by hand; and what is damaged (RES-05)."""

from __future__ import annotations

import io
import struct
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_core.media.duration import Read, duration_of, minutes_of


def reads(data: bytes) -> tuple[Read, int]:
    return lambda start, length: data[start : start + length], len(data)


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + name + body


def element(name: str, body: bytes, *, length: bytes | None = None) -> bytes:
    return bytes.fromhex(name) + (length or (0x4000 | len(body)).to_bytes(2)) + body


def wav(seconds: float) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * int(8000 * seconds))
    return out.getvalue()


FTYP = box(b"ftyp", b"isom\0\0\0\0")
MVHD = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 252_500))
LONG = box(b"mvhd", struct.pack(">IQQIQ", 1 << 24, 0, 0, 600, 600 * 7200))
PIECES = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 0)) + box(b"mvex", box(b"mehd", struct.pack(">II", 0, 9000)))
BIG = struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", 16 + 100) + b"x" * 100
MP4 = FTYP + box(b"mdat", b"x" * 90_000) + box(b"moov", box(b"udta", b"...") + MVHD)
INFO = element("1549a966", element("2ad7b1", (1_000_000).to_bytes(3)) + element("4489", struct.pack(">d", 61_500.0)))
WEBM = element("1a45dfa3", b"\x42\x86\x81\x01") + element("18538067", element("ec", b"\0" * 30) + INFO)
LIVE = element("1a45dfa3", b"") + element("18538067", INFO, length=b"\x01" + b"\xff" * 7)
VORBIS = (
    b"OggS" + b"\0" * 22 + b"\x01\x1e\x01vorbis\0\0\0\0\x02" + struct.pack("<I", 44_100) + b"\0" * 20 + b"x" * 70_000
    + b"OggS\0\x04" + struct.pack("<q", 44_100 * 12)
)  # fmt: skip
OPUS = b"OggS" + b"\0" * 24 + b"OpusHead\x01\x02" + struct.pack("<H", 312) + b"\0" * 9 + b"OggS\0\x04" + struct.pack(
    "<q", 48_000 * 3 + 312
)  # fmt: skip
FRAME = b"\xff\xfb\x90\x64"
CONSTANT = FRAME + b"\0" * (16_000 * 5 - 4)
TAGGED = b"ID3\x04\0\0" + bytes((0, 0, 7, 104)) + b"\0" * 1000 + CONSTANT
VARIABLE = FRAME + b"\0" * 32 + b"Xing" + struct.pack(">II", 1, 3829) + b"\0" * 400
FLAC = b"fLaC\0\0\0\x22" + b"\0" * 10 + (44_100 << 44 | 44_100 * 8).to_bytes(8) + b"\0" * 16


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        (MP4, 252.5), (FTYP + box(b"moov", LONG), 7200), (FTYP + BIG + box(b"moov", MVHD), 252.5),
        (FTYP + box(b"moov", PIECES), 9), (WEBM, 61.5), (LIVE, 61.5), (VORBIS, 12), (OPUS, 3), (CONSTANT, 5),
        (TAGGED, 5), (VARIABLE, 3829 * 1152 / 44_100), (wav(2.5), 2.5), (FLAC, 8),
    ],
)  # fmt: skip
def test_files_tell_how_long_they_last(data: bytes, seconds: float) -> None:
    assert duration_of(*reads(data)) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"words", b"%PDF-1.7", FTYP, FTYP + box(b"moov", b""), FTYP + box(b"moov", box(b"mvhd", b"\0" * 20)),
        FTYP + box(b"moov", box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 2**32 - 1))),
        FTYP + struct.pack(">I", 3) + b"moov", FTYP + struct.pack(">I", 8) + b"free",
        b"\x1a\x45\xdf\xa3" + b"\xff" * 40, b"\x1a\x45\xdf\xa3\0\0\0", b"OggS" + b"\0" * 60, b"ID3" + b"\x7f" * 60,
        b"RIFF\0\0\0\0WAVE" + b"data" + b"\xff" * 20, b"fLaC" + b"\0" * 60, wav(1)[:30], MP4[:60],
        (FTYP + box(b"free", b"") * 600 + box(b"moov", MVHD)),
    ],
)  # fmt: skip
def test_what_is_damaged_or_no_medium_has_no_duration(data: bytes) -> None:
    assert duration_of(*reads(data)) is None


@given(st.sampled_from((MP4[:40], MP4[-60:], WEBM, OPUS, VARIABLE, wav(0.01), FLAC)), st.data())
def test_bytes_that_were_changed_are_never_an_error(whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + data.draw(st.binary(max_size=12)) + whole[at + data.draw(st.integers(0, 9)) :]
    found = duration_of(*reads(changed))
    assert found is None or found > 0


def test_minutes_are_rounded_up() -> None:
    assert [minutes_of(s) for s in (None, 1.0, 60.0, 60.5, 252.5)] == [None, 1, 1, 2, 5]
