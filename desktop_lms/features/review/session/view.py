"""One card at a time: the question, the answer, and four ratings that say when it comes back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, QSizeF, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from desktop_lms.features.review.phrases import rating_words, source_words, span
from desktop_lms.features.review.session.viewmodel import SessionModel, Turn
from desktop_lms.rendering import Rendering
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import cannot_read
from desktop_lms.widgets.flashcard import ask_card
from desktop_lms.widgets.keys import shortcut
from desktop_lms.widgets.layout import Item, boxed, clear, column, row
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.surfaces import Bar, Card, Chip, Line, Tile
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.content.dress import RenderTheme
from lms_core.errors import LmsError
from lms_core.review.entities import AGAIN, EASY, GOOD

Go = Callable[[str], None]
Say = Callable[[str, Callable[[], None] | None], None]
WIDTH, LEAST, SHORT = 720, 280, 160
"""Width of a card and its least height in px; a side of so few letters is set larger."""
TONES = ("danger", "warning", "info", "success")


class Side(LessonText):
    """One side of a card: as high as its text, drawn like a lesson."""

    margin = 0

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.document().documentLayout().documentSizeChanged.connect(self._on_sized)

    def _on_sized(self, size: QSizeF) -> None:
        self.setFixedHeight(max(current().line("read") + 12, round(size.height()) + 6))


class SessionPage(QWidget):
    """The page; `go` follows a route, `say` shows a toast with a way back."""

    crumbs_changed = Signal()
    compact = True

    def __init__(self, model: SessionModel, *, go: Go, say: Say) -> None:
        super().__init__()
        self._model, self._go, self._say = model, go, say
        self._front: Side | None = None
        self._back: Side | None = None
        self._asked: Turn | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Session"))
        model.changed.connect(self._render)
        model.rendered.connect(self._on_rendered)
        model.refused.connect(self._on_refused)
        model.said.connect(self._on_suspended)
        look().changed.connect(self._render_anew)
        shortcut(self, "Ctrl+Z", model.undo)
        self._render()
        model.begin()

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The trail to this page."""
        return [(tr("Review"), "review"), (tr("Session"), "")]

    def _on_refused(self, error: LmsError) -> None:
        self._say(sentence(error), None)

    def _on_suspended(self, card: str) -> None:
        self._say(tr("Card put to rest"), lambda: self._model.wake(card))

    # --- which page
    def _render_anew(self) -> None:
        self._asked = None
        self._render()

    def _render(self) -> None:
        model = self._model
        if model.stage == "back" and self._asked is not None and self._asked is model.turn:
            self._answer()
            return
        self._asked = model.turn if model.stage == "front" else None
        clear(self._box)
        self._front = self._back = None
        if model.error:
            self._box.addWidget(Page(cannot_read(tr("The cards cannot be read"), model.error, model.begin), "~"))
        elif model.stage == "loading":
            self._box.addWidget(Page(Label(tr("Reading your cards…"), "body", "text2"), "~"))
        elif model.stage == "over":
            self._box.addWidget(self._over())
            self._main.setFocus()
        else:
            self._box.addWidget(self._asking())
            self._main.setFocus()

    def _button(self, text: str, then: Callable[[], object], kind: str = "", icon: str = "", name: str = "") -> Button:
        button = Button(text, kind, icon, name=name)  # type: ignore[arg-type]
        button.clicked.connect(then)
        return button

    def _middle(self, *items: Item) -> QWidget:
        """Items in a column in the middle."""
        inner = boxed(column(*items, gap=0))
        inner.setMaximumWidth(current().px(WIDTH))
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        return boxed(row("~", (inner, 100), "~", gap=0))

    # --- a card
    def _asking(self) -> QWidget:
        page = Page(self._middle(self._head(), 20, self._card()), "~", pad=24, top=20)
        self._verbs = column(self._foot(), gap=0)
        foot = boxed(column(Line(), boxed(column(self._middle(self._verbs), margin=(24, 0, 24, 16))), gap=12))
        theme = current()
        self._model.render(RenderTheme(theme.colors), ink=theme.hex("text"), size=theme.px(18))
        return boxed(column((page, 1), foot, gap=0))

    def _answer(self) -> None:
        """Show the other side below the one that stands."""
        self._other.setVisible(True)
        clear(self._verbs)
        self._verbs.addWidget(self._foot())
        self._main.setFocus()

    def _head(self) -> QWidget:
        model = self._model
        done, left = len(model.rated), max(1, model.left)
        bar = Bar(done / (done + left))
        words = counted("1 left", "{count} left", left)
        undo = self._button("", model.undo, "ghost", "undo-2", tr("Take the last rating back"))
        undo.setEnabled(bool(model.rated))
        tools = (
            undo,
            self._button("", self.ask_edit, "ghost", "pencil", tr("Change the card")),
            self._button("", model.suspend, "ghost", "moon", tr("Put the card to rest")),
            self._button(tr("Stop"), model.stop, "", "x"),
        )
        return boxed(row((bar, 1), Label(words, "small", "text2"), 8, *tools, gap=8))

    def _card(self) -> QWidget:
        turn = self._model.turn
        if turn is None or turn.card is None:
            return QWidget()
        where = dotted(source_words(turn.card), turn.place)
        leech = Chip(tr("Often forgotten"), "warning", "triangle-alert") if turn.card.is_leech else None
        self._front, self._back = Side(tr("Front of the card")), Side(tr("Back of the card"))
        self._other = boxed(column(16, Line(), 20, self._back, gap=0))
        self._other.setVisible(self._model.stage == "back")
        head = row((Elided(where, "caption", "text3"), 1), leech, gap=12)
        made = Card(column(head, 20, self._front, self._other, "~", gap=0, margin=(28, 20, 28, 28)))
        made.setMinimumHeight(current().px(LEAST))
        return made

    def _on_rendered(self) -> None:
        card = self._model.card
        if card is not None:
            self._fill(self._front, self._model.front, card.front)
            self._fill(self._back, self._model.back, card.back)

    def _fill(self, side: Side | None, made: Rendering, text: str) -> None:
        if side is not None and made.html:
            large = len(text) <= SHORT and "`" not in text  # code has its own size
            html = f'<div style="font-size:{current().px(21)}px">{made.html}</div>' if large else made.html
            side.show_html(html, made.picture)
            side.link_clicked.connect(self._on_link, Qt.ConnectionType.UniqueConnection)

    def _on_link(self, target: str) -> None:
        if target.startswith("lesson:"):
            self._go(f"lesson/{target.removeprefix('lesson:')}")
        elif target.startswith(("http:", "https:")):
            QDesktopServices.openUrl(QUrl(target))

    def _foot(self) -> QWidget:
        model = self._model
        if model.stage == "front":
            self._main = show = self._button(tr("Show the answer"), model.reveal, "primary", "eye")
            return boxed(column(row("~", show, "~"), _middled(tr("Space bar")), gap=4))
        turn = model.turn
        ratings = [
            Rating(n, name, span(wait), model.rate)
            for n, (name, wait) in enumerate(zip(rating_words(), turn.intervals if turn else (), strict=False), AGAIN)
        ]
        self._main = ratings[GOOD - 1]
        return Ratings(ratings)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        model, key = self._model, event.key()
        if key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and model.stage in ("front", "back"):
            model.reveal() if model.stage == "front" else model.rate(GOOD)
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_4:
            model.rate(AGAIN + key - Qt.Key.Key_1)
        elif key == Qt.Key.Key_E and model.card:
            self.ask_edit()
        elif key == Qt.Key.Key_S:
            model.suspend()
        elif key == Qt.Key.Key_Escape:
            model.stop()
        else:
            super().keyPressEvent(event)

    def ask_edit(self) -> None:
        """Ask for other words on the card."""
        card = self._model.card
        if card is not None:
            ask_card(self.window(), self._model.edit, front=card.front, back=card.back)

    # --- the end
    def _over(self) -> QWidget:
        model = self._model
        count, counts = len(model.rated), model.counts
        title = counted("1 card reviewed", "{count} cards reviewed", count) if count else tr("Nothing to review")
        chips = [
            Chip(f"{name}: {counts[n]}", tone)  # type: ignore[arg-type]
            for n, (name, tone) in enumerate(zip(rating_words(), TONES, strict=True), AGAIN)
            if counts[n]
        ]
        known = sum(counts[n] for n in range(AGAIN + 1, EASY + 1))
        facts = [
            tr("{minutes} min", minutes=max(1, round(model.seconds / 60))),
            tr("{percent} % remembered", percent=round(100 * known / count)),
        ] if count else []  # fmt: skip
        left = counted("1 still waits", "{count} still wait", model.left) if model.left else tr("Nothing waits now.")
        back = self._button(tr("Back to the overview"), self._to_overview, "" if model.left else "primary")
        on = self._button(tr("Go on"), model.begin, "primary", "play") if model.left else None
        self._main = on or back
        undo = self._button(tr("Take the last rating back"), model.undo, icon="undo-2") if count else None
        inner = column(
            "~", row("~", Tile("circle-check", "success", size=80, icon_size=32), "~"), 12,
            row("~", Label(title, "title"), "~"), row("~", Label(dotted(*facts), "body", "text2"), "~"),
            row("~", *chips, "~", gap=8), row("~", Label(left, "small", "text2"), "~"), 12,
            row("~", undo, back, on, "~"), "~", "~", gap=8,
        )  # fmt: skip
        return Page((boxed(inner), 1))

    def _to_overview(self) -> None:
        self._go("review")


