"""A video or sound in a lesson: the player, its transcript below, and what was watched of it (PRG-02, LES-16)."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QUrl
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop_lms.covers import Covers
from desktop_lms.features.lesson.film.loading import Film, load_film
from desktop_lms.features.lesson.handout.view import Handout
from desktop_lms.features.lesson.room import Room
from desktop_lms.timers import once
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.filecard import FileCard
from desktop_lms.widgets.folding import Fold
from desktop_lms.widgets.layout import column
from desktop_lms.widgets.player.habits import habits
from desktop_lms.widgets.player.player import Player
from desktop_lms.widgets.player.source import Liking, Source, Track
from desktop_lms.widgets.player.times import clock
from desktop_lms.widgets.player.transcript import Transcript
from desktop_lms.widgets.surfaces import Card, Cover
from desktop_lms.widgets.theme import current
from desktop_lms.words import dotted, language, tr
from lms_core.content.embeds import Embed
from lms_core.content.model import ContentItem
from lms_core.content.videos import Video, read_video
from lms_core.errors import UserError
from lms_core.learning.anchors import Spot, write_spot
from lms_core.learning.watching import SEEN, Stretch, packed, seconds_of, union

KEEP_S = 2.5
"""So many seconds of a film are played between two times that the place is kept; more than one of the clock."""
SEEN_S = 10.0
"""And between two times that what was seen is kept with it, which writes three times as much."""
SOUGHT_MS = 500
MOST_WORDS = 280
"""Height of a transcript that is open, in px."""
STILL = 96, 54
PLATFORMS = {"youtube": "YouTube", "vimeo": "Vimeo"}


class FilmPart(QWidget):
    """Shows a file of the course; `counts` says that watching it is the progress of the lesson."""

    holds_files = True

    def __init__(self, embed: Embed, room: Room, media: str, *, counts: bool, is_audio: bool) -> None:
        super().__init__()
        self._room, self._media, self._key = room, media, embed.key
        self._embed = msgspec.structs.replace(embed, media=media)
        self._counts, self._is_audio = counts, is_audio
        self._title = embed.title or room.name(media) or (tr("Sound") if is_audio else tr("Video"))
        self._seen: list[Stretch] = room.seen(embed.key)
        self._kept_at, self._stood = seconds_of(self._seen), 0.0
        self._sought = once(self, SOUGHT_MS, self._keep_place)
        self._length = 0.0
        self._plays_next = False
        self.player: Player | None = None
        self.transcript: Transcript | None = None
        self._fold: Fold | None = None
        self._way_out: Handout | None = None
        self._box = column(gap=8)
        self.setLayout(self._box)
        self.setMinimumHeight(current().px(120))
        self.setAccessibleName(self._title)
        item = room.item(embed.key)
        transcript = room.lesson.transcript if counts else ""
        room.store.read(
            self, lambda workspace: load_film(workspace, room, media, item, transcript=transcript), self._on_film
        )

    # --- building
    def _on_film(self, film: Film) -> None:
        self._length, self._plays_next = film.seconds or 0.0, film.plays_next
        kept = self._room.recall(self._key)
        start = float(kept) if isinstance(kept, int | float) and not isinstance(kept, bool) else 0.0
        likes = habits()
        source = Source(
            self._title, self._load, self._room.later, is_audio=self._is_audio, seconds=film.seconds, start=start,
            seen=tuple(self._seen), tracks=tuple(Track(w.language, w.name, w.captions) for w in film.words),
            number=sum(self._media.encode()), cover=film.cover, quality=film.quality,
        )  # fmt: skip
        liking = Liking(film.speed, likes.volume, likes.muted, film.captions_on, language(), likes.style)
        player = self.player = Player(source, liking, keeps=self._counts)
        player.played.connect(self._on_played)
        player.moved.connect(self._on_moved)
        player.state_changed.connect(self._on_state)
        player.lasted.connect(self._on_lasted)
        player.liked.connect(self._on_liked)
        player.outside.connect(self._open_outside)
        player.bookmarked.connect(self._on_bookmarked)
        player.noted.connect(self._room.note_asked)
        likes.changed.connect(self._on_habits)
        self._room.spot_asked.connect(self._on_asked)
        self._room.left.connect(self._keep)
        if self._counts:
            self._room.where = self.spot
        self._box.addWidget(player)
        self.setMinimumHeight(0)
        if self._room.wanted is not None:
            self._on_asked(self._room.wanted)
        if film.words or film.lines:
            self._box.addWidget(self._make_transcript(film))
        self.updateGeometry()

    def _make_transcript(self, film: Film) -> QWidget:
        shown = self.transcript = Transcript()
        shown.setMaximumHeight(current().px(MOST_WORDS))
        if film.words:
            spoken = [w for w in film.words if w.language.split("-")[0] == language()]
            shown.show_captions((spoken or film.words)[0].captions)
        else:
            shown.show_lines(film.lines)
        shown.asked.connect(self._go_to)
        if self.player is not None:
            self.player.moved.connect(shown.follow)
        self._fold = Fold(tr("Transcript"), "", lambda: shown)
        shown.hide()
        shown.setParent(self)
        return Card(column(self._fold, margin=(8, 4, 8, 4)))

    def open_transcript(self) -> None:
        """Show the words, where there are some."""
        if self._fold is not None and not self._fold.is_open:
            self._fold.toggle()

    def _load(self) -> Path | bytes:
        """Where the plain file lies; one that is sealed as bytes, for no plain copy may come to the disk."""
        return self._room.path(self._media) or self._room.read(self._media)

    # --- watching
    def _on_played(self, start: float, end: float) -> None:
        self._room.active()
        self._seen = union([*self._seen, (start, end)])
        kept = self._room.recall(self._key)
        at = self.player.position if self.player is not None else 0.0
        if seconds_of(self._seen) >= self._kept_at + SEEN_S or abs(at - self._stood) >= SEEN_S:
            self._keep()
        elif abs(at - kept if isinstance(kept, int | float) else at) >= KEEP_S:
            self._keep_place()

    def _on_moved(self) -> None:
        if self.player is not None and self.player.engine.state == "paused":
            self._sought.start()  # a handle that is drawn goes through many places

    def _on_state(self, state: str) -> None:
        if state == "playing":
            self._room.active()
        elif state in ("paused", "ended"):
            self._keep()
        if state == "ended" and self._counts and self._plays_next:
            self._room.go_on()

    def _on_lasted(self, seconds: float) -> None:
        self._length = seconds

    def _keep_place(self) -> float | None:
        """Keep where it stands, if it was opened; at the end one begins anew."""
        self._sought.stop()
        player, room = self.player, self._room
        if player is None or player.engine.state not in ("playing", "paused", "ended"):
            return None
        at = 0.0 if player.engine.state == "ended" else round(player.position, 1)
        if at or room.recall(self._key):
            room.keep(self._key, at)
        return at

    def _keep(self) -> None:
        """Keep the place and what was seen."""
        at, room = self._keep_place(), self._room
        if at is None or not self._seen:
            return
        self._kept_at, self._stood = seconds_of(self._seen), at
        room.keep(self._key + SEEN, packed(self._seen))
        if self._counts and self._length > 0:
            room.watched(int(self._kept_at + 0.5), max(1, int(self._length + 0.5)), int(at), self._key)

    def spot(self) -> Spot:
        """Where it stands; nowhere before it was begun."""
        at = self.player.position if isValid(self) and self.player is not None else 0.0
        return Spot(at_s=round(at, 1), item=self._key) if at > 0 else Spot()

    def _on_asked(self, spot: Spot) -> None:
        if spot.at_s is not None and spot.item in ("", self._key) and self.player is not None:
            self._room.wanted = None
            self._go_to(spot.at_s)

    def _go_to(self, seconds: float) -> None:
        if self.player is not None:
            self.player.seek(seconds)

    def hideEvent(self, event: QHideEvent) -> None:
        if self._sought.isActive() or (self.player is not None and self.player.engine.state == "playing"):
            self._keep()
        super().hideEvent(event)

    # --- places
    def _on_bookmarked(self, seconds: float) -> None:
        lesson, room, anchor = (
            self._room.lesson.id,
            self._room,
            write_spot(Spot(at_s=round(seconds, 1), item=self._key)),
        )
        words = f"{self._title} · {clock(seconds)}"
        room.store.run(
            self, lambda workspace: workspace.notes.add_bookmark(lesson, anchor=anchor, title=words), self._on_kept
        )

    def _on_kept(self, kept: str) -> None:
        room = self._room
        room.say(
            tr("Bookmark kept"), lambda: room.store.run(room, lambda workspace: workspace.notes.delete_bookmark(kept))
        )

    # --- around
    def _on_liked(self, liking: Liking) -> None:
        habits().set_volume(liking.volume, muted=liking.muted)

    def _on_habits(self) -> None:
        if self.player is not None:
            self.player.show_liking(Liking(style=habits().style))

    def _open_outside(self) -> None:
        """Offer a plain copy to another program, after a question."""
        if self._way_out is None:
            self._way_out = Handout(self._embed, self._room)
            self._box.addWidget(self._way_out)
        self._way_out.ways.ask()


def online_card(title: str, video: Video, room: Room, item: ContentItem) -> QWidget:
    """What is said of a video that is not of the course: it needs a network, and opens in the browser."""
    where = PLATFORMS.get(video.provider) or QUrl(video.url).host()
    go = Button(tr("Open in the browser…"), icon="external-link", small=True)
    go.clicked.connect(lambda: room.follow(video.url))
    facts = dotted(tr("Online only"), where, item.quality)
    cover = _still(item, room) if item.thumbnail and room.has(item.thumbnail) else None
    return FileCard(cover or "globe", title or tr("Video"), facts, go)


def _still(item: ContentItem, room: Room) -> Cover:
    """The picture of a film that does not play here; what cannot be read leaves a drawn one."""
    cover = Cover(item.id, width=current().px(STILL[0]), height=current().px(STILL[1]), radius=6)
    Covers(room.store, cover).show(cover, item.id, item.thumbnail)
    return cover


def make_film(embed: Embed, room: Room) -> QWidget | None:
    """The player of a file that is here, the card of one that is online; None where there is neither."""
    item = room.item(embed.key)
    media = embed.media
    if item is not None and not media:
        try:
            video = read_video(item.url)
        except UserError:
            return None
        if video.online_only:
            return online_card(embed.title, video, room, item)
        media = video.id
    if not media or not room.has(media):
        return None
    is_audio = room.mime(media).startswith("audio/") or embed.kind == "audio"
    return FilmPart(embed, room, media, counts=item is not None and item is _counted(room), is_audio=is_audio)


def _counted(room: Room) -> object:
    """The item whose seconds are the progress of the lesson: its primary video, else the first."""
    videos = [item for item in room.lesson.items if item.kind == "video"]
    return next((item for item in videos if item.is_primary), videos[0] if videos else None)
