"""All results of a search with the words marked, and facets at the side to narrow them."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop_lms.features.search.hits.view import Facet, Hit, facet_words
from desktop_lms.features.search.viewmodel import SearchModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.cells import Cells
from desktop_lms.widgets.feedback import Banner, empty_state
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.inputs import Choice, Field
from desktop_lms.widgets.layout import boxed, clear, column, row
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import IconMark
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.words import counted, formats, sentence, tr
from lms_core.search.model import FACETS, Found, Sort

Go = Callable[[str], None]
SIDE, NARROW = 232, 820
SHOWN_PAST = 8


class SearchPage(Page):
    """The page; `go` follows a route. `words` are what was typed elsewhere already."""

    def __init__(self, model: SearchModel, *, go: Go, words: str = "") -> None:
        super().__init__()
        self._model, self._go = model, go
        self._shown: object = None
        self.field = Field(tr("Search lessons, files, notes and courses"), icon="search")
        self.sort = Choice(_sorts(), name=tr("Order"))
        self._count = Label("", "small", "text2")
        names = {
            "kind": tr("Kind"), "type": tr("Type of resource"), "course": tr("Course"), "category": tr("Category"),
            "level": tr("Level"), "language": tr("Language"), "tag": tr("Tag"),
        }  # fmt: skip
        self._names = names
        self._facets = {name: Facet(names[name], name, model.narrow) for name in FACETS}
        self._choices = {name: Choice(name=names[name]) for name in FACETS}
        self._hits: Cells[Found, Hit] = Cells(lambda: Hit(self._choose), Hit.show_found)
        self._said, self._rest = column(gap=12), column(gap=0)
        self._bar = boxed(Flow(*self._choices.values()))
        self._side = boxed(column(*self._facets.values(), "~", gap=0), width=current().px(SIDE))
        self._tools = boxed(row(self._count, "~", self.sort, gap=8))
        main = boxed(column(self._tools, self._said, 4, self._hits, (boxed(self._rest), 1), gap=4))
        self.show_items(
            heading(tr("Search")), 16, self.field, 12, self._bar, (boxed(row((main, 1), self._side, gap=32)), 1)
        )
        self._connect()
        self.field.setText(words)
        self._render()
        self.setFocusProxy(self.field)

    def _connect(self) -> None:
        model = self._model
        self.field.textChanged.connect(model.search)
        self.field.returnPressed.connect(model.refresh)
        self.sort.chosen.connect(self._order)
        for name, choice in self._choices.items():
            choice.chosen.connect(lambda value, name=name: model.only(name, value))
        model.changed.connect(self._render)
        look().changed.connect(self._restyle)

    def _order(self, value: str) -> None:
        self._model.order(next(sort for sort in get_args(Sort) if sort == value))

    def _choose(self, found: Found) -> None:
        self._go(self._model.follow(found))

    def _restyle(self) -> None:
        self._side.setFixedWidth(current().px(SIDE))
        self._hits.renew()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._model.rest()

    def _arrange(self) -> None:
        """Facets stand at the side where there is room, else in one line of choices."""
        asked = bool(self._model.results or self._model.wanted)
        wide = self.viewport().width() >= NARROW * current().scale
        self._side.setVisible(asked and wide)
        self._bar.setVisible(asked and not wide)

    # --- showing
    def _render(self) -> None:
        model = self._model
        hits = model.results or ()
        clear(self._said)
        clear(self._rest)
        self._say_state()
        self._tools.setVisible(bool(hits))
        self._count.say(self._counted())
        self._hits.setVisible(bool(hits))
        if hits is not self._shown:  # counts come later than hits
            self._shown = hits
            self._hits.show_items(hits)
        self._show_facets()
        self._arrange()
        if not hits and (nothing := self._nothing()):
            self._rest.addWidget(nothing, 1)
        elif hits:
            self._rest.addStretch(1)

    def _counted(self) -> str:
        counts, hits = self._model.counts, self._model.results or ()
        if counts is None:
            return ""
        total = max(counts.total, len(hits))
        return (
            tr("More than {count} found", count=formats().toString(total))
            if counts.is_more
            else tr("{count} found", count=formats().toString(total))
        )

    def _say_state(self) -> None:
        model, answer = self._model, self._model.answer
        if model.error:
            again = Button(tr("Try again"), small=True)
            again.clicked.connect(model.refresh)
            self._said.addWidget(Banner(tr("The search failed"), sentence(model.error), again, tone="warning"))
        if answer is None:
            return
        if answer.waiting:
            words = counted("1 text is not indexed yet", "{count} texts are not indexed yet", answer.waiting)
            line = row(IconMark("clock", 16, "text3"), Label(f"{tr('Still indexing')}: {words}", "small", "text2"), "~")
            self._said.addWidget(boxed(line))
        if answer.meant and answer.is_corrected:
            said = tr(
                "Nothing has “{typed}”. These are the results for “{meant}”.",
                typed=model.query.strip(),
                meant=answer.meant,
            )
            self._said.addWidget(Label(said, "small", "text2", wrap=True))
        elif answer.meant:
            other = Button(answer.meant, "link", small=True)
            other.clicked.connect(lambda: self.field.setText(answer.meant))
            self._said.addWidget(boxed(row(Label(tr("Did you mean"), "small", "text2"), other, "~", gap=4)))

    def _show_facets(self) -> None:
        model = self._model
        values = model.counts.values if model.counts else {}
        for name, facet in self._facets.items():
            taken = model.wanted.get(name, ())
            facet.show_values(values.get(name, ()), taken, model.courses)
            choice, known = self._choices[name], dict(values.get(name, ()))
            known = {value: known.get(value, 0) for value in (*taken, *known)}
            entries = [
                (v, f"{facet_words(name, v, model.courses)} ({formats().toString(n)})") for v, n in known.items()
            ]
            choice.show_entries([("", self._names[name]), *entries[:20]])
            choice.choose(taken[0] if taken else "")
            choice.fit()
            choice.setVisible(len(known) > 1 or bool(taken))

    def _nothing(self) -> QWidget | None:
        model = self._model
        if model.answer is None and model.query.strip() and not model.error:
            return boxed(column(Label(tr("Searching…"), "body", "text2"), "~"))
        if model.answer is None:
            return self._past() if not model.error else None
        if model.wanted:
            widen = Button(tr("Search everywhere"), "primary")
            widen.clicked.connect(model.widen)
            text = tr("Nothing of what you chose has these words.")
            return empty_state("search", tr("Nothing found"), text, widen)
        text = tr("No lesson, note or course has these words. Fewer words or a beginning of a word find more.")
        return empty_state("search", tr("Nothing found"), text)

    def _past(self) -> QWidget:
        past = self._model.past[:SHOWN_PAST]
        if not past:
            text = tr(
                "Everything on this device is searched: lessons, your notes and the catalogue. No network needed."
            )
            return empty_state("search", tr("What are you looking for?"), text)
        forget = Button(tr("Forget them"), "link", small=True)
        forget.clicked.connect(self._model.forget_past)
        rows = []
        for text in past:
            line = ListRow(text, lead=IconMark("history", 18, "text3"), compact=True)
            line.clicked.connect(lambda text=text: self.field.setText(text))
            rows.append(line)
        return boxed(column(section(tr("Searched before"), *listed(*rows), more=forget), "~", gap=0))


def _sorts() -> list[tuple[str, str]]:
    return [("relevance", tr("Best first")), ("newest", tr("Newest first")), ("title", tr("By title"))]
