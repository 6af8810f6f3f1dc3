"""Small things of a note: the colours of a highlight, and its tags."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.buttons import Button, ElidedButton
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.layout import boxed, clear, column
from desktop_lms.widgets.surfaces import Painted, rounded
from desktop_lms.widgets.theme import current
from desktop_lms.words import tr

COLOURS = ("amber", "mint", "rose", "sky")
MOST_TAGS, LEAST = 10, 2
SIZE, GAP = 24, 6


def token(colour: str) -> str:
    """The colour of the look for a highlight."""
    return "hl" + colour.capitalize() if colour else "hairlineStrong"


def colour_words() -> dict[str, str]:
    """The colours of a highlight by name, in the person's language."""
    return {"amber": tr("Amber"), "mint": tr("Mint"), "rose": tr("Rose"), "sky": tr("Sky")}


def mark_buttons(choose: Callable[[str], object]) -> list[Button]:
    """Buttons that highlight what is chosen, one for each colour."""
    made = [MarkButton(colour, words) for colour, words in colour_words().items()]
    for button in made:
        button.clicked.connect(lambda _=False, colour=button.colour: choose(colour))
    return [*made]


class MarkButton(Button):
    """Shows the colour that it highlights in, and says its name."""

    def __init__(self, colour: str, words: str) -> None:
        self.colour = colour
        super().__init__(words, "", "highlighter", small=True, name=tr("Highlight in {colour}", colour=words))

    def _restyle(self) -> None:
        super()._restyle()
        side, ratio = current().px(16), self.devicePixelRatioF()
        disc = QPixmap(round(side * ratio), round(side * ratio))
        disc.setDevicePixelRatio(ratio)
        disc.fill(Qt.GlobalColor.transparent)
        painter = QPainter(disc)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rounded(painter, QRect(0, 0, side, side), fill=token(self.colour), edge="control", radius=side / 2)
        painter.end()
        self.setIcon(disc)


class Stripe(Painted):
    """The colour of a highlight along its words."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self._colour = colour
        self.setFixedWidth(4)

    def show_colour(self, colour: str) -> None:
        """Show another colour."""
        self._colour = colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(self.painter(), self.rect(), fill=token(self._colour), radius=2)


class Swatches(Painted):
    """The four colours of a highlight; arrow keys choose."""

    chosen = Signal(str)

    def __init__(self, *, name: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._colour = ""
        self._restyle()

    @property
    def colour(self) -> str:
        """The one that is chosen."""
        return self._colour

    def show_colour(self, colour: str) -> None:
        """Show which one is chosen."""
        self._colour = colour
        self.setAccessibleDescription(colour_words().get(colour, ""))
        self.update()

    def _restyle(self) -> None:
        size = current().px(SIZE)
        self.setFixedSize(len(COLOURS) * size + (len(COLOURS) - 1) * GAP, size)
        self.update()

    def _choose(self, at: int) -> None:
        colour = COLOURS[at % len(COLOURS)]
        if colour != self._colour:
            self.show_colour(colour)
            self.chosen.emit(colour)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = int(event.position().x())
        at = x // (current().px(SIZE) + GAP)
        self._choose(len(COLOURS) - 1 - at if current().rtl else at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
        if step:
            at = COLOURS.index(self._colour) if self._colour in COLOURS else -1
            self._choose(at + (-step if current().rtl else step))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, size = self.painter(), current().px(SIZE)
        for n, colour in enumerate(COLOURS):
            at = len(COLOURS) - 1 - n if current().rtl else n
            box = self.rect().adjusted(0, 0, 0, 0)
            box.setRect(at * (size + GAP) + 2, 2, size - 4, size - 4)
            here = colour == self._colour
            rounded(
                painter, box, fill=token(colour), edge="text" if here else "hairlineStrong", radius=size, width=1 + here
            )
        if self.hasFocus():
            rounded(painter, self.rect(), edge="focus", radius=8, width=1)


class Tags(QWidget):
    """Words to find a note by: typed, and thrown away with a click."""

    changed = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self._tags: list[str] = []
        self._told: list[list[str]] = []
        """What was told since the tags were shown from without."""
        self._chips = Flow(gap=4)
        self.field = Field(tr("Add a tag"), icon="tag", quiet=True)
        self.field.setAccessibleName(tr("Add a tag"))
        self.field.returnPressed.connect(self._add)
        self.field.textEdited.connect(self._on_typed)
        self._box = boxed(self._chips)
        self.setLayout(column(self._box, self.field, gap=6))

    @property
    def tags(self) -> list[str]:
        """The tags as they are shown."""
        return [*self._tags]

    def show_tags(self, tags: Sequence[str]) -> None:
        """Show the tags of a note; not those that were told here and have been added to since."""
        if [*tags] in self._told[:-1]:
            return
        self._told.clear()
        if [*tags] != self._tags or not self._chips.count():
            self._tags = [*tags]
            self._render()

    def settle(self) -> None:
        """Take what was typed as a tag, and leave the field empty."""
        self._add()
        self.field.show_text("")
        self.field.tell()
        self.field.mark_bad(False)

    def _tell(self) -> None:
        self._render()
        self._told.append(self.tags)
        self.changed.emit(self.tags)

    def _render(self) -> None:
        clear(self._chips)
        for tag in self._tags:
            name = tr("Remove the tag {tag}", tag=tag)
            chip = ElidedButton(tag, "pill", "x", small=True, name=name, icon_after=True)
            chip.setToolTip(tag)
            chip.clicked.connect(lambda _=False, tag=tag: self._drop(tag))
            self._chips.addWidget(chip)
        self._box.setVisible(bool(self._tags))
        self.field.setEnabled(len(self._tags) < MOST_TAGS)

    def _on_typed(self, text: str) -> None:
        self.field.mark_bad(False)
        if text.endswith((",", ";")):
            self._add()

    def _add(self) -> None:
        tag = " ".join(self.field.text().strip(" ,;#").split())
        if len(tag) < LEAST:
            self.field.mark_bad(bool(tag))
            return
        self.field.show_text("")
        if tag.casefold() not in {each.casefold() for each in self._tags} and len(self._tags) < MOST_TAGS:
            self._tags.append(tag[:50])
            self._tell()

    def _drop(self, tag: str) -> None:
        self._tags.remove(tag)
        self._tell()
        self.field.setFocus()
