"""How long a video or sound lasts, from its headers alone: MP4, WebM, Ogg, MP3, WAV, FLAC (RES-05, LES-14).

Files come from anywhere: only a few places are read, and what makes no sense has no duration.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from lms_core.media.kinds import kind_of

Read = Callable[[int, int], bytes]
"""The bytes of a file from a start on, as many as asked or up to its end."""

LONGEST_S = 7 * 86_400
STEPS = 512
"""Boxes and elements that are looked at before a file is given up."""
LOOKED_AT = 1 << 16


def duration_of(read: Read, size: int) -> float | None:
    """Seconds that a file lasts; None where its headers do not tell. Never raises for what is in the file."""
    head = read(0, LOOKED_AT)
    reader = _READERS.get(kind_of(head[:4096]))
    try:
        seconds = reader(read, size) if reader else None
    except (struct.error, IndexError, ValueError, OverflowError, ZeroDivisionError):
        return None
    return seconds if seconds is not None and 0 < seconds <= LONGEST_S else None


def minutes_of(seconds: float | None) -> int | None:
    """Whole minutes, rounded up (LES-14)."""
    return -int(-seconds // 60) if seconds else None


# --- MP4: boxes of size, name and content
def _boxes(read: Read, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of the content of each box."""
    for _ in range(STEPS):
        head = read(at, 16)
        if at + 8 > end or len(head) < 8:
            return
        length, skip = int.from_bytes(head[:4]), 8
        if length == 1:
            length, skip = int.from_bytes(head[8:16]), 16
        elif length == 0:
            length = end - at
        if length < skip:
            return
        yield head[4:8], at + skip, min(at + length, end)
        at += length


def _inside(read: Read, at: int, end: int, name: bytes) -> tuple[int, int] | None:
    return next(((a, b) for found, a, b in _boxes(read, at, end) if found == name), None)


def _mp4(read: Read, size: int) -> float | None:
    moov = _inside(read, 0, size, b"moov")
    if moov is None:
        return None
    seconds = _told(read, _inside(read, *moov, b"mvhd"))
    if seconds:
        return seconds
    fragments = _inside(read, *moov, b"mvex")  # one that was written while it was made tells it there, if at all
    mehd = _inside(read, *fragments, b"mehd") if fragments else None
    mvhd = _inside(read, *moov, b"mvhd")
    if mehd is None or mvhd is None:
        return None
    body, header = read(mehd[0], 12), read(mvhd[0], 24)
    units = struct.unpack(">Q" if body[0] else ">I", body[4:12] if body[0] else body[4:8])[0]
    return float(units / struct.unpack_from(">I", header, 20 if header[0] else 12)[0])


def _told(read: Read, mvhd: tuple[int, int] | None) -> float | None:
    if mvhd is None:
        return None
    body = read(mvhd[0], 32)
    scale, units = struct.unpack_from(">IQ", body, 20) if body[0] else struct.unpack_from(">II", body, 12)
    unknown = 2**64 - 1 if body[0] else 2**32 - 1
    return None if units == unknown else units / scale


# --- WebM: elements of id, size and content
_SEGMENT, _INFO, _SCALE, _DURATION, _CLUSTER = 0x18538067, 0x1549A966, 0x2AD7B1, 0x4489, 0x1F43B675


def _number(data: bytes, at: int, *, marked: bool) -> tuple[int, int]:
    """A number of variable length and where it ends; with its length mark for ids."""
    first = data[at]
    length = 9 - first.bit_length()
    if length > 8 or at + length > len(data):
        raise ValueError
    value = int.from_bytes(data[at : at + length])
    return (value if marked else value & ((1 << 7 * length) - 1)), at + length


