"""The player: a picture, tools below it, captions over it, and a plain card where it cannot be played."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.layout import boxed, column, row
from desktop_lms.widgets.player.controls import Controls
from desktop_lms.widgets.player.deck import Deck, Fault
from desktop_lms.widgets.player.engine import Engine
from desktop_lms.widgets.player.keys import KEYS
from desktop_lms.widgets.player.picture import Picture
from desktop_lms.widgets.player.source import SPEEDS, Liking, Source
from desktop_lms.widgets.player.times import announce, clock, speed_words
from desktop_lms.widgets.surfaces import Tile
from desktop_lms.widgets.text import Label
from desktop_lms.words import dotted, sentence, tr
from lms_core.errors import LmsError

WORTH_RESUMING_S = 5.0


class Player(QWidget):
    """Plays one source. Nothing is loaded before it is played."""

    played = Signal(float, float)
    """A stretch that was really played, in seconds."""
    moved = Signal(float)
    lasted = Signal(float)
    state_changed = Signal(str)
    liked = Signal(object)
    """The person changed speed, loudness or captions (Liking)."""
    bookmarked = Signal(float)
    noted = Signal(float)
    outside = Signal()
    """Open it with another program."""

    def __init__(
        self, source: Source, liking: Liking | None = None, *, keeps: bool = False, engine: Engine | None = None
    ) -> None:
        super().__init__()
        self.source, self.liking = source, liking or Liking()
        self.engine = engine or Engine()
        self.engine.setParent(self)
        self.track = self._first_track()
        self._opened = self._asked = False
        self._seen = list(source.seen)
        self.setAccessibleName(source.title)
        self.picture = Picture(source.number, source.title, source.cover)
        self.controls = Controls(source.tracks, is_audio=source.is_audio, keeps=keeps)
        self._resumed = Label("", "caption", "text2")
        self._again = Button(tr("Start again"), "link", small=True)
        self._again.clicked.connect(self._start_again)
        self._notice = boxed(row(self._resumed, self._again, "~", gap=8, margin=(12, 2, 12, 0)))
        self.fault = Fault(source.title)
        self.deck = self._make_deck()
        self._box = column(self.deck, self.fault, gap=0)
        self.setLayout(self._box)
        self.fault.hide()
        self.fault.way_out.clicked.connect(self.outside)
        self.setFocusProxy(self.controls.play)
        self._connect()
        self._show_first()

    def _make_deck(self) -> Deck:
        deck = Deck(self.press, self.leave_whole_screen)
        title = Label(self.source.title, "strong", wrap=True)
        head = boxed(row(Tile("music"), (title, 1), gap=12, margin=(12, 12, 12, 0))) if self.source.is_audio else None
        self.picture.setVisible(not self.source.is_audio)
        deck.setLayout(column(head, (self.picture, 1), self._notice, self.controls, gap=0))
        return deck

    def _connect(self) -> None:
        engine, controls, picture = self.engine, self.controls, self.picture
        engine.state_changed.connect(self._on_state)
        engine.moved.connect(self._on_moved)
        engine.lasted.connect(self._on_lasted)
        engine.framed.connect(picture.show_frame)
        engine.played.connect(self._on_played)
        picture.clicked.connect(self.toggle)
        picture.double_clicked.connect(self.switch_whole_screen)
        controls.toggled.connect(self.toggle)
        controls.skipped.connect(self.skip)
        controls.sought.connect(self.seek)
        controls.speed_chosen.connect(self.set_speed)
        controls.track_chosen.connect(self.set_track)
        controls.loudness_chosen.connect(self._on_loudness)
        controls.whole_screen.connect(self.switch_whole_screen)
        controls.bookmarked.connect(self._on_bookmarked)
        controls.noted.connect(self._on_noted)
        for tool in controls.tools():
            tool.installEventFilter(self)

    def _show_first(self) -> None:
        source, liking, length = self.source, self.liking, self.source.seconds or 0.0
        resumes = self._resumes()
        told = [*filter(None, (clock(length) if length else "", source.quality))]
        if resumes:
            told.append(tr("Goes on at {at}", at=clock(source.start)))
        self.picture.tell(dotted(*told))
        self._resumed.say(tr("You were at {at}", at=clock(source.start)))
        self._notice.setVisible(resumes and source.is_audio)
        self.controls.seek.show_length(length)
        self.controls.show_place(source.start if resumes else 0.0, length)
        self.controls.seek.show_marks(0.0, self._seen)
        self.controls.show_speed(liking.speed)
        self.controls.show_track(self.track)
        self.controls.show_loudness(liking.volume, muted=liking.muted)

    def _first_track(self) -> int:
        if not self.liking.captions or not self.source.tracks:
            return -1
        wanted = self.liking.language.split("-")[0]
        spoken = (n for n, t in enumerate(self.source.tracks) if t.language.split("-")[0] == wanted)
        return next(spoken, 0)

    # --- verbs
    @property
    def position(self) -> float:
        """Where it stands, in seconds."""
        if not self._opened:
            return self.source.start if self._resumes() else 0.0
        return self.engine.position

    def _resumes(self) -> bool:
        """Whether there is a place to go on at: neither the very beginning nor the end."""
        at, length = self.source.start, self.source.seconds
        return at >= WORTH_RESUMING_S and (not length or at < length - WORTH_RESUMING_S)

    def play(self) -> None:
        """Go on, or open it for the first time."""
        if self._opened:
            self.engine.play()
        elif not self._asked:
            self._open(self.position)

    def _open(self, at: float) -> None:
        self._asked, self._begin = True, at
        self.picture.show_busy(tr("Opening…"))
        self.source.later(self, self.source.load, self._on_here, self._on_fault)

    def _on_here(self, what: Path | bytes) -> None:
        self._opened = True
        self.engine.set_speed(self.liking.speed)
        self.engine.set_volume(self.liking.volume, muted=self.liking.muted)
        self._notice.setVisible(self._begin > 0 and self._begin == self.source.start)
        self.engine.open(what, at=self._begin)
        self.updateGeometry()

    def _on_fault(self, error: LmsError) -> None:
        self._show_fault(sentence(error))

    def pause(self) -> None:
        """Rest."""
        self.engine.pause()

    def toggle(self) -> None:
        """Play or pause."""
        if self.engine.state == "playing":
            self.pause()
        else:
            self.play()

    def seek(self, seconds: float) -> None:
        """Go to a place; opens it there when it was not open yet."""
        if self._opened:
            self._hide_notice()
            self.engine.seek(seconds)
        elif not self._asked:
            self._open(max(0.0, seconds))
        else:
            self._begin = max(0.0, seconds)

    def skip(self, seconds: float) -> None:
        """Go back or forward."""
        self.seek(self.position + seconds)

    def _start_again(self) -> None:
        self.seek(0.0)
        self._hide_notice()
        self.controls.play.setFocus()

    def set_speed(self, speed: float) -> None:
        """How fast, one of SPEEDS."""
        self.engine.set_speed(speed)
        self.controls.show_speed(speed)
        announce(self, f"{tr('Speed')}: {speed_words(speed)}")
        self._like(replace(self.liking, speed=speed))

    def faster(self, steps: int) -> None:
        """Go to the next speed up or down."""
        at = min(range(len(SPEEDS)), key=lambda n: abs(SPEEDS[n] - self.liking.speed))
        self.set_speed(SPEEDS[min(len(SPEEDS) - 1, max(0, at + steps))])

    def set_track(self, track: int) -> None:
        """Show captions by their number, or none (-1)."""
        self.track = track if 0 <= track < len(self.source.tracks) else -1
        self.controls.show_track(self.track)
        self._show_captions(self.position)
        chosen = self.source.tracks[self.track] if self.track >= 0 else None
        announce(self, f"{tr('Captions')}: {chosen.name if chosen else tr('Off')}")
        language = chosen.language if chosen else self.liking.language
        self._like(replace(self.liking, captions=self.track >= 0, language=language))

    def switch_captions(self) -> None:
        """Captions on or off."""
        if self.track >= 0:
            self.set_track(-1)
        else:
            languages = [track.language for track in self.source.tracks]
            self.set_track(languages.index(self.liking.language) if self.liking.language in languages else 0)

    def set_volume(self, volume: int, *, muted: bool = False) -> None:
        """How loud, 0 to 100."""
        volume = min(100, max(0, volume))
        self.engine.set_volume(volume, muted=muted)
        self.controls.show_loudness(volume, muted=muted)
        announce(self, tr("Muted") if muted else tr("Volume {volume} %", volume=volume))
        self._like(replace(self.liking, volume=volume, muted=muted))

    def switch_sound(self) -> None:
        """Mute, or let it be heard again."""
        self.set_volume(self.liking.volume, muted=not self.liking.muted)

    def show_liking(self, liking: Liking) -> None:
        """Take another style of captions, chosen elsewhere."""
        self.liking = replace(self.liking, style=liking.style)
        self._show_captions(self.position)

    # --- the whole screen
    @property
    def fills_screen(self) -> bool:
        """Whether it has a screen of its own."""
        return self.deck.isWindow()

    def switch_whole_screen(self) -> None:
        """Fill the screen, or come back."""
        if self.fills_screen:
            self.leave_whole_screen()
        elif not self.source.is_audio and self.fault.isHidden():
            self._box.removeWidget(self.deck)
            self.deck.plain = self.picture.square = True
            self.deck.setParent(None)
            self.deck.setWindowTitle(self.source.title)
            self.deck.showFullScreen()
            self.controls.show_whole_screen(True)
            self.controls.play.setFocus()

    def leave_whole_screen(self) -> None:
        """Come back to the page."""
        if self.fills_screen:
            self.deck.plain = self.picture.square = False
            self.deck.setWindowState(Qt.WindowState.WindowNoState)
            box: QBoxLayout = self._box
            box.insertWidget(0, self.deck)
            self.deck.show()
            self.controls.show_whole_screen(False)
            self.controls.full.setFocus()

    def close_player(self) -> None:
        """Stop and let the file go."""
        self.leave_whole_screen()
        self.engine.close()

    # --- what happens
    def _on_state(self, state: str) -> None:
        playing = state == "playing"
        self.controls.show_playing(playing)
        self.picture.show_busy(tr("Opening…") if state == "loading" else "")
        self.picture.show_resting(not playing)
        said = {"playing": tr("Playing"), "paused": tr("Paused"), "ended": tr("At the end")}.get(state)
        if said:
            announce(self, said)
        if state == "failed":
            self._show_fault(tr("This device cannot play files of this kind, or the file is damaged."))
        self.state_changed.emit(state)

    def _on_moved(self, seconds: float) -> None:
        self.controls.show_place(seconds, self.engine.duration or self.source.seconds or 0.0)
        self.controls.seek.show_marks(self.engine.buffered, tuple(self._seen))
        self._show_captions(seconds)
        if not self._notice.isHidden() and seconds > self.source.start + 2 * WORTH_RESUMING_S:
            self._hide_notice()
        self.moved.emit(seconds)

    def _on_lasted(self, seconds: float) -> None:
        self.controls.seek.show_length(seconds)
        self.lasted.emit(seconds)

    def _on_played(self, start: float, end: float) -> None:
        last = self._seen[-1] if self._seen else None
        if last is not None and last[0] <= start <= last[1] + 0.3:
            self._seen[-1] = (last[0], max(last[1], end))
        else:
            self._seen.append((start, end))
        self.played.emit(start, end)

    def _show_captions(self, seconds: float) -> None:
        shown = self.source.tracks[self.track].captions.at(seconds) if self.track >= 0 else ()
        self.picture.show_lines([cue.text for cue in shown], self.liking.style)

    def _hide_notice(self) -> None:
        if not self._notice.isHidden():
            self._notice.hide()
            self.updateGeometry()

    def _show_fault(self, words: str) -> None:
        self.leave_whole_screen()
        held = self.window().focusWidget()
        self.fault.say(words)
        self.fault.show()
        if held is not None and self.deck.isAncestorOf(held):
            self.fault.way_out.setFocus()  # else the next link of the text would take the keyboard, and the view
        self.deck.hide()
        announce(self, words)
        self.updateGeometry()

    def _like(self, liking: Liking) -> None:
        if liking != self.liking:
            self.liking = liking
            self.liked.emit(liking)

    def _on_loudness(self, volume: int, muted: bool) -> None:
        if muted:
            self.switch_sound()
        else:
            self.set_volume(volume)

    def _on_bookmarked(self) -> None:
        self.bookmarked.emit(self.position)

    def _on_noted(self) -> None:
        self.pause()
        self.noted.emit(self.position)

    # --- keys
    def press(self, event: QKeyEvent) -> bool:
        """Do what a key stands for; False for a key that means nothing here."""
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        do = KEYS.get(Qt.Key(event.key()))
        return bool(do and self.fault.isHidden() and do(self) is not False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.press(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let arrows and letters work while a tool has the keyboard; space and Enter press that tool."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            presses = event.key() == Qt.Key.Key_Space and isinstance(watched, Button)
            return not presses and self.press(event)
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever leaves the page wants silence."""
        if not self.fills_screen:
            self.pause()
        super().hideEvent(event)
