"""What a player is given: where the bytes are, the words that go with them, and how things are liked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from lms_core.errors import LmsError
from lms_core.media.captions import Captions

SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
SIZES = ("small", "medium", "large", "huge")
GROUNDS = ("solid", "soft", "none")
INKS = ("white", "yellow", "cyan")


@dataclass(frozen=True)
class Track:
    """Captions in one language: its tag (BCP 47), what it is called, and the cues."""

    language: str
    name: str
    captions: Captions


@dataclass(frozen=True)
class CaptionStyle:
    """How captions are drawn: one of SIZES, GROUNDS and INKS each."""

    size: str = "medium"
    ground: str = "soft"
    ink: str = "white"


@dataclass(frozen=True)
class Liking:
    """How a person likes to watch; kept by whoever made the player."""

    speed: float = 1.0
    volume: int = 80
    muted: bool = False
    captions: bool = False
    language: str = ""
    style: CaptionStyle = CaptionStyle()


Load = Callable[[], "Path | bytes"]
"""Where the plain file lies, else its bytes; called beside the window, raises LmsError."""


class Later(Protocol):
    """Work beside the window; answers come on its thread while the owner is there."""

    def __call__(
        self,
        owner: QObject,
        work: Callable[[], Path | bytes],
        then: Callable[[Path | bytes], object],
        fail: Callable[[LmsError], object],
    ) -> None:
        """Do it."""


@dataclass(frozen=True)
class Source:
    """A video or sound: `seconds` as far as they are known, `start` where to go on, `seen` what was watched."""

    title: str
    load: Load
    later: Later
    is_audio: bool = False
    seconds: float | None = None
    start: float = 0.0
    seen: tuple[tuple[float, float], ...] = ()
    tracks: tuple[Track, ...] = ()
    number: int = 0
    """Which of the covers stands for it before it plays, where it has no `cover` of its own."""
    cover: QImage | None = None
    quality: str = ""
    """In words, such as "720p"."""
