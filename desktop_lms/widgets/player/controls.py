"""The row of tools below a picture; it says what was asked, and shows what is so."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.layout import column, row
from desktop_lms.widgets.player.sliders import SeekBar, Slider
from desktop_lms.widgets.player.source import SPEEDS, Track
from desktop_lms.widgets.player.times import clock, speed_words
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr

NARROW, NARROWEST, LEAST = 500, 380, 288


class Controls(QWidget):
    """The row, and the place above it."""

    toggled = Signal()
    skipped = Signal(float)
    sought = Signal(float)
    speed_chosen = Signal(float)
    track_chosen = Signal(int)
    """The number of the captions; -1 for none."""
    loudness_chosen = Signal(int, bool)
    whole_screen = Signal()
    bookmarked = Signal()
    noted = Signal()

    def __init__(self, tracks: Sequence[Track], *, is_audio: bool, keeps: bool) -> None:
        super().__init__()
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._tracks, self._track, self._now = tracks, -1, 1.0
        self.play = Button("", "ghost", "play", name=tr("Play"))
        self.back = Button("", "ghost", "back-10", name=tr("Back 10 seconds"))
        self.forward = Button("", "ghost", "forward-10", name=tr("Forward 10 seconds"))
        self.time = Label("0:00", "caption", "text2")
        self.speed = Button("1×", "ghost", small=True)
        self.captions = Button("", "ghost", "captions", name=tr("Captions"))
        self.mute = Button("", "ghost", "volume", name=tr("Mute"))
        self.volume = Slider(name=tr("Volume"))
        self.volume.setRange(0, 100)
        self.volume.setFixedWidth(72)
        self.full = Button("", "ghost", "maximize", name=tr("Full screen"))
        self.bookmark = Button("", "ghost", "bookmark", name=tr("Bookmark here"))
        self.note = Button("", "ghost", "notebook-pen", name=tr("Note here"))
        self.seek = SeekBar()
        self._show_speed()
        self.captions.setVisible(bool(tracks))
        self.full.setVisible(not is_audio)
        self.bookmark.setVisible(keeps)
        self.note.setVisible(keeps)
        self._keeps = keeps
        tools = row(
            self.play, self.back, self.forward, 4, self.time, "~", self.bookmark, self.note, self.speed, self.captions,
            self.mute, self.volume, self.full, gap=2,
        )  # fmt: skip
        self.setLayout(column(self.seek, tools, gap=0, margin=(10, 6, 10, 8)))
        self._connect()

    def _connect(self) -> None:
        self.play.clicked.connect(self.toggled)
        self.back.clicked.connect(self._on_back)
        self.forward.clicked.connect(self._on_forward)
        self.seek.chosen.connect(self._on_sought)
        self.speed.clicked.connect(self._ask_speed)
        self.captions.clicked.connect(self._ask_track)
        self.mute.clicked.connect(self._on_mute)
        self.volume.chosen.connect(self._on_volume)
        self.full.clicked.connect(self.whole_screen)
        self.bookmark.clicked.connect(self.bookmarked)
        self.note.clicked.connect(self.noted)

    def tools(self) -> tuple[QWidget, ...]:
        """What takes the keyboard, in order."""
        return (
            self.seek, self.play, self.back, self.forward, self.bookmark, self.note, self.speed, self.captions,
            self.mute, self.volume, self.full,
        )  # fmt: skip

    def minimumSizeHint(self) -> QSize:
        return QSize(current().px(LEAST), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for; the keys still do it."""
        width = self.width() / current().scale
        self.volume.setVisible(width >= NARROW)
        self.note.setVisible(self._keeps and width >= NARROW)
        self.time.setVisible(width >= NARROWEST)
        super().resizeEvent(event)

    # --- showing
    def show_playing(self, playing: bool) -> None:
        """Show what the button does now."""
        words = tr("Pause") if playing else tr("Play")
        if self.play.accessibleName() != words:
            self.play.show_icon("pause" if playing else "play")
            self.play.setAccessibleName(words)
            self.play.setToolTip(words)

    def show_place(self, seconds: float, length: float) -> None:
        """Follow the playing."""
        self.seek.show_place(seconds)
        words = f"{clock(seconds)} / {clock(length)}" if length else clock(seconds)
        if words != self.time.words:
            self.time.say(words)

    def show_speed(self, speed: float) -> None:
        """Show how fast it plays."""
        self._now = speed
        self._show_speed()

    def _show_speed(self) -> None:
        self.speed.say(speed_words(self._now))
        self.speed.setAccessibleName(f"{tr('Speed')}: {speed_words(self._now)}")
        self.speed.setToolTip(tr("Speed"))

    def show_track(self, track: int) -> None:
        """Show which captions are on."""
        self._track = track
        said = self._tracks[track].name if track >= 0 else tr("Off")
        self.captions.setAccessibleName(f"{tr('Captions')}: {said}")
        self.captions.setToolTip(self.captions.accessibleName())
        self.captions.setProperty("on", track >= 0)

    def show_loudness(self, volume: int, *, muted: bool) -> None:
        """Show how loud it is."""
        self.volume.setValue(0 if muted else volume)
        self.mute.show_icon("volume-off" if muted or not volume else "volume")
        words = tr("Unmute") if muted else tr("Mute")
        self.mute.setAccessibleName(words)
        self.mute.setToolTip(words)

    def show_whole_screen(self, on: bool) -> None:
        """Show what the button does now."""
        words = tr("Leave full screen") if on else tr("Full screen")
        self.full.show_icon("minimize" if on else "maximize")
        self.full.setAccessibleName(words)
        self.full.setToolTip(words)

    # --- asking
    def _on_back(self) -> None:
        self.skipped.emit(-10.0)

    def _on_forward(self) -> None:
        self.skipped.emit(10.0)

    def _on_sought(self, tenths: int) -> None:
        self.sought.emit(tenths / 10)

    def _on_mute(self) -> None:
        self.loudness_chosen.emit(-1, True)

    def _on_volume(self, volume: int) -> None:
        self.loudness_chosen.emit(volume, False)

    def _ask_speed(self) -> None:
        self._ask(self.speed, [(speed_words(s), s, s == self._now) for s in SPEEDS], self.speed_chosen)

    def _ask_track(self) -> None:
        named = [(track.name, n, n == self._track) for n, track in enumerate(self._tracks)]
        self._ask(self.captions, [(tr("Off"), -1, self._track < 0), *named], self.track_chosen)

    def _ask(self, button: Button, entries: Sequence[tuple[str, float, bool]], chosen: SignalInstance) -> None:
        """Offer entries above a button; what is chosen is told."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, value, on in entries:
            action = menu.addAction(words)
            action.setData(value)
            action.setCheckable(True)
            action.setChecked(on)
        menu.triggered.connect(lambda action: chosen.emit(action.data()))
        menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))
