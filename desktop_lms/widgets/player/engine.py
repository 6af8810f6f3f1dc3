"""Playing by QtMultimedia, which is loaded when something is played for the first time.

No Python runs on the threads of the decoder, for it would wait for the window and the window for it: files are opened
by path, or lie in memory as a whole in a buffer that Qt itself made (one made here asks Python at each read).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QByteArray, QDataStream, QObject, QUrl, Signal

State = Literal["empty", "loading", "playing", "paused", "ended", "failed"]

MOST_JUMP_S = 1.5
"""Further than this the place does not go by playing alone between two ticks, at any speed."""


_LENT: dict[int, QDataStream] = {}
"""Bytes of players that are about to go."""


def multimedia() -> Any:
    """The module, or None where it or its libraries are missing."""
    try:
        from PySide6 import QtMultimedia
    except ImportError:
        return None
    return QtMultimedia


class Engine(QObject):
    """One medium at a time. Times are in seconds."""

    state_changed = Signal(str)
    moved = Signal(float)
    lasted = Signal(float)
    """How long it is; told when it is known."""
    framed = Signal(object)
    """A picture of the video (QVideoFrame)."""
    played = Signal(float, float)
    """A stretch that was really played."""

    def __init__(self, parent: QObject | None = None, *, find: Callable[[], Any] = multimedia) -> None:
        super().__init__(parent)
        self._find = find
        self._player: Any = None
        self._sink: Any = None
        self._sound: Any = None
        self._held: QDataStream | None = None
        self._want: tuple[float, bool] = (0.0, False)
        self._last: float | None = None
        self._speed, self._volume, self._muted = 1.0, 0.8, False
        self.state: State = "empty"
        self.duration = 0.0

    # --- opening and closing
    def open(self, what: Path | bytes, *, at: float = 0.0, play: bool = True) -> None:
        """Open a file or bytes and go on at a place."""
        self.close()
        module = self._find()
        if module is None:
            self._turn("failed")
            return
        self._make(module)
        self._want = at, play
        self._turn("loading")
        if isinstance(what, Path):
            self._player.setSource(QUrl.fromLocalFile(str(what)))
            return
        self._held = QDataStream(QByteArray(what))
        self._player.setSourceDevice(self._held.device(), QUrl())

    def _make(self, module: Any) -> None:
        self._player = module.QMediaPlayer(self)
        if not self._player.isAvailable():
            return  # told as an error when a source is set
        self._sink = module.QVideoSink(self)
        self._sound = module.QAudioOutput(self)
        for each in (self._player, self._sink, self._sound):
            self._settle(each)
        self._player.setVideoSink(self._sink)
        self._player.setAudioOutput(self._sound)
        self._player.setPlaybackRate(self._speed)
        self._sound.setVolume(self._volume)
        self._sound.setMuted(self._muted)
        self._sink.videoFrameChanged.connect(self._on_frame)
        self._player.positionChanged.connect(self._on_position)
        self._player.durationChanged.connect(self._on_duration)
        self._player.playbackStateChanged.connect(self._on_playing)
        self._player.mediaStatusChanged.connect(self._on_status)
        self._player.errorOccurred.connect(self._on_error)

    def _settle(self, made: QObject) -> None:
        """Let an object learn now that Python does not wish to know of its connections.

        It asks once, and would ask on a thread of the decoder that ends, while this one waits for that end.
        """
        made.objectNameChanged.connect(self._on_named)
        made.objectNameChanged.disconnect(self._on_named)

    def _on_named(self, _name: str) -> None:
        """Never told."""

    def close(self) -> None:
        """Let the medium go."""
        player, self._player = self._player, None
        if player is None:
            return
        for signal in (
            player.positionChanged, player.durationChanged, player.playbackStateChanged, player.mediaStatusChanged,
            player.errorOccurred,
        ):  # fmt: skip
            signal.disconnect()
        player.pause()
        if self._held is not None:
            _LENT[id(player)] = self._held
            player.destroyed.connect(partial(_LENT.pop, id(player), None))
        # to stop it here would wait for the decoder's threads, which may wait for Python; the event loop lets go
        for each in (player, self._sink, self._sound):
            if each is not None:
                each.deleteLater()
        self._sink = self._sound = self._held = None
        self._last, self.duration = None, 0.0
        self._turn("empty")

    # --- playing
    @property
    def position(self) -> float:
        """Where it stands."""
        if self.state == "loading":
            return self._want[0]
        return self._player.position() / 1000 if self._player is not None else 0.0

    @property
    def has_video(self) -> bool:
        """Whether there is a picture."""
        return self._player is not None and bool(self._player.hasVideo())

    @property
    def buffered(self) -> float:
        """How far it is ready, 0 to 1."""
        return float(self._player.bufferProgress()) if self._player is not None else 0.0

    def play(self) -> None:
        """Go on; from the beginning once it has ended."""
        if self.state == "loading":
            self._want = self._want[0], True
        elif self._player is not None and self.state != "failed":
            if self.state == "ended":
                self.seek(0.0)
            self._player.play()

    def pause(self) -> None:
        """Rest."""
        if self.state == "loading":
            self._want = self._want[0], False
        elif self._player is not None and self.state != "ended":  # there it would go to the beginning
            self._player.pause()

    def seek(self, seconds: float) -> None:
        """Go to a place; what lies between is not played."""
        if self._player is None:
            return
        seconds = max(0.0, min(seconds, self.duration or seconds))
        if self.state == "loading":
            self._want = seconds, self._want[1]
            return
        self._last = None
        if self.state == "ended":
            self._player.pause()
        self._player.setPosition(round(seconds * 1000))
        self.moved.emit(seconds)
        if self.state == "ended":
            self._turn("paused")

    def set_speed(self, speed: float) -> None:
        """How fast, 0.5 to 2."""
        self._speed = speed
        if self._player is not None:
            self._player.setPlaybackRate(speed)

    def set_volume(self, volume: int, *, muted: bool) -> None:
        """How loud, 0 to 100."""
        self._volume, self._muted = volume / 100, muted
        if self._sound is not None:
            self._sound.setVolume(self._volume)
            self._sound.setMuted(muted)

    # --- what the player tells
    def _turn(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    def _on_frame(self, frame: Any) -> None:
        """On the window's thread: the decoder's only queues it."""
        self.framed.emit(frame)

    def _on_duration(self, ms: int) -> None:
        self.duration = ms / 1000
        if ms > 0:
            self.lasted.emit(self.duration)

    def _on_position(self, ms: int) -> None:
        now = ms / 1000
        if self.state == "playing":
            if self._last is not None and 0 < now - self._last <= MOST_JUMP_S * self._speed:
                self.played.emit(self._last, now)
            self._last = now
        self.moved.emit(now)

    def _on_playing(self, playing: Any) -> None:
        if self._player is None or self.state in ("failed", "ended", "loading"):
            if self.state == "ended" and playing.name == "PlayingState":
                self._turn("playing")
            return
        if playing.name == "PlayingState":
            self._last = self._player.position() / 1000
            self._turn("playing")
        elif playing.name == "PausedState":
            self._last = None
            self._turn("paused")

    def _on_status(self, status: Any) -> None:
        if status.name == "EndOfMedia":
            if self._last is not None and 0 < self.duration - self._last <= MOST_JUMP_S * self._speed:
                self.played.emit(self._last, self.duration)
            self._last = None
            self._turn("ended")
        elif status.name == "InvalidMedia":
            self._turn("failed")
        elif status.name == "LoadedMedia" and self.state == "loading":
            self._begin()

    def _begin(self) -> None:
        """The file is one that can be played: go where one was."""
        at, play = self._want
        if not self._player.hasVideo() and not self._player.hasAudio():
            self._turn("failed")
            return
        if at > 0:
            self._player.setPosition(round(at * 1000))
        self._turn("paused")
        if play:
            self._player.play()
        else:
            self._player.pause()

    def _on_error(self, error: Any, _words: str) -> None:
        if error.name != "NoError":
            self._turn("failed")
