"""Captions of videos and sounds, WebVTT and SRT, as people write them: what is damaged is left out and counted."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence

import msgspec

MAX_CUES = 20_000
MAX_BYTES = 5 << 20
"""More is not read: ten hours of talk are under one megabyte."""
LONGEST_S = 1_000_000.0

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_SPAN = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s|$)")
_NOT_CUES = re.compile(r"^(?:WEBVTT|NOTE|STYLE|REGION)(?=\s|$)")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^\s<>][^<>]*)>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z0-9][^<>]*>|\{\\[^{}]*\}|</>")
_BLANK = re.compile(r"\n[ \t]*\n+")


class Cue(msgspec.Struct, frozen=True):
    """Words from `start` to `end` (seconds); lines are divided by newlines, `voice` says who speaks."""

    start: float
    end: float
    text: str
    voice: str = ""


class Captions(msgspec.Struct, frozen=True):
    """Cues by their start, and how many blocks were too damaged to be read."""

    cues: tuple[Cue, ...] = ()
    damaged: int = 0

    def at(self, seconds: float) -> tuple[Cue, ...]:
        """The cues that are to be seen at a time, those that began first above."""
        return tuple(cue for cue in self.cues if cue.start <= seconds < cue.end)

    def line_at(self, seconds: float) -> int:
        """The number of the last cue that has begun at a time; -1 before the first."""
        low, high = 0, len(self.cues)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.cues[middle].start <= seconds else (low, middle)
        return low - 1

    def find(self, words: str) -> tuple[int, ...]:
        """Numbers of the cues that have all of the words, whatever their case and accents (LES-16)."""
        wanted = fold(words).split()
        return tuple(n for n, cue in enumerate(self.cues) if wanted and all(w in fold(cue.text) for w in wanted))


def fold(text: str) -> str:
    """The form in which words are compared: without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def parse(data: bytes) -> Captions:
    """Read WebVTT or SRT, told by its content.

    Taken as it comes: byte order marks, UTF-16 and Latin-1, any line ends, hours or not, comma or point, settings
    behind the times, tags, cues that overlap or stand in disorder. Blocks without a time, without words, or that end
    before they begin count as damaged.
    """
    cues: list[Cue] = []
    damaged = 0
    for block in _BLANK.split(_lines(data[:MAX_BYTES])):
        found = _blocks(block)
        if found is None:
            damaged += 1
        else:
            cues += found
        if len(cues) >= MAX_CUES:
            break
    return Captions(tuple(sorted(cues[:MAX_CUES], key=lambda cue: (cue.start, cue.end))), damaged)


def _lines(data: bytes) -> str:
    """The text with newlines alone, whatever its code."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:  # Latin-1, or cut in the midst of a sign
            text = data.decode("utf-8-sig" if error.end >= len(data) else "latin-1", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").strip("\ufeff\n \t")


def _blocks(block: str) -> list[Cue] | None:
    """The cues of a block; None for a damaged one. Where blank lines were lost, several stand in it."""
    lines = block.strip("\n").split("\n")
    times = [n for n, line in enumerate(lines) if "-->" in line and _SPAN.match(line)]
    if not times:
        return [] if not block.strip() or _NOT_CUES.match(lines[0]) else None
    made = []
    for at, following in zip(times, [*times[1:], None], strict=True):
        words = lines[at + 1 : following]
        if following is not None and words and words[-1].strip().isdigit():
            words = words[:-1]  # the number of the cue that follows
        cue = _cue(lines[at], "\n".join(words))
        if cue is not None:
            made.append(cue)
    return made or None


def _cue(span: str, words: str) -> Cue | None:
    found = _SPAN.match(span)
    if found is None:
        return None
    start, end = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
    voice = _VOICE.search(words)
    text = "\n".join(filter(None, (" ".join(line.split()) for line in plain(words).split("\n"))))
    if not text or not start < end <= LONGEST_S:
        return None
    return Cue(start, end, text, " ".join(html.unescape(voice[1]).split()) if voice else "")


def plain(words: str) -> str:
    """The words without tags and entities, and without signs that turn the direction of what follows."""
    bare = html.unescape(_TAG.sub("", words))
    return "".join(s for s in bare if s == "\n" or (unicodedata.category(s) not in ("Cc", "Cs") and s not in _TURNS))


_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\ufeff")


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = parts
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return (whole * 1000 + int((fraction or "0").ljust(3, "0"))) / 1000


def to_vtt(cues: Sequence[Cue]) -> str:
    """The cues as WebVTT."""
    blocks = ["WEBVTT"]
    for cue in cues:
        voice = f"<v {_escaped(cue.voice)}>" if cue.voice else ""
        blocks.append(f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{voice}{_escaped(cue.text)}")
    return "\n\n".join(blocks) + "\n"


def to_srt(cues: Sequence[Cue]) -> str:
    """The cues as SRT, which knows no voices."""
    spans = (f"{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}" for cue in cues)
    blocks = (f"{n}\n{span}\n{_escaped(cue.text)}\n" for n, (span, cue) in enumerate(zip(spans, cues, strict=True), 1))
    return "\n".join(blocks)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("{", "&#123;")


def _clock(seconds: float, point: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{thousandths:03}"


def from_transcript(text: str) -> tuple[str, ...]:
    """The lines of a transcript that is plain text; what is WebVTT or SRT is for `parse`."""
    return tuple(" ".join(line.split()) for line in text.split("\n") if line.strip())
