"""Which courses come along: ticked, with sizes, one button, and a bar while they arrive."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QWidget

from desktop_lms.features.begin.viewmodel import BeginModel, Offer, Offers
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, empty_state
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.rows import listed
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.steps import step_line
from desktop_lms.widgets.surfaces import Bar, Card, Chip, Cover, IconMark
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.errors import LmsError

WIDTH = 720


class BeginPage(Page):
    """The page; `go` follows a route, `trouble` says why the server does not answer, `join` asks for a class."""

    def __init__(
        self, model: BeginModel, *, go: Callable[[str], None], trouble: Callable[[], LmsError | None] = lambda: None,
        join: Callable[[], object] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._join = join
        self._model, self._go, self._trouble = model, go, trouble
        self._shown: object = None
        self._bar, self._said = Bar(), Label("", "small", "text2")
        self.setAccessibleName(tr("Your courses"))
        model.changed.connect(self._show)
        model.ready.connect(lambda: go("today"))
        look().changed.connect(self._show_again)
        self._show()
        model.refresh()

    def _show_again(self) -> None:
        self._shown = None
        self._show()

    def _show(self) -> None:
        model, offers = self._model, self._model.offers
        if model.phase == "fetching":
            self._on_progress()
        state = (offers, model.phase, model.chosen, model.text_only, model.error, self._trouble())
        if state == self._shown:
            return
        self._shown = state
        names = [tr("Language and look"), tr("What brings you here"), tr("Server or local"), tr("Your courses")]
        head = (step_line(names, 3), 20, Label(tr("Which courses shall come along?"), "display", wrap=True), 8)
        body = boxed(column(*head, *self._body(offers), self._joining(offers), self._unconfirmed(offers), gap=0))
        body.setMaximumWidth(current().px(WIDTH))
        self.show_items(body, "~")

    def _body(self, offers: Offers | None) -> list[Item]:
        later = Button(tr("Later"), "ghost")
        later.clicked.connect(self._model.finish)
        if offers is None or not (offers.rows or offers.synced or self._trouble()):
            return [Label(tr("Fetching the catalogue…"), "body", "text2"), 24, row(later, "~")]
        if not offers.rows:
            return self._nothing()
        about = tr("They are read without a network from then on. {size} are free on this device.",
                   size=size_of(offers.free))  # fmt: skip
        fault = None
        if self._model.error:
            said = sentence(self._model.error)
            fault = boxed(column(16, Banner(tr("That did not work"), said, tone="warning", icon="circle-alert")))
        rows = [self._row(offer) for offer in offers.rows]
        foot = self._working() if self._model.phase == "fetching" else self._foot(later)
        return [Label(about, "body", "text2", wrap=True), fault, 20,
                Card(column(*listed(*rows), gap=0, margin=(16, 4, 16, 4))), 16, *foot]  # fmt: skip

    def _joining(self, offers: Offers | None) -> Item:
        if self._join is None or offers is None or self._model.phase == "fetching":
            return None
        said = Label(tr("Your teacher gave you a code? Its courses come along."), "small", "text2", wrap=True)
        join = Button(tr("Join a class…"), "link", small=True)
        join.clicked.connect(self._join)
        return boxed(column(24, row(IconMark("users", 16), (said, 1), join, gap=8)))

    def _unconfirmed(self, offers: Offers | None) -> Item:
        if offers is None or not offers.unconfirmed:
            return None
        said = Label(tr("Your server mails a code to {email}.", email=offers.unconfirmed), "small", "text2", wrap=True)
        confirm = Button(tr("Confirm the address"), "link", small=True)
        confirm.clicked.connect(lambda: self._go("settings"))
        return boxed(column(24, row(IconMark("info", 16), (said, 1), confirm, gap=8)))

    def _nothing(self) -> list[Item]:
        go = Button(tr("Go on"), "primary")
        go.clicked.connect(self._model.finish)
        if self._trouble() and not (self._model.offers and self._model.offers.synced):
            text = tr("The server does not answer now. Its courses appear under Courses as soon as it does.")
            return [24, empty_state("wifi-off", tr("The catalogue is not here yet"), text, go)]
        text = tr("Your server offers no course yet. New ones appear under Courses by themselves.")
        return [24, empty_state("library-big", tr("Nothing to take along yet"), text, go)]

    def _row(self, offer: Offer) -> QWidget:
        box = QCheckBox()
        box.setAccessibleName(offer.title)
        box.setChecked(self._model.is_chosen(offer) or offer.here)
        box.setEnabled(not offer.here and not offer.price and self._model.phase == "choose")
        box.toggled.connect(lambda on: self._model.choose(offer.id, on))
        facts = [", ".join(offer.authors), counted("1 lesson", "{count} lessons", offer.lessons)]
        words = column(Elided(offer.title, "strong"), Elided(dotted(*facts), "small", "text2"), gap=0)
        cover = Cover(offer.id, width=current().px(40), height=current().px(40))
        if offer.price:
            end: QWidget = Chip(tr("{price} · not sold here", price=offer.price), "neutral", "tag")
        elif offer.here:
            end = Chip(tr("On this device"), "success", "circle-check")
        else:
            end = Label(size_of(offer.text_size + offer.media_size), "small", "text2")
        mine = Chip(tr("Yours"), "accent") if offer.enrolled and not offer.here else None
        return boxed(row(box, cover, (words, 1), mine, end, gap=14, margin=(0, 12, 0, 12)))

    def _foot(self, later: Button) -> list[Item]:
        model = self._model
        texts = QCheckBox(tr("Text now, pictures later"))
        texts.setFont(current().font("small"))
        texts.setChecked(model.text_only)
        texts.toggled.connect(model.set_text_only)
        count = len(model.chosen)
        said = counted("1 course · {size}", "{count} courses · {size}", count, size=size_of(model.size))
        start = Button(tr("Start"), "primary", "download") if count else Button(tr("Go on"), "primary")
        start.setEnabled(model.fits)
        start.clicked.connect(model.start)
        room = Label("" if model.fits else tr("There is not enough room."), "small", "danger")
        return [row(texts, "~", room, Label(said if count else "", "small", "text2"), gap=12), 20,
                row(later if count else None, "~", start, gap=12)]  # fmt: skip

    def _working(self) -> list[Item]:
        stop = Button(tr("Cancel"), icon="x")
        stop.clicked.connect(self._model.cancel)
        behind = Button(tr("Go on, the rest follows"), "primary")
        behind.clicked.connect(self._model.finish)
        self._bar, self._said = Bar(), Label("", "small", "text2")
        self._on_progress()
        return [self._bar, 8, self._said, 16, row(stop, "~", behind, gap=12)]

    def _on_progress(self) -> None:
        done, total = self._model.progress
        self._bar.show_value(done / total if total else 0.0)
        self._said.say(tr("Fetching {done} of {total}", done=size_of(done), total=size_of(total)))