def _middled(words: str) -> Label:
    """A small label in the middle: the key below a button."""
    made = Label(words, "caption", "text3")
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made


class Ratings(QWidget):
    """Buttons to rate a card; after what time it comes back stands below them where they have no room for it."""

    def __init__(self, ratings: list[Rating]) -> None:
        super().__init__()
        self._ratings, self._below = ratings, [_middled("") for _ in ratings]
        buttons = row(*((each, 1) for each in ratings), gap=12)
        self.setLayout(column(buttons, row(*((each, 1) for each in self._below), gap=12), gap=4))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        long = all(each.whole <= (self.width() + 12) // len(self._ratings) - 12 for each in self._ratings)
        for each, below in zip(self._ratings, self._below, strict=True):
            below.say(each.show_wait(long))


class Rating(Button):
    """How well it was known, after what time it comes back, and the key that says it."""

    def __init__(self, number: int, name: str, wait: str, rate: Callable[[int], None]) -> None:
        super().__init__(dotted(name, wait), "primary" if number == GOOD else "", name=f"{number}. {name}, {wait}")
        self.whole = self.sizeHint().width()
        self._number, self._name, self._wait, self._rate = number, name, wait, rate
        self._said = self.accessibleName()
        self.setToolTip(tr("Key {key}", key=number))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._on_clicked)

    def show_wait(self, here: bool) -> str:
        """Say the time on the button or not; what stands below it."""
        self.say(dotted(self._name, self._wait) if here else self._name)
        self.setAccessibleName(self._said)
        return f"{self._number}" if here else dotted(f"{self._number}", self._wait)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _on_clicked(self) -> None:
        self._rate(self._number)