def _elements(read: Read, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    for _ in range(STEPS):
        head = read(at, 16)
        if at >= end or len(head) < 2:
            return
        name, behind = _number(head, 0, marked=True)
        length, start = _number(head, behind, marked=False)
        unknown = length == (1 << 7 * (start - behind)) - 1
        stop = end if unknown else min(at + start + length, end)
        yield name, at + start, stop
        at = stop


def _webm(read: Read, size: int) -> float | None:
    segment = next(((a, b) for name, a, b in _elements(read, 0, size) if name == _SEGMENT), None)
    if segment is None:
        return None
    for name, start, end in _elements(read, *segment):
        if name == _CLUSTER:
            return None
        if name == _INFO:
            return _info(read, start, end)
    return None


def _info(read: Read, start: int, end: int) -> float | None:
    scale, units = 1_000_000, None
    for name, a, b in _elements(read, start, end):
        if name == _SCALE and b - a <= 8:
            scale = int.from_bytes(read(a, b - a))
        elif name == _DURATION and b - a in (4, 8):
            units = struct.unpack(">f" if b - a == 4 else ">d", read(a, b - a))[0]
    return None if units is None else units * scale / 1e9


# --- Ogg: the place of the last page, in samples
def _ogg(read: Read, size: int) -> float | None:
    head, tail = read(0, 512), read(max(0, size - LOOKED_AT), LOOKED_AT)
    last = tail.rfind(b"OggS")
    if last < 0:
        return None
    place = struct.unpack_from("<q", tail, last + 6)[0]
    if (at := head.find(b"\x01vorbis")) >= 0:
        rate = struct.unpack_from("<I", head, at + 12)[0]
        return float(place / rate)
    if (at := head.find(b"OpusHead")) >= 0:
        return float(place - struct.unpack_from("<H", head, at + 10)[0]) / 48_000
    return None


# --- MP3: the frame that counts the others, else as if all were like the first
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_KBITS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def _mp3(read: Read, size: int) -> float | None:
    start = 0
    head = read(0, 10)
    if head[:3] == b"ID3":
        start = 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])
    data = read(start, 4096)
    for at in range(len(data) - 4):
        frame = _frame(data[at : at + 4])
        if frame is not None:
            return _counted(data[at:], frame, size - start - at)
    return None


def _frame(head: bytes) -> tuple[int, int, int] | None:
    """Samples, samples a second and bits a second of a frame of layer III."""
    version, rate, kbits = head[1] >> 3 & 3, head[2] >> 2 & 3, head[2] >> 4
    layered = head[0] == 0xFF and head[1] >> 5 == 7 and head[1] >> 1 & 3 == 1
    if not layered or version == 1 or rate == 3 or kbits in (0, 15):
        return None
    return (1152 if version == 3 else 576), _RATES[version][rate], _KBITS[version == 3][kbits] * 1000


def _counted(data: bytes, frame: tuple[int, int, int], size: int) -> float | None:
    samples, rate, bits = frame
    for sign, flagged, count in ((b"Xing", 7, 8), (b"Info", 7, 8), (b"VBRI", None, 14)):
        at = data.find(sign, 4, 200)
        if at >= 0 and (flagged is None or data[at + flagged] & 1):
            return float(struct.unpack_from(">I", data, at + count)[0] * samples / rate)
    return size * 8 / bits


# --- WAV, FLAC
def _wav(read: Read, size: int) -> float | None:
    at, rate = 12, 0
    for _ in range(STEPS):
        head = read(at, 24)
        if len(head) < 8:
            return None
        length = int.from_bytes(head[4:8], "little")
        if head[:4] == b"fmt ":
            rate = struct.unpack_from("<I", head, 16)[0]
        elif head[:4] == b"data":
            return min(length, size - at - 8) / rate
        at += 8 + length + length % 2
    return None


def _flac(read: Read, size: int) -> float | None:
    packed = int.from_bytes(read(18, 8))
    rate, samples = packed >> 44, packed & (1 << 36) - 1
    return samples / rate


_READERS = {
    "video/mp4": _mp4, "video/webm": _webm, "audio/ogg": _ogg, "audio/mpeg": _mp3, "audio/wav": _wav,
    "audio/flac": _flac,
}  # fmt: skip
