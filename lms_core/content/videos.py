"""What a video's address leads to: a platform, a file in the web, or a file of the course (LES-04, LES-06)."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import msgspec

from lms_core.errors import UserError

Provider = Literal["youtube", "vimeo", "direct", "local"]

LONGEST = 2000
FILES = (".mp4", ".m4v", ".webm", ".mov", ".ogv", ".ogg", ".mkv", ".m3u8")
_YOUTUBE = frozenset({"youtube.com", "m.youtube.com", "music.youtube.com", "youtube-nocookie.com", "youtu.be"})
_VIMEO = frozenset({"vimeo.com", "player.vimeo.com"})
_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_VIMEO_ID = re.compile(r"\d{1,12}")
_VIMEO_KEY = re.compile(r"[0-9a-f]{6,40}")
_MEDIA = re.compile(r"media:([0-9a-f]{64})")
_SPELLED = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?")


class Video(msgspec.Struct, frozen=True):
    """Where a video is: `id` at its platform or the SHA-256 of a file of the course; `url` is the one to open.

    `start` in seconds, where the address names a place.
    """

    provider: Provider
    id: str = ""
    url: str = ""
    start: int = 0

    @property
    def online_only(self) -> bool:
        """Whether it cannot be had without a network."""
        return self.provider != "local"


def read_video(address: str) -> Video:
    """Tell a video by its address, in any usual form.

    Raises:
        UserError: `video_url_invalid` for what is neither YouTube, Vimeo, a video file in the web, nor
            `media:{sha256}`.
    """
    address = address.strip()
    if here := _MEDIA.fullmatch(address):
        return Video("local", here[1])
    if len(address) > LONGEST or not address.isprintable() or " " in address:
        raise UserError("video_url_invalid")
    whole = address if "//" in address[:8] else f"https://{address}"
    try:
        parts = urlsplit(whole)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError as error:
        raise UserError("video_url_invalid") from error
    if parts.scheme not in ("http", "https", "") or not host or "@" in parts.netloc:
        raise UserError("video_url_invalid")
    path = [part for part in parts.path.split("/") if part]
    asked = parse_qs(parts.query)
    found = None
    if host in _YOUTUBE and port is None:
        found = _youtube(host, path, asked, parts.fragment)
    elif host in _VIMEO and port is None:
        found = _vimeo(path, asked, parts.fragment)
    elif "//" in address and parts.scheme and parts.path.lower().endswith(FILES):
        found = Video("direct", url=whole)
    if found is None:
        raise UserError("video_url_invalid")
    return found


def _youtube(host: str, path: list[str], asked: dict[str, list[str]], fragment: str) -> Video | None:
    if host == "youtu.be":
        name = path[0] if path else ""
    elif path[:1] in (["embed"], ["v"], ["e"], ["shorts"], ["live"]):
        name = path[1] if len(path) > 1 else ""
    else:
        name = asked.get("v", [""])[0] if path[:1] == ["watch"] else ""
    if not _YOUTUBE_ID.fullmatch(name):
        return None
    start = _start(asked, fragment)
    behind = f"&t={start}s" if start else ""
    return Video("youtube", name, f"https://www.youtube.com/watch?v={name}{behind}", start)


def _vimeo(path: list[str], asked: dict[str, list[str]], fragment: str) -> Video | None:
    """`/ID`, `/ID/KEY` of one that is not listed, `/video/ID`, `/channels/NAME/ID`, `/groups/NAME/videos/ID`."""
    at = next((n for n, part in enumerate(path) if _VIMEO_ID.fullmatch(part)), None)
    if at is None or len(path) > at + 2:
        return None
    key = path[at + 1] if len(path) == at + 2 else asked.get("h", [""])[0]
    if key and not _VIMEO_KEY.fullmatch(key):
        return None
    start = _start(asked, fragment)
    behind = (f"/{key}" if key else "") + (f"#t={start}s" if start else "")
    return Video("vimeo", path[at], f"https://vimeo.com/{path[at]}{behind}", start)


def _start(asked: dict[str, list[str]], fragment: str) -> int:
    """Seconds from `t=83`, `t=83s`, `t=1m23s`, `start=83`, also behind `#`; 0 without."""
    said = (asked.get("t") or asked.get("start") or parse_qs(fragment).get("t") or [""])[0]
    found = _SPELLED.fullmatch(said)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds
