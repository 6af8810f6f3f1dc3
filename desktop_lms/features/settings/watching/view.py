"""The section of videos: speed, captions and what comes next, with an example of the captions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainterPath, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from desktop_lms.features.settings.watching.viewmodel import GROUNDS, INKS, SIZES, SPEEDS, WatchingModel
from desktop_lms.widgets.inputs import Choice
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.motifs import paint_motif
from desktop_lms.widgets.page import section
from desktop_lms.widgets.player.captioning import paint_captions
from desktop_lms.widgets.player.source import CaptionStyle
from desktop_lms.widgets.player.times import speed_words
from desktop_lms.widgets.surfaces import Card, Line, Painted
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import sentence, tr


class Example(Painted):
    """A piece of a picture with captions over it."""

    def __init__(self) -> None:
        super().__init__()
        self._style = CaptionStyle()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("This is how captions look."))

    def sizeHint(self) -> QSize:
        return QSize(320, current().px(140))

    def show_style(self, style: CaptionStyle) -> None:
        """Draw them so."""
        self._style = style
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, area = self.painter(), QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(area, 8, 8)
        painter.setClipPath(shape)
        ink, tint = current().cover(0)
        painter.fillRect(area, tint)
        paint_motif(painter, ink, 0, area)
        whole = area.adjusted(0, area.height() - self.width() * 9 / 16, 0, 0)
        paint_captions(painter, whole.intersected(area.adjusted(0, -400, 0, 0)), [self.accessibleName()], self._style)


class WatchingSection(QWidget):
    """The section; everything takes effect at once."""

    def __init__(self, model: WatchingModel) -> None:
        super().__init__()
        self._model = model
        self.speed = Choice([(str(s), speed_words(s)) for s in SPEEDS], name=tr("Speed"))
        self.speed.chosen.connect(self._on_speed)
        self.captions = self._box(tr("Captions on, where there are some"), self._on_captions)
        self.following = self._box(tr("Go on to the next lesson at the end of a video"), self._on_following)
        self.sizes = self._segments("caption_size", SIZES, [tr("Small"), tr("Medium"), tr("Large"), tr("Huge")],
                                    tr("Size of captions"))  # fmt: skip
        self.grounds = self._segments("caption_ground", GROUNDS, [tr("Solid"), tr("Soft"), tr("None")],
                                      tr("Ground of captions"))  # fmt: skip
        self.inks = self._segments("caption_ink", INKS, [tr("White"), tr("Yellow"), tr("Cyan")],
                                   tr("Colour of captions"))  # fmt: skip
        self.example = Example()
        self._told = Label("", "small", "warning", wrap=True)
        mine = (_line(tr("Speed"), self.speed), self.captions, self.following)
        looks = (
            self.example, _line(tr("Size of captions"), self.sizes), _line(tr("Ground of captions"), self.grounds),
            _line(tr("Colour of captions"), self.inks),
        )  # fmt: skip
        over = Label(tr("On all your devices."), "small", "text2", wrap=True)
        one = Label(tr("A film has the one quality that its author gave it; there is none to choose."), "caption",
                    "text3", wrap=True, weight=400)  # fmt: skip
        here = Label(tr("On this device alone."), "small", "text2", wrap=True)
        card = Card(column(over, *mine, one, Line(), here, *looks, self._told, gap=12, margin=20))
        self.setLayout(column(section(tr("Videos"), card), gap=0))
        model.changed.connect(self._show)
        look().changed.connect(self._show)
        self._show()

    def _box(self, words: str, switched: Callable[[bool], None]) -> QCheckBox:
        box = QCheckBox(words)
        box.clicked.connect(switched)
        return box

    def _segments(self, preference: str, values: Sequence[str], words: list[str], name: str) -> Segments:
        made = Segments(words, name=name)
        now = self._model.preferences.get(preference)
        made.choose(values.index(now) if now in values else 1, quiet=True)
        made.chosen.connect(lambda at: self._model.choose(preference, values[at]))
        return made

    def _on_speed(self, value: str) -> None:
        self._model.like("playback_speed", float(value))

    def _on_captions(self, on: bool) -> None:
        self._model.like("captions_enabled", on)

    def _on_following(self, on: bool) -> None:
        self._model.like("autoplay_next", on)

    def _show(self) -> None:
        liked, kept = self._model.liked, self._model.preferences
        for each in (self.speed, self.captions, self.following):
            each.setEnabled(liked is not None)
        for box in (self.captions, self.following):
            box.setFont(current().font("body"))
        if liked is not None:
            self.speed.choose(str(min(SPEEDS, key=lambda s: abs(s - liked.playback_speed))))
            self.captions.setChecked(liked.captions_enabled)
            self.following.setChecked(liked.autoplay_next)
        style = CaptionStyle(*(str(kept.get(name)) for name in ("caption_size", "caption_ground", "caption_ink")))
        self.example.show_style(style)
        self._told.say(sentence(self._model.error) if self._model.error else "")
        self._told.setVisible(bool(self._model.error))


def _line(words: str, control: QWidget) -> Item:
    """A setting: its name beside its control, above it when text is large."""
    if current().scale > 1.2:
        return boxed(column(Label(words, "body"), row(control, "~"), gap=4))
    return row(Label(words, "body"), "~", control, gap=16)
