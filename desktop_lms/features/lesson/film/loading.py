"""What a video or sound of a lesson needs before it can be shown: its words, its length, and how one likes to watch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from PySide6.QtGui import QImage

from desktop_lms.covers import small
from desktop_lms.features.lesson.room import Room
from desktop_lms.words import LANGUAGES
from lms_core.content.model import ContentItem
from lms_core.errors import LmsError
from lms_core.media.captions import MAX_BYTES, Captions, from_transcript, parse
from lms_core.media.duration import duration_of
from lms_core.workspace import Workspace

LOOKS_TIMED = re.compile(r"-->")


@dataclass(frozen=True)
class Words:
    """Captions in one language, and what the language is called."""

    language: str
    name: str
    captions: Captions


@dataclass(frozen=True)
class Film:
    """All that the player is given; `lines` is the transcript where it has no times."""

    seconds: float | None
    words: tuple[Words, ...]
    lines: tuple[str, ...]
    speed: float
    captions_on: bool
    plays_next: bool
    cover: QImage | None
    quality: str


def load_film(workspace: Workspace, room: Room, media: str, item: ContentItem | None, *, transcript: str) -> Film:
    """Read it; files of captions and pictures that are not here or broken are left out."""
    liked = workspace.personal.settings()
    found = []
    for each in item.captions if item else ():
        if room.has(each.media):
            read = _captions(room, each.media)
            if read.cues:
                found.append(Words(each.language, name_of(each.language), read))
    timed = parse(transcript.encode()) if LOOKS_TIMED.search(transcript) else Captions()
    if timed.cues and not found:
        found.append(Words("", name_of(""), timed))
    lines = () if timed.cues else from_transcript(transcript)
    told = float(item.duration) if item and item.duration else None
    length = told or duration_of(partial(room.read, media), room.size(media))
    cover = small(room.read(item.thumbnail)) if item and item.thumbnail and room.has(item.thumbnail) else None
    return Film(length, tuple(found), lines, liked.playback_speed, liked.captions_enabled, liked.autoplay_next,
                cover, item.quality if item else "")  # fmt: skip


def _captions(room: Room, media: str) -> Captions:
    try:
        return parse(room.read(media, 0, MAX_BYTES))
    except LmsError:
        return Captions()


def name_of(language: str) -> str:
    """What a language is called, by its tag (BCP 47)."""
    return LANGUAGES.get(language.split("-")[0].lower(), language or "CC")
